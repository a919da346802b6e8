"""The journey of an order as it is priced with, and as the action keeps it: without IP addresses (payouts.md §14)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from contracts.engine.attribution.credit import Credit, Judged, Step
from contracts.engine.attribution.path import journey_values
from tracking.models import ReferringType

from .widening import Claim

KEPT_STEPS = 100  # of a journey that is kept step by step; of a longer one, the latest are

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
            written["Steps"] = [self._step(each, more) for each, more in _kept(self.steps)]
            written["StepsInAll"] = len(self.steps)
            written["Agreements"] = {str(partner): list(under) for partner, under in sorted(self.agreed.items())}
        return written

    def _step(self, each: Judged, more: int) -> dict[str, Any]:
        step = each.step
        written: dict[str, Any] = {
            "Id": step.id, "Kind": step.kind, "Date": step.at.isoformat(), "Partner": step.partner,
            "Media": step.media, "Channel": step.channel, "Groups": list(step.groups), "Ad": self.ads.get(step.id),
            "Verdict": each.verdict.value,
        }  # fmt: skip
        if claim := self.claims.get(step.id):
            written["Claim"] = [claim.told_by, claim.at.isoformat()]
        if more:
            written["More"] = more
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


def _kept(steps: Sequence[Judged]) -> list[tuple[Judged, int]]:
    """What is kept of a journey, and how many more like each are not.

    Of a long one the first and the latest stay, and of the others the first and the last of each sort: the same kind of
    the same partner or source, with the same verdict. What decides on a step besides is its time alone, so those
    between two with one verdict have it, too, and `verify` needs none of them.
    """
    if len(steps) <= KEPT_STEPS:
        return [(each, 0) for each in steps]
    latest = len(steps) - KEPT_STEPS + 2
    sorts: dict[object, list[Judged]] = {}
    for each in steps[1:latest]:
        sorts.setdefault(_sort(each), []).append(each)
    more = {steps[0].step.id: 0} | {each.step.id: 0 for each in steps[latest:]}
    for alike in sorts.values():
        more |= {alike[-1].step.id: 0, alike[0].step.id: max(0, len(alike) - 2)}
    return [(each, more[each.step.id]) for each in steps if each.step.id in more]


def _sort(each: Judged) -> object:
    step = each.step
    return step.kind, step.partner, step.media, step.channel, step.groups, each.verdict
