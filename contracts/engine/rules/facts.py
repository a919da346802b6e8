"""What an order says about each rule variable, read only when a rule asks for it.

`OrderFacts` and `LineFacts` are dictionaries that compute values on first access: `facts["ORDER_TOTAL"]`. A value is a
trimmed text, a Decimal, a date, a bool or a frozenset (tags or names of lists as they are compared); None is missing.
Money is converted to the terms' currency and rounded first (payouts.md §2).
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from common.formats.comparison import compared
from contracts.engine.orders.context import super_category
from contracts.engine.orders.countries import country_code
from contracts.engine.orders.money import EXACT, ZERO
from contracts.engine.orders.order import WORKED_OUT_STATUS, Context, Line, Order, OrderState, read_order
from contracts.engine.orders.values import calendar_day, number, text, yes_no
from contracts.engine.rules.fields import OF_JOURNEY, OF_PROFILE, VARIABLES, Given, Variable

# In the profile, beside the tags: the names that these had before.
TAGS_FORMERLY = "CustomerTagsFormerly"
_BESIDE_PROFILE = (TAGS_FORMERLY, WORKED_OUT_STATUS)
# Of the journey, but a server that names the partner may send it, too: the click's own comes first.
SENT_TOO = frozenset({"SharedId"})

type Value = str | Decimal | date | bool | frozenset[str] | None
type OrderReader = Callable[[Order], Value]
type LineReader = Callable[[Order, Line], Value]

_CATALOG = {
    "ITEM_CATALOG_MANUFACTURER": "Manufacturer",
    "ITEM_CATALOG_CATEGORY": "Category",
    "ITEM_CATALOG_SUBCATEGORY": "Subcategory",
    "ITEM_CATALOG_ORIGINAL_FORMAT_CATEGORY": "OriginalFormatCategory",
}


def read_together(values: Mapping[str, Any], context: Context, state: OrderState | None = None) -> Order:
    """The order whose payload, profile and journey are written together, as a trial gives them; raises as `read_order`
    does.
    """
    payload, profile, journey = apart(values)
    return read_order(payload, context, state, profile=profile, journey=journey)


def apart(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Payload, profile and journey of an order whose values are written together."""
    profile = {name: value for name, value in values.items() if name in OF_PROFILE or name in _BESIDE_PROFILE}
    journey = {name: value for name, value in values.items() if name in OF_JOURNEY and name not in SENT_TOO}
    payload = {name: value for name, value in values.items() if name not in profile and name not in journey}
    return payload, profile, journey


class OrderFacts(dict[str, Value]):
    """The order's values by variable key."""

    __slots__ = ("order",)

    def __init__(self, order: Order) -> None:
        self.order = order

    def __missing__(self, key: str) -> Value:
        value = self[key] = _ORDER_READERS[key](self.order)
        return value


class LineFacts(dict[str, Value]):
    """One line's values by key of an item variable."""

    __slots__ = ("line", "order")

    def __init__(self, order: Order, line: Line) -> None:
        self.order = order
        self.line = line

    def __missing__(self, key: str) -> Value:
        value = self[key] = _LINE_READERS[key](self.order, self.line)
        return value


def line_facts(order: Order) -> list[LineFacts]:
    """The facts of every item line that takes part; none for an order without items."""
    if not order.has_items:
        return []
    return [LineFacts(order, line) for line in order.lines if line.quantity > 0]


_GIVEN: Mapping[Given, Callable[[Order], Mapping[str, Any]]] = {
    "payload": lambda order: order.payload,
    "profile": lambda order: order.profile,
    "journey": lambda order: order.journey,
}


def _order_reader(variable: Variable) -> OrderReader:
    name, given = variable.parameter, _GIVEN[variable.given]
    match variable.key, variable.type:
        case "CURRENCY", _:
            return lambda order: order.original_currency
        case "CUSTOMER_STATUS", _:
            return lambda order: order.status_category or order.status_code
        case "ORDER_TOTAL", _:
            return lambda order: EXACT.add(
                order.sale_amount, order.converted(number(order.payload.get("OrderTax")) or ZERO)
            )
        case _, "list":
            return lambda order: _memberships(order, text(order.payload.get(name)))
        case "CUSTOMER_TAG", _:
            # Terms that were published before a tag was renamed ask for it by an earlier name.
            return lambda order: tags([*order.profile.get(name, ()), *order.profile.get(TAGS_FORMERLY, ())])
        case _, "text" if name in SENT_TOO:
            return lambda order: text(order.journey.get(name)) or text(order.payload.get(name))
        case _, "tags":
            return lambda order: tags(given(order).get(name) or ())
        case _, "money":
            return lambda order: _money(order, given(order).get(name))
        case _, "number":
            return lambda order: number(given(order).get(name))
        case _, "date":
            return lambda order: calendar_day(given(order).get(name), order.context.time_zone)
        case _, "bool":
            return lambda order: yes_no(given(order).get(name))
        case _, "country":
            return lambda order: _country(given(order).get(name))
        case _:
            return lambda order: text(given(order).get(name))


def _line_reader(variable: Variable) -> LineReader:
    name = variable.parameter
    match variable.key, variable.type:
        case "ITEM_SUBTOTAL", _:
            return lambda order, line: order.converted(line.sale.gross, line.sale.divisor)
        case "ITEM_QUANTITY", _:
            return _line_quantity
        case "LIST_ITEM_SUPER_CATEGORY", _:
            return lambda order, line: _memberships(order, super_category(line.item))
        case key, _ if key in _CATALOG:
            field = _CATALOG[key]
            return lambda order, line: text(order.context.catalog.get(line.sku, {}).get(field))
        case _, "list":
            return lambda order, line: _memberships(order, text(line.item.get(name)))
        case _, "money":
            return lambda order, line: _money(order, line.item.get(name))
        case _, "number":
            return lambda order, line: number(line.item.get(name))
        case _, "date":
            return lambda order, line: calendar_day(line.item.get(name), order.context.time_zone)
        case _:
            return lambda order, line: text(line.item.get(name))


def _line_quantity(order: Order, line: Line) -> Value:
    # A quantity that was not sent counts as 1 in the sale amount, but a rule sees only what was sent.
    if text(line.item.get("ItemQuantity")) is None and line.quantity == line.sale.first_quantity:
        return None
    return Decimal(line.quantity)


def tags(values: list[str] | tuple[str, ...]) -> frozenset[str]:
    """Tags as they are compared, the empty ones left out."""
    return frozenset(tag for value in values if (tag := compared(value)))


def _memberships(order: Order, value: str | None) -> Value:
    return None if value is None else order.context.memberships(value)


def _money(order: Order, value: str | None) -> Value:
    amount = number(value)
    return None if amount is None else order.converted(amount)


def _country(value: str | None) -> Value:
    name = text(value)
    return None if name is None else country_code(name) or name


_ORDER_READERS = {key: _order_reader(variable) for key, variable in VARIABLES.items() if variable.level == "order"}
_LINE_READERS = {key: _line_reader(variable) for key, variable in VARIABLES.items() if variable.level == "item"}
