"""What is paid for an order or for one line of it, arranged as the receipt shows it (payouts.md §5 and §10).

Of many groups that did not match it shows the first and those next to the one that pays; all are on a page of their
own.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from contracts.engine.document.sections.default_payout import DEFAULT_PAYOUT
from contracts.engine.document.sections.payout_adjustments import PAYOUT_ADJUSTMENTS
from contracts.engine.document.sections.payout_groups import PAYOUT_GROUPS
from contracts.engine.document.terms import EventPayout
from contracts.engine.explain.words import payout_in_words
from contracts.engine.orders.money import EXACT
from contracts.engine.orders.order import Line, Order
from contracts.engine.pricing.rates import Rate, payable
from contracts.sections.panels import PAGE
from program.templatetags.brandboard import number

from .figures import exact_money
from .rule_words import told

Unit = dict[str, Any]


def arranged(event_payout: EventPayout, order: Order, explanation: Mapping[str, Any]) -> list[Unit]:
    """The explanation's units with their groups folded, their rules in words, and how the winner pays."""
    return [_arranged(unit, event_payout, order, explanation) for unit in explanation["Units"]]


def _arranged(unit: Unit, event_payout: EventPayout, order: Order, explanation: Mapping[str, Any]) -> Unit:
    places = {group.rank: place for place, group in enumerate(event_payout.payout_groups)}
    place = unit["Group"] and places[unit["Group"]["Rank"]]
    winner = None if place is None else event_payout.payout_groups[place]
    lines = [line for line in order.lines if unit["Line"] is None or line.index == unit["Line"]]
    tried = [group for group in unit["Groups"] if not group["Holds"]]
    won = next((group for group in unit["Groups"] if group["Holds"]), None)
    tried_count = unit["Tried"] - bool(won)
    rate = PAYOUT_GROUPS.rate(winner) if winner else DEFAULT_PAYOUT.rate(event_payout.default_payout)
    return {
        **unit,
        "line": None if unit["Line"] is None else lines[0],
        "name": lines[0].item.get("ItemName") or lines[0].sku,
        "restrictions": [told(restriction, explanation) for restriction in unit["Restrictions"]],
        "tried": [_group(group, explanation) for group in tried],
        "tried_count": tried_count,
        "folded_count": tried_count - len(tried),
        "won": won and _group(won, explanation),
        "place": place,
        "pays": _pays(rate, event_payout, lines, order),
        "groups_count": len(event_payout.payout_groups),
        "later_count": len(event_payout.payout_groups) - unit["Tried"] if won else 0,
        "is_adjusted": any(step["Holds"] for step in unit["Adjustments"]),
        "adjustments": [_adjustment(step, event_payout, explanation) for step in unit["Adjustments"]],
    }


def _group(verdict: Mapping[str, Any], explanation: Mapping[str, Any]) -> dict[str, Any]:
    return {**told(verdict, explanation), "name": group_title(verdict["Rank"], verdict["Name"])}


def group_title(rank: int, name: str) -> str:
    """`2 New customers`; a group without a name has its rank alone."""
    return f"{number(rank)} {name}" if name else f"Group {number(rank)}"


def _adjustment(step: Mapping[str, Any], event_payout: EventPayout, explanation: Mapping[str, Any]) -> dict[str, Any]:
    adjustment = event_payout.payout_adjustments[step["Index"]]
    change = PAYOUT_ADJUSTMENTS.change(adjustment, explanation["Currency"], PAGE)
    return {**told(step, explanation), "change": change}


def _pays(rate: Rate, event_payout: EventPayout, lines: Sequence[Line], order: Order) -> str:
    """How the winner pays, and of what: what it earns is the product."""
    level = event_payout.payout_level
    figure, per = payout_in_words(level, rate.fixed, rate.percent, order.currency, PAGE)
    if rate.percent is not None:
        with localcontext(EXACT):
            amount, divisor = payable(rate.payable_items, lines)
        of = exact_money(Fraction(amount) / divisor, order.currency, order.digits)
        limit = f", {_at_most(rate.payable_items)}" if rate.payable_items else ""
        return f"{figure} {per}{limit}: {of}"
    if level == "ORDER":
        return f"{figure} {per}"
    quantity = sum(line.quantity for line in lines)
    paid = quantity if rate.payable_items is None else min(quantity, rate.payable_items)
    of = number(paid) if paid == quantity else f"{number(paid)} of {number(quantity)}"
    return f"{figure} {per}, {of} {'item' if quantity == 1 else 'items'}"


def _at_most(count: int) -> str:
    return "at most 1 item" if count == 1 else f"at most {number(Decimal(count))} items"
