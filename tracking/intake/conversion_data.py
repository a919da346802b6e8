"""Reading a conversion: parameters of the API, a pixel or a file in; a canonical payload, or every field error, out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from common.refusals import Refusals, Refused
from tracking.intake import parsing
from tracking.intake.canonical_values import Item, Reading
from tracking.intake.parameters import (
    ATTRIBUTION_KEYS,
    EVENT_KEYS,
    ITEM_PARAMETERS,
    MAX_ITEMS,
    NOT_SENT,
    PARTNER_KEYS,
    numbered_name,
)

Payload = dict[str, Any]
# Dropped where TrackingConsent is no: by these a visitor is known again.
OF_BROWSER = (
    "ClickId", "CustomClickId", "CustomProfileId", "CustomerEmail", "PhoneNumber", "CallerId", "GoogAId", "AndroidId",
    "AppleIfa", "AppleIfv",
)  # fmt: skip
_TOO_MUCH = Decimal(10) ** 12


class EventKey(NamedTuple):
    """Which parameter named the event type, and its value; ids are whole numbers in text."""

    parameter: str
    value: str


@dataclass(frozen=True, slots=True)
class ConversionData:
    """A conversion whose every field is well formed; whether its program or partner exists is checked elsewhere."""

    campaign_id: int
    event_key: EventKey
    event_date: datetime  # aware, UTC
    order_id: str
    partner_id: str | None  # the forced partner: MediaPartnerId or MediaId
    currency: str | None
    payload: Payload


@dataclass(frozen=True, slots=True)
class Counter:
    """What a limit's scope has used so far: payout in the terms' currency, and the number of actions."""

    payout: Decimal = Decimal(0)
    actions: int = 0


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A trial order: only an order id and amounts are required, and nothing is stored."""

    order_id: str
    event_key: EventKey | None
    event_date: datetime  # aware, UTC
    currency: str | None
    payload: Payload
    counters: Mapping[str, Counter]


def read_conversion(
    params: Mapping[str, object],
    *,
    now: datetime,
    time_zone: str = "UTC",
    currencies: Collection[str] | None = None,
    is_from_browser: bool = False,
) -> ConversionData:
    """Read a conversion, or raise Refused with every bad field.

    A browser need not name a partner: it may not be allowed to say how the visitor came. Where the visitor has not
    agreed to be tracked, nothing stays that tells one browser from another.

    `params` is flat (`ItemSku1`, `ItemText1_3`), or has a list `Items` of objects with unnumbered names. An EventDate
    without offset is in `time_zone`; `NOW` is `now`. `currencies` are the codes that exist, where the caller knows.
    """
    errors = Refusals(one_per_path=True)
    reading = Reading(errors, time_zone=time_zone, currencies=currencies)
    reading.take(params, journey=False)
    for required in ("CampaignId", "EventDate", "OrderId"):
        if required not in reading.order:
            errors.add(required, "Is required.", "required")
    event_date = _event_date(reading, now)
    _check_keys(reading, errors, needs_partner=not is_from_browser)
    _check_amounts(reading, errors)
    errors.raise_any()
    if parsing.is_refused(reading.order):
        for name in OF_BROWSER:
            reading.order.pop(name, None)
    event_key = _event_key(reading)
    assert event_key is not None
    return ConversionData(
        campaign_id=int(reading.text("CampaignId")),
        event_key=event_key,
        event_date=event_date,
        order_id=reading.text("OrderId"),
        partner_id=next((reading.text(key) for key in PARTNER_KEYS if key in reading.order), None),
        currency=reading.text("CurrencyCode") or None,
        payload=_payload(reading, event_date),
    )


def read_order_line(
    params: Mapping[str, object], *, now: datetime, time_zone: str = "UTC", currencies: Collection[str] | None = None
) -> OrderLine:
    """Read a trial order, or raise Refused: like a conversion, with its journey and counters, but nothing stored.

    CampaignId, partner and attribution key are not asked for; EventDate defaults to `now`. `CustomerTags` and the
    tags of the path are lists, or text with commas. Its EventDate may be in the future.
    """
    errors = Refusals(one_per_path=True)
    reading = Reading(errors, time_zone=time_zone, currencies=currencies)
    counters = _counters(params.get("Counters"), errors)
    reading.take({name: value for name, value in params.items() if name != "Counters"}, journey=True)
    if "OrderId" not in reading.order:
        errors.add("OrderId", "Is required.", "required")
    event_date = _event_date(reading, now, trial=True)
    _check_amounts(reading, errors)
    errors.raise_any()
    return OrderLine(
        order_id=reading.text("OrderId"),
        event_key=_event_key(reading),
        event_date=event_date,
        currency=reading.text("CurrencyCode") or None,
        payload=_payload(reading, event_date),
        counters=counters,
    )


def _event_key(reading: Reading) -> EventKey | None:
    return next((EventKey(key, reading.text(key)) for key in EVENT_KEYS if key in reading.order), None)


def _event_date(reading: Reading, now: datetime, *, trial: bool = False) -> datetime:
    """The instant of the event. A trial may ask what an order of next month would earn."""
    text = reading.text("EventDate")
    try:
        if trial and text and text.upper() != "NOW":
            return parsing.read_moment(text, reading.time_zone)
        return parsing.read_past_moment(text or "NOW", now=now, time_zone=reading.time_zone)
    except Refused as refused:
        reading.errors.add("EventDate", str(refused))
        return now


def _payload(reading: Reading, event_date: datetime) -> Payload:
    """The canonical payload: what was sent, by parameter, with EventDate as an instant. Placeholders that mean not sent
    are listed under NOT_SENT, as text.
    """
    payload: Payload = {**reading.order, "EventDate": event_date.isoformat()}
    if reading.dropped:
        payload[NOT_SENT] = told_as_not_sent(reading.dropped)
    if reading.items:
        payload["Items"] = [reading.items[number] for number in sorted(reading.items)]
    return payload


def told_as_not_sent(dropped: Mapping[str, str]) -> str:
    """Placeholders as text, such as `CustomerId: undefined`; of many, the first twenty."""
    told = [f"{name}: {text}" for name, text in dropped.items()]
    return "; ".join([*told[:20], f"and {len(told) - 20} more"] if len(told) > 20 else told)


def _counters(sent: object, errors: Refusals) -> Mapping[str, Counter]:
    if sent is None:
        return MappingProxyType({})
    if not isinstance(sent, Mapping) or not set(sent) <= {"CONTRACT", "CUSTOMER", "CLICK"}:
        errors.add("Counters", "Send an object whose keys are CONTRACT, CUSTOMER or CLICK.")
        return MappingProxyType({})
    counters = {}
    for scope, used in sent.items():
        if not isinstance(used, Mapping) or not set(used) <= {"Payout", "Actions"}:
            errors.add(f"Counters.{scope}", 'Send an object such as {"Payout": "80.00", "Actions": 3}.')
            continue
        try:
            payout = parsing.read_number(parsing.as_text(used.get("Payout")) or "0")
            counters[scope] = Counter(payout, parsing.read_whole(parsing.as_text(used.get("Actions")) or "0"))
        except Refused as refused:
            errors.add(f"Counters.{scope}", str(refused))
    return MappingProxyType(counters)


def _check_keys(reading: Reading, errors: Refusals, *, needs_partner: bool) -> None:
    """One key names the event type, at least one names the partner to credit."""
    sent = [key for key in EVENT_KEYS if key in reading.order]
    if len(sent) > 1:
        errors.add(sent[1], f"Names the event type a second time; send {sent[0]} or {sent[1]}, not both.")
    elif not sent and not any(key in errors for key in EVENT_KEYS):
        errors.add("EventTypeId", "Name the event type: send ActionTrackerId, EventTypeId or EventTypeCode.")
    if "MediaId" in reading.order and "MediaPartnerId" in reading.order:
        errors.add("MediaId", "Means the same as MediaPartnerId; send one of the two.")
    if needs_partner and not any(key in reading.order or key in errors for key in ATTRIBUTION_KEYS):
        unsaid = "".join(
            f" “{text}” as {name} counts as not sent."
            for name, text in reading.dropped.items()
            if name in ATTRIBUTION_KEYS
        )
        errors.add("ClickId", f"Name the partner: send at least one of {', '.join(ATTRIBUTION_KEYS)}.{unsaid}")


def _check_amounts(reading: Reading, errors: Refusals) -> None:
    """An order has items, or one amount; discounts are sent in one way."""
    order = reading.order
    if "OrderDiscountRate" in order and "OrderDiscount" in order:
        errors.add("OrderDiscountRate", "Send OrderDiscount or OrderDiscountRate, not both.")
    if reading.items:
        if "OrderSubTotalPostDiscount" in order:
            errors.add("OrderSubTotalPostDiscount", "Is for orders without items; leave it out where items are sent.")
        if len(reading.items) > MAX_ITEMS:
            errors.add("ItemSku1", f"An order takes at most {MAX_ITEMS} items; this one has {len(reading.items)}.")
        _check_items(reading.items, errors)
    elif "Amount" in order and "OrderSubTotalPostDiscount" in order:
        errors.add("OrderSubTotalPostDiscount", "Send Amount or OrderSubTotalPostDiscount, not both.")
    elif not ("Amount" in order or "OrderSubTotalPostDiscount" in order or _is_amount_refused(errors)):
        errors.add("Amount", "Send what was sold: items with ItemPrice1 or ItemSubTotal1, or an Amount.")


def _is_amount_refused(errors: Refusals) -> bool:
    """Whether an amount or an item was sent and reported as bad, which says more than that there is none."""
    said = (each.path.casefold() for each in errors)
    return any(path in ("amount", "ordersubtotalpostdiscount") or path.startswith("item") for path in said)


def _check_items(items: dict[int, Item], errors: Refusals) -> None:
    total = Decimal(0)
    for number, item in items.items():
        if "ItemPrice" in item and "ItemSubTotal" in item:
            errors.add(
                _item_name("ItemSubTotal", number),
                "Send the price of one unit or the line's total before discounts, not both.",
            )
        elif "ItemPrice" not in item and "ItemSubTotal" not in item:
            price, subtotal = _item_name("ItemPrice", number), _item_name("ItemSubTotal", number)
            if price not in errors and subtotal not in errors:
                errors.add(price, "Send the item's price: ItemPrice of one unit, or ItemSubTotal of the line.")
        if "ItemDiscountRate" in item and ("ItemDiscount" in item or "ItemTotalDiscount" in item):
            errors.add(
                _item_name("ItemDiscountRate", number), "Send a rate, or ItemDiscount and ItemTotalDiscount, not both."
            )
        total += _gross(item)
        if total >= _TOO_MUCH:
            sent = "ItemSubTotal" if "ItemSubTotal" in item else "ItemPrice"
            errors.add(_item_name(sent, number), "Brings the order to more than 12 digits before the point.")
            return


def _gross(item: Item) -> Decimal:
    if "ItemSubTotal" in item:
        return Decimal(item["ItemSubTotal"])
    return Decimal(item.get("ItemPrice", "0")) * Decimal(item.get("ItemQuantity", "1"))


def _item_name(parameter: str, number: int) -> str:
    return numbered_name(ITEM_PARAMETERS[parameter.casefold()], number)
