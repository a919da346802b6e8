"""The one writer of new conversions, of the API, files and test orders. The exclusion constraint decides what is a
duplicate: nothing is looked up before, and what a constraint refuses is settled by `duplicates`.

An order alone is sent as its values. Several travel as one JSON text, which PostgreSQL takes apart faster than Django
writes a statement for as many values; those that the check of a file kept are read from its table.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from common.db.statements import draw_numbers, fetch
from program.models import EventType, Program
from tracking.intake import ConversionData
from tracking.models import CheckedOrders, Conversion, Upload
from tracking.models.conversion import Source, batch_id
from tracking.visitors.reported import Reported, Written, reported

from .duplicates import settle
from .event_types import EventTypes, check_conversion

STORING = 0x5704E  # the advisory lock under which one program's batches are stored, together with the program's number
ROWS_PER_INSERT = 2_000


@dataclass(frozen=True, slots=True)
class Stored:
    """The result for one conversion: its number, its row where there was a use for it, and a duplicate's first one."""

    number: int
    row: Conversion | None = None
    first: Conversion | None = None

    @property
    def conversion(self) -> Conversion:
        return self.row or Conversion.objects.get(pk=self.number)

    @property
    def is_duplicate(self) -> bool:
        return self.first is not None

    @property
    def batch_id(self) -> str:
        """What answers the sender: a duplicate is answered as its first (payouts.md §11)."""
        return batch_id(self.first.pk if self.first else self.number)


class NotAsOf(Exception):
    """Nothing was stored: the account's audit log has grown, or a constraint refuses the order."""


NUMBER = "nextval((SELECT pg_get_serial_sequence('tracking_conversion', 'id')::regclass))"  # looked up once a statement
COLUMNS = (
    "id, program_id, event_type_id, order_id, event_date, received_at, source, upload_id, idempotency_key, is_test, "
    "state, reason, detail, attempts, processed_at, duplicate_of_id, deduplication_period, payload, derived"
)
# The initial values of a new conversion are part of the text: sending a value costs more than the column.
_NEW = f"'{Conversion.State.WAITING}', '', '', 0, NULL::timestamptz, NULL::bigint"
# An order that is checked as of some moment is stored only while the account's audit log still ends where it ended.
_AS_OF = (
    " WHERE coalesce((SELECT position FROM accounts_auditlink WHERE chain = %s ORDER BY position DESC LIMIT 1), 0) = %s"
)
_ONE = f"""
INSERT INTO tracking_conversion ({COLUMNS})
SELECT {NUMBER}, %s, %s, %s, %s, %s, %s, NULL::bigint, %s, %s, {_NEW}, tstzrange(%s, %s), %s, {{derived}}{{condition}}
ON CONFLICT DO NOTHING RETURNING id
"""
_NOTHING = "'{}'::jsonb"  # what most orders have derived
INSERT_ONE = _ONE.format(derived="%s", condition="")
INSERT_ONE_AS_OF = _ONE.format(derived="%s", condition=_AS_OF)
INSERT_ONE_PLAIN = _ONE.format(derived=_NOTHING, condition="")
INSERT_ONE_PLAIN_AS_OF = _ONE.format(derived=_NOTHING, condition=_AS_OF)
INSERT_MANY = f"""
INSERT INTO tracking_conversion ({COLUMNS})
SELECT {COLUMNS} FROM json_populate_recordset(NULL::tracking_conversion, %s::json)
ON CONFLICT DO NOTHING RETURNING id
"""  # noqa: S608
# Orders of an event type that is deleted or switched off meanwhile are left out here; the caller notices by counting.
INSERT_CHECKED = f"""
WITH sent AS MATERIALIZED (
    SELECT {NUMBER} AS id, taken.* FROM (
        SELECT kept.program_id, kept.upload_id, read.*,
               tstzrange(read.event_date, read.event_date + make_interval(hours => 24 * event_type.deduplication_days))
                   AS period
        FROM tracking_checkedorders AS kept
        CROSS JOIN LATERAL unnest(
            kept.rows, kept.event_types, kept.order_ids, kept.event_dates, kept.payloads, kept.derived
        ) AS read (row, event_type_id, order_id, event_date, payload, derived)
        JOIN program_eventtype AS event_type
          ON event_type.id = read.event_type_id AND event_type.program_id = kept.program_id AND event_type.is_active
        WHERE kept.id = %s
        ORDER BY read.row
    ) AS taken
), stored AS (
    INSERT INTO tracking_conversion ({COLUMNS})
    SELECT id, program_id, event_type_id, order_id, event_date, %s, '{Source.FILE}', upload_id, NULL, false,
           {_NEW}, period, payload::jsonb, derived::jsonb
    FROM sent
    ON CONFLICT DO NOTHING RETURNING id
)
SELECT sent.row, sent.id, sent.event_type_id, sent.order_id, sent.event_date, upper(sent.period),
       sent.derived, CASE WHEN stored.id IS NULL THEN sent.payload END
FROM sent LEFT JOIN stored ON stored.id = sent.id ORDER BY sent.row
"""  # noqa: S608


def store_conversion(
    program: Program,
    data: ConversionData,
    *,
    source: Source,
    is_test: bool = False,
    idempotency_key: str | None = None,
    event_types: EventTypes | None = None,
    as_of: int | None = None,
    derived: Mapping[str, str] | None = None,
) -> Stored:
    """Store one conversion, or return what its idempotency key stored before.

    `derived` are the values of the visitor where a browser sends it; else the payload's user agent and IP address tell.
    Raises Refused, with the code `taken` where the key came with another order. With `as_of`, the length of the
    account's audit log when program and event types were read, raises NotAsOf where anything is otherwise by now.
    """
    event_type = check_conversion(program, data, event_types=event_types or EventTypes(program))
    date = data.event_date.isoformat()
    until = data.event_date + timedelta(days=event_type.deduplication_days)
    told = reported(data.payload, program, derived=derived)
    payload = json.dumps(told.payload, ensure_ascii=False)
    values: list[object] = [
        program.pk, event_type.pk, data.order_id, date, timezone.now().isoformat(), source, idempotency_key or None,
        is_test, date, until.isoformat(), payload,
    ]  # fmt: skip
    if told.derived:
        values.append(json.dumps(told.derived))
    if as_of is None:
        found = fetch(INSERT_ONE if told.derived else INSERT_ONE_PLAIN, values)
    else:
        statement = INSERT_ONE_AS_OF if told.derived else INSERT_ONE_PLAIN_AS_OF
        found = fetch(statement, [*values, program.account_id, as_of])
    if found:
        return Stored(found[0][0])
    if as_of is not None:
        raise NotAsOf
    row = _row(program, event_type, data, told, source=source, is_test=is_test, idempotency_key=idempotency_key)
    with transaction.atomic():
        _number([row])
        return _settled([row])[row.pk]


def store_conversions(
    program: Program,
    conversions: Sequence[ConversionData],
    *,
    source: Source,
    upload: Upload | None = None,
    is_test: bool = False,
    event_types: EventTypes | None = None,
    told: Sequence[Reported] | None = None,
) -> list[Stored]:
    """Store many, answering in their order; in a batch too, the later of two with one order id is the duplicate.

    `told` is what is kept of each one's payload, where the caller has worked it out. Raises Refused before anything is
    stored. Batches of one program take turns, so that two with the same orders in another order cannot wait for each
    other.
    """
    event_types = event_types or EventTypes(program)
    if told is None:
        told = [reported(data.payload, program) for data in conversions]
    rows = [
        _row(
            program, check_conversion(program, data, event_types=event_types), data, kept,
            source=source, upload=upload, is_test=is_test,
        )
        for data, kept in zip(conversions, told, strict=True)
    ]  # fmt: skip
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [STORING, program.pk])
        return [
            stored
            for start in range(0, len(rows), ROWS_PER_INSERT)
            for stored in _store(rows[start : start + ROWS_PER_INSERT])
        ]


class StoredBatch(NamedTuple):
    """The result for a batch of checked orders: how many were stored as new, and by their first row the others."""

    settled: int  # rows of the file up to its end
    accepted: int
    duplicates: dict[int, Stored]


def store_checked(upload: Upload) -> Iterator[StoredBatch]:
    """Store the good orders of a checked file in the order of its rows, a batch at a time.

    One whose event type is no longer accepted is left out. Call inside a transaction that holds the program's lock.
    """
    for pk, settled in CheckedOrders.objects.filter(upload=upload).values_list("pk", "settled"):
        sent = fetch(INSERT_CHECKED, [pk, timezone.now()])
        refused = {row: _refused(upload, *columns) for row, *columns in sent if columns[-1] is not None}
        answers = _settled(list(refused.values()))
        yield StoredBatch(
            settled, len(sent) - len(refused), {row: answers[conversion.pk] for row, conversion in refused.items()}
        )


def _row(
    program: Program,
    event_type: EventType,
    data: ConversionData,
    told: Reported,
    *,
    source: Source,
    upload: Upload | None = None,
    is_test: bool = False,
    idempotency_key: str | None = None,
) -> Conversion:
    until = data.event_date + timedelta(days=event_type.deduplication_days)
    return Conversion(
        program=program,
        event_type=event_type,
        order_id=data.order_id,
        event_date=data.event_date,
        received_at=timezone.now(),
        source=source,
        upload=upload,
        payload=told.payload,
        derived=told.derived,
        idempotency_key=idempotency_key or None,
        is_test=is_test,
        deduplication_period=DateTimeTZRange(data.event_date, until),
    )


def _refused(
    upload: Upload, pk: int, event_type_id: int, order_id: str, event_date: datetime, until: datetime, derived: str,
    payload: str,
) -> Conversion:  # fmt: skip
    return Conversion(
        pk=pk, program=upload.program, upload=upload, event_type_id=event_type_id, order_id=order_id,
        event_date=event_date, received_at=timezone.now(), source=Source.FILE, payload=Written(payload),
        derived=json.loads(derived), deduplication_period=DateTimeTZRange(event_date, until),
    )  # fmt: skip


def _store(rows: list[Conversion]) -> list[Stored]:
    _number(rows)
    refused = _insert(rows)
    answers = _settled(refused)
    return [answers.get(row.pk) or Stored(row.pk, row) for row in rows]


def _settled(refused: list[Conversion]) -> dict[int, Stored]:
    """The results for those that a constraint refused, by number."""
    if not refused:
        return {}
    return {pk: Stored(row.pk, row, first) for pk, (row, first) in settle(refused, _insert).items()}


def _number(rows: list[Conversion]) -> None:
    """Draw their ids before they are sent, so that the stored ones can be told from the refused ones."""
    for row, number in zip(rows, draw_numbers("tracking_conversion", len(rows)), strict=True):
        row.pk = number


def _insert(rows: list[Conversion]) -> list[Conversion]:
    """Insert what no constraint refuses, and return what one does."""
    if not rows:
        return []
    there = {number for (number,) in fetch(INSERT_MANY, [f"[{','.join(map(_json, rows))}]"])}
    for row in rows:
        row._state.adding, row._state.db = row.pk not in there, connection.alias
    return [row for row in rows if row.pk not in there]


def _json(row: Conversion) -> str:
    payload = row.payload if isinstance(row.payload, Written) else json.dumps(row.payload, ensure_ascii=False)
    return f'{json.dumps(_columns(row), ensure_ascii=False)[:-1]}, "payload": {payload}}}'


def _columns(row: Conversion) -> dict[str, object]:
    """All but the payload."""
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
        "derived": row.derived,
        "deduplication_period": f"[{period.lower.isoformat()},{period.upper.isoformat()})",
    }
