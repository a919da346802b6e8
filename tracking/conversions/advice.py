"""What to do about a conversion that could not be priced, by its reason."""

from typing import NamedTuple

from django.http import QueryDict
from django.urls import NoReverseMatch, reverse

from tracking.models import Conversion

Reason = Conversion.Reason


class Advice(NamedTuple):
    """What to do, and the page to do it on: its view and the words of the link."""

    text: str
    view: str = ""
    label: str = ""


ADVICE = {
    Reason.NO_FORCED_PARTNER: Advice(
        "They name no partner. Have your shop send MediaPartnerId with its orders.",
        "program:event_type_list",
        "Event types",
    ),
    Reason.PARTNER_UNKNOWN: Advice("Add the partner, then try again.", "program:partner_create", "Add partner"),
    Reason.PARTNER_NOT_ACTIVE: Advice("Make the partner active, then try again.", "program:partner_list", "Partners"),
    Reason.CONTRACT_NOT_FOUND: Advice(
        "Join the partner to terms from a day before the order: it is then priced by itself.",
        "contracts:terms_list",
        "Join partners",
    ),
    Reason.RATE_MISSING: Advice("Have your shop send orders in the currency of the terms."),
    Reason.EVENT_TYPE_NOT_ACTIVE: Advice(
        "Switch the event type on, then try again.", "program:event_type_list", "Event types"
    ),
    Reason.DUPLICATE: Advice("Nothing: the order counts once, as it was first sent."),
    Reason.GIVEN_UP: Advice("Have the operator of Brandboard read the log, then try again."),
    Reason.ERROR: Advice("Have the operator of Brandboard read the log, then try again."),
    Reason.CUSTOMER_ERASED: Advice("Nothing: without what was removed it cannot be priced."),
}


class Told(NamedTuple):
    text: str
    url: str
    label: str


def advice_for(reason: str, program_id: int, partner: str = "") -> Told:
    """The advice with the address of its page; an unknown partner's form opens filled in, and leads back here."""
    advice = ADVICE.get(Reason(reason)) if reason in Reason.values else None
    if advice is None:
        return Told("", "", "")
    try:
        url = reverse(advice.view, args=[program_id]) if advice.view else ""
    except NoReverseMatch:
        url = ""
    label = advice.label if url else ""
    if reason == Reason.PARTNER_UNKNOWN and partner and url:
        query = QueryDict(mutable=True)
        query.update({"media_partner_id": partner, "from": "held-orders"})
        return Told(advice.text, f"{url}?{query.urlencode()}", label)
    return Told(advice.text, url, label)
