"""From the rows of a conversions file to orders, one at a time, in bounded memory.

A file has one row per item with unnumbered columns (`ItemSku`, `ItemPrice`), the rows of an order together; or one
row per order, its items numbered (`ItemSku1`). Row numbers are the file's own, as the reader of the file counts them.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from tracking.intake import values
from tracking.intake.conversions import ConversionData, read_conversion
from tracking.intake.errors import Bad, FieldErrors
from tracking.intake.parameters import EVENT_KEYS, ITEM_PARAMETERS, MAX_ITEMS

Row = Mapping[str, object]
_NUMBERED_FIELD = re.compile(r"(Item[A-Za-z]+)([0-9]+)(?:_([0-9]+))?")


class RowError(NamedTuple):
    """What is wrong in a file, and where."""

    row: int
    field: str
    message: str


class RowErrors(ValueError):
    """Raised once per order of a file, with every error in its rows, in the order of the rows."""

    def __init__(self, errors: Iterable[RowError]) -> None:
        self.errors = sorted(errors, key=lambda error: error.row)
        super().__init__("; ".join(f"row {row}, {name}: {message}" for row, name, message in self.errors))


@dataclass(slots=True)
class OrderRows:
    """The rows of one order and the parameters that they make; `errors` are those between its rows."""

    rows: list[int]
    params: dict[str, object]
    items: list[dict[str, object]] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)

    def read(
        self, *, now: datetime, time_zone: str = "UTC", currencies: Collection[str] | None = None
    ) -> ConversionData:
        """Return the order as a conversion, or raise RowErrors with every error of its rows."""
        params = {**self.params, "Items": self.items} if self.items else self.params
        try:
            data = read_conversion(params, now=now, time_zone=time_zone, currencies=currencies)
        except FieldErrors as bad:
            raise RowErrors([*self.errors, *(self._locate(*error) for error in bad.errors)]) from None
        if self.errors:
            raise RowErrors(self.errors)
        return data

    def _locate(self, name: str, message: str) -> RowError:
        match = _NUMBERED_FIELD.fullmatch(name) if self.items else None
        if match is None or not 1 <= int(match[2]) <= len(self.rows):
            return RowError(self.rows[0], name, message)
        return RowError(self.rows[int(match[2]) - 1], match[1] + (match[3] or ""), message)


def group_rows(rows: Iterable[tuple[int, Row]]) -> Iterator[OrderRows]:
    """Yield the orders of a file. Memory holds one order, and the ids of those before it.

    Rows of one order agree in every column of the order; a blank cell on a later row repeats the one above. An order
    that comes again after another one carries the error in its `errors`, and so do rows that contradict each other.
    """
    current: OrderRows | None = None
    current_key: tuple[str, str] | None = None
    current_cells: object = None
    seen: set[tuple[str, str]] = set()
    for number, row in rows:
        columns = _columns(tuple(row))
        item = _sent(row, columns.of_item)
        # Most rows repeat the order's cells as they are: then there is no key to work out, and nothing to compare.
        cells = columns, columns.order_cells(row)
        repeated = current is not None and cells == current_cells
        params = current.params if current is not None and repeated else _sent(row, columns.of_order)
        key = current_key if repeated else _key(params)
        if current is not None and item and current.items and key is not None and key == current_key:
            _join(current, number, {} if repeated else params, item)
            continue
        if current is not None:
            yield current
        current, current_key, current_cells = OrderRows([number], params, [item] if item else []), key, cells
        if item and key is not None:
            if key in seen:
                message = "Came before in this file: put all rows of an order together, one after the other."
                current.errors.append(RowError(number, "OrderId", message))
            seen.add(key)
    if current is not None:
        yield current


type Names = list[tuple[str, str]]


class _Columns(NamedTuple):
    """The columns of the order and those of the item, each with its name without blanks around it."""

    of_order: Names
    of_item: Names
    order_cells: Callable[[Row], object]


def _sent(row: Row, columns: Names) -> dict[str, object]:
    """The cells of these columns, blanks left out."""
    return {
        column: value
        for name, column in columns
        if (value := row[name]) is not None and value != "" and not (type(value) is str and value.isspace())
    }


@lru_cache(maxsize=64)
def _columns(names: tuple[str, ...]) -> _Columns:
    columns = [(name, name.strip()) for name in names]
    of_item = [pair for pair in columns if pair[1].casefold() in ITEM_PARAMETERS]
    of_order = [pair for pair in columns if pair not in of_item]
    return _Columns(of_order, of_item, itemgetter(*(name for name, _ in of_order)) if of_order else lambda _: None)


def _text(value: object) -> str:
    try:
        return values.as_text(value)
    except Bad:
        return repr(value)


def _key(params: Mapping[str, object]) -> tuple[str, str] | None:
    """What makes rows one order: its id and event type. An id that is blank, or cannot be read, is never a key."""
    by_name = {name.casefold(): value for name, value in params.items()}
    if getattr(by_name.get("orderid"), "problem", ""):
        return None
    order_id = _text(by_name.get("orderid"))
    event = next((f"{key}={_text(by_name[key.casefold()])}" for key in EVENT_KEYS if key.casefold() in by_name), "")
    return (order_id, event) if order_id else None


def _join(order: OrderRows, number: int, params: Mapping[str, object], item: dict[str, object]) -> None:
    order.rows.append(number)
    if len(order.items) <= MAX_ITEMS:  # one more than allowed is enough for the reader to refuse it
        order.items.append(item)
    for name, value in params.items():
        if name not in order.params:
            order.errors.append(RowError(
                number, name, f"Is blank on row {order.rows[0]} of the same order: send it there too, or nowhere."
            ))  # fmt: skip
        elif _text(value) != _text(order.params[name]):
            message = f"Differs from row {order.rows[0]} of the same order: {_short(order.params[name])}."
            order.errors.append(RowError(number, name, message))


def _short(value: object) -> str:
    text = _text(value)
    return text if len(text) <= 60 else text[:59] + "…"
