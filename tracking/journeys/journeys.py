"""The journey of an order as it is priced with, and as the action keeps it: without IP addresses (payouts.md §14)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from contracts.engine.attribution.credit import Credit, Judged, Step
from contracts.engine.attribution.path import journey_values
from tracking.models import ReferringType

KEPT_STEPS = 100  # of an action: the credited one, and the latest of the others

_BY_KIND = {"CLICK": ReferringType.CLICK_COOKIE, "IMPRESSION": ReferringType.IMPRESSION_COOKIE}


@dataclass(frozen=True, slots=True)
class Journey:
    """How a customer came to an order: the values that rules ask for, the steps with their verdicts, and by what the
    partner is credited.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[Judged, ...] = ()
    referring_type: str = ""
    winner: Step | None = None
    ad: int | None = None

    @property
    def referring_date(self) -> datetime | None:
        return self.winner.at if self.winner else None

    @property
    def referring_domain(self) -> str:
        """The host of the page on which the credited step was made; blank where none was sent."""
        return host_of(self.winner.facts.get("ReferralUrl", "")) if self.winner else ""

    def written(self) -> dict[str, Any]:
        """As the action keeps it; {} where nothing is known."""
        written: dict[str, Any] = {"Values": dict(self.values)} if self.values else {}
        if self.steps:
            written["Steps"] = [_written(each) for each in _kept(self.steps)]
            written["StepsInAll"] = len(self.steps)
        return written


def credited_journey(credit: Credit, ads: Mapping[str, int | None], derived: Mapping[str, str]) -> Journey:
    """The journey of an order that its own steps credit."""
    return _journey(credit, ads, derived, _BY_KIND[credit.winner.kind] if credit.winner else "")


def named_journey(
    credit: Credit, ads: Mapping[str, int | None], derived: Mapping[str, str], by: ReferringType
) -> Journey:
    """The journey of an order that named its partner, or carried a code of theirs."""
    return _journey(credit, ads, derived, by)


def _journey(credit: Credit, ads: Mapping[str, int | None], derived: Mapping[str, str], by: str) -> Journey:
    winner = credit.winner
    return Journey(
        values={**derived, **journey_values(credit)},
        steps=credit.judged,
        referring_type=by,
        winner=winner,
        ad=ads.get(winner.id) if winner else None,
    )


def host_of(address: str) -> str:
    """The host of an address, blank where it has none."""
    try:
        return (urlsplit(address).hostname or "")[:255]
    except ValueError:
        return ""


def _kept(steps: tuple[Judged, ...]) -> Iterable[Judged]:
    """All of a usual journey; of a long one the credited step, the first, and the latest."""
    if len(steps) <= KEPT_STEPS:
        return steps
    latest = steps[-(KEPT_STEPS - 2) :]
    return (*(each for each in (steps[0], *steps[1:]) if each not in latest and _stays(each, steps)), *latest)


def _stays(each: Judged, steps: tuple[Judged, ...]) -> bool:
    return each is steps[0] or each.verdict == "CREDITED"


def _written(each: Judged) -> dict[str, Any]:
    step = each.step
    written: dict[str, Any] = {
        "Id": step.id, "Kind": step.kind, "Date": step.at.isoformat(), "Partner": step.partner, "Media": step.media,
        "Channel": step.channel, "Verdict": each.verdict.value,
    }  # fmt: skip
    if each.verdict == "CREDITED":
        written["Facts"] = dict(step.facts)
    return written
