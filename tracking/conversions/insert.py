"""The statements that insert conversions. A constraint may refuse a row; the caller decides what that means."""

import json
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from common.db.copy import draw_numbers
from common.db.statements import fetch
from program.models import EventType, Program
from tracking.intake import ConversionData
from tracking.models import Conversion
from tracking.models.conversion import Source


class Written(str):
    """A payload as JSON text, which is stored as it is."""

    __slots__ = ()


COLUMNS = (
    "program_id, event_type_id, order_id, event_date, received_at, source, upload_id, idempotency_key, is_test, "
    "state, reason, detail, attempts, processed_at, duplicate_of_id, deduplication_period, payload"
)
NUMBER = "nextval((SELECT pg_get_serial_sequence('tracking_conversion', 'id')::regclass))"  # looked up once a statement
INSERT = f"""
INSERT INTO tracking_conversion (id, {COLUMNS})
SELECT coalesce(id, {NUMBER}), {COLUMNS} FROM json_populate_recordset(NULL::tracking_conversion, %s::json)
ON CONFLICT DO NOTHING RETURNING id
"""  # noqa: S608 (no value in it comes from outside)
# The initial values of every new conversion are part of the text: sending a value costs more than the column.
INSERT_AS_OF = f"""
INSERT INTO tracking_conversion (id, program_id, event_type_id, order_id, event_date, received_at, idempotency_key,
    deduplication_period, payload, source, is_test, state, reason, detail, attempts)
SELECT {NUMBER}, %s, %s, %s, %s, %s, %s, tstzrange(%s, %s), %s,
    '{Source.API}', false, '{Conversion.State.WAITING}', '', '', 0
WHERE coalesce((SELECT position FROM accounts_auditlink WHERE chain = %s ORDER BY position DESC LIMIT 1), 0) = %s
ON CONFLICT DO NOTHING RETURNING id
"""  # noqa: S608
INSERT_ONE = f"""
INSERT INTO tracking_conversion (id, {COLUMNS})
VALUES (coalesce(%s::bigint, {NUMBER}), {", ".join(["%s"] * len(COLUMNS.split(",")))})
ON CONFLICT DO NOTHING RETURNING id
"""  # noqa: S608


def insert(rows: list[Conversion]) -> list[Conversion]:
    """Insert what no constraint refuses, and return what one does. All have a number afterwards.

    A row alone is sent as its values. Several travel as one JSON text: PostgreSQL takes that apart faster than Django
    writes a statement for as many values; their ids are drawn first, so that the stored ones can be told from the
    refused ones.
    """
    if not rows:
        return []
    if len(rows) == 1:
        (row,) = rows
        there = {number for (number,) in fetch(INSERT_ONE, [*_columns(row).values(), _payload(row)])}
        row.pk = min(there, default=row.pk)
    else:
        _number(rows)
        there = {number for (number,) in fetch(INSERT, [f"[{','.join(map(_json, rows))}]"])}
    _number(rows)
    for row in rows:
        row._state.adding, row._state.db = row.pk not in there, connection.alias
    return [row for row in rows if row.pk not in there]


def insert_as_of(
    program: Program, event_type: EventType, data: ConversionData, *, idempotency_key: str | None, position: int
) -> int | None:
    """Insert a checked order that came by API, if no constraint refuses it and the account's audit log ends there.

    Returns the conversion's number, or None where nothing was inserted.
    """
    date = data.event_date.isoformat()
    until = data.event_date + timedelta(days=event_type.deduplication_days)
    payload = json.dumps(data.payload, ensure_ascii=False)
    found = fetch(INSERT_AS_OF, [
        program.pk, event_type.pk, data.order_id, date, timezone.now().isoformat(), idempotency_key,
        date, until.isoformat(), payload, program.account_id, position,
    ])  # fmt: skip
    return next((number for (number,) in found), None)


def _number(rows: list[Conversion]) -> None:
    unnumbered = [row for row in rows if row.pk is None]
    if unnumbered:
        for row, number in zip(unnumbered, draw_numbers("tracking_conversion", len(unnumbered)), strict=True):
            row.pk = number


def _json(row: Conversion) -> str:
    return f'{json.dumps(_columns(row), ensure_ascii=False)[:-1]}, "payload": {_payload(row)}}}'


def _payload(row: Conversion) -> str:
    return row.payload if isinstance(row.payload, Written) else json.dumps(row.payload, ensure_ascii=False)


def _columns(row: Conversion) -> dict[str, object]:
    """All but the payload, the id and then those of COLUMNS in their order."""
    period = row.deduplication_period
    return {
        "id": row.pk,
        "program_id": row.program_id,
        "event_type_id": row.event_type_id,
        "order_id": row.order_id,
        "event_date": row.event_date.isoformat(),
        "received_at": row.received_at.isoformat(),
        "source": row.source,
        "upload_id": row.upload_id,
        "idempotency_key": row.idempotency_key,
        "is_test": row.is_test,
        "state": row.state,
        "reason": row.reason,
        "detail": row.detail,
        "attempts": row.attempts,
        "processed_at": row.processed_at and row.processed_at.isoformat(),
        "duplicate_of_id": row.duplicate_of_id,
        "deduplication_period": f"[{period.lower.isoformat()},{period.upper.isoformat()})",
    }
