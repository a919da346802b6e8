"""Whether rules hold for an order or a line, one rule at a time, with what was there to compare.

The verdicts come from `predicates.matches`, never from the plan's masks.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from contracts.engine.explain.words import rule_in_words
from contracts.engine.orders.money import written
from contracts.engine.rules import predicates as rules
from contracts.engine.rules.facts import LineFacts, OrderFacts, Value
from contracts.engine.rules.fields import variable
from contracts.engine.rules.rule import Rule


def verdict(rule_set: Sequence[Rule], facts: OrderFacts, lines: Sequence[LineFacts]) -> dict[str, Any]:
    """Whether all rules hold, and for each what was there to compare with.

    Item rules are all tested on one line: the first that meets them all, else the first that meets the most.
    """
    chosen = _closest([rule for rule in rule_set if variable(rule.variable).level == "item"], lines)
    verdicts = [_rule_verdict(rule, facts if variable(rule.variable).level == "order" else chosen) for rule in rule_set]
    return {"Holds": all(each["Holds"] for each in verdicts), "Rules": verdicts}


def _rule_verdict(rule: Rule, facts: OrderFacts | LineFacts | None) -> dict[str, Any]:
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
