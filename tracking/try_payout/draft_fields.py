"""The fields with which an order is tried on a draft: the sale amount, and only what the draft's rules ask for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.engine.rules.fields import VARIABLES, Variable

AMOUNT = "Amount"
# What a variable is worked out from, where that is not the parameter of its own.
_FROM = {
    "ORDER_TOTAL": ("ORDER_TAX",),
    "ITEM_SUBTOTAL": (),
    "LIST_ITEM_SUPER_CATEGORY": ("ITEM_CATEGORY", "ITEM_SUBCATEGORY"),
}
_LISTED = ("text", "currency", "country", "status", "tags", "bool")
LONGEST = 300


@dataclass(slots=True)
class TryField:
    """One field: the parameter that it sends, and the variable whose values it completes, if any are known."""

    parameter: str
    label: str
    about: Variable
    value: str = ""
    error: str = ""

    @property
    def variable(self) -> str:
        return self.about.key if self.about.type in _LISTED else ""

    @property
    def kind(self) -> str:
        return self.about.type

    @property
    def is_of_item(self) -> bool:
        return self.about.level == "item"


def fields_for(used: Iterable[str], values: Mapping[str, str]) -> list[TryField]:
    """A field for each parameter that variables of these keys are read from, filled with these values."""
    by_parameter = {each.parameter: each for each in VARIABLES.values() if each.family not in ("list", "catalog")}
    found: dict[str, TryField] = {}
    order = list(VARIABLES)
    for key in sorted(used, key=order.index):
        for each in (VARIABLES[name] for name in _FROM.get(key, (key,))):
            about = by_parameter[each.parameter]
            found.setdefault(about.parameter, TryField(about.parameter, about.label, about))
    for field in found.values():
        field.value = values.get(field.parameter, "")[:LONGEST]
    return list(found.values())


def order_of_fields(fields: Iterable[TryField], amount: str, currency: str) -> dict[str, str]:
    """The order as the API would be sent it. Once a field of an item is filled it has one item, of the sale amount, or
    of price and quantity where there is a price.
    """
    sent = {"OrderId": "TRY", "EventDate": "NOW", "CurrencyCode": currency}
    sent |= {each.parameter: each.value for each in fields if each.value and not each.is_of_item}
    items = {_numbered(each.parameter): each.value for each in fields if each.value and each.is_of_item}
    if not items:
        return {**sent, AMOUNT: amount}
    return {**sent, **items} | ({} if "ItemPrice1" in items else {"ItemSubTotal1": amount})


def parameter_of(path: str) -> str:
    """The field that an error is about, by what the order was sent with."""
    if path == "ItemSubTotal1":
        return AMOUNT
    head, _, number = path.partition("_")
    return f"{head.removesuffix('1')}{number}" if path.startswith("Item") else path


def values_of(payload: Mapping[str, Any], profile: Mapping[str, Any], journey: Mapping[str, Any]) -> dict[str, str]:
    """What an order was sent with, and what was known beside it, by the fields' parameters; of items the first."""
    items = payload.get("Items") or [{}]
    together = {**items[0], **payload, **profile, **journey}
    return {name: _text(value) for name, value in together.items() if isinstance(value, str | list | tuple)}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ", ".join(each for each in value if isinstance(each, str))


def _numbered(parameter: str) -> str:
    """`ItemSku1`, and `ItemText1_3` of ItemText3."""
    name = parameter.rstrip("0123456789")
    number = parameter[len(name) :]
    return f"{name}1_{number}" if number else f"{name}1"
