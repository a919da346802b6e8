"""Importing modifications: each row is one change. The same change sent again is a duplicate and is not stored."""

import json
from collections.abc import Iterable

from tracking.intake import FieldErrors, ModificationData, read_modification
from tracking.models import Action, Conversion, Modification
from tracking.models.conversion import Source

from .importing import Run, in_row
from .intake_checks import EventTypes
from .modifications import check_modification, store_modifications

BATCH = 1_000
COLUMNS = ["Row", "Order", "Modification date", "Reason", "Change"]
Key = tuple[str, str, str]
Change = tuple[int, str, ModificationData]


def import_rows(run: Run) -> None:
    """Store the changes of a modifications file, a thousand at a time; counts those whose order is not here yet."""
    event_types = EventTypes(run.program)
    run.outcome.extra["Unknown"] = 0
    seen: set[Key] = set()
    batch: list[Change] = []
    for number, row in run.rows():
        sent = run.take([number])
        try:
            data = read_modification(row, now=run.now, time_zone=run.program.time_zone)
            _, action = check_modification(run.program, data, event_types=event_types)
        except FieldErrors as bad:
            run.reject(sent, in_row(number, bad))
            continue
        order_id = _order_id(data, action)
        run.show(_understood(run, number, order_id, data))
        batch.append((number, order_id, data))
        if len(batch) == BATCH:
            _store(run, batch, event_types, seen)
            batch = []
    _store(run, batch, event_types, seen)


def _store(run: Run, batch: list[Change], event_types: EventTypes, seen: set[Key]) -> None:
    order_ids = {order_id for _, order_id, _ in batch}
    before = _stored(run, order_ids)
    new: list[ModificationData] = []
    numbers: list[int] = []
    orders: list[str] = []
    for number, order_id, data in batch:
        key = _key(order_id, data.modification_date.isoformat(), {**data.payload, "Reason": data.reason})
        if key in seen or key in before:
            where = "above in this file" if key in seen else "before"
            run.duplicate(number, order_id, f"The same change came {where}.")
        else:
            new.append(data)
            numbers.append(number)
            orders.append(order_id)
        seen.add(key)
    stored = store_modifications(run.program, new, source=Source.FILE, upload=run.upload, event_types=event_types)
    run.outcome.changes |= {change.pk: number for change, number in zip(stored, numbers, strict=True)}
    run.outcome.accepted += len(new)
    known = Conversion.objects.filter(program=run.program, order_id__in=order_ids).values_list("order_id", flat=True)
    run.outcome.extra["Unknown"] += len(orders) - sum(map(set(known).__contains__, orders))


def _stored(run: Run, order_ids: Iterable[str]) -> set[Key]:
    """The changes of these orders that came before. One that was refused may be tried again."""
    rows = Modification.objects.filter(program=run.program, order_id__in=order_ids).exclude(
        state=Modification.State.REFUSED
    )
    return {
        _key(order_id, date.isoformat(), payload)
        for order_id, date, payload in rows.values_list("order_id", "modification_date", "payload")
    }


def _key(order_id: str, date: str, payload: dict[str, str]) -> Key:
    said = {name: value for name, value in payload.items() if name not in ("ModificationDate", "ActionId")}
    return order_id, date, json.dumps(said, sort_keys=True)


def _order_id(data: ModificationData, action: Action | None) -> str:
    return action.order_id if action else data.order_id or ""


def _understood(run: Run, row: int, order_id: str, data: ModificationData) -> list[object]:
    date = data.modification_date.astimezone(run.program.zone)
    changes = [f"{item.sku}: quantity {item.quantity}" for item in data.items]
    changes += [f"amount {data.amount:f}"] if data.amount is not None else []
    changes += [f"customer status {data.customer_status}"] if data.customer_status else []
    return [row, order_id, f"{date:%-d %b %Y, %H:%M %Z}", data.reason, "; ".join(changes)]
