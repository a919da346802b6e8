"""How the sale amount of an order comes about, on its receipt (payouts.md §1, and §8 for what has changed since).

Every subtotal is the exact sum of the lines above it: what could not be taken off is left out of the discounts, and
what rounding adds or takes has a line of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from contracts.engine.orders.order import Line, Order
from program.templatetags.brandboard import money, number

from .figures import CUT, exact_money, written_exactly


@dataclass(frozen=True, slots=True)
class Sold:
    """One line or several, in the order's currency: gross − item_discount + rounding − order_discount = amount."""

    gross: Fraction
    item_discount: Fraction
    rounding: Fraction
    order_discount: Fraction
    amount: Decimal
    converted: Decimal
    payout: Decimal


def sold(line: Line, payout: Decimal) -> Sold:
    """The figures of one line: discounts as far as they could be taken off."""
    sale = line.sale
    gross = Fraction(sale.gross) / sale.divisor
    taken = min(Fraction(sale.item_discount) / sale.divisor, gross)
    return Sold(
        gross=gross,
        item_discount=taken,
        rounding=Fraction(sale.net) - (gross - taken),
        order_discount=Fraction(sale.net) - Fraction(sale.amount),
        amount=sale.amount,
        converted=line.sale_amount,
        payout=payout,
    )


def sum_of(rows: Iterable[Sold]) -> Sold:
    rows = list(rows)
    return Sold(
        gross=sum((row.gross for row in rows), Fraction(0)),
        item_discount=sum((row.item_discount for row in rows), Fraction(0)),
        rounding=sum((row.rounding for row in rows), Fraction(0)),
        order_discount=sum((row.order_discount for row in rows), Fraction(0)),
        amount=sum((row.amount for row in rows), Decimal(0)),
        converted=sum((row.converted for row in rows), Decimal(0)),
        payout=sum((row.payout for row in rows), Decimal(0)),
    )


def sale_amount(
    order: Order, payouts: Mapping[int, Decimal], categories: Mapping[int, str], *, most: int | None
) -> dict[str, Any]:
    """What the receipt shows of the order: its first lines, up to `most`, the others as one sum, and all of them."""
    rows = [sold(line, payouts[line.index]) for line in order.lines]
    total = sum_of(rows)
    shown = len(rows) if most is None or len(rows) <= most else most
    return {
        "has_items": order.has_items,
        "lines": [
            _line(order, line, row, categories) for line, row in zip(order.lines[:shown], rows[:shown], strict=True)
        ],
        "lines_count": len(rows),
        "rest": {**_figures(order, sum_of(rows[shown:])), "count": len(rows) - shown} if shown < len(rows) else None,
        "total": _figures(order, total),
        "has_item_discounts": any(row.item_discount for row in rows),
        "has_discounts": bool(total.item_discount or total.order_discount),
        "is_rounded": any(row.rounding for row in rows),
        "has_categories": any(categories.values()),
        "order_discount": _order_discount(order, rows, total),
        "is_changed": not order.has_items and bool(order.payload.get("Amount")) and _is_changed(order),
        "tax": order.payload.get("OrderTax"),
        "shipping": order.payload.get("OrderShipping"),
    }


def _line(order: Order, line: Line, row: Sold, categories: Mapping[int, str]) -> dict[str, Any]:
    each = written_exactly(row.gross / line.quantity, order.original_digits) if line.quantity > 1 else CUT
    return {
        "index": line.index,
        "name": line.item.get("ItemName") or line.sku,
        "sku": line.sku,
        "category": categories.get(line.index, ""),
        "quantity": line.quantity,
        "first_quantity": line.sale.first_quantity,
        "each": "" if each.endswith(CUT) else each,
        "not_taken": line.sale.not_taken,
        **_figures(order, row),
    }


def _figures(order: Order, row: Sold) -> dict[str, Any]:
    """As text; discounts as what they take off."""
    digits = order.original_digits
    return {
        "gross": written_exactly(row.gross, digits),
        "item_discount": row.item_discount and written_exactly(-row.item_discount, digits),
        "discounts": written_exactly(-row.item_discount - row.order_discount, digits),
        "rounding": row.rounding and written_exactly(row.rounding, digits),
        "amount": row.amount,
        "converted": row.converted,
        "payout": row.payout,
    }


def _order_discount(order: Order, rows: Sequence[Sold], total: Sold) -> dict[str, Any] | None:
    """The part of the order discount that is in force, how the lines share it, and why it is not all of it."""
    if not order.order_discount and not order.discount_not_taken:
        return None
    digits = order.original_digits
    return {
        "taken": written_exactly(-total.order_discount, digits),
        "shares": [exact_money(row.order_discount, order.original_currency, digits) for row in rows],
        "why": _why(order, total.order_discount),
        "not_taken": order.discount_not_taken,
    }


def _why(order: Order, taken: Fraction) -> str:
    """Why what is taken off is not what was taken at first; nothing where it is."""
    if taken == order.order_discount:
        return ""
    moves = [line.quantity - line.sale.first_quantity for line in order.lines]
    fewer, more = -sum(move for move in moves if move < 0), sum(move for move in moves if move > 0)
    first = money(order.order_discount, order.original_currency)
    gone = "1 returned unit" if fewer == 1 else f"{number(fewer)} returned units"
    if more:
        words = f"{first} at first; every unit, also an added one, has the share that it got then"
    elif taken:
        now = exact_money(taken, order.original_currency, order.original_digits)
        words = f"{now} of {first}: every unit keeps its share, and the rest went with {gone}"
    else:
        words = f"all of {first} went with {gone}"
    return (
        f"{words}; no line falls below 0" if taken < sum(Fraction(line.sale.share) for line in order.lines) else words
    )


def _is_changed(order: Order) -> bool:
    """Whether an order without items has another amount than was sent."""
    (line,) = order.lines
    return line.sale.gross != Decimal(order.payload["Amount"])
