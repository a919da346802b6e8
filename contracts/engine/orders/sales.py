"""From item lines to sale amounts, in the order's own currency (payouts.md §1, and §8 for what has changed since)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from contracts.engine.orders.money import ZERO, percent, rounded, shared
from contracts.engine.orders.values import number, text

_NO_CHANGES: Mapping[int, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class OrderState:
    """What modifications have made of an order (payouts.md §8).

    `quantities` holds the new quantity by line index (from 0, as sent); `amount` is the new sale amount of an order
    without items (0 returns any order), in the order's own currency; `customer_status` is a code.
    """

    quantities: Mapping[int, int] = field(default_factory=lambda: _NO_CHANGES)
    amount: Decimal | None = None
    customer_status: str | None = None
    reversed: bool = False


@dataclass(slots=True)  # as is each of a line's, not frozen: freezing was an eighth or more of what pricing a file took
class Sale:
    """One line's figures in the order's currency.

    `gross` and `item_discount` are exact and still to be divided by `divisor`: the first quantity, where a changed
    quantity scales a line total, else 1. `not_taken` is what the item discounts would have taken below 0.
    """

    index: int
    sku: str
    quantity: int
    first_quantity: int
    gross: Decimal
    item_discount: Decimal
    divisor: int
    net: Decimal
    not_taken: Decimal
    share: Decimal
    amount: Decimal
    item: Mapping[str, str]


def item_sales(
    payload: Mapping[str, Any], items: Sequence[Mapping[str, str]], digits: int, state: OrderState
) -> tuple[list[Sale], Decimal, Decimal]:
    """The lines' sales, the order discount taken at first, and the part of it that exceeded the lines' amounts."""
    if state.amount:
        raise ValueError("an order with items takes no new amount other than 0: change its quantities")
    nothing = rounded(ZERO, digits)
    first = [quantity(item) for item in items]
    figures = [_as_sent(_sent(item), now, digits) for item, now in zip(items, first, strict=True)]
    taking_part = [index for index, now in enumerate(first) if now > 0]
    nets = [figures[index].net for index in taking_part]
    discount, not_taken = _order_discount(payload, sum(nets, nothing), digits)
    shares = dict(zip(taking_part, shared(discount, nets, digits), strict=True)) if discount else {}
    gone = state.reversed or state.amount is not None
    changed = state.quantities
    sales = []
    for index, item in enumerate(items):
        was = first[index]
        now = 0 if gone else changed.get(index, was)
        figure = figures[index] if now == was else _figures(_sent(item), was, now, digits)
        share = shares.get(index, nothing)
        if now != was and was:
            share = rounded(share * now, digits, was)
        sales.append(
            Sale(
                index=index,
                sku=text(item.get("ItemSku")) or "",
                quantity=now,
                first_quantity=was,
                gross=figure.gross,
                item_discount=figure.discount,
                divisor=figure.divisor,
                net=figure.net,
                not_taken=figure.not_taken,
                share=share,
                amount=max(figure.net - share, nothing) if discount else figure.net,
                item=item,
            )
        )
    return sales, discount, not_taken


def order_sale(payload: Mapping[str, Any], digits: int, state: OrderState) -> tuple[list[Sale], Decimal, Decimal]:
    """The one sale of an order without items, with its discount as `item_sales` answers it."""
    nothing = rounded(ZERO, digits)
    amount, post_discount = number(payload.get("Amount")), number(payload.get("OrderSubTotalPostDiscount"))
    discount = not_taken = nothing
    if state.amount is not None or amount is None:
        gross = state.amount if state.amount is not None else post_discount
    else:
        gross = amount
        discount, not_taken = _order_discount(payload, rounded(amount, digits), digits)
    if gross is None:
        raise ValueError("the order has neither items nor an amount")
    gone = state.reversed or state.amount == 0
    if gone:
        gross, discount = ZERO, nothing
    net = rounded(gross, digits)
    return (
        [Sale(0, "", int(not gone), 1, gross, ZERO, 1, net, nothing, discount, net - discount, {})],
        discount,
        not_taken,
    )


def quantity(item: Mapping[str, str]) -> int:
    """The quantity of a line as sent; 1 when none was."""
    value = number(item.get("ItemQuantity"))
    if value is None:
        return 1
    whole = int(value)
    if whole < 0 or whole != value:
        raise ValueError(f"ItemQuantity {value} is not a whole number")
    return whole


@dataclass(slots=True)
class _Figures:
    gross: Decimal
    discount: Decimal
    divisor: int
    net: Decimal
    not_taken: Decimal


type _Sent = tuple[str | None, ...]
_SENT = ("ItemPrice", "ItemSubTotal", "ItemDiscount", "ItemTotalDiscount", "ItemDiscountRate")


def _sent(item: Mapping[str, str]) -> _Sent:
    return tuple(map(item.get, _SENT))


@lru_cache(maxsize=20_000)  # products are sold again and again, at few prices and in few quantities
def _as_sent(sent: _Sent, was: int, digits: int) -> _Figures:
    """The figures of a line before anything has changed; shared between lines, so never written to."""
    return _figures(sent, was, was, digits)


def _figures(sent: _Sent, was: int, now: int, digits: int) -> _Figures:
    """Gross, item discounts and net of a line that had `was` units and has `now`."""
    price, subtotal, each, total, rate = map(number, sent)
    scaled = now != was and (subtotal is not None or total is not None)
    if scaled and was == 0:
        raise ValueError("a line total of quantity 0 cannot be scaled to another quantity")
    divisor, factor = (was, now) if scaled else (1, 1)
    if subtotal is not None:
        gross = subtotal * factor
    elif price is not None:
        gross = price * now * divisor
    else:
        raise ValueError("an item has neither ItemPrice nor ItemSubTotal")
    if rate is not None:
        discount = gross * percent(rate)
    else:
        discount = (each or ZERO) * now * divisor + (total or ZERO) * factor
    if now == 0:
        gross = discount = ZERO
    if not discount and gross >= 0:  # nearly all
        return _Figures(gross, discount, divisor, rounded(gross, digits, divisor), rounded(ZERO, digits))
    return _Figures(
        gross,
        discount,
        divisor,
        rounded(max(gross - discount, ZERO), digits, divisor),
        rounded(max(discount - gross, ZERO), digits, divisor),
    )


def _order_discount(payload: Mapping[str, Any], nets: Decimal, digits: int) -> tuple[Decimal, Decimal]:
    """(what the order discount takes, what it could not take because the lines are not worth as much)."""
    amount, rate = number(payload.get("OrderDiscount")), number(payload.get("OrderDiscountRate"))
    asked = rounded(amount if amount is not None else nets * percent(rate or ZERO), digits)
    return min(asked, nets), max(asked - nets, rounded(ZERO, digits))
