"""Judges the journey that an action keeps again, by the published terms that its partners had: the credited step, every
other verdict, and the values that rules asked for.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import count
from typing import Any

from contracts.engine.attribution.credit import Credit, Step, credit, credit_partner
from contracts.engine.attribution.path import journey_values
from tracking.journeys.journeys import BY_KIND, Under, host_of
from tracking.models import Action, ReferringType
from tracking.pricing.referrals import agreements_of, forced_partner

OTHERWISE = (ReferringType.PROMOCODE, ReferringType.REPORTED_PARTNER_ID)


def journey_differences(action: Action) -> Iterator[str]:
    """Sentences with both figures. Load conversion, event type and partner with the action, and its updates with the
    browser's order that the server's replaced: the journey is that of the order as it was tracked.
    """
    by = action.referring_type
    replaced = (update.replaced for update in action.updates.all() if update.before is not None)
    tracked = next(replaced, None) or action.conversion
    if tracked.erased_at:
        return
    names_partner = forced_partner(tracked) is not None
    if names_partner != (by == ReferringType.REPORTED_PARTNER_ID):
        names = "names" if names_partner else "does not name"
        yield f"is credited by {by or 'nothing'}, its conversion {names} a partner"
    steps = list(all_steps(action.journey.get("Steps", [])))
    if len(steps) != action.journey.get("StepsInAll", 0):
        yield f"its journey keeps {len(steps)} steps of {action.journey.get('StepsInAll', 0)}"
    agreed = {int(partner): Under(*under) for partner, under in action.journey.get("Agreements", {}).items()}
    if action.partner_id in agreed and agreed[action.partner_id] != Under(action.terms_version_id, covers=True):
        yield f"is paid by terms version {action.terms_version_id}, its journey says {agreed[action.partner_id]}"
    agreements = agreements_of(agreed, action.event_type.code)
    if by in OTHERWISE:
        judged = credit_partner(_given(steps), action.partner_id, event_date=action.event_date, agreements=agreements)
    else:
        judged = credit(_given(steps), event_date=action.event_date, agreements=agreements)
    yield from _of_credit(action, judged)
    verdicts = {each.step.id: each.verdict for each in judged.judged}
    for step, verdict in steps:
        if verdict != verdicts[step.id]:
            yield f"step {step.id} of its journey is {verdict}, judged again {verdicts[step.id]}"
    values = {**tracked.derived, **journey_values(judged)}
    if action.journey.get("Values", {}) != values:
        yield f"the values of its journey are {action.journey.get('Values', {})}, found again {values}"


def all_steps(kept: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Step, str]]:
    """The steps that an action keeps, with their verdicts; those that were counted alone beside the first like them."""
    places = count()
    for row in kept:
        yield _step(row["Id"], next(places), row), row["Verdict"]
        for more in range(row.get("More", 0)):
            yield _step(f"{row['Id']} and {more + 1} more", next(places), row), row["Verdict"]


def _given(steps: Iterable[tuple[Step, str]]) -> list[Step]:
    return [step for step, _ in steps]


def _step(step: str, place: int, row: Mapping[str, Any]) -> Step:
    return Step(
        id=step,
        kind=row["Kind"],
        at=datetime.fromisoformat(row["Date"]),
        number=place,
        partner=row["Partner"],
        media=row["Media"],
        channel=row["Channel"],
        groups=tuple(row["Groups"]),
        facts=row.get("Facts", {}),
    )


def _of_credit(action: Action, judged: Credit) -> Iterator[str]:
    winner = judged.winner
    if action.referring_type not in OTHERWISE:
        if winner is None:
            yield "is credited by its journey, of which no step counts"
            return
        if (winner.partner, BY_KIND[winner.kind]) != (action.partner_id, action.referring_type):
            yield (
                f"is credited to partner {action.partner_id} by {action.referring_type}, judged again to "
                f"{winner.partner} by {BY_KIND[winner.kind]}"
            )
    ads = {row["Id"]: row["Ad"] for row in action.journey.get("Steps", [])}
    for field, stored, again in (
        ("referring date", action.referring_date, winner.at if winner else None),
        ("referring domain", action.referring_domain, host_of(winner.facts.get("ReferralUrl", "")) if winner else ""),
        ("ad", action.ad_id, ads.get(winner.id) if winner else None),
    ):
        if stored != again:
            yield f"{field} is {stored}, judged again {again}"
