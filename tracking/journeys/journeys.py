"""The journey of an order as it is priced with, and as the action keeps it: without IP addresses (payouts.md §14)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from contracts.engine.attribution.credit import Credit, Judged, Step
from contracts.engine.attribution.path import journey_values
from tracking.models import ReferringType

from .widening import Claim

KEPT_STEPS = 100  # of an action: the credited one, the first, and the latest of the others

BY_KIND = {"CLICK": ReferringType.CLICK_COOKIE, "IMPRESSION": ReferringType.IMPRESSION_COOKIE}


class Under(NamedTuple):
    """The terms that a partner had at the event, and whether they pay for its event type."""

    terms_version: int
    covers: bool


@dataclass(frozen=True, slots=True)
class Journey:
    """How a customer came to an order: the values that rules ask for, the steps with their verdicts, the ad of each by
    its id, what each partner had agreed to, by what the partner is credited, and of which steps a browser alone says
    that they are the customer's.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[Judged, ...] = ()
    referring_type: str = ""
    winner: Step | None = None
    ads: Mapping[str, int | None] = field(default_factory=dict)
    agreed: Mapping[int, Under] = field(default_factory=dict)
    claims: Mapping[str, Claim] = field(default_factory=dict)

    @property
    def ad(self) -> int | None:
        """The ad of the credited step."""
        return self.ads.get(self.winner.id) if self.winner else None

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
            written["Steps"] = [self._step(each) for each in _kept(self.steps)]
            written["StepsInAll"] = len(self.steps)
            written["Agreements"] = {str(partner): list(under) for partner, under in sorted(self.agreed.items())}
        return written

    def _step(self, each: Judged) -> dict[str, Any]:
        step = each.step
        written: dict[str, Any] = {
            "Id": step.id, "Kind": step.kind, "Date": step.at.isoformat(), "Partner": step.partner,
            "Media": step.media, "Channel": step.channel, "Groups": list(step.groups), "Ad": self.ads.get(step.id),
            "Verdict": each.verdict.value,
        }  # fmt: skip
        if claim := self.claims.get(step.id):
            written["Claim"] = [claim.told_by, claim.at.isoformat()]
        if each.verdict == "CREDITED":
            written["Facts"] = dict(step.facts)
        return written


def journey_of(
    credit: Credit,
    derived: Mapping[str, str],
    *,
    by: str = "",
    ads: Mapping[str, int | None],
    agreed: Mapping[int, Under],
    claims: Mapping[str, Claim],
) -> Journey:
    """The journey of an order; without `by`, its own steps decide on the credit."""
    winner = credit.winner
    return Journey(
        values={**derived, **journey_values(credit)},
        steps=credit.judged,
        referring_type=by or (BY_KIND[winner.kind] if winner else ""),
        winner=winner,
        ads=ads,
        agreed=agreed,
        claims=claims,
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
    earlier, latest = steps[: -(KEPT_STEPS - 2)], steps[-(KEPT_STEPS - 2) :]
    stays = (each for each in earlier if each is steps[0] or each.verdict == "CREDITED")
    return (*stays, *latest)
