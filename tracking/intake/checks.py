"""Checks across parameters: which exclude each other, and what an order must have (payouts.md §1)."""

from decimal import Decimal

from common.refusals import Refusals
from tracking.intake.parameters import ATTRIBUTION_KEYS, EVENT_KEYS, ITEM_PARAMETERS, MAX_ITEMS, numbered_name
from tracking.intake.reading import Item, Reading

_TOO_MUCH = Decimal(10) ** 12


def check_keys(reading: Reading, errors: Refusals) -> None:
    """One key names the event type, at least one names the partner to credit."""
    sent = [key for key in EVENT_KEYS if key in reading.order]
    if len(sent) > 1:
        errors.add(sent[1], f"Names the event type a second time; send {sent[0]} or {sent[1]}, not both.")
    elif not sent and not any(key in errors for key in EVENT_KEYS):
        errors.add("EventTypeId", "Name the event type: send ActionTrackerId, EventTypeId or EventTypeCode.")
    if "MediaId" in reading.order and "MediaPartnerId" in reading.order:
        errors.add("MediaId", "Means the same as MediaPartnerId; send one of the two.")
    if not any(key in reading.order or key in errors for key in ATTRIBUTION_KEYS):
        unsaid = "".join(
            f" “{text}” as {name} counts as not sent."
            for name, text in reading.dropped.items()
            if name in ATTRIBUTION_KEYS
        )
        errors.add("ClickId", f"Name the partner: send at least one of {', '.join(ATTRIBUTION_KEYS)}.{unsaid}")


def check_amounts(reading: Reading, errors: Refusals) -> None:
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
    elif not errors and "Amount" not in order and "OrderSubTotalPostDiscount" not in order:
        # Only if there is no other error: a bad price or amount is more specific and was already reported.
        errors.add("Amount", "Send what was sold: items with ItemPrice1 or ItemSubTotal1, or an Amount.")


def _check_items(items: dict[int, Item], errors: Refusals) -> None:
    total = Decimal(0)
    for number, item in items.items():
        if "ItemPrice" in item and "ItemSubTotal" in item:
            errors.add(
                _name("ItemSubTotal", number),
                "Send the price of one unit or the line's total before discounts, not both.",
            )
        elif "ItemPrice" not in item and "ItemSubTotal" not in item:
            price, subtotal = _name("ItemPrice", number), _name("ItemSubTotal", number)
            if price not in errors and subtotal not in errors:
                errors.add(price, "Send the item's price: ItemPrice of one unit, or ItemSubTotal of the line.")
        if "ItemDiscountRate" in item and ("ItemDiscount" in item or "ItemTotalDiscount" in item):
            errors.add(
                _name("ItemDiscountRate", number), "Send a rate, or ItemDiscount and ItemTotalDiscount, not both."
            )
        total += _gross(item)
        if total >= _TOO_MUCH:
            sent = "ItemSubTotal" if "ItemSubTotal" in item else "ItemPrice"
            errors.add(_name(sent, number), "Brings the order to more than 12 digits before the point.")
            return


def _gross(item: Item) -> Decimal:
    if "ItemSubTotal" in item:
        return Decimal(item["ItemSubTotal"])
    return Decimal(item.get("ItemPrice", "0")) * Decimal(item.get("ItemQuantity", "1"))


def _name(parameter: str, number: int) -> str:
    return numbered_name(ITEM_PARAMETERS[parameter.casefold()], number)
