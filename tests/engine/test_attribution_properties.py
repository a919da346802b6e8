"""Credit and path values against a naive reading of payouts.md §12 and §14, and laws that hold for any journey."""

import os

from hypothesis import given, settings
from hypothesis import strategies as st

from common.formats.comparison import compared
from contracts.engine.attribution.credit import Agreement, Step, credit, credit_partner
from contracts.engine.attribution.path import journey_values
from contracts.engine.document.sections.referral_window import ValidReferral
from tests.engine.naive import attribution as naive
from tests.engine.random_journeys import HOUR, PARTNERS, journeys

EXAMPLES = 3 * int(os.environ.get("BRANDBOARD_EXAMPLES", "600"))


def engine_steps(steps):
    return [Step(**step._asdict()) for step in steps]


def agreements(contracts):
    return {partner: agreement(contract) for partner, contract in contracts.items()}


def agreement(contract):
    policy = "FIRST_REFERRER" if contract.is_first else "LAST_REFERRER"
    return Agreement(policy, tuple(map(referral, contract.windows.items())), contract.pays)


def referral(window):
    kind, microseconds = window
    hours = microseconds // HOUR
    # A window of whole days is written in days.
    length = (hours, "HOUR") if hours % 24 else (hours // 24, "DAY")
    return ValidReferral(f"{kind}S", *length)


def read(found):
    return [(each.step.id, each.verdict, each.is_valid) for each in found.judged]


def read_values(values):
    """Numbers as numbers, and names as the rules compare them."""
    return {
        name: {compared(each) for each in value} if isinstance(value, list)
        else int(value) if name.startswith("Path") else value
        for name, value in values.items()
    }  # fmt: skip


@settings(max_examples=EXAMPLES)
@given(journeys(), st.randoms(use_true_random=False))
def test_any_journey_credits_whom_a_naive_reading_credits(journey, shuffler):
    steps, event, contracts = journey
    given_in_any_order = engine_steps(steps)
    shuffler.shuffle(given_in_any_order)
    found = credit(given_in_any_order, event_date=event, agreements=agreements(contracts))
    expected = naive.winner(steps, event, contracts)
    assert (found.winner and found.winner.id) == (expected and expected.id)
    assert read(found) == naive.judged(steps, event, contracts)
    if expected is None:
        assert found.reason == naive.reason(steps, event, contracts)
    assert read_values(journey_values(found)) == naive.values(steps, expected, event, contracts)


@settings(max_examples=EXAMPLES)
@given(journeys(), st.sampled_from(PARTNERS))
def test_a_partner_who_is_credited_otherwise_closes_the_journey_of_a_naive_reading(journey, partner):
    steps, event, contracts = journey
    found = credit_partner(engine_steps(steps), partner, event_date=event, agreements=agreements(contracts))
    closing = naive.step_of(steps, partner, event)
    assert (found.winner and found.winner.id) == (closing and closing.id)
    assert read(found) == naive.overruled(steps, partner, event, contracts)
    assert read_values(journey_values(found)) == naive.values(steps, closing, event, contracts)


@given(journeys())
def test_what_is_not_valid_changes_nobody_s_credit(journey):
    steps, event, contracts = journey
    found = credit(engine_steps(steps), event_date=event, agreements=agreements(contracts))
    valid = [each.step for each in found.judged if each.is_valid]
    assert credit(valid, event_date=event, agreements=agreements(contracts)).winner == found.winner


@given(journeys())
def test_one_step_at_most_is_credited_and_it_is_valid_and_a_click_where_one_is(journey):
    steps, event, contracts = journey
    found = credit(engine_steps(steps), event_date=event, agreements=agreements(contracts))
    credited = [each for each in found.judged if each.verdict == "CREDITED"]
    valid = [each.step for each in found.judged if each.is_valid]
    assert [each.step for each in credited] == ([found.winner] if valid else [])
    assert all(each.is_valid for each in credited)
    if any(step.kind == "CLICK" for step in valid):
        assert found.winner.kind == "CLICK"
