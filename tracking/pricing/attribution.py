"""Which partner is credited with a conversion, and with how much; or why none can be yet. Reads nothing, writes
nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from contracts.agreements.plans import ContractAt, plan_of, terms_of
from contracts.engine.orders.order import Order, RateMissing, read_order
from contracts.engine.pricing.plan import Decision
from contracts.engine.pricing.schedule import clearing_date, is_open_ended, lock_instant
from program.models import Partner
from program.templatetags.brandboard import day, moment
from tracking.intake.parameters import ATTRIBUTION_KEYS, PARTNER_KEYS
from tracking.models import Conversion

from .lookups import Lookups, forced_partner
from .stored_orders import TAGS, priced_payload

Reason = Conversion.Reason


@dataclass(frozen=True, slots=True)
class Held:
    """Why a conversion is kept without an action: a code, and a sentence that says what to do."""

    reason: Conversion.Reason
    detail: str


@dataclass(frozen=True, slots=True)
class Credited:
    """A priced conversion, ready to be written: `context` is what the action keeps, dates are as agreed."""

    conversion: Conversion
    partner: Partner
    contract: ContractAt
    order: Order
    decision: Decision
    context: dict[str, Any]
    day: date
    locking_date: datetime | None
    clearing_date: date | None


def attribute(conversion: Conversion, known: Lookups) -> Credited | Held:
    """Price a conversion by the contract that its partner had at the event's time (architecture: data flow)."""
    event_type = known.event_types[conversion.event_type_id]
    if not event_type.is_active:
        return Held(
            Reason.EVENT_TYPE_NOT_ACTIVE,
            f"The event type {event_type.code} is switched off: switch it on, then try again.",
        )
    partner = known.partner(conversion)
    if partner is None or not partner.is_active:
        return _without_partner(conversion, partner)
    contract = known.contract(conversion, partner)
    if contract is None:
        return Held(
            Reason.CONTRACT_NOT_FOUND,
            f"{partner.name} ({partner.media_partner_id}) had no contract for {event_type.code} on "
            f"{moment(conversion.event_date, event_type.program.zone)}: join the partner to terms from a date before "
            "that, and it is priced.",
        )
    return _priced(conversion, known, partner, contract)


def _without_partner(conversion: Conversion, partner: Partner | None) -> Held:
    named = forced_partner(conversion)
    if named is None:
        sent = [key for key in ATTRIBUTION_KEYS if key in conversion.payload and key not in PARTNER_KEYS]
        return Held(
            Reason.NO_FORCED_PARTNER,
            f"Attribution by {' and '.join(sent) or 'click'} is not supported yet: the conversion is kept. "
            "Only a conversion with a MediaPartnerId is credited.",
        )
    if partner is None:
        return Held(
            Reason.PARTNER_UNKNOWN,
            f"{named} is not a known partner id (ids are compared exactly): add the partner, then try again.",
        )
    return Held(
        Reason.PARTNER_NOT_ACTIVE,
        f"{partner.name} ({partner.media_partner_id}) is not active: make the partner active, then try again.",
    )


def _priced(conversion: Conversion, known: Lookups, partner: Partner, contract: ContractAt) -> Credited | Held:
    event_type = known.event_types[conversion.event_type_id]
    context = known.context(conversion, contract.terms_version_id)
    tags = {TAGS: known.tags(conversion)}
    payload = priced_payload(conversion.payload, tags)
    try:
        order = read_order(payload, context)
        kept = {**context.narrowed(payload), **tags}
    except RateMissing as missing:
        source, target = missing.pair
        if missing.date:
            when = f"on {day(missing.date)} or in the 7 days before"
            why = f"The exchange rate from {source} to {target} {when} is not known: the conversion is kept."
        else:
            why = f"The exchange rate from {source} to {target} is not known: the conversion is kept."
        advice = f"The terms pay in {context.currency}; an order in that currency is priced."
        return Held(Reason.RATE_MISSING, f"{why} {advice}")
    event_payout = terms_of(contract.terms_version_id).event_payout(event_type.code)
    zone = event_type.program.time_zone
    locks = lock_instant(conversion.event_date, event_payout.locking, zone)
    open_ended = is_open_ended(event_payout.locking)
    return Credited(
        conversion=conversion,
        partner=partner,
        contract=contract,
        order=order,
        decision=plan_of(contract.terms_version_id, event_type.code).price(order),
        context=kept,
        day=conversion.event_date.astimezone(event_type.program.zone).date(),
        locking_date=None if open_ended else locks,
        clearing_date=None if open_ended else clearing_date(locks, event_payout.payout_scheduling, zone),
    )
