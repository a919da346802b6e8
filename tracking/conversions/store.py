"""Storing conversions. The exclusion constraint decides what is a duplicate; nothing is looked up first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from common.refusals import Refusal, Refused
from program.models import EventType, Program
from tracking.intake import ConversionData
from tracking.models import Conversion, Upload
from tracking.models.conversion import Source

from .checks import EventTypes, check_conversion
from .insert import Written, insert

STORING = 0x5704E  # the advisory lock under which one program's batches are stored, together with the program's number
ROWS_PER_INSERT = 2_000
KEY_TAKEN = "This Idempotency-Key was sent before with another conversion; send a new key."


@dataclass(frozen=True, slots=True)
class Stored:
    """The result for one conversion: its row, and for a duplicate the first one."""

    conversion: Conversion
    first: Conversion | None = None

    @property
    def is_duplicate(self) -> bool:
        return self.first is not None

    @property
    def answer(self) -> Conversion:
        """The conversion whose batch id answers the sender: a duplicate is answered as its first (payouts.md §11)."""
        return self.first or self.conversion


def store_conversion(
    program: Program,
    data: ConversionData,
    *,
    source: Source,
    is_test: bool = False,
    idempotency_key: str | None = None,
    event_types: EventTypes | None = None,
) -> Stored:
    """Store one conversion, or return what its idempotency key stored before.

    Raises Refused, with the code `taken` where the key came with another order.
    """
    event_type = check_conversion(program, data, event_types=event_types or EventTypes(program))
    row = _row(program, event_type, data, source=source, is_test=is_test, idempotency_key=idempotency_key)
    # One statement for the usual order, which is sent once; earlier rows are looked up only when it is refused.
    if not insert([row]):
        return Stored(row)
    with transaction.atomic():
        return _by_key(row) or settle([row])[row.pk]


def store_conversions(
    program: Program,
    conversions: Sequence[ConversionData],
    *,
    source: Source,
    upload: Upload | None = None,
    is_test: bool = False,
    event_types: EventTypes | None = None,
    payloads: Sequence[str] | None = None,
) -> list[Stored]:
    """Store many, answering in their order; in a batch too, the later of two with one order id is the duplicate.

    `payloads` are stored instead of their own, as JSON that somebody has written already. Raises Refused before
    anything is stored. Batches of one program take turns, so that two of them with the same
    orders in another order cannot wait for each other.
    """
    event_types = event_types or EventTypes(program)
    rows = [
        _row(
            program, check_conversion(program, data, event_types=event_types), data,
            source=source, upload=upload, is_test=is_test,
        )
        for data in conversions
    ]  # fmt: skip
    for row, payload in zip(rows, payloads or (), strict=payloads is not None):
        row.payload = Written(payload)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [STORING, program.pk])
        return [
            stored
            for start in range(0, len(rows), ROWS_PER_INSERT)
            for stored in _store(rows[start : start + ROWS_PER_INSERT])
        ]


def _row(
    program: Program,
    event_type: EventType,
    data: ConversionData,
    *,
    source: Source,
    upload: Upload | None = None,
    is_test: bool = False,
    idempotency_key: str | None = None,
) -> Conversion:
    window = timedelta(days=event_type.deduplication_days)
    return Conversion(
        program=program,
        event_type=event_type,
        order_id=data.order_id,
        event_date=data.event_date,
        received_at=timezone.now(),
        source=source,
        upload=upload,
        payload=data.payload,
        idempotency_key=idempotency_key or None,
        is_test=is_test,
        deduplication_period=DateTimeTZRange(data.event_date, data.event_date + window),
    )


def _store(rows: list[Conversion]) -> list[Stored]:
    refused = insert(rows)
    answers = settle(refused) if refused else {}
    return [answers.get(row.pk) or Stored(row) for row in rows]


def settle(refused: list[Conversion]) -> dict[int, Stored]:
    """The results for those that a constraint refused, by id: each is stored as a duplicate, or was stored before."""
    firsts = _firsts(refused)
    answers: dict[int, Stored] = {}
    for row in refused:
        if row.pk not in firsts:  # refused for its idempotency key, which was sent at the same moment
            before = _by_key(row)
            assert before is not None, "a conversion was refused by an unknown constraint"
            answers[row.pk] = before
            continue
        row.state = Conversion.State.DUPLICATE
        row.reason = Conversion.Reason.DUPLICATE
        row.duplicate_of = firsts[row.pk]
        row.detail = f"Order {row.order_id} was sent before, as {firsts[row.pk].batch_id}."
        row.processed_at = row.received_at
        answers[row.pk] = Stored(row, firsts[row.pk])
    duplicates = [row for row in refused if row.state == Conversion.State.DUPLICATE]
    for row in insert(duplicates):
        before = _by_key(row)
        assert before is not None, "a duplicate was refused by an unknown constraint"
        answers[row.pk] = before
    return {row.pk: answers.get(row.pk) or Stored(row) for row in refused}


FIRSTS = """
SELECT refused.id, min(first.id)
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::boolean[], %s::tstzrange[])
     AS refused (id, event_type_id, order_id, is_test, period)
JOIN tracking_conversion AS first
  ON hashtextextended(first.order_id, 0) = hashtextextended(refused.order_id, 0) AND first.order_id = refused.order_id
 AND first.event_type_id = refused.event_type_id
 AND first.is_test = refused.is_test AND first.deduplication_period && refused.period
 AND NOT (first.state = 'DUPLICATE') AND NOT (first.order_id = '')
GROUP BY refused.id
"""


def _firsts(refused: list[Conversion]) -> dict[int, Conversion]:
    """Whose duplicate each one is: of those within the window, the one stored first."""
    with connection.cursor() as cursor:
        cursor.execute(FIRSTS, [
            [row.pk for row in refused],
            [row.event_type_id for row in refused],
            [row.order_id for row in refused],
            [row.is_test for row in refused],
            [row.deduplication_period for row in refused],
        ])  # fmt: skip
        found: dict[int, int] = dict(cursor.fetchall())
    rows = Conversion.objects.in_bulk(set(found.values()))
    return {pk: rows[first] for pk, first in found.items()}


def _by_key(row: Conversion) -> Stored | None:
    """What the idempotency key stored before; its answer is given again."""
    if row.idempotency_key is None:
        return None
    before = (
        Conversion.objects.select_related("duplicate_of")
        .filter(program_id=row.program_id, idempotency_key=row.idempotency_key)
        .first()
    )
    if before is None:
        return None
    if (before.event_type_id, _said(before)) != (row.event_type_id, _said(row)):
        raise Refused(Refusal("Idempotency-Key", KEY_TAKEN, "taken"))
    return Stored(before, before.duplicate_of)


def _said(row: Conversion) -> dict[str, object]:
    # EventDate may have been sent as NOW, which is another instant in every retry.
    return {name: value for name, value in row.payload.items() if name != "EventDate"}
