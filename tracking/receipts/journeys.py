"""How the customer came, on the page of an order: each step with what became of it, and what the credit goes by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from contracts.agreements.plans import terms_of
from contracts.engine.attribution.credit import Kind, Verdict
from contracts.engine.document.sections.credit_policy import POLICIES
from contracts.engine.explain.journey import KINDS, By, verdict_in_words, windows_in_words
from program.models import Ad
from tracking.clicks.parameters import carried
from tracking.journeys.click_ids import written_click_id
from tracking.journeys.journeys import Under
from tracking.models import Action, ReferringType, SeenTogether

CREDITED = "credited"
MOST_SHOWN = 20  # of a long journey: the latest, and the one that is credited
_COMPETED = (Verdict.CREDITED, Verdict.NOT_LAST, Verdict.NOT_FIRST)
_BY: dict[str, By] = {ReferringType.REPORTED_PARTNER_ID: "partner", ReferringType.PROMOCODE: "code"}


class ShownClaim(NamedTuple):
    """That a browser alone says that the step is the customer's: how, and when first."""

    told_by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step of a journey; `partner` is the number of the partner's row, None for an unpaid source. `click_id` leads to
    the page of the step: blank where it was erased, or is too old to be kept.

    Of the credited one, `carried` are the values of its link by their names there, `policy` says by what it counts.
    """

    kind: str
    at: datetime
    partner: int | None
    media: str
    channel: str
    ad: str
    words: str
    wins: bool
    click_id: str = ""
    carried: tuple[tuple[str, str], ...] = ()
    policy: str = ""
    claim: ShownClaim | None = None

    @property
    def is_credited(self) -> bool:
        """Whether it brought the credit, and not only its values."""
        return self.words == CREDITED


@dataclass(frozen=True, slots=True)
class ShownJourney:
    """The steps, the latest first, and how many there are besides."""

    steps: tuple[ShownStep, ...] = ()
    others: int = 0


def shown_journey(written: Mapping[str, Any], *, event_type: str, by: str, is_held: bool = False) -> ShownJourney:
    """A journey as an action keeps it (`Journey.written`); one query where its steps have ads."""
    steps = written.get("Steps", [])
    if not steps:
        return ShownJourney()
    numbers = {step["Ad"] for step in steps if step["Ad"]}
    ads = dict(Ad.objects.filter(pk__in=numbers).values_list("pk", "name")) if numbers else {}
    agreed = {int(partner): Under(*under) for partner, under in written["Agreements"].items()}
    latest = steps[-MOST_SHOWN:]
    chosen = [*(step for step in steps[:-MOST_SHOWN] if step["Verdict"] == Verdict.CREDITED), *latest]
    rows = [
        ShownStep(
            kind=KINDS[step["Kind"]],
            at=datetime.fromisoformat(step["Date"]),
            partner=step["Partner"],
            media=step["Media"],
            channel=step["Channel"],
            ad=ads.get(step["Ad"], ""),
            words=(words := _words(step, agreed, event_type, _BY.get(by, "journey"), is_held=is_held)),
            wins=step["Verdict"] == Verdict.CREDITED,
            click_id=_click_id(step),
            carried=carried(step.get("Facts", {})),
            policy=_policy(written, step, agreed, event_type) if words == CREDITED else "",
            claim=_claim(step),
        )
        for step in reversed(chosen)
    ]
    return ShownJourney(tuple(rows), written["StepsInAll"] - len(rows))


def _claim(step: Mapping[str, Any]) -> ShownClaim | None:
    if "Claim" not in step:
        return None
    told_by, at = step["Claim"]
    return ShownClaim(SeenTogether.ToldBy(told_by).label, datetime.fromisoformat(at))


def _click_id(step: Mapping[str, Any]) -> str:
    kept = timezone.now() - timedelta(days=settings.CLICK_RETENTION_DAYS)
    return written_click_id(UUID(step["Id"])) if step.get("Id") and datetime.fromisoformat(step["Date"]) > kept else ""


def _policy(written: Mapping[str, Any], step: Mapping[str, Any], agreed: Mapping[int, Under], event_type: str) -> str:
    """`the last referrer counts, within 30 days`: the policy is that of the latest step that could be credited, the
    window the credited step's own.
    """
    steps = written["Steps"]
    last = next(
        each for each in reversed(steps) if each["Kind"] == step["Kind"] and Verdict(each["Verdict"]) in _COMPETED
    )
    own, decides = (agreed.get(each["Partner"]) for each in (step, last))
    if own is None or decides is None:
        return ""
    window = windows_in_words(terms_of(own.terms_version).event_payout(event_type).valid_referrals, step["Kind"])
    policy = POLICIES[terms_of(decides.terms_version).event_payout(event_type).credit_policy]
    return f"the {policy} counts, within {window}"


def credited_by(action: Action) -> str:
    """By what the partner is credited, in words."""
    match action.referring_type:
        case ReferringType.PROMOCODE:
            return f"The promo code {action.promo_code} is the partner’s"
        case ReferringType.REPORTED_PARTNER_ID:
            return "The order names the partner"
        case "":
            return "Not kept"
    return f"{action.get_referring_type_display()} of the partner"


def _words(step: Mapping[str, Any], agreed: Mapping[int, Under], event_type: str, by: By, *, is_held: bool) -> str:
    kind: Kind = step["Kind"]
    verdict, under = Verdict(step["Verdict"]), agreed.get(step["Partner"])
    if is_held and verdict is Verdict.CREDITED:
        return "would be credited, but for the reason above"
    terms = terms_of(under.terms_version) if under else None
    return verdict_in_words(
        verdict,
        kind,
        by=by,
        terms=terms.name if terms else "",
        referrals=terms.event_payout(event_type).valid_referrals if terms and under and under.covers else (),
        event_type=event_type,
    )
