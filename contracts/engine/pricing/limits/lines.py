"""What limits leave of a decision, line by line."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from contracts.engine.document.sections.limits import Limits
from contracts.engine.orders.money import rounded, shared
from contracts.engine.orders.order import Order
from contracts.engine.pricing.plan import Decision, LineDecision, Plan

from .caps import in_digits


def due(plan: Plan, order: Order) -> Decision:
    """What an order earns by its terms, before anything is counted over several orders."""
    event_payout = plan.event_payout
    return within_order(plan.price(order), order, event_payout.payout_level, event_payout.limits)


def within_order(decision: Decision, order: Order, level: str, limits: Limits) -> Decision:
    """The decision under the limits of each item line and of the order, which need no counters."""
    own = [limit for limit in limits if not limit.has_counter]
    if not own or order.returned:
        return decision
    is_by_item = level == "ITEM" and order.has_items
    most = [in_digits(limit.value, order.digits) for limit in own if limit.limit_by == "ITEM"]
    if most and is_by_item:
        lines = tuple(replace(line, payout=min([line.payout, *most])) for line in decision.lines)
        total = sum((line.payout for line in lines), rounded(Decimal(0), order.digits))
        decision = replace(decision, payout=total, lines=lines)
    most += [in_digits(limit.value, order.digits) for limit in own if limit.limit_by == "ORDER"]
    if is_by_item:
        most = [in_digits(limit.value, order.digits) for limit in own if limit.limit_by == "ORDER"]
    return paid(decision, order, level, min([decision.payout, *most]))


def paid(decision: Decision, order: Order, level: str, payout: Decimal) -> Decision:
    """The decision with another payout in place of its own, at most that.

    By item the lines are paid in the order sent, as long as something is left; by order it is shared by sale amount.
    """
    if payout == decision.payout:
        return decision
    payout = rounded(payout, order.digits)
    if level == "ITEM" and order.has_items:
        return replace(decision, payout=payout, lines=_in_order(decision.lines, payout))
    taking = [line for line in order.lines if line.takes_part] or list(order.lines)
    shares = shared(payout, [line.sale_amount for line in taking], order.digits)
    by_index = dict(zip((line.index for line in taking), shares, strict=True))
    nothing = rounded(Decimal(0), order.digits)
    return _with_payouts(decision, payout, lambda line: by_index.get(line.index, nothing))


def _in_order(lines: Sequence[LineDecision], left: Decimal) -> tuple[LineDecision, ...]:
    found = []
    for line in lines:
        part = min(line.payout, left)
        left -= part
        found.append(replace(line, payout=part))
    return tuple(found)


def _with_payouts(decision: Decision, payout: Decimal, of: Callable[[LineDecision], Decimal]) -> Decision:
    return replace(decision, payout=payout, lines=tuple(replace(line, payout=of(line)) for line in decision.lines))
