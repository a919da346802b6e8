"""Importing conversions: the rows of an order make one conversion; its order id decides what is a duplicate."""

import json

from django.db import transaction

from contracts.engine.orders import Context, read_order
from program.currencies import CURRENCY_DIGITS
from tracking.intake import ConversionData, FieldErrors, RowErrors, group_rows
from tracking.models import Upload
from tracking.models.conversion import Source

from .conversions import store_conversions
from .importing import PREVIEWED, Outcome, Run, in_row
from .intake_checks import EventTypes, check_conversion
from .understood import Understood, store_understood

BATCH = 1_000  # orders
BATCH_SIZE = 1_000_000  # characters of their payloads
COLUMNS = ["Row", "Order", "Event date", "Partner", "Customer status", "Items", "Sale amount"]


class CheckedOtherwise(Exception):
    """What the check of a file kept is not what reading it would bring now."""


def import_rows(run: Run) -> None:
    """Store the orders of a conversions file, batch by batch: as its check understood them, or else as they are read.

    A check is rolled back and wants to know the duplicates alone: the payloads that it stores are empty.
    """
    if run.upload is not None and run.keeper is None:
        try:
            with transaction.atomic():
                _import_understood(run, run.upload)
        except CheckedOtherwise:
            run.outcome = Outcome()
        else:
            return
    event_types = EventTypes(run.program)
    batch: list[Understood] = []
    size = 0
    for order in group_rows(run.rows()):
        sent = run.take(order.rows)
        try:
            data = order.read(now=run.now, time_zone=run.program.time_zone, currencies=CURRENCY_DIGITS)
            event_type = check_conversion(run.program, data, event_types=event_types)
        except RowErrors as bad:
            run.reject(sent, bad.errors)
            continue
        except FieldErrors as bad:
            run.reject(sent, in_row(order.rows[0], bad))
            continue
        payload = json.dumps(data.payload, ensure_ascii=False)
        batch.append(Understood(order.rows[0], run.settled, event_type.pk, data, payload))
        size += len(payload)
        if len(run.outcome.preview) < PREVIEWED:
            run.show(_shown(run, order.rows[0], data))
        if len(batch) == BATCH or size >= BATCH_SIZE:
            _store(run, batch, event_types)
            batch, size = [], 0
    if batch:
        _store(run, batch, event_types)


def _import_understood(run: Run, checked: Upload) -> None:
    """Store what the check kept. Raises CheckedOtherwise where the program does not take all of it as it did.

    Whatever else stood in the file was rejected, and shown to whoever confirmed the import.
    """
    summary = checked.summary
    if summary.get("TimeZone") != run.program.time_zone:
        raise CheckedOtherwise
    run.outcome = Outcome(
        rows=checked.rows, columns=summary["Columns"], rejected=summary["Rejected"], preview=checked.preview,
        is_as_checked=True,
    )  # fmt: skip
    for batch in store_understood(checked):
        run.outcome.accepted += batch.accepted
        for row, stored in batch.duplicates.items():
            run.duplicate(row, stored.conversion.order_id, stored.conversion.detail)
        run.tell(batch.settled)
    if run.outcome.accepted + run.outcome.duplicates != summary["Accepted"] + summary["Duplicates"]:
        raise CheckedOtherwise


def _store(run: Run, batch: list[Understood], event_types: EventTypes) -> None:
    if run.keeper is not None:
        run.keeper.add(batch)
    stored = store_conversions(
        run.program, [order.data for order in batch], source=Source.FILE, upload=run.upload, event_types=event_types,
        payloads=[order.payload if run.keeper is None else "{}" for order in batch],
    )  # fmt: skip
    for order, result in zip(batch, stored, strict=True):
        if result.is_duplicate:
            run.duplicate(order.row, order.data.order_id, result.conversion.detail)
        else:
            run.outcome.accepted += 1


def _shown(run: Run, row: int, data: ConversionData) -> list[object]:
    date = data.event_date.astimezone(run.program.zone)
    currency = data.currency or run.program.currency
    context = Context(currency=currency, default_currency=currency, digits=CURRENCY_DIGITS)
    return [
        row,
        data.order_id,
        f"{date:%-d %b %Y, %H:%M %Z}",
        data.partner_id or "",
        data.payload.get("CustomerStatus", ""),
        len(data.payload.get("Items", ())),
        f"{read_order(data.payload, context).amount:,f} {currency}",
    ]
