"""An order's lines and what they sell for: as it was sent, and as changes have left it."""

from fractions import Fraction
from typing import Any, NamedTuple

from .values import day_of, fraction, half_up, share_out


class World:
    """What the program knows beside the order, as plain values."""

    def __init__(self, currency, digits, zone="UTC", statuses=(), lists=(), catalog=(), rates=()):
        self.currency, self.digits, self.zone = currency, digits, zone
        self.statuses, self.lists, self.catalog = dict(statuses), dict(lists), dict(catalog)
        self.rates = list(rates)

    def rate(self, code, day):
        if code == self.currency:
            return Fraction(1)
        known = [(d, r) for d, a, b, r in self.rates if (a, b) == (code, self.currency) and 0 <= (day - d).days <= 7]
        return Fraction(max(known)[1])


class Standing(NamedTuple):
    """What has been made of an order: new quantities by line, a new amount, a new status code; all of it taken back."""

    quantities: Any = ()
    amount: Any = None
    status: Any = None
    is_reversed: bool = False

    @property
    def is_changed(self):
        return self.is_reversed or self.amount is not None or bool(self.quantities)


AS_SENT = Standing()
CAME_BACK = ("ITEM_RETURNED", "ITEM_OUT_OF_STOCK", "MP_RETURNED")  # reasons by which there is less, never more


class Line(NamedTuple):
    """A line (item None: the order itself) with its first and present quantity; amounts in the terms' currency."""

    item: Any
    was: int
    quantity: int
    gross: Fraction
    amount: Fraction


class Impossible(Exception):
    """The order cannot change like that."""


def standing_after(payload, changes, world):
    """What these modifications make of the order, one after the other; one that is refused changes nothing."""
    standing = AS_SENT
    refused = []
    for number, change in enumerate(changes):
        try:
            standing = _changed(payload, standing, change, world)
        except Impossible:
            refused.append(number)
    return standing, refused


def _changed(payload, standing, change, world):
    items = payload.get("Items") or []
    quantities, amount, status = dict(standing.quantities), standing.amount, standing.status
    if "Amount" in change:
        amount = fraction(change["Amount"])
        if half_up(amount, world.digits[payload.get("CurrencyCode") or world.currency]) == 0:
            amount = Fraction(0)
        if items and amount:
            raise Impossible
        if items:
            quantities = {index: 0 for index, item in enumerate(items)}
            amount = None if any(map(_quantity, items)) else amount
    number = 1
    while f"Sku{number}" in change:
        lines = [index for index, item in enumerate(items) if item["ItemSku"].strip() == change[f"Sku{number}"]]
        quantity = int(change[f"Quantity{number}"])
        if len(lines) != 1 or (quantity and not _quantity(items[lines[0]])):
            raise Impossible
        quantities[lines[0]] = quantity
        number += 1
    quantities = {index: now for index, now in quantities.items() if now != _quantity(items[index])}
    changed = Standing(quantities, amount, change.get("CustomerStatus", status))
    if change.get("Reason") in CAME_BACK and _is_raised(payload, standing, changed, world):
        raise Impossible
    return changed


def _is_raised(payload, before, after, world):
    """Whether any line has more units than before, or an order without items a higher amount."""
    digits = world.digits[payload.get("CurrencyCode") or world.currency]
    if not payload.get("Items"):
        return after.amount is not None and half_up(after.amount, digits) > _order_row(payload, digits, before)[4]
    units = [[row[2] for row in _item_rows(payload, digits, standing)] for standing in (before, after)]
    return any(now > then for then, now in zip(*units, strict=True))


def _quantity(item):
    return int(item.get("ItemQuantity", "1"))


def sale_lines(payload, world, standing=AS_SENT):
    """The order's lines, all amounts converted; one line without item where there are none."""
    code = payload.get("CurrencyCode") or world.currency
    digits, goal = world.digits[code], world.digits[world.currency]
    rate = world.rate(code, day_of(payload.get("EventDate"), world.zone))
    rows = _item_rows(payload, digits, standing) if payload.get("Items") else [_order_row(payload, digits, standing)]
    return [
        Line(item, was, now, half_up(gross * rate, goal), half_up(amount * rate, goal) if now else Fraction(0))
        for item, was, now, gross, amount in rows
    ]


def _item_rows(payload, digits, standing):
    items = payload["Items"]
    first = [_quantity(item) for item in items]
    live = [i for i in range(len(items)) if first[i]]
    nets = [_gross_and_net(items[i], first[i], first[i], digits)[1] for i in live]
    discount = _order_discount(payload, sum(nets, Fraction(0)), digits)
    shares = dict(zip(live, share_out(discount, nets, digits), strict=True)) if discount else {}
    is_gone = standing.is_reversed or standing.amount is not None
    for i, item in enumerate(items):
        now = 0 if is_gone else dict(standing.quantities).get(i, first[i])
        if not now:
            yield item, first[i], 0, Fraction(0), Fraction(0)
            continue
        gross, net = _gross_and_net(item, first[i], now, digits)
        # What a unit got of the order's discount at first stays with it.
        share = half_up(shares.get(i, Fraction(0)) * now / first[i], digits)
        yield item, first[i], now, gross, max(net - share, Fraction(0))


def _gross_and_net(item, was, now, digits):
    """What a line of `was` units is worth when it has `now`: line totals scale, prices are by unit."""
    of_all = Fraction(now, was)
    gross = fraction(item["ItemSubTotal"]) * of_all if "ItemSubTotal" in item else fraction(item["ItemPrice"]) * now
    if "ItemDiscountRate" in item:
        discount = gross * fraction(item["ItemDiscountRate"]) / 100
    else:
        each, total = fraction(item.get("ItemDiscount")) or 0, fraction(item.get("ItemTotalDiscount")) or 0
        discount = each * now + total * of_all
    return gross, half_up(max(gross - discount, Fraction(0)), digits)


def _order_row(payload, digits, standing):
    if standing.is_reversed or standing.amount == 0:
        return None, 1, 0, Fraction(0), Fraction(0)
    if standing.amount is not None:
        return None, 1, 1, standing.amount, half_up(standing.amount, digits)
    if "Amount" not in payload:
        gross = fraction(payload["OrderSubTotalPostDiscount"])
        return None, 1, 1, gross, half_up(gross, digits)
    gross = fraction(payload["Amount"])
    net = half_up(gross, digits)
    return None, 1, 1, gross, net - _order_discount(payload, net, digits)


def _order_discount(payload, whole, digits):
    if "OrderDiscountRate" in payload:
        discount = whole * fraction(payload["OrderDiscountRate"]) / 100
    else:
        discount = fraction(payload.get("OrderDiscount")) or Fraction(0)
    return min(half_up(discount, digits), whole)
