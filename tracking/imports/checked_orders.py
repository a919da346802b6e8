"""The orders that the check of a conversions file read, kept for its import, so that every cell is read and checked
once. What a check stores is rolled back. So its orders are kept in a temporary file until it is concluded, and are
written with its last update, a batch a row. The import has the database store them from there; neither holds more than
one batch in memory.
"""

import json
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from types import TracebackType
from typing import NamedTuple, Self

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from common.db.statements import fetch
from tracking.conversions.insert import NUMBER, Written
from tracking.conversions.store import Stored, settle
from tracking.intake import ConversionData
from tracking.models import CheckedOrders, Conversion, Upload
from tracking.models.conversion import Source

# Not by Django, which would write the values, a megabyte of them, into the text of the statement.
KEEP = """
INSERT INTO tracking_checkedorders
    (program_id, upload_id, settled, rows, event_types, order_ids, event_dates, payloads)
VALUES (%s, %s, %s, %s, %s, %s, %s, %b) RETURNING id
"""
# Orders of an event type that is deleted or switched off meanwhile are left out here; the caller notices by counting.
STORE = f"""
WITH sent AS MATERIALIZED (
    SELECT {NUMBER} AS id, taken.* FROM (
        SELECT kept.program_id, kept.upload_id, read.*,
               tstzrange(read.event_date, read.event_date + make_interval(hours => 24 * event_type.deduplication_days))
                   AS period
        FROM tracking_checkedorders AS kept
        CROSS JOIN LATERAL unnest(kept.rows, kept.event_types, kept.order_ids, kept.event_dates, kept.payloads)
            AS read (row, event_type_id, order_id, event_date, payload)
        JOIN program_eventtype AS event_type
          ON event_type.id = read.event_type_id AND event_type.program_id = kept.program_id AND event_type.is_active
        WHERE kept.id = %s
        ORDER BY read.row
    ) AS taken
), stored AS (
    INSERT INTO tracking_conversion (id, program_id, event_type_id, order_id, event_date, received_at, source,
        upload_id, is_test, state, reason, detail, attempts, deduplication_period, payload)
    SELECT id, program_id, event_type_id, order_id, event_date, %s, '{Source.FILE}', upload_id, false,
           '{Conversion.State.WAITING}', '', '', 0, period, payload::jsonb
    FROM sent
    ON CONFLICT DO NOTHING RETURNING id
)
SELECT sent.row, sent.id, sent.event_type_id, sent.order_id, sent.event_date, upper(sent.period),
       CASE WHEN stored.id IS NULL THEN sent.payload END
FROM sent LEFT JOIN stored ON stored.id = sent.id ORDER BY sent.row
"""  # noqa: S608 (no value in it comes from outside)


class CheckedOrder(NamedTuple):
    """A good order of a file. Its payload is kept separately, as JSON, and is not in `data`."""

    row: int  # its first
    settled: int  # rows of the file up to its last one
    event_type_id: int
    data: ConversionData
    payload: str


class StoredBatch(NamedTuple):
    """The result for a batch of them: how many were stored as new orders, and by their first row the others."""

    settled: int  # rows of the file up to its end
    accepted: int
    duplicates: dict[int, Stored]


class CheckedOrderWriter:
    """Batches of good orders on their way from a check to its conclusion."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (closed by __exit__)
        self._sizes: list[int] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, batch: Sequence[CheckedOrder]) -> None:
        beside = [
            [order.row for order in batch],
            [order.event_type_id for order in batch],
            [order.data.order_id for order in batch],
            [order.data.event_date.isoformat() for order in batch],
        ]
        lines = [json.dumps([batch[-1].settled, *beside], ensure_ascii=False), *(order.payload for order in batch)]
        self._sizes.append(self._file.write("\n".join(lines).encode()))

    def clear(self) -> None:
        """Forget all of them: the file is read again."""
        self._file.seek(0)
        self._file.truncate()
        self._sizes.clear()

    def keep(self, upload: Upload) -> None:
        """Store all of them for the import, in the transaction that concludes the check."""
        self._file.seek(0)
        for size in self._sizes:
            beside, *payloads = self._file.read(size).decode().split("\n")
            fetch(KEEP, [upload.program_id, upload.pk, *json.loads(beside), payloads])


def store_checked(upload: Upload) -> Iterator[StoredBatch]:
    """Store the good orders of a checked file in the order of its rows, a batch at a time.

    One whose event type is no longer accepted is left out. Call inside a transaction that holds the program's lock.
    """
    for pk, settled in CheckedOrders.objects.filter(upload=upload).values_list("pk", "settled"):
        sent = fetch(STORE, [pk, timezone.now()])
        refused = {row: _refused(upload, *columns) for row, *columns in sent if columns[-1] is not None}
        answers = settle(list(refused.values())) if refused else {}
        yield StoredBatch(
            settled, len(sent) - len(refused), {row: answers[conversion.pk] for row, conversion in refused.items()}
        )


def forget_checked(upload: Upload) -> None:
    CheckedOrders.objects.filter(upload=upload).delete()


def _refused(
    upload: Upload, pk: int, event_type_id: int, order_id: str, event_date: datetime, until: datetime, payload: str
) -> Conversion:
    return Conversion(
        pk=pk, program=upload.program, upload=upload, event_type_id=event_type_id, order_id=order_id,
        event_date=event_date, received_at=timezone.now(), source=Source.FILE, payload=Written(payload),
        deduplication_period=DateTimeTZRange(event_date, until),
    )  # fmt: skip
