"""Which step of a journey is credited, and why each other one is not (payouts.md §14)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal

from contracts.engine.document.sections.credit_policy import CreditPolicy
from contracts.engine.document.sections.referral_window import Referrals

type Kind = Literal["CLICK", "IMPRESSION", "VISIT"]
_TYPES = {"CLICK": "CLICKS", "IMPRESSION": "IMPRESSIONS"}


@dataclass(frozen=True, slots=True)
class Step:
    """A click, an impression, or a visit from an unpaid source.

    `number` is the order in which steps were stored, `partner` the id of the partner who is paid, None for an unpaid
    source; `media` is what the partner or source is called, `facts` the step's referral values by parameter.
    """

    id: str
    kind: Kind
    at: datetime
    number: int
    partner: int | None
    media: str
    channel: str = ""
    groups: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> tuple[datetime, int]:
        """When it was; steps of the same instant are in the order in which they were stored.

        In UTC, because Python subtracts moments of one time zone by their clocks, which change by an hour.
        """
        return self.at.astimezone(UTC), self.number


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a partner's contract at the event says of referrals. `covers` is False where the contract does not pay for
    the event type.
    """

    policy: CreditPolicy
    referrals: Referrals
    covers: bool = True


class Verdict(StrEnum):
    """What became of a step."""

    CREDITED = "CREDITED"
    NOT_LAST = "NOT_LAST"
    NOT_FIRST = "NOT_FIRST"
    BEATEN_BY_CLICK = "BEATEN_BY_CLICK"
    OUTSIDE_WINDOW = "OUTSIDE_WINDOW"
    KIND_NOT_ACCEPTED = "KIND_NOT_ACCEPTED"
    NOT_COVERED = "NOT_COVERED"
    NO_CONTRACT = "NO_CONTRACT"
    UNPAID = "UNPAID"
    AFTER_EVENT = "AFTER_EVENT"
    OVERRULED = "OVERRULED"  # valid, but the order named a partner, or carried a promo code that credits one


@dataclass(frozen=True, slots=True)
class Judged:
    """A step with its verdict."""

    step: Step
    verdict: Verdict
    is_valid: bool


@dataclass(frozen=True, slots=True)
class Credit:
    """The steps in order of time, each with its verdict, and the one that is credited, if any."""

    judged: tuple[Judged, ...]
    winner: Step | None

    @property
    def reason(self) -> str:
        """The platform's code for a journey that credits nobody."""
        found = {each.verdict for each in self.judged}
        for verdict, code in _REASONS:
            if verdict in found:
                return code
        return "ACTION_REF_NOT_FOUND"


# Of several, the one that lies nearest to being credited.
_REASONS = (
    (Verdict.OUTSIDE_WINDOW, "OUTSIDE_ASSOCIATION_WINDOW"),
    (Verdict.KIND_NOT_ACCEPTED, "REFTYPE_NOT_ACCEPTED"),
    (Verdict.NOT_COVERED, "ACTIONTERMS_NOT_FOUND"),
    (Verdict.NO_CONTRACT, "CONTRACT_NOT_FOUND"),
    (Verdict.UNPAID, "NO_VALID_ACTION_REF"),
    (Verdict.AFTER_EVENT, "NO_VALID_ACTION_REF"),
)


def credit(steps: Iterable[Step], *, event_date: datetime, agreements: Mapping[int, Agreement]) -> Credit:
    """Judge the steps of a journey for an event at `event_date` (aware).

    `agreements` holds by partner what the contract at the event says. Any valid click beats every impression; the
    contract of the latest valid step of that kind decides by its policy.
    """
    ordered = sorted(steps, key=lambda step: step.place)
    faults = {step.id: _fault(step, event_date, agreements) for step in ordered}
    valid = [step for step in ordered if faults[step.id] is None]
    clicks = [step for step in valid if step.kind == "CLICK"]
    candidates = clicks or valid
    winner = _winner(candidates, agreements)
    judged = tuple(_judged(step, faults[step.id], winner) for step in ordered)
    return Credit(judged, winner)


def credit_partner(
    steps: Iterable[Step], partner: int, *, event_date: datetime, agreements: Mapping[int, Agreement]
) -> Credit:
    """The journey of an order whose partner is known otherwise. That partner's latest click, or else impression, gives
    the referral values, valid or not; what is wrong with the others is said as ever.
    """
    judged = credit(steps, event_date=event_date, agreements=agreements).judged
    own = [each.step for each in judged if each.step.partner == partner and each.verdict is not Verdict.AFTER_EVENT]
    winner = next((step for kind in ("CLICK", "IMPRESSION") for step in reversed(own) if step.kind == kind), None)
    return Credit(tuple(_overruled(each, winner) for each in judged), winner)


def _overruled(each: Judged, winner: Step | None) -> Judged:
    if winner is not None and each.step.id == winner.id:
        return Judged(each.step, Verdict.CREDITED, each.is_valid)
    return Judged(each.step, Verdict.OVERRULED, is_valid=True) if each.is_valid else each


def _fault(step: Step, event_date: datetime, agreements: Mapping[int, Agreement]) -> Verdict | None:
    """Why a step is not valid, None where it is."""
    at, _ = step.place
    if at > event_date:
        return Verdict.AFTER_EVENT
    if step.partner is None:
        return Verdict.UNPAID
    agreement = agreements.get(step.partner)
    if agreement is None:
        return Verdict.NO_CONTRACT
    if not agreement.covers:
        return Verdict.NOT_COVERED
    accepted = [referral for referral in agreement.referrals if referral.type == _TYPES[step.kind]]
    if not accepted:
        return Verdict.KIND_NOT_ACCEPTED
    inside = any(event_date - at <= referral.length for referral in accepted)
    return None if inside else Verdict.OUTSIDE_WINDOW


def _winner(candidates: Sequence[Step], agreements: Mapping[int, Agreement]) -> Step | None:
    if not candidates:
        return None
    last = candidates[-1]
    assert last.partner is not None
    return candidates[0] if agreements[last.partner].policy == "FIRST_REFERRER" else last


def _judged(step: Step, fault: Verdict | None, winner: Step | None) -> Judged:
    """A step with its verdict; there is a winner wherever a step is without fault."""
    if fault is not None:
        return Judged(step, fault, is_valid=False)
    assert winner is not None
    if step.id == winner.id:
        verdict = Verdict.CREDITED
    elif step.kind != winner.kind:
        verdict = Verdict.BEATEN_BY_CLICK
    else:
        verdict = Verdict.NOT_LAST if step.place < winner.place else Verdict.NOT_FIRST
    return Judged(step, verdict, is_valid=True)
