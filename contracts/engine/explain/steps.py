"""Why an order earns what it earns, step by step, as JSON (payouts.md §10).

The verdicts come from `rules.matches` one rule at a time, never from the plan's masks; the figures must arrive at the
plan's to the cent.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

from contracts.engine.document.sections.default_payout import DEFAULT_PAYOUT
from contracts.engine.document.sections.payout_adjustments import PAYOUT_ADJUSTMENTS
from contracts.engine.document.sections.payout_groups import PAYOUT_GROUPS, PayoutGroup
from contracts.engine.document.sections.payout_restrictions import PAYOUT_RESTRICTIONS
from contracts.engine.document.terms import EventPayout
from contracts.engine.explain.sentences import in_sentences
from contracts.engine.explain.words import rule_in_words
from contracts.engine.orders.money import EXACT, ZERO, rounded, shared, shown, written
from contracts.engine.orders.order import Line, Order
from contracts.engine.pricing.units import Rate, adjusted, default_rate, earned, group_rate, returned_in_words
from contracts.engine.rules import predicates as rules
from contracts.engine.rules.facts import LineFacts, OrderFacts, Value, line_facts
from contracts.engine.rules.fields import variable
from contracts.engine.rules.rule import Rule


def explain(event_payout: EventPayout, order: Order) -> dict[str, Any]:
    """The whole explanation. Money in it is in the terms' currency, except under `Order` and where a line says so."""
    with localcontext(EXACT):
        facts, lines = OrderFacts(order), line_facts(order)
        units: list[dict[str, Any]] = []
        if not order.returned:
            if event_payout.payout_level == "ITEM" and order.has_items:
                units = [_unit(event_payout, order, facts, [line], (line.line,), line.line) for line in lines]
            else:
                units = [_unit(event_payout, order, facts, lines, order.lines, None)]
        payouts = _line_payouts(order, units)
        nothing = rounded(ZERO, order.digits)
        explanation: dict[str, Any] = {
            "EventTypeCode": event_payout.event_type_code,
            "PayoutLevel": event_payout.payout_level,
            "Currency": order.currency,
            "SaleAmount": written(order.sale_amount),
            "Payout": written(sum((Decimal(unit["Payout"]) for unit in units), nothing)),
            "Returned": returned_in_words(order) if order.returned else None,
            "Order": _order(order),
            "Lines": [_line(order, line, payouts[line.index]) for line in order.lines],
            "Units": units,
        }
    explanation["Trace"] = in_sentences(explanation)
    return explanation


def _order(order: Order) -> dict[str, Any]:
    rate = order.rate
    return {
        "HasItems": order.has_items,
        "Currency": order.original_currency,
        "Amount": written(order.amount),
        "OrderDiscount": written(order.order_discount),
        "DiscountNotTaken": written(order.discount_not_taken),
        "ExchangeRate": rate
        and {"From": rate.source, "To": rate.target, "Date": rate.date.isoformat(), "Rate": written(rate.rate)},
        "CustomerStatus": {"Code": order.status_code, "Category": order.status_category},
    }


def _line(order: Order, line: Line, payout: Decimal) -> dict[str, Any]:
    """How one line's sale amount is computed; all but the last two figures in the order's currency."""
    sale = line.sale
    return {
        "Index": line.index,
        "Sku": line.sku,
        "Name": line.item.get("ItemName", ""),
        "Quantity": line.quantity,
        "FirstQuantity": sale.first_quantity,
        "Gross": shown(sale.gross, sale.divisor, digits=order.original_digits),
        "ItemDiscount": shown(sale.item_discount, sale.divisor, digits=order.original_digits),
        "Net": written(sale.net),
        "NotTaken": written(sale.not_taken),
        "OrderDiscountShare": written(sale.share),
        "Amount": written(sale.amount),
        "SaleAmount": written(line.sale_amount),
        "Payout": written(payout),
    }


def _line_payouts(order: Order, units: Sequence[dict[str, Any]]) -> dict[int, Decimal]:
    payouts = {line.index: rounded(ZERO, order.digits) for line in order.lines}
    for unit in units:
        if unit["Line"] is not None:
            payouts[unit["Line"]] = Decimal(unit["Payout"])
            continue
        sharing = [line for line in order.lines if line.takes_part] or list(order.lines)
        parts = shared(Decimal(unit["Payout"]), [line.sale_amount for line in sharing], order.digits)
        payouts |= dict(zip((line.index for line in sharing), parts, strict=True))
    return payouts


def _unit(
    event_payout: EventPayout,
    order: Order,
    facts: OrderFacts,
    line_facts: Sequence[LineFacts],
    lines: Sequence[Line],
    line: Line | None,
) -> dict[str, Any]:
    """One unit of evaluation: every restriction, every group up to the winner, every adjustment, the rounding."""
    unit: dict[str, Any] = {
        "Line": line.index if line else None,
        "SaleAmount": written(line.sale_amount if line else order.sale_amount),
        "Restrictions": [],
        "Groups": [],
        "Group": None,
        "Adjustments": [],
        "HiddenFromReports": False,
    }
    restricted = None
    for index, restriction in enumerate(event_payout.payout_restrictions):
        verdict = _rule_set(restriction.rules, facts, line_facts)
        unit["Restrictions"].append({"Index": index, "Hides": restriction.zero_payout_hide_report, **verdict})
        if verdict["Holds"]:
            restricted = index if restricted is None else restricted
            unit["HiddenFromReports"] |= restriction.zero_payout_hide_report
    if restricted is not None:
        reason = PAYOUT_RESTRICTIONS.reason(event_payout.payout_restrictions[restricted])
        nothing = written(rounded(ZERO, order.digits))
        return unit | {"Restricted": True, "Reason": reason, "Earned": "0", "Exact": "0", "Payout": nothing}
    winner = _winner(event_payout, facts, line_facts, unit["Groups"])
    rate: Rate = group_rate(winner) if winner else default_rate(event_payout)
    if winner:
        reason = PAYOUT_GROUPS.reason(winner, order.currency)
    else:
        reason = DEFAULT_PAYOUT.reason(event_payout.default_payout, order.currency)
    amount = earned(rate, event_payout.payout_level, lines)
    first = shown(*amount, digits=order.digits)
    for index, adjustment in enumerate(event_payout.payout_adjustments):
        verdict = _rule_set(adjustment.rules, facts, line_facts)
        step = {
            "Index": index,
            "Change": PAYOUT_ADJUSTMENTS.change(adjustment, order.currency),
            **verdict,
            "Before": shown(*amount, digits=order.digits),
        }
        if verdict["Holds"]:
            amount = adjusted(amount, adjustment)
            reason = f"{reason}, {PAYOUT_ADJUSTMENTS.change(adjustment, order.currency)}"
        unit["Adjustments"].append(step | {"After": shown(*amount, digits=order.digits)})
    return unit | {
        "Group": winner and {"Rank": winner.rank, "Name": winner.name},
        "Restricted": False,
        "Reason": reason,
        "Earned": first,
        "Exact": shown(*amount, digits=order.digits),
        "Payout": written(rounded(amount[0], order.digits, amount[1])),
    }


def _winner(
    event_payout: EventPayout, facts: OrderFacts, lines: Sequence[LineFacts], verdicts: list[dict[str, Any]]
) -> PayoutGroup | None:
    """The first group that holds; its verdict and those of the groups before it are added."""
    for group in event_payout.payout_groups:
        verdict = _rule_set(group.rules, facts, lines)
        verdicts.append(
            {
                "Rank": group.rank,
                "Name": group.name,
                "Pays": PAYOUT_GROUPS.reason(group, facts.order.currency),
                **verdict,
            }
        )
        if verdict["Holds"]:
            return group
    return None


def _rule_set(rule_set: Sequence[Rule], facts: OrderFacts, lines: Sequence[LineFacts]) -> dict[str, Any]:
    """Whether all rules hold, and for each what was there to compare with.

    Item rules are all tested on one line: the first that meets them all, else the first that meets the most.
    """
    chosen = _closest([rule for rule in rule_set if variable(rule.variable).level == "item"], lines)
    verdicts = [_verdict(rule, facts if variable(rule.variable).level == "order" else chosen) for rule in rule_set]
    return {"Holds": all(verdict["Holds"] for verdict in verdicts), "Rules": verdicts}


def _verdict(rule: Rule, facts: OrderFacts | LineFacts | None) -> dict[str, Any]:
    """One rule, tested on the order or a line; without a line it does not match."""
    value = facts[rule.variable] if facts is not None else None
    return {
        "Text": rule_in_words(rule),
        "Variable": rule.variable,
        "Label": variable(rule.variable).label,
        "Operator": rule.operator,
        "Values": list(rule.values),
        "Actual": shown_value(value),
        "Line": facts.line.index if isinstance(facts, LineFacts) else None,
        "Holds": facts is not None and rules.matches(rule, value),
    }


def _closest(item_rules: Sequence[Rule], lines: Sequence[LineFacts]) -> LineFacts | None:
    if not item_rules or not lines:
        return None
    if len(lines) == 1:
        return lines[0]
    asked = [(rule.variable, rules.predicate(rule)) for rule in item_rules]
    closest, most = lines[0], -1
    for line in lines:
        met = sum([holds(line[key]) for key, holds in asked])
        if met == len(asked):
            return line
        if met > most:
            closest, most = line, met
    return closest


def shown_value(value: Value) -> str | list[str] | None:
    """A value as JSON: None is missing, a set is sorted."""
    match value:
        case None:
            return None
        case frozenset():
            return sorted(value)
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return written(value)
        case date():
            return value.isoformat()
        case str():
            return value
