"""Judges the journey that an action keeps again, by the published terms that its partners had: the credited step, every
other verdict, and the values that rules asked for.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from contracts.engine.attribution.credit import Credit, Step, credit, credit_partner
from contracts.engine.attribution.path import journey_values
from tracking.journeys.journeys import BY_KIND, Under, host_of
from tracking.models import Action, ReferringType
from tracking.pricing.referrals import agreements_of, forced_partner

OTHERWISE = (ReferringType.PROMOCODE, ReferringType.REPORTED_PARTNER_ID)


def is_whole(action: Action) -> bool:
    """Whether all steps of its journey were kept: of a long one, most verdicts cannot be found again."""
    return bool(len(action.journey.get("Steps", ())) == action.journey.get("StepsInAll", 0))


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
    kept = action.journey.get("Steps", [])
    agreed = {int(partner): Under(*under) for partner, under in action.journey.get("Agreements", {}).items()}
    if action.partner_id in agreed and agreed[action.partner_id] != Under(action.terms_version_id, covers=True):
        yield f"is paid by terms version {action.terms_version_id}, its journey says {agreed[action.partner_id]}"
    if not is_whole(action):
        return
    steps = [_step(place, row) for place, row in enumerate(kept)]
    agreements = agreements_of(agreed, action.event_type.code)
    if by in OTHERWISE:
        judged = credit_partner(steps, action.partner_id, event_date=action.event_date, agreements=agreements)
    else:
        judged = credit(steps, event_date=action.event_date, agreements=agreements)
    yield from _of_credit(action, judged)
    for row, each in zip(kept, judged.judged, strict=True):
        if row["Verdict"] != each.verdict:
            yield f"step {row['Id']} of its journey is {row['Verdict']}, judged again {each.verdict}"
    values = {**tracked.derived, **journey_values(judged)}
    if action.journey.get("Values", {}) != values:
        yield f"the values of its journey are {action.journey.get('Values', {})}, found again {values}"


def _step(place: int, row: dict[str, Any]) -> Step:
    return Step(
        id=row["Id"],
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
