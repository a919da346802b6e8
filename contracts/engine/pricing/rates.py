"""What the lines of one unit earn at a rate (payouts.md §5).

Amounts come as a pair (numerator, divisor), because a share of a line (2 of 3 units payable) may never end in
decimals; they are rounded once, at the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from contracts.engine.orders.money import ZERO, percent
from contracts.engine.orders.order import Line

type Exact = tuple[Decimal, int]


@dataclass(frozen=True, slots=True)
class Rate:
    """A way of paying: a fixed amount, or a percentage; for the first `payable_items` units of quantity only."""

    fixed: Decimal | None
    percent: Decimal | None
    payable_items: int | None


def earned(rate: Rate, level: str, lines: Sequence[Line]) -> Exact:
    """What the unit's lines (all of the order's, or the one line) earn before adjustments.

    A fixed amount is paid once for an order, and for each unit of quantity of a line.
    """
    if rate.percent is not None:
        amount, divisor = payable(rate.payable_items, lines)
        return amount * percent(rate.percent), divisor
    fixed = rate.fixed if rate.fixed is not None else ZERO
    if level == "ORDER":
        return fixed, 1
    quantity = sum(line.quantity for line in lines)
    return fixed * (quantity if rate.payable_items is None else min(quantity, rate.payable_items)), 1


def payable(limit: int | None, lines: Sequence[Line]) -> Exact:
    """The sale amount of the first units of quantity, line by line in the order sent."""
    total = ZERO
    left = limit
    for line in lines:
        if left is not None and line.quantity > left:
            return total * line.quantity + line.sale_amount * left, line.quantity
        total += line.sale_amount
        if left is not None:
            left -= line.quantity
    return total, 1
