"""Which partner is credited with a conversion, and by which contract; or why none can be yet. Reads nothing, writes
nothing.
"""

from dataclasses import dataclass

from contracts.agreements.plans import ContractAt
from program.models import Partner
from program.templatetags.brandboard import moment
from tracking.intake.parameters import ATTRIBUTION_KEYS, PARTNER_KEYS
from tracking.models import Conversion

from .lookups import Lookups, forced_partner

Reason = Conversion.Reason


@dataclass(frozen=True, slots=True)
class Held:
    """Why a conversion is kept without an action: a code, and a sentence that says what to do."""

    reason: Conversion.Reason
    detail: str
    missing_rate: str = ""


@dataclass(frozen=True, slots=True)
class Credited:
    """A conversion with the partner who is credited with it, and the contract that the partner had at its time."""

    conversion: Conversion
    partner: Partner
    contract: ContractAt


def attribute(conversion: Conversion, known: Lookups) -> Credited | Held:
    """Credit a conversion to the partner that it names."""
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
    return Credited(conversion, partner, contract)


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
