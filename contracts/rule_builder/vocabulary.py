"""What the rule builder offers: every variable with what tells it from others, and every operator."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from contracts.engine.rules.fields import OPERATORS, VARIABLES, Type, Variable

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
# Operators that a rule of the type begins with, where that is not the first one.
_FIRST: Mapping[Type, str] = {"number": "GTE", "money": "GTE", "date": "ON_OR_AFTER"}
# Of each, one says where a customer lives and the others where somebody was: they are easily mistaken.
_PLACES = (
    ("CUSTOMER_COUNTRY", "REFERRAL_DERIVED_COUNTRY", "DERIVED_COUNTRY"),
    ("CUSTOMER_REGION", "REFERRAL_DERIVED_REGION", "DERIVED_REGION"),
)


@dataclass(frozen=True, slots=True)
class Offered:
    """A variable as the rule builder offers it.

    `missing` says why no order has a value of it here, `places` are the variables of the same place on other ways.
    """

    key: str
    label: str
    type: str
    family: str
    parameter: str
    meaning: str
    missing: str = ""
    places: str = ""
    is_used: bool = False
    is_received: bool = False


@dataclass(frozen=True, slots=True)
class OfferedOperator:
    """An operator in one spelling: the types that take it, those that begin with it, and how many values it takes."""

    key: str
    label: str
    types: str
    first: str
    takes: str  # many, one, two or none


def offered_variables(
    categories: Collection[str],
    missing: Mapping[str, str],
    *,
    used: Collection[str] = (),
    received: Collection[str] = (),
) -> list[Offered]:
    """Every variable, by family. The meaning of Customer Status names the categories that the event type knows."""
    return [
        Offered(
            each.key,
            each.label,
            each.type,
            FAMILIES.get(each.family, each.family.title()),
            each.parameter,
            f"{each.meaning}: {', '.join(categories)}" if each.key == "CUSTOMER_STATUS" else each.meaning,
            missing.get(each.key, ""),
            _places(each.key),
            each.key in used,
            each.key in received,
        )
        for each in _by_family()
    ]


@cache
def offered_operators() -> list[OfferedOperator]:
    """Every operator once for each spelling; those without values come last."""
    types: dict[tuple[str, str, str], list[str]] = {}
    for type_, rows in OPERATORS.items():
        for each in rows:
            takes = "none" if each.most == 0 else "two" if each.least == 2 else "one" if each.most == 1 else "many"
            types.setdefault((each.key, each.label, takes), []).append(type_)
    offered = [
        OfferedOperator(key, label, " ".join(names), " ".join(name for name in names if _first(name) == key), takes)
        for (key, label, takes), names in types.items()
    ]
    return sorted(offered, key=lambda each: each.takes == "none")


def _first(type_: str) -> str:
    return next((key for name, key in _FIRST.items() if name == type_), OPERATORS[type_][0].key)  # type: ignore[index]


@lru_cache(maxsize=1)
def _by_family() -> list[Variable]:
    order = list(FAMILIES)
    return sorted(VARIABLES.values(), key=lambda each: order.index(each.family) if each.family in order else len(order))


@cache
def _places(key: str) -> str:
    return next((" ".join(places) for places in _PLACES if key in places), "")
