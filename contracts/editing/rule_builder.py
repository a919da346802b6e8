"""The rule builder's vocabulary and what it posts, between the form and the raw rules of a document."""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

from django.http import QueryDict

from common.refusals import Refused
from common.web.refusals import sentence
from contracts.engine.rules.fields import OPERATORS, VARIABLES, operator, variable
from contracts.engine.rules.text import format_values, parse_values

FAMILIES = {
    "order": "Order",
    "customer": "Customer",
    "history": "The customer's earlier orders",
    "item": "Item",
    "general": "Your own fields",
    "derived": "Derived at conversion time",
    "referral": "Referral, at click time",
    "site": "Site",
    "list": "Exception lists",
    "catalog": "Product catalog",
    "path": "Path to the order",
}

Typed = dict[str, str]


# A variable as the rule builder takes it: key, label, type, what it is, and why no order has a value of it here, if so.
Choice = tuple[str, str, str, str, str]


@lru_cache(maxsize=64)
def variables(categories: tuple[str, ...], missing: tuple[tuple[str, str], ...] = ()) -> list[tuple[str, list[Choice]]]:
    """Every variable, by family, as the rule builder takes them; Customer Status comes first among the customer's, and
    its meaning names the categories that the event type knows. `missing` are those that no order has here, and why."""
    reasons = dict(missing)
    families: dict[str, list[Choice]] = {}
    for each in VARIABLES.values():
        meaning = each.meaning
        if each.key == "CUSTOMER_STATUS":
            meaning = f"{meaning}: {', '.join(categories)}"
        families.setdefault(each.family, []).append(
            (each.key, each.label, each.type, meaning, reasons.get(each.key, ""))
        )
    known = {family: families.pop(family) for family in FAMILIES if family in families}
    return [(FAMILIES.get(family, family.title()), rows) for family, rows in (known | families).items()]


@cache
def operators() -> list[tuple[str, str, str, str]]:
    """Every operator once for each spelling: key, label, the types that take it, how many values it takes.

    Those without values come last: a rule begins with the first that its variable takes.
    """
    types: dict[tuple[str, str, str], list[str]] = {}
    for type_, rows in OPERATORS.items():
        for each in rows:
            arity = "none" if each.most == 0 else "two" if each.least == 2 else "one" if each.most == 1 else "many"
            types.setdefault((each.key, each.label, arity), []).append(type_)
    options = [(key, label, " ".join(names), arity) for (key, label, arity), names in types.items()]
    return sorted(options, key=lambda option: option[3] == "none")


def typed_rules(rules: Iterable[Mapping[str, Any]]) -> list[Typed]:
    """Stored rules as they are typed into the builder."""
    return [
        {
            "variable": rule["Variable"],
            "operator": rule["Operator"],
            "values": format_values(rule.get("Values") or []),
            "error": "",
        }
        for rule in rules
    ]


def typed_words(rules: Iterable[Typed]) -> str:
    """Rules as they are typed, in words: `Customer Status is New and Order Total ≥ 200`."""
    return " and ".join(_words(rule) for rule in rules) or "no rules"


def _words(rule: Typed) -> str:
    try:
        about = variable(rule["variable"])
        words = f"{about.label} {operator(about, rule['operator']).label}"
    except KeyError:
        words = f"{rule['variable']} {rule['operator']}"
    return f"{words} {rule['values']}".rstrip()


def read_rules(data: QueryDict) -> tuple[list[dict[str, Any]], list[Typed]]:
    """The posted rules as raw rules, and as typed, with what could not be read as the rule's `error`."""
    raw: list[dict[str, Any]] = []
    typed: list[Typed] = []
    posted = (data.getlist(name) for name in ("variable", "operator", "values"))
    for key, how, values in zip(*posted, strict=False):
        row = {"variable": key, "operator": how, "values": values, "error": ""}
        typed.append(row)
        try:
            read = [] if _takes_none(key, how) else parse_values(values)
        except Refused as refused:
            read, row["error"] = [], f"{sentence(str(refused))}."
        raw.append({"Variable": key, "Operator": how, "Values": read})
    return raw, typed


def _takes_none(key: str, how: str) -> bool:
    try:
        return operator(variable(key), how).most == 0
    except KeyError:
        return False
