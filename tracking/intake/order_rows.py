"""From the rows of a conversions file to orders, one at a time, in bounded memory.

A file has one row per item with unnumbered columns (`ItemSku`, `ItemPrice`), the rows of an order together; or one
row per order, its items numbered (`ItemSku1`). Row numbers are the file's own, as the reader of the file counts them.

Part of an order is never taken for the whole. Split rows of one order are found only after the first of them were
passed on: the file is then read a second time, with what the first reading found.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from common.refusals import Refusal, Refused
from tracking.intake import parsing
from tracking.intake.conversion_data import ConversionData, EventKey, read_conversion
from tracking.intake.parameters import EVENT_KEYS, ITEM_PARAMETERS, MAX_ITEMS
from tracking.intake.repeats import Apart, OrderKey, Repeats

Row = Mapping[str, object]
_NUMBERED_FIELD = re.compile(r"(Item[A-Za-z]+)([0-9]+)(?:_([0-9]+))?")


@dataclass(slots=True)
class OrderRows:
    """The rows of one order and the parameters that they make; `errors` are those between its rows."""

    rows: list[int]
    params: dict[str, object]
    items: list[dict[str, object]] = field(default_factory=list)
    errors: list[Refusal] = field(default_factory=list)
    key: OrderKey | None = None  # None where no id is sent that could be one
    apart: Apart | None = None  # other rows of the order, which is refused with all of them

    def read(
        self, *, now: datetime, time_zone: str = "UTC", currencies: Collection[str] | None = None
    ) -> ConversionData:
        """Return the order as a conversion, or raise Refused with every error of its rows, in the order of the rows."""
        if self.apart is not None:  # what may be missing here is in those rows
            raise self._refused()
        params = {**self.params, "Items": self.items} if self.items else self.params
        try:
            data = read_conversion(params, now=now, time_zone=time_zone, currencies=currencies)
        except Refused as refused:
            raise self._refused(map(self._located, refused)) from None
        if self.errors:
            raise self._refused()
        return data

    def _refused(self, more: Iterable[Refusal] = ()) -> Refused:
        return Refused(*sorted([*self.errors, *more], key=lambda refusal: refusal.row))

    def _located(self, refusal: Refusal) -> Refusal:
        match = _NUMBERED_FIELD.fullmatch(refusal.path) if self.items else None
        if match is None or not 1 <= int(match[2]) <= len(self.rows):
            return refusal._replace(row=self.rows[0])
        return refusal._replace(path=match[1] + (match[3] or ""), row=self.rows[int(match[2]) - 1])


def group_rows(
    rows: Iterable[tuple[int, Row]], repeats: Repeats | None = None, *, again: bool = False
) -> Iterator[OrderRows]:
    """Yield the orders of a file. Memory holds one order, and 130 bytes of each before it.

    Rows of one order agree in every column of the order; a blank cell on a later row repeats the first one's. Rows
    that contradict each other carry that in their order's `errors`. When all are read, `repeats` knows whether orders
    came again with other rows; then the file is read `again`, which gives those as `apart`, with errors.
    """
    repeats = Repeats() if repeats is None else repeats
    current: OrderRows | None = None
    current_cells: object = None
    for number, row in rows:
        columns = _columns(tuple(row))
        item = _sent(row, columns.of_item)
        # Most rows repeat the order's cells exactly: then no key is computed and nothing is compared.
        cells = columns, columns.order_cells(row)
        repeated = current is not None and cells == current_cells
        params = current.params if current is not None and repeated else _sent(row, columns.of_order)
        key = current.key if current is not None and repeated else _key(params, columns)
        goes_on = repeated and current is not None and bool(current.items) and key is not None
        if current is not None and item and (goes_on or _goes_on(current, key, params, repeats)):
            if key is None:
                message = "Is blank on a row with only an item: write the id on every row of an order."
                current.errors.append(Refusal("OrderId", message, row=number))
            _join(current, number, {} if repeated else params, item)
            continue
        following = OrderRows([number], params, [item] if item else [], key=key)
        if current is not None:
            _refuse_shared_cells(current, following)
            yield _looked_up(current, repeats, again=again)
        current, current_cells = following, cells
    if current is not None:
        yield _looked_up(current, repeats, again=again)


def _goes_on(current: OrderRows, key: OrderKey | None, params: Mapping[str, object], repeats: Repeats) -> bool:
    """Whether a row with an item is of the order above it, too."""
    if not current.items or current.key is None:
        return False
    if key is None:
        return not params  # nothing but an item: it is refused with the order that it seems to belong to
    return key == current.key or key.is_of(current.key, repeats.window(current.key))


def _looked_up(order: OrderRows, repeats: Repeats, *, again: bool) -> OrderRows:
    """The order, after it was looked up among those of the file."""
    if order.key is None:
        return order
    if not again:
        contents: list[object] = [*order.params, *order.params.values(), not order.errors, len(order.items)]
        for item in order.items:
            contents += item
            contents += item.values()
        repeats.meet(order.key, tuple(contents), row=order.rows[0], has_items=bool(order.items))
    elif apart := repeats.find(order.key, order.rows[0]):
        order.apart = apart
        message = (
            f"Order {_short(order.key.order_id)} is also on row {apart.row}, with other values, so all of its rows are "
            "rejected. Put all rows of an order together, one after the other, with one EventDate; "
            "give two orders two ids."
        )
        order.errors.append(Refusal("OrderId", message, row=order.rows[0]))
    return order


type Names = list[tuple[str, str]]


class _Columns(NamedTuple):
    """The columns of the order and those of the item, each with its name without blanks around it."""

    of_order: Names
    of_item: Names
    order_cells: Callable[[Row], object]
    order_id: str
    event_date: str
    events: Names  # the parameters that may name the event type, each with its column


def _sent(row: Row, columns: Names) -> dict[str, object]:
    """The cells of these columns, blanks left out; but not those that look blank because they cannot be read."""
    return {
        column: value
        for name, column in columns
        if (value := row[name]) is not None and (type(value) is not str or (value != "" and not value.isspace()))
    }


@lru_cache(maxsize=64)
def _columns(names: tuple[str, ...]) -> _Columns:
    columns = [(name, name.strip()) for name in names]
    of_item = [pair for pair in columns if pair[1].casefold() in ITEM_PARAMETERS]
    of_order = [pair for pair in columns if pair not in of_item]
    called = {column.casefold(): column for _, column in of_order}
    return _Columns(
        of_order,
        of_item,
        itemgetter(*(name for name, _ in of_order)) if of_order else lambda _: None,
        order_id=called.get("orderid", ""),
        event_date=called.get("eventdate", ""),
        events=[(key, called[key.casefold()]) for key in EVENT_KEYS if key.casefold() in called],
    )


def _text(value: object) -> str:
    try:
        return parsing.as_text(value)
    except Refused:
        return repr(value)


def _key(params: Mapping[str, object], columns: _Columns) -> OrderKey | None:
    """What makes rows one order; None where the id is blank or cannot be one."""
    try:
        order_id = parsing.read_order_id(parsing.as_text(params.get(columns.order_id)), 64)
    except Refused:
        return None
    if not order_id:
        return None
    event = next((EventKey(key, _text(params[name])) for key, name in columns.events if name in params), None)
    return OrderKey(order_id, event, _text(params.get(columns.event_date)))


def _join(order: OrderRows, number: int, params: Mapping[str, object], item: dict[str, object]) -> None:
    order.rows.append(number)
    if len(order.items) <= MAX_ITEMS:  # one more than allowed is enough for the reader to refuse it
        order.items.append(item)
    for name, value in params.items():
        try:
            text = parsing.as_text(value)
        except Refused as refused:
            order.errors.append(Refusal(name, str(refused), row=number))
            continue
        if not text:
            continue
        if name not in order.params:
            order.errors.append(Refusal(
                name, f"Is blank on row {order.rows[0]} of the same order: send it on both rows, or on neither.",
                row=number,
            ))  # fmt: skip
        elif text != _text(order.params[name]):
            message = f"Differs from row {order.rows[0]} of the same order: {_short(order.params[name])}."
            order.errors.append(Refusal(name, message, row=number))


def _refuse_shared_cells(order: OrderRows, following: OrderRows) -> None:
    """Refuse two orders that have one merged cell: it is not clear whether the amount is of one or of each."""
    below = _merged(following.params)
    for name, place in _merged(order.params).items() if below else ():
        if below.get(name) != place:
            continue
        for one, other in ((order, following), (following, order)):
            message = (
                f"The merged cell {place} covers rows of two orders, this one and that of row {other.rows[0]}: "
                "unmerge it and write each order's value on its first row."
            )
            one.errors.append(Refusal(name, message, row=one.rows[0]))


def _merged(params: Mapping[str, object]) -> dict[str, str]:
    """The merged cells of an order, as their ranges, by column."""
    return {
        name: place
        for name, value in params.items()
        if type(value) is not str and (place := getattr(value, "merged", ""))
    }


def _short(value: object) -> str:
    text = _text(value)
    return text if len(text) <= 60 else text[:59] + "…"
