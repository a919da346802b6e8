"""What to do about a conversion that could not be priced, by its reason."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.http import QueryDict
from django.urls import NoReverseMatch, reverse

from common.web.lists import MOST_VALUES
from tracking.exchange_rates.waiting import MissingRate
from tracking.models import Conversion

Reason = Conversion.Reason


class Advice(NamedTuple):
    """What to do, and the page to do it on: its view and the words of the link."""

    text: str
    view: str = ""
    label: str = ""


ADVICE = {
    Reason.NO_REFERRAL: Advice(
        "Nothing links them to a partner: have your shop send the ClickId of the address, or MediaPartnerId.",
        "program:event_type_list",
        "Event types",
    ),
    Reason.NO_VALID_REFERRAL: Advice("Nothing to do: no partner sent these customers."),
    Reason.OUTSIDE_WINDOW: Advice(
        "Nothing to do, or widen the referral window of the terms for orders to come.", "contracts:terms_list", "Terms"
    ),
    Reason.KIND_NOT_ACCEPTED: Advice(
        "Nothing to do, or have the terms count them, too, for orders to come.", "contracts:terms_list", "Terms"
    ),
    Reason.TERMS_NOT_FOUND: Advice(
        "Join the partner to terms that pay for this event type from a day before the order.",
        "contracts:terms_list",
        "Join partners",
    ),
    Reason.BLOCKED_BY_PROMO_CODE: Advice("Nothing to do: the code belongs to another partner."),
    Reason.RESTRICTED_PROMO_CODE: Advice("Nothing to do: the code is reserved to a group of partners."),
    Reason.PARTNER_UNKNOWN: Advice("Add the partner, then try again.", "program:partner_create", "Add partner"),
    Reason.PARTNER_NOT_ACTIVE: Advice("Make the partner active, then try again.", "program:partner_list", "Partners"),
    Reason.CONTRACT_NOT_FOUND: Advice(
        "Join the partner to terms from a day before the order: it is then priced by itself.",
        "contracts:terms_list",
        "Join partners",
    ),
    Reason.RATE_MISSING: Advice(
        "Add the rate, or import newer ones: what waits for them is then priced by itself.",
        "tracking:exchange_rate_list",
        "Exchange rates",
    ),
    Reason.EVENT_TYPE_NOT_ACTIVE: Advice(
        "Switch the event type on, then try again.", "program:event_type_list", "Event types"
    ),
    Reason.DUPLICATE: Advice("Nothing to do: the order counts once, as it was first sent."),
    Reason.DIFFERS: Advice("The order counts once, as your server sent it. Look at which of the two amounts is right."),
    Reason.REPLACED: Advice("Nothing to do: the order counts once, as your server sent it."),
    Reason.NOT_REPLACED: Advice("The order counts as the browser sent it: settle the difference with the partner."),
    Reason.GIVEN_UP: Advice("Have the operator of Brandboard read the log, then try again."),
    Reason.ERROR: Advice("Have the operator of Brandboard read the log, then try again."),
    Reason.CUSTOMER_ERASED: Advice("Nothing to do: without what was removed it cannot be priced."),
}


class Told(NamedTuple):
    text: str
    url: str
    label: str


def advice_for(
    reason: str,
    program_id: int,
    partners: Sequence[str] = (),
    rate: MissingRate | None = None,
    *,
    first_day: date | None = None,
) -> Told:
    """The advice with the address of its page; the form of an unknown partner, or of a rate that the reader may add,
    opens filled in and leads back here. Partners who need terms are chosen already where they join, from the day of the
    first of their orders.
    """
    advice = ADVICE.get(Reason(reason)) if reason in Reason.values else None
    if advice is None:
        return Told("", "", "")
    try:
        url = reverse(advice.view, args=[program_id]) if advice.view else ""
    except NoReverseMatch:
        url = ""
    label = advice.label if url else ""
    named = [partner for partner in partners if partner][:MOST_VALUES]
    if reason in (Reason.CONTRACT_NOT_FOUND, Reason.TERMS_NOT_FOUND) and named and url:
        query = QueryDict(mutable=True)
        query.setlist("join", named)
        if first_day:
            query["start"] = first_day.isoformat()
        return Told(advice.text, f"{url}?{query.urlencode()}", label)
    if reason == Reason.PARTNER_UNKNOWN and named and url:
        query = QueryDict(mutable=True)
        query.update({"media_partner_id": named[0], "from": "held-orders"})
        return Told(advice.text, f"{url}?{query.urlencode()}", label)
    if reason == Reason.RATE_MISSING and rate:
        query = QueryDict(mutable=True)
        query.update({"from": rate.source, "to": rate.target, "day": rate.day.isoformat(), "back": "held-orders"})
        url = reverse("tracking:exchange_rate_create", args=[program_id])
        return Told(advice.text, f"{url}?{query.urlencode()}", "Add the rate")
    return Told(advice.text, url, label)
