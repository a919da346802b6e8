"""Rules of the terms on a receipt: as the chips of the terms' page say them, each with the value that it met."""

from collections.abc import Mapping
from typing import Any

from contracts.engine.explain.words import chips, value_in_words
from contracts.engine.rules.fields import variable
from contracts.engine.rules.rule import Rule
from contracts.sections.panels import PAGE


def told(verdict: Mapping[str, Any], explanation: Mapping[str, Any]) -> dict[str, Any]:
    """A set of rules with the words of each, and the value that it met."""
    currency = explanation["Currency"]
    rules = [Rule(rule["Variable"], rule["Operator"], tuple(rule["Values"])) for rule in verdict["Rules"]]
    return {
        **verdict,
        "rules": [
            {**rule, "words": str(words), "met": _met(rule, explanation)}
            for rule, words in zip(verdict["Rules"], chips(rules, currency, PAGE), strict=True)
        ],
    }


def _met(rule: Mapping[str, Any], explanation: Mapping[str, Any]) -> str:
    actual, where = rule["Actual"], ""
    if rule["Line"] is not None and len(explanation["Lines"]) > 1:
        where = f", line {rule['Line'] + 1}"
    if rule.get("Erased"):
        return f"what it met was erased{where}"
    if actual is None or actual == []:
        if rule["Variable"] == "CUSTOMER_TAG":
            return "the customer had no tag when it was placed"
        is_history = variable(rule["Variable"]).family == "history"
        return "the order names no customer" if is_history else f"nothing was sent{where}"
    if rule["Variable"] == "CUSTOMER_STATUS":
        status = explanation["Order"]["CustomerStatus"]
        if status["WorkedOut"]:
            return f"{actual}, worked out from the customer’s earlier orders"
        if status["Category"] is None:
            return f"“{status['Code']}” was received, which is mapped to no customer status"
        return f"{actual}, received as “{status['Code']}”"
    if rule["Variable"] == "ORDER_TOTAL" and actual != explanation["SaleAmount"]:
        where = ", the sale amount with Order Tax"
    type_ = variable(rule["Variable"]).type
    values = actual if isinstance(actual, list) else [actual]
    return ", ".join(value_in_words(type_, value, explanation["Currency"], PAGE) for value in values) + where
