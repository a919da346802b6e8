"""Which partner is credited with a conversion, by what, and by which contract; or why none can be yet (payouts.md
§14). Reads nothing, writes nothing.
"""

from dataclasses import dataclass

from contracts.agreements.plans import ContractAt
from contracts.engine.attribution.credit import Credit, credit, credit_partner
from program.models import Partner, PromoCode
from program.templatetags.brandboard import moment
from tracking.journeys.journeys import Journey, credited_journey, named_journey
from tracking.models import Conversion, ReferringType

from .referrals import Referrals, forced_partner

Reason = Conversion.Reason


@dataclass(frozen=True, slots=True)
class Held:
    """Why a conversion is kept without an action: a code, and a sentence that says what to do; and what a code alone
    does not say, by which it is found again.
    """

    reason: Conversion.Reason
    detail: str
    missing_rate: str = ""  # GBP/EUR


@dataclass(frozen=True, slots=True)
class Credited:
    """A conversion with the partner who is credited with it, the contract that the partner had at its time, and how
    the customer came.
    """

    conversion: Conversion
    partner: Partner
    contract: ContractAt
    journey: Journey


def attribute(conversion: Conversion, known: Referrals) -> Credited | Held:
    """Credit a conversion to the partner that it names, that its promo code belongs to, or whose step wins."""
    event_type = known.event_types[conversion.event_type_id]
    if not event_type.is_active:
        return Held(
            Reason.EVENT_TYPE_NOT_ACTIVE,
            f"The event type {event_type.code} is switched off: switch it on, then try again.",
        )
    if forced_partner(conversion) is not None:
        return _named(conversion, known)
    code = known.promo_code(conversion)
    if code and code.use == PromoCode.Use.CREDIT and code.partner_id:
        partner = known.partners[code.partner_id]
        contract = known.contract(conversion, partner)
        if partner.is_active and contract is not None:
            return _credited(conversion, partner, contract, known, ReferringType.PROMOCODE)
    return _by_journey(conversion, code, known)


def _named(conversion: Conversion, known: Referrals) -> Credited | Held:
    event_type = known.event_types[conversion.event_type_id]
    partner = known.partner(conversion)
    if partner is None:
        return Held(
            Reason.PARTNER_UNKNOWN,
            f"{forced_partner(conversion)} is not a known partner id (ids are compared exactly): add the partner, then "
            "try again.",
        )
    if not partner.is_active:
        return _not_active(partner)
    contract = known.contract(conversion, partner)
    if contract is None:
        return Held(
            Reason.CONTRACT_NOT_FOUND,
            f"{partner.name} ({partner.media_partner_id}) had no contract for {event_type.code} on "
            f"{moment(conversion.event_date, event_type.program.zone)}: join the partner to terms from a date before "
            "that, and it is priced.",
        )
    return _credited(conversion, partner, contract, known, ReferringType.REPORTED_PARTNER_ID)


def _credited(
    conversion: Conversion, partner: Partner, contract: ContractAt, known: Referrals, by: ReferringType
) -> Credited:
    found = known.journey(conversion)
    judged = (
        credit_partner(
            found.steps, partner.pk, event_date=conversion.event_date, agreements=known.agreements(conversion)
        )
        if found.steps
        else Credit((), None)
    )
    return Credited(conversion, partner, contract, named_journey(judged, found.ads, conversion.derived, by))


def _by_journey(conversion: Conversion, code: PromoCode | None, known: Referrals) -> Credited | Held:
    event_type = known.event_types[conversion.event_type_id]
    found = known.journey(conversion)
    judged = credit(found.steps, event_date=conversion.event_date, agreements=known.agreements(conversion))
    if judged.winner is None or judged.winner.partner is None:
        return Held(Reason(judged.reason), _uncredited(conversion, judged, event_type.code))
    partner = known.partners[judged.winner.partner]
    if not partner.is_active:
        return _not_active(partner)
    if code and (refused := _reserved(code, partner, known)):
        return refused
    contract = known.contract(conversion, partner)
    assert contract is not None  # or its step would not be valid
    return Credited(conversion, partner, contract, credited_journey(judged, found.ads, conversion.derived))


def _reserved(code: PromoCode, partner: Partner, known: Referrals) -> Held | None:
    """Why a code that belongs to others leaves the winner of a journey without credit, None where it does not."""
    if code.use != PromoCode.Use.RESERVE or known.may_use(code, partner):
        return None
    whose = "another partner" if code.partner_id else "a group of other partners"
    reason = Reason.BLOCKED_BY_PROMO_CODE if code.partner_id else Reason.RESTRICTED_PROMO_CODE
    return Held(
        reason,
        f"The last step is one of {partner.name} ({partner.media_partner_id}), but the order carries the code "
        f"{code.code}, which is reserved to {whose}: nobody is credited.",
    )


def _not_active(partner: Partner) -> Held:
    return Held(
        Reason.PARTNER_NOT_ACTIVE,
        f"{partner.name} ({partner.media_partner_id}) is not active: make the partner active, then try again.",
    )


_WHY = {
    "ACTION_REF_NOT_FOUND": "No click, impression or promo code of a partner belongs to this order{sent}. If one "
    "arrives later, try again.",
    "NO_VALID_ACTION_REF": "Its journey has no step of a partner before the order.",
    "OUTSIDE_ASSOCIATION_WINDOW": "The order lies outside of the referral window that the contract allows.",
    "REFTYPE_NOT_ACCEPTED": "The terms do not count this kind of referral.",
    "ACTIONTERMS_NOT_FOUND": "The partner had a contract, which does not pay for {event_type}.",
    "CONTRACT_NOT_FOUND": "The partner of its click or impression had no contract for {event_type} at the time of the "
    "order: join the partner to terms from a date before it, and it is priced.",
}


def _uncredited(conversion: Conversion, judged: Credit, event_type: str) -> str:
    keys = [name for name in ("ClickId", "CustomProfileId", "CustomerId") if conversion.payload.get(name)]
    sent = f" (it names {' and '.join(keys)})" if keys else ""
    number = len(judged.judged)
    steps = f" {number} step{'' if number == 1 else 's'} of its journey looked at." if number else ""
    return _WHY[judged.reason].format(sent=sent, event_type=event_type) + steps
