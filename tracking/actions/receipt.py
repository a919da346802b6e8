"""The engine's explanation of a payout, arranged as the receipt on the action's page (payouts.md §10).

Of many groups that did not match it shows the first and those next to the one that pays; all are on a page of their
own.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from contracts.agreements.plans import terms_of
from contracts.engine.document.sections.default_payout import DEFAULT_PAYOUT
from contracts.engine.document.sections.payout_groups import PAYOUT_GROUPS, PayoutGroup
from contracts.engine.document.terms import EventPayout
from contracts.engine.pricing.rates import Rate
from contracts.engine.pricing.schedule import add_months
from program.templatetags.brandboard import money, number
from tracking.models import Action

Unit = dict[str, Any]


def receipt(action: Action, explanation: Mapping[str, Any], categories: Mapping[int, str]) -> dict[str, Any]:
    """What the page shows beside the explanation itself: sums over its lines, and each unit arranged."""
    lines, order = explanation["Lines"], explanation["Order"]
    event_payout = terms_of(action.terms_version_id).event_payout(action.event_type.code)
    payload = action.conversion.payload
    discounts = [line for line in lines if _is_set(line["ItemDiscount"])]
    return {
        "has_items": order["HasItems"],
        "lines": [
            {
                **line,
                "Each": _each(line),
                "category": categories.get(line["Index"], ""),
                "item_discounted": _is_set(line["ItemDiscount"]),
            }
            for line in lines
        ],
        "gross": sum((_figure(line["Gross"]) for line in lines), Decimal(0)),
        "item_discounts": discounts,
        "not_taken": [line for line in lines if _is_set(line["NotTaken"])],
        "order_discount": order["OrderDiscount"] if _is_set(order["OrderDiscount"]) else None,
        "order_discount_not_taken": order["DiscountNotTaken"] if _is_set(order["DiscountNotTaken"]) else None,
        "is_discounted": bool(discounts) or _is_set(order["OrderDiscount"]),
        "has_categories": any(categories.values()),
        "tax": payload.get("OrderTax"),
        "shipping": payload.get("OrderShipping"),
        "groups_count": len(event_payout.payout_groups),
        "default": _paying(DEFAULT_PAYOUT.rate(event_payout.default_payout), event_payout, explanation["Currency"]),
        "period_ends": _period_ends(action, event_payout),
    }


def arranged(action: Action, explanation: Mapping[str, Any], units: Sequence[Unit]) -> list[Unit]:
    """Units with their groups folded, their rules in words, and how the winner pays."""
    event_payout = terms_of(action.terms_version_id).event_payout(action.event_type.code)
    groups = {group.rank: group for group in event_payout.payout_groups}
    lines = {line["Index"]: line for line in explanation["Lines"]}
    return [_arranged(unit, event_payout, groups, lines, explanation) for unit in units]


def _arranged(
    unit: Unit,
    event_payout: EventPayout,
    groups: Mapping[int, PayoutGroup],
    lines: Mapping[int, Any],
    explanation: Mapping[str, Any],
) -> Unit:
    winner = unit["Group"] and groups[unit["Group"]["Rank"]]
    rate = PAYOUT_GROUPS.rate(winner) if winner else DEFAULT_PAYOUT.rate(event_payout.default_payout)
    shown = [group for group in unit["Groups"] if not group["Holds"]]
    won = next((group for group in unit["Groups"] if group["Holds"]), None)
    tried_count = unit["Tried"] - bool(won)
    return {
        **unit,
        "line": lines.get(unit["Line"]),
        "restrictions": [told(restriction, explanation) for restriction in unit["Restrictions"]],
        "tried": [told(group, explanation) for group in shown],
        "tried_count": tried_count,
        "folded_count": tried_count - len(shown),
        "won": won and told(won, explanation),
        "paying": _paying(rate, event_payout, explanation["Currency"]),
        "is_percent": rate.percent is not None,
        "later_count": len(event_payout.payout_groups) - unit["Tried"] if won else 0,
        "adjustments": [told(step, explanation) for step in unit["Adjustments"]],
        "applied": [step for step in unit["Adjustments"] if step["Holds"]],
    }


def told(verdict: Mapping[str, Any], explanation: Mapping[str, Any]) -> dict[str, Any]:
    """A set of rules with, for each, the value that it met, in words."""
    return {**verdict, "rules": [{**rule, "met": _met(rule, explanation)} for rule in verdict["Rules"]]}


def _met(rule: Mapping[str, Any], explanation: Mapping[str, Any]) -> str:
    actual, where = rule["Actual"], ""
    if rule["Line"] is not None and len(explanation["Lines"]) > 1:
        where = f", line {rule['Line'] + 1}"
    if actual is None or actual == []:
        code = explanation["Order"]["CustomerStatus"]["Code"]
        if rule["Variable"] == "CUSTOMER_STATUS" and code:
            return f"“{code}” was received, which is mapped to no customer status"
        return f"nothing was sent{where}"
    if rule["Variable"] == "CUSTOMER_STATUS":
        return f"{actual}, received as “{explanation['Order']['CustomerStatus']['Code']}”"
    return f"{', '.join(actual) if isinstance(actual, list) else actual}{where}"


def _paying(rate: Rate, event_payout: EventPayout, currency: str) -> str:
    if rate.percent is not None:
        words = f"{number(rate.percent)}%"
    else:
        per = "order" if event_payout.payout_level == "ORDER" else "item"
        words = f"{money(rate.fixed or Decimal(0), currency)} an {per}"
    return f"{words}, for the first {rate.payable_items} items" if rate.payable_items else words


def _each(line: Mapping[str, Any]) -> str | None:
    """The price of one, if the division is exact."""
    if line["Quantity"] < 2 or line["Gross"].endswith("…"):
        return None
    each = Decimal(line["Gross"]) / line["Quantity"]
    return format(each, "f") if each * line["Quantity"] == Decimal(line["Gross"]) else None


def _period_ends(action: Action, event_payout: EventPayout) -> date | None:
    """The last day of the month in which the order was tracked, where locking counts from its end."""
    locking = event_payout.locking
    if locking is None or locking.open_ended or locking.period != "MONTH":
        return None
    return add_months(action.day.replace(day=1), 1) - timedelta(days=1)


def _figure(text: str) -> Decimal:
    return Decimal(text.removesuffix("…"))


def _is_set(text: str) -> bool:
    return bool(_figure(text))
