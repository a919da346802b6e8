"""What an action keeps of a long journey is enough to judge all of it again."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.engine.attribution.credit import credit, credit_partner
from contracts.engine.attribution.path import journey_values
from reports.proof.journeys import all_steps
from tests.engine.random_journeys import HOUR, PARTNERS, journeys
from tests.engine.test_attribution_properties import EXAMPLES, agreements, engine_steps
from tracking.journeys.journeys import KEPT_STEPS, journey_of


@st.composite
def long_journeys(draw):
    """Each step of a short journey many times over, at its moment or ever later."""
    steps, event, contracts = draw(journeys())
    apart = timedelta(microseconds=draw(st.sampled_from((0, 1, HOUR))))
    times = draw(st.integers(1, 30))
    many = [
        step._replace(id=f"{step.id}-{time}", number=time * len(steps) + step.number, at=step.at + time * apart)
        for time in range(times)
        for step in steps
    ]
    return many, event, contracts


@settings(max_examples=EXAMPLES // 6)
@given(long_journeys(), st.sampled_from((None, *PARTNERS)))
def test_every_verdict_and_every_value_is_found_again(journey, named):
    steps, event, contracts = journey
    terms = agreements(contracts)

    def judge(given):
        if named:
            return credit_partner(given, named, event_date=event, agreements=terms)
        return credit(given, event_date=event, agreements=terms)

    judged = judge(engine_steps(steps))
    written = journey_of(judged, {}, by="", ads={}, agreed={}, claims={}).written()
    kept = list(all_steps(written.get("Steps", [])))
    again = judge([step for step, _ in kept])
    verdicts = {each.step.id: each.verdict for each in again.judged}
    assert all(verdict == verdicts[step.id] for step, verdict in kept)
    assert len(kept) == len(steps)
    assert sorted(each.verdict for each in again.judged) == sorted(each.verdict for each in judged.judged)
    assert (again.winner and again.winner.id) == (judged.winner and judged.winner.id)
    assert journey_values(again) == journey_values(judged)


@given(journeys())
def test_what_is_kept_does_not_grow_with_steps_that_are_alike(journey):
    steps, event, contracts = journey
    many = [step._replace(id=f"{step.id}-{time}") for time in range(200) for step in steps]
    judged = credit(engine_steps(many), event_date=event, agreements=agreements(contracts))
    kept = journey_of(judged, {}, by="", ads={}, agreed={}, claims={}).written().get("Steps", [])
    assert len(kept) <= KEPT_STEPS + 3 * len(steps)
