"""What became of each step of a journey, in words (payouts.md §14)."""

from typing import Literal

from contracts.engine.attribution.credit import Kind, Verdict
from contracts.engine.document.sections.referral_window import TYPES, Referrals

type By = Literal["journey", "partner", "code"]

KINDS: dict[Kind, str] = {"CLICK": "click", "IMPRESSION": "impression", "VISIT": "visit"}
_OF_KIND = {"CLICK": "CLICKS", "IMPRESSION": "IMPRESSIONS"}
_OVERRULED = {"partner": "the order names its partner", "code": "the promo code of the order says whose it is"}


def windows_in_words(referrals: Referrals, kind: Kind) -> str:
    """`30 days`: for how long such a step counts, blank where it does not."""
    found = [row for row in referrals if row.type == _OF_KIND.get(kind)]
    return " or ".join(f"{row.window} {row.window_unit.lower()}{'' if row.window == 1 else 's'}" for row in found)


def verdict_in_words(
    verdict: Verdict, kind: Kind, *, by: By, terms: str = "", referrals: Referrals = (), event_type: str = ""
) -> str:
    """Why a step was credited or not. `terms` is the name of those that its partner had at the event, `referrals` what
    these say of them; `by` is what decided.
    """
    match verdict:
        case Verdict.CREDITED:
            return "credited" if by == "journey" else f"gives the referral values: {_OVERRULED[by]}"
        case Verdict.NOT_LAST:
            reason = f"a later {KINDS[kind]} counts"
        case Verdict.NOT_FIRST:
            reason = f"an earlier {KINDS[kind]} counts"
        case Verdict.BEATEN_BY_CLICK:
            reason = "a click comes before every impression"
        case Verdict.OUTSIDE_WINDOW:
            reason = f"outside of the {windows_in_words(referrals, kind)} of {terms}"
        case Verdict.KIND_NOT_ACCEPTED:
            reason = f"{terms} counts no {TYPES[_OF_KIND[kind]]}"
        case Verdict.NOT_COVERED:
            reason = f"{terms} pays nothing for {event_type}"
        case Verdict.NO_CONTRACT:
            reason = "no contract at the time of the order"
        case Verdict.UNPAID:
            reason = "nobody is paid for this source"
        case Verdict.AFTER_EVENT:
            reason = "after the order"
        case Verdict.OVERRULED:
            reason = _OVERRULED["partner" if by == "journey" else by]
    return f"not credited: {reason}"
