"""Importing conversions: the rows of an order make one conversion; its order id decides what is a duplicate."""

import json
from collections.abc import Iterator

from django.db import transaction

from common.currencies import CURRENCY_DIGITS
from common.refusals import Refusal, Refused
from common.web.refusals import in_row
from contracts.engine.orders.order import Context, read_order
from tracking.conversions.event_types import EventTypes, check_conversion
from tracking.conversions.new_conversions import store_checked, store_conversions
from tracking.imports.import_run import PREVIEWED, Outcome, Run, Sent
from tracking.intake import ConversionData, Repeats, group_rows
from tracking.intake.order_rows import OrderRows
from tracking.intake.parameters import NOT_SENT
from tracking.models import Upload
from tracking.models.conversion import Source
from tracking.visitors.reported import Reported, Written, reported

from .checked_order_writer import CheckedOrder

BATCH = 1_000  # orders
BATCH_SIZE = 1_000_000  # characters of their payloads
COLUMNS = ["Row", "Order", "Event date", "Partner", "Customer status", "Items", "Sale amount"]


class CheckedOtherwise(Exception):
    """What the check of a file kept differs from what reading it would give now."""


class StandApart(Exception):
    """The rows of one order are split in the file."""


def import_rows(run: Run) -> None:
    """Store the orders of a conversions file, batch by batch: as its check read them, or else as they are read now. A
    check is rolled back and only needs the duplicates: the payloads that it stores are empty. Where rows of one order
    are split, what the first reading stored is undone and the file read again, without those orders.
    """
    if isinstance(run.table, Iterator):
        raise TypeError("a conversions file may be read twice: give a list or a Rereadable")
    if run.upload is not None and run.writer is None:
        try:
            with transaction.atomic():
                _import_checked(run, run.upload)
        except CheckedOtherwise:
            run.outcome = Outcome()
        else:
            return
    event_types = EventTypes(run.program)
    repeats = Repeats(event_types.window)
    try:
        with transaction.atomic():
            _import_read(run, group_rows(run.rows(), repeats), event_types, repeats)
    except StandApart:
        rows = run.outcome.rows
        run.begin_again()
        _import_read(run, group_rows(run.rows(), repeats, again=True), event_types, None)
        if run.outcome.rows != rows:
            raise RuntimeError(f"the table had {rows} rows, and {run.outcome.rows} when it was read again") from None


def _import_read(run: Run, orders: Iterator[OrderRows], event_types: EventTypes, repeats: Repeats | None) -> None:
    """Store the orders as they are read. Raises StandApart once all are read, where `repeats` found such orders."""
    batch: list[CheckedOrder] = []
    size = 0
    run.outcome.extra["NotSent"] = 0
    kept_apart: set[str] = set()  # the orders among the rejected rows that are kept, of which more may come
    for order in orders:
        sent = run.take(order.rows)
        if repeats is not None and repeats.are_found:
            continue
        try:
            data = order.read(now=run.now, time_zone=run.program.time_zone, currencies=CURRENCY_DIGITS)
            event_type = check_conversion(run.program, data, event_types=event_types)
        except Refused as refused:
            _reject(run, order, sent, in_row(order.rows[0], refused), kept_apart)
            continue
        told = reported(data.payload, run.program)
        payload = json.dumps(told.payload, ensure_ascii=False)
        batch.append(CheckedOrder(order.rows[0], run.settled, event_type.pk, data, payload, told.derived))
        size += len(payload)
        run.outcome.extra["NotSent"] += NOT_SENT in data.payload
        if len(run.outcome.preview) < PREVIEWED:
            run.show(_shown(run, order.rows[0], data))
        if len(batch) == BATCH or size >= BATCH_SIZE:
            _store(run, batch, event_types)
            batch, size = [], 0
    if repeats is not None and repeats.are_found:
        raise StandApart
    if batch:
        _store(run, batch, event_types)


def _reject(run: Run, order: OrderRows, sent: Sent, errors: list[Refusal], kept_apart: set[str]) -> None:
    if order.apart is None or order.key is None:
        run.reject(sent, errors)
    elif not order.apart.is_first:
        run.reject(sent, errors, with_others=order.key.order_id in kept_apart)
    elif run.reject(sent, errors):
        kept_apart.add(order.key.order_id)


def _import_checked(run: Run, checked: Upload) -> None:
    """Store what the check kept. Raises CheckedOtherwise where the program no longer accepts all of it. Everything else
    in the file was rejected, and shown to the person who confirmed the import.
    """
    summary = checked.summary
    if (summary.get("TimeZone"), summary.get("IpAddresses")) != (run.program.time_zone, run.program.ip_addresses):
        raise CheckedOtherwise
    run.outcome = Outcome(
        rows=checked.rows, columns=summary["Columns"], rejected=summary["Rejected"], preview=checked.preview,
        is_as_checked=True, extra={"NotSent": summary.get("NotSent", 0)},
    )  # fmt: skip
    for batch in store_checked(checked):
        run.outcome.accepted += batch.accepted
        for row, stored in batch.duplicates.items():
            run.duplicate(row, stored.conversion.order_id, stored.conversion.detail)
        run.tell(batch.settled)
    if run.outcome.accepted + run.outcome.duplicates != summary["Accepted"] + summary["Duplicates"]:
        raise CheckedOtherwise


def _store(run: Run, batch: list[CheckedOrder], event_types: EventTypes) -> None:
    if run.writer is not None:
        run.writer.add(batch)
    stored = store_conversions(
        run.program, [order.data for order in batch], source=Source.FILE, upload=run.upload, event_types=event_types,
        told=[_told(order) if run.writer is None else Reported(Written("{}")) for order in batch],
    )  # fmt: skip
    for order, result in zip(batch, stored, strict=True):
        if result.is_duplicate:
            run.duplicate(order.row, order.data.order_id, result.conversion.detail)
        else:
            run.outcome.accepted += 1


def _told(order: CheckedOrder) -> Reported:
    return Reported(Written(order.payload), order.derived)


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
