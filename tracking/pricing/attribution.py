"""Which partner is credited with a conversion, by what, and by which contract; or why none can be yet: payouts.md §14.
Reads nothing, writes nothing.
"""

from dataclasses import dataclass, field

from contracts.agreements.plans import ContractAt, terms_of
from contracts.engine.attribution.credit import Credit, credit, credit_partner
from program.models import Partner, PromoCode
from program.templatetags.brandboard import moment
from tracking.journeys.journeys import Journey, journey_of
from tracking.models import Conversion, ReferringType

from .referrals import Referrals, agreements_of, forced_partner
from .uncredited import why

Reason = Conversion.Reason


@dataclass(frozen=True, slots=True)
class Held:
    """Why a conversion is kept without an action: a code, and a sentence that says what to do; what a code alone does
    not say, by which it is found again; and how the customer came.
    """

    reason: Conversion.Reason
    detail: str
    missing_rate: str = ""  # GBP/EUR
    journey: Journey = field(default_factory=Journey)


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
        return _without_contract(conversion, partner, known)
    return _credited(conversion, partner, contract, known, ReferringType.REPORTED_PARTNER_ID)


def _without_contract(conversion: Conversion, partner: Partner, known: Referrals) -> Held:
    event_type = known.event_types[conversion.event_type_id]
    when = moment(conversion.event_date, event_type.program.zone)
    who = f"{partner.name} ({partner.media_partner_id})"
    if version := known.terms_without(conversion, partner):
        return Held(
            Reason.TERMS_NOT_FOUND,
            f"{who} had {terms_of(version).name} on {when}, which does not pay for {event_type.code}: join the partner "
            "to terms that do from a date before that, and it is priced.",
        )
    return Held(
        Reason.CONTRACT_NOT_FOUND,
        f"{who} had no contract for {event_type.code} on {when}: join the partner to terms from a date before that, "
        "and it is priced.",
    )


def _credited(
    conversion: Conversion, partner: Partner, contract: ContractAt, known: Referrals, by: ReferringType
) -> Credited:
    found, agreed = known.journey(conversion), known.agreed(conversion)
    agreements = agreements_of(agreed, known.event_types[conversion.event_type_id].code)
    judged = (
        credit_partner(found.steps, partner.pk, event_date=conversion.event_date, agreements=agreements)
        if found.steps
        else Credit((), None)
    )
    journey = journey_of(judged, conversion.derived, by=by, ads=found.ads, agreed=agreed, claims=found.claims)
    return Credited(conversion, partner, contract, journey)


def _by_journey(conversion: Conversion, code: PromoCode | None, known: Referrals) -> Credited | Held:
    event_type = known.event_types[conversion.event_type_id]
    found, agreed = known.journey(conversion), known.agreed(conversion)
    agreements = agreements_of(agreed, event_type.code)
    judged = credit(found.steps, event_date=conversion.event_date, agreements=agreements)
    journey = journey_of(judged, conversion.derived, ads=found.ads, agreed=agreed, claims=found.claims)
    if judged.winner is None or judged.winner.partner is None:
        return Held(Reason(judged.reason), why(conversion, judged, agreed, event_type), journey=journey)
    partner = known.partners[judged.winner.partner]
    if not partner.is_active:
        return _not_active(partner, journey)
    if code and (refused := _reserved(code, partner, known, journey)):
        return refused
    contract = known.contract(conversion, partner)
    assert contract is not None  # or its step would not be valid
    return Credited(conversion, partner, contract, journey)


def _reserved(code: PromoCode, partner: Partner, known: Referrals, journey: Journey) -> Held | None:
    """Why a code that belongs to others leaves the winner of a journey without credit, None where it does not."""
    if code.use != PromoCode.Use.RESERVE or known.may_use(code, partner):
        return None
    whose = "another partner" if code.partner_id else "a group of other partners"
    reason = Reason.BLOCKED_BY_PROMO_CODE if code.partner_id else Reason.RESTRICTED_PROMO_CODE
    return Held(
        reason,
        f"The step that counts is one of {partner.name} ({partner.media_partner_id}), but the order carries the code "
        f"{code.code}, which is reserved to {whose}: nobody is credited.",
        journey=journey,
    )


def _not_active(partner: Partner, journey: Journey | None = None) -> Held:
    return Held(
        Reason.PARTNER_NOT_ACTIVE,
        f"{partner.name} ({partner.media_partner_id}) is not active: make the partner active, then try again.",
        journey=journey or Journey(),
    )
