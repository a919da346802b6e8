"""From raw input to canonical names and values: shared by conversions, modifications and partners."""

import difflib
import re
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache

from common.refusals import Refusals, Refused
from tracking.intake import parsing
from tracking.intake.parameters import (
    IDS_DROPPED,
    ITEM_PARAMETERS,
    JOURNEY_PARAMETERS,
    MAX_ITEMS,
    ORDER_PARAMETERS,
    PLACEHOLDERS_DROPPED,
    Parameter,
    numbered_item_parameter,
    numbered_name,
    order_parameter,
)

Item = dict[str, str]
_HASH = re.compile(r"[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")
_CURRENCY = re.compile(r"[A-Za-z]{3}")
_IDS = frozenset({"order_id", "customer_id", "key", "id"})
_SUGGESTIONS = 10  # looking for a likely spelling is slow; a body full of unknown names gets ten


def printable(name: str) -> str:
    """Return a sender's own name for a field so that it can be part of an answer: short, valid Unicode."""
    return name[:80].encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")


def canonical(parameter: Parameter, value: object, time_zone: str, currencies: Collection[str] | None) -> str:
    """Return the value of one parameter as it is stored; "" when nothing was sent. Raises Refused."""
    if isinstance(value, bool) and parameter.kind in _IDS:
        raise Refused(f"Is a yes/no value ({str(value).lower()}), not an id: send the id itself, or leave it out.")
    text = parsing.as_text(value)
    if not text:
        return ""
    match parameter.kind:
        case "text":
            return parsing.read_text(text, parameter.limit)
        case "key":
            return parsing.read_id(text, parameter.limit)
        case "order_id":
            return parsing.read_order_id(text, parameter.limit)
        case "customer_id":
            return parsing.read_customer_id(text, parameter.limit)
        case "money":
            return text if parsing.read_number(text) else text.lstrip("-")
        case "number":
            return text if parsing.read_number(text, signed=True) else text.lstrip("-")
        case "rate":
            return parsing.plain_rate(text)
        case "whole":
            return str(parsing.read_whole(text))
        case "id":
            return str(parsing.read_whole(text, digits=parsing.ID_DIGITS))
        case "yes_no":
            parsing.read_yes_no(text)
        case "moment":
            if parameter.name != "EventDate":
                parsing.read_moment(text, time_zone)
        case "hash":
            if not _HASH.fullmatch(text):
                raise Refused("Send the SHA-1 or SHA-256 of the address in hexadecimal, never the address itself.")
        case "currency":
            if not _CURRENCY.fullmatch(text):
                raise Refused("Send an ISO 4217 code of three letters, such as USD.")
            text = text.upper()
            if currencies is not None and text not in currencies:
                raise Refused(f"{text} is not a valid currency code; use three letters, such as GBP.")
    return text


@lru_cache(maxsize=20_000)
def _item_cell(name: str, value: str, time_zone: str) -> tuple[str, str] | None:
    """An item's parameter and its value, for a plain valid text; None where it needs the slow path. Products recur,
    with their names, categories and prices.
    """
    parameter = ITEM_PARAMETERS.get(name.casefold())
    try:
        text = canonical(parameter, value, time_zone, None) if parameter else ""
    except Refused:
        return None
    return (parameter.name, text) if parameter and not _is_dropped(parameter, text) else None


@lru_cache(maxsize=1_000)
def _nearest(key: str) -> str:
    """The parameter that an unknown name is likely to mean, or "". The columns of a file ask for it in every row."""
    known = {name: parameter.name for name, parameter in {**ORDER_PARAMETERS, **ITEM_PARAMETERS}.items()}
    close = difflib.get_close_matches(key, known, 1, 0.8)
    return known[close[0]] if close else ""


def _is_dropped(parameter: Parameter, text: str) -> bool:
    """Whether the text is only a placeholder, for parameters where that means not sent."""
    if parameter.name in IDS_DROPPED:
        return parsing.is_no_id(text)
    return parameter.name in PLACEHOLDERS_DROPPED and parsing.is_placeholder(text)


def read_tags(value: object) -> list[str]:
    """Return tags from a list or a comma-separated text: trimmed, without blanks. Raises Refused."""
    parts = value if isinstance(value, list) else parsing.as_text(value).split(",")
    return [parsing.read_text(tag, 255) for tag in map(parsing.as_text, parts) if tag]


class Reading:
    """The parameters of one conversion, sorted into those of the order and those of each item."""

    def __init__(self, errors: Refusals, *, time_zone: str, currencies: Collection[str] | None) -> None:
        self.errors = errors
        self.time_zone = time_zone
        self.currencies = currencies
        self.order: dict[str, str | list[str]] = {}
        self.items: dict[int, Item] = {}
        self.dropped: dict[str, str] = {}  # placeholders, by the parameter that they were sent as
        self._suggested = 0

    def text(self, name: str) -> str:
        value = self.order.get(name, "")
        return value if isinstance(value, str) else ""

    def take(self, params: Mapping[str, object], *, journey: bool) -> None:
        """Read every parameter; `journey` also accepts parameters that only a click or a customer can set."""
        for name, value in params.items():
            key = name.casefold()
            if not name.isascii():  # casefold would take "ſ" for an s
                self.errors.add(printable(name), self._why_not(key))
            elif (parameter := order_parameter(name)) is not None:
                self._take_order(parameter, value)
            elif (numbered := numbered_item_parameter(name)) is not None:
                self._take_item(numbered.item, numbered.parameter, value)
            elif key == "items":
                self._take_items(value)
            elif key in JOURNEY_PARAMETERS and journey:
                self._take_journey(JOURNEY_PARAMETERS[key], value)
            else:
                self.errors.add(printable(name), self._why_not(key))

    def _why_not(self, key: str) -> str:
        if key in JOURNEY_PARAMETERS:
            return "Comes from the click or the customer, and cannot be sent with a conversion; leave it out."
        if key in ITEM_PARAMETERS:
            return "Number the item: ItemSku1, ItemSku2, ItemText1_3."
        self._suggested += 1
        if self._suggested <= _SUGGESTIONS and len(key) <= 64 and (close := _nearest(key)):
            return f"Is not a known parameter of a conversion; did you mean {close}?"
        return "Is not a known parameter of a conversion; leave it out."

    def _put(self, field: str, into: Callable[[str], None], parameter: Parameter, value: object) -> None:
        try:
            text = canonical(parameter, value, self.time_zone, self.currencies)
        except Refused as refused:
            self.errors.add(field, str(refused))
        else:
            if text and _is_dropped(parameter, text):
                self.dropped[field] = text
            elif text:
                into(text)

    def _take_order(self, parameter: Parameter, value: object) -> None:
        def into(text: str) -> None:
            if self.order.setdefault(parameter.name, text) != text:
                self.errors.add(parameter.name, "Was sent twice with different values; send it once.")

        self._put(parameter.name, into, parameter, value)

    def _take_journey(self, parameter: Parameter, value: object) -> None:
        if parameter.kind != "tags":
            self._take_order(parameter, value)
            return
        try:
            self.order[parameter.name] = read_tags(value)
        except Refused as refused:
            self.errors.add(parameter.name, str(refused))

    def _take_item(self, number: int, parameter: Parameter, value: object) -> None:
        cell = _item_cell(parameter.name, value, self.time_zone) if type(value) is str else None
        try:
            text = cell[1] if cell else canonical(parameter, value, self.time_zone, None)
        except Refused as refused:
            self.errors.add(numbered_name(parameter, number), str(refused))
            return
        if not cell and _is_dropped(parameter, text):
            self.dropped[numbered_name(parameter, number)] = text
        elif text and self.items.setdefault(number, {}).setdefault(parameter.name, text) != text:
            self.errors.add(numbered_name(parameter, number), "Was sent twice with different values; send it once.")

    def _take_items(self, value: object) -> None:
        if value is None:
            return
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            self.errors.add("Items", "Send a list of objects, one for each item.")
            return
        if self.items:
            self.errors.add("Items", "Send either Items or numbered parameters such as ItemSku1, not both.")
        if len(value) > MAX_ITEMS:
            self.errors.add("Items", f"An order takes at most {MAX_ITEMS} items.")
            return
        for number, item in enumerate(value, 1):
            if number not in self.items and (taken := self._plain_item(item)):
                self.items[number] = taken
                continue
            for name, given in item.items():
                parameter = ITEM_PARAMETERS.get(name.casefold())
                if parameter is None:
                    self.errors.add(f"Items[{number - 1}].{printable(name)}", "Is not a known parameter of an item.")
                else:
                    self._take_item(number, parameter, given)

    def _plain_item(self, item: Mapping[str, object]) -> Item | None:
        """The item, where each of its cells is a plain valid text, and none was sent twice."""
        taken: Item = {}
        for name, given in item.items():
            cell = _item_cell(name, given, self.time_zone) if type(given) is str else None
            if cell is None or not cell[1] or cell[0] in taken:
                return None
            taken[cell[0]] = cell[1]
        return taken
