"""Importing conversions: the rows of an order make one conversion; its order id decides what is a duplicate."""

from contracts.engine.orders import Context, read_order
from program.currencies import CURRENCY_DIGITS
from tracking.intake import ConversionData, FieldErrors, RowErrors, group_rows
from tracking.models.conversion import Source

from .conversions import store_conversions
from .importing import PREVIEWED, Run, in_row
from .intake_checks import EventTypes, check_conversion

BATCH = 1_000
COLUMNS = ["Row", "Order", "Event date", "Partner", "Customer status", "Items", "Sale amount"]


def import_rows(run: Run) -> None:
    """Store the orders of a conversions file, a thousand at a time."""
    event_types = EventTypes(run.program)
    batch: list[tuple[int, ConversionData]] = []
    for order in group_rows(run.rows()):
        sent = run.take(order.rows)
        try:
            data = order.read(now=run.now, time_zone=run.program.time_zone, currencies=CURRENCY_DIGITS)
            check_conversion(run.program, data, event_types=event_types)
        except RowErrors as bad:
            run.reject(sent, bad.errors)
            continue
        except FieldErrors as bad:
            run.reject(sent, in_row(order.rows[0], bad))
            continue
        batch.append((order.rows[0], data))
        if len(run.outcome.preview) < PREVIEWED:
            run.show(_understood(run, order.rows[0], data))
        if len(batch) == BATCH:
            _store(run, batch, event_types)
            batch = []
    _store(run, batch, event_types)


def _store(run: Run, batch: list[tuple[int, ConversionData]], event_types: EventTypes) -> None:
    conversions = [data for _, data in batch]
    stored = store_conversions(run.program, conversions, source=Source.FILE, upload=run.upload, event_types=event_types)
    for (row, data), result in zip(batch, stored, strict=True):
        if result.is_duplicate:
            run.duplicate(row, data.order_id, result.conversion.detail)
        else:
            run.outcome.accepted += 1


def _understood(run: Run, row: int, data: ConversionData) -> list[object]:
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
