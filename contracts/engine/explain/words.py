"""Reasons in words, for the action's page, the API and files."""

from collections.abc import Iterable
from functools import lru_cache

from contracts.engine.document.terms import EventPayout, PayoutAdjustment, PayoutGroup, Rule
from contracts.engine.orders.money import ZERO, written
from contracts.engine.orders.order import Order
from contracts.engine.pricing.units import Rate, default_rate, group_rate
from contracts.engine.rules.text import format_rule


@lru_cache(maxsize=32_768)
def rule_in_words(rule: Rule) -> str:
    """`Customer Status is New`, spelled as payout group files spell it, without the brackets."""
    return format_rule({"Variable": rule.variable, "Operator": rule.operator, "Values": list(rule.values)})[1:-1]


def rules_in_words(rules: Iterable[Rule]) -> str:
    """The rules of one set, all of which must hold."""
    return " and ".join(rule_in_words(rule) for rule in rules)


def group_in_words(group: PayoutGroup, currency: str) -> str:
    """Why an order that the group takes is paid as it is."""
    title = f"payout group {group.rank} {group.name}".rstrip()
    limit = f" for the first {group.payable_items} items" if group.payable_items else ""
    return f"{title}: {rate_in_words(group_rate(group), currency)}{limit}"


def default_in_words(event_payout: EventPayout, currency: str) -> str:
    """Why an order that no group takes is paid as it is."""
    return f"default payout: {rate_in_words(default_rate(event_payout), currency)}"


def rate_in_words(rate: Rate, currency: str) -> str:
    """`15%` or `2.00 GBP`."""
    if rate.percent is not None:
        return f"{written(rate.percent)}%"
    return f"{written(rate.fixed if rate.fixed is not None else ZERO)} {currency}"


def adjustment_in_words(adjustment: PayoutAdjustment, currency: str) -> str:
    """`+5%` or `−1.00 GBP`."""
    sign = "+" if adjustment.direction == "INCREASE" else "\N{MINUS SIGN}"
    if adjustment.rate is not None:
        return f"{sign}{written(adjustment.rate)}%"
    return f"{sign}{written(adjustment.amount if adjustment.amount is not None else ZERO)} {currency}"


def returned_in_words(order: Order) -> str:
    """Why an order of which nothing is left is paid nothing."""
    return "reversed" if order.reversed else "returned in full"
