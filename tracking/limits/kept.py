"""What an action keeps of its limits, and whose counters it takes from."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from contracts.engine.pricing.limits.kept import read_settled, write_settled
from contracts.engine.pricing.limits.settle import Settled
from tracking.models import Action

from .counters import Owner, Place, place_of
from .terms_limits import accrual_of

SINCE = "Since"


def written_limits(settled: Settled, since: int) -> dict[str, Any]:
    """As an action and its update keep it; `since` is that of the `Owner`."""
    return {SINCE: since, **write_settled(settled)}


def limits_of_action(action: Action) -> Settled | None:
    """None where its terms count nothing over several orders, and of a test order."""
    return None if action.limits is None else read_settled(action.limits)


def owner_of(action: Action) -> Owner:
    """Whose counters an action that keeps limits takes from."""
    terms = accrual_of(action.terms_version_id).template_terms
    return Owner(action.program_id, terms, action.partner_id, action.event_type_id, action.limits[SINCE])


def places_of(actions: Iterable[Action]) -> list[Place]:
    """The counters that these actions take from."""
    return [
        place_of(owner_of(action), each.cap.counter)
        for action in actions
        if (settled := limits_of_action(action))
        for each in settled.met
    ]


def keep(action: Action, settled: Settled) -> None:
    """Set in memory what an action is under its limits now."""
    action.limits = written_limits(settled, action.limits[SINCE])
    action.over_cap = settled.over_cap
    if settled.over_cap:
        action.intended_payout = settled.intended


def digest(click_id: str) -> str:
    """A click as counters name it: they stay when its visitor is erased."""
    return hashlib.sha256(click_id.encode()).hexdigest()[:32]


def click_of(journey: Mapping[str, Any]) -> str:
    """The click that an action is credited by, of its journey as it is kept; blank where there is none."""
    steps = journey.get("Steps", ())
    credited = (step["Id"] for step in steps if step["Verdict"] == "CREDITED" and step["Kind"] == "CLICK")
    return next((digest(click) for click in credited), "")
