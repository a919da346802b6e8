"""What one unit earns: the payout group or the default, then the adjustments (payouts.md §5, steps 2 to 4).

Amounts come as a pair (numerator, divisor), because a share of a line (2 of 3 units payable) may never end in
decimals; they are rounded once, at the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from contracts.engine.document.sections.default_payout import PayoutLevel
from contracts.engine.document.sections.payout_adjustments import PayoutAdjustment
from contracts.engine.document.sections.payout_groups import PayoutGroup
from contracts.engine.document.terms import EventPayout
from contracts.engine.orders.money import ZERO, percent
from contracts.engine.orders.order import Line, Order

type Exact = tuple[Decimal, int]


@dataclass(frozen=True, slots=True)
class Rate:
    """A way of paying: a fixed amount, or a percentage; for the first `payable_items` units of quantity only."""

    fixed: Decimal | None
    percent: Decimal | None
    payable_items: int | None


def group_rate(group: PayoutGroup) -> Rate:
    """How a payout group pays."""
    return Rate(group.payout, group.payout_rate, group.payable_items)


def default_rate(event_payout: EventPayout) -> Rate:
    """How orders are paid that no group takes."""
    default = event_payout.default_payout
    return Rate(default.payout, default.payout_rate, None)


def earned(rate: Rate, level: PayoutLevel, lines: Sequence[Line]) -> Exact:
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


def adjusted(amount: Exact, adjustment: PayoutAdjustment) -> Exact:
    """The amount after one adjustment that holds; never below 0."""
    value, divisor = amount
    change = value * percent(adjustment.rate) if adjustment.rate is not None else (adjustment.amount or ZERO) * divisor
    value = value + change if adjustment.direction == "INCREASE" else value - change
    return max(value, ZERO), divisor


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


def named(group: PayoutGroup | None) -> tuple[int, str] | None:
    """(rank, name) of a group."""
    return (group.rank, group.name) if group else None


def returned_in_words(order: Order) -> str:
    """Why an order of which nothing is left is paid nothing."""
    return "reversed" if order.reversed else "returned in full"
