"""Importing modifications: each row is one change. The same change sent again is a duplicate and is not stored.

Changes of one moment apply in the order of their rows, so a row that repeats a row further up, after another one of
that order and moment, is applied: it is that change's repetition, and recognised by its number when the file is sent
again.
"""

import json
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from common.refusals import Refused
from common.web.refusals import in_row
from tracking.conversions.event_types import EventTypes
from tracking.imports.import_run import Run, Sent
from tracking.intake import ModificationData, read_modification
from tracking.intake.parameters import NOT_SENT
from tracking.models import Modification
from tracking.models.conversion import Source
from tracking.modifications.change_checks import Addressed, KnownOrders
from tracking.modifications.new_modifications import check_modification, store_modifications

BATCH = 1_000
AGAIN = "The same change was sent before. To apply it again, send it with its own ModificationDate."
COLUMNS = ["Row", "Order", "Modification date", "Reason", "Change"]
Key = tuple[str, str, str]  # order, moment, what is said


class Change(NamedTuple):
    """A row's change, the order that it names, and its cells as they were sent."""

    row: int
    order: tuple[int | None, str]  # event type, order id
    data: ModificationData
    sent: Sent


class Told:
    """The changes in a file's rows so far."""

    def __init__(self) -> None:
        self.changed: set[tuple[int | None, str]] = set()
        self._times: Counter[Key] = Counter()
        self._last: dict[tuple[str, str], Key] = {}

    def repetition(self, key: Key) -> int | None:
        """How often the file had this change before as a repetition; None where it only repeats the last one."""
        order_and_moment = key[:2]
        if self._last.get(order_and_moment) == key:
            return None
        self._last[order_and_moment] = key
        self._times[key] += 1
        return self._times[key] - 1


def import_rows(run: Run) -> None:
    """Store the changes of a modifications file, a thousand at a time; counts those whose order is not here yet."""
    event_types = EventTypes(run.program)
    run.outcome.extra = {"Unknown": 0, "NotSent": 0}
    told = Told()
    batch: list[Change] = []
    for number, row in run.rows():
        sent = run.take([number])
        try:
            data = read_modification(row, now=run.now, time_zone=run.program.time_zone)
            event_type, action = check_modification(run.program, data, event_types=event_types)
        except Refused as refused:
            run.reject(sent, in_row(number, refused))
            continue
        named = (event_type.pk if event_type else None, data.order_id or "")
        order = (action.event_type_id, action.order_id) if action else named
        batch.append(Change(number, order, data, sent))
        if len(batch) == BATCH:
            _store(run, batch, event_types, told)
            batch = []
    _store(run, batch, event_types, told)


def _store(run: Run, batch: list[Change], event_types: EventTypes, told: Told) -> None:
    known = KnownOrders(run.program, [Addressed(change.order, change.data) for change in batch])
    before = _stored(run, {change.order[1] for change in batch})
    times = Counter(change.order for change in batch)
    new: list[ModificationData] = []
    numbers: list[int] = []
    orders: list[str] = []
    repetitions: list[int] = []
    for number, order, data, sent in batch:
        order_id = order[1]
        key = _key(order_id, data.modification_date.isoformat(), {**data.payload, "Reason": data.reason})
        repetition = told.repetition(key)
        if repetition is None:
            run.duplicate(number, order_id, "The same change is listed above in this file.")
        elif (key, repetition) in before:
            run.duplicate(number, order_id, AGAIN)
        elif (
            refused := _refused(known, Addressed(order, data), is_next=times[order] == 1 and order not in told.changed)
        ) is not None:
            run.reject(sent, in_row(number, refused))
        else:
            told.changed.add(order)
            run.outcome.extra["NotSent"] += NOT_SENT in data.payload
            run.show(_checked_before(run, number, order_id, data))
            new.append(data)
            numbers.append(number)
            orders.append(order_id)
            repetitions.append(repetition)
    stored = store_modifications(
        run.program, new, source=Source.FILE, upload=run.upload, event_types=event_types, repetitions=repetitions
    )
    run.outcome.changes |= {change.pk: number for change, number in zip(stored, numbers, strict=True)}
    run.outcome.accepted += len(new)
    run.outcome.extra["Unknown"] += len(orders) - sum(map(known.order_ids.__contains__, orders))


def _refused(known: KnownOrders, change: Addressed, *, is_next: bool) -> Refused | None:
    try:
        known.check(change, is_next=is_next)
    except Refused as refused:
        return refused
    return None


def _stored(run: Run, order_ids: Iterable[str]) -> set[tuple[Key, int]]:
    """The earlier changes of these orders. One that was refused may be tried again."""
    rows = Modification.objects.filter(program=run.program, order_id__in=order_ids).exclude(
        state=Modification.State.REFUSED
    )
    return {
        (_key(order_id, date.isoformat(), payload), repetition)
        for order_id, date, payload, repetition in rows.values_list(
            "order_id", "modification_date", "payload", "repetition"
        )
    }


def _key(order_id: str, date: str, payload: dict[str, str]) -> Key:
    said = {name: value for name, value in payload.items() if name not in ("ModificationDate", "ActionId")}
    return order_id, date, json.dumps(said, sort_keys=True)


def _checked_before(run: Run, row: int, order_id: str, data: ModificationData) -> list[object]:
    date = data.modification_date.astimezone(run.program.zone)
    changes = [f"{item.sku}: quantity {item.quantity}" for item in data.items]
    changes += [f"amount {data.amount:f}"] if data.amount is not None else []
    changes += [f"customer status {data.customer_status}"] if data.customer_status else []
    return [row, order_id, f"{date:%-d %b %Y, %H:%M %Z}", data.reason, "; ".join(changes)]
