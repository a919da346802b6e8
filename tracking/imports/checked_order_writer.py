"""The orders that the check of a conversions file read, kept for its import, so that every cell is read and checked
once. What a check stores is rolled back. So its orders are kept in a temporary file until it is concluded, and are
written with its last update, a batch a row. The import has the database store them from there; neither holds more than
one batch in memory.
"""

import json
import tempfile
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import NamedTuple, Self

from common.db.statements import fetch
from tracking.intake import ConversionData
from tracking.models import CheckedOrders, Upload

# Not by Django, which would write the values, a megabyte of them, into the text of the statement.
KEEP = """
INSERT INTO tracking_checkedorders
    (program_id, upload_id, settled, rows, event_types, order_ids, event_dates, derived, payloads)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %b) RETURNING id
"""


class CheckedOrder(NamedTuple):
    """A good order of a file. Its payload is kept separately, as JSON, and is not in `data`."""

    row: int  # its first
    settled: int  # rows of the file up to its last one
    event_type_id: int
    data: ConversionData
    payload: str
    derived: Mapping[str, str] = {}


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
            [json.dumps(order.derived) for order in batch],
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


def forget_checked(upload: Upload) -> None:
    CheckedOrders.objects.filter(upload=upload).delete()
