"""What the check of a conversions file understood, kept for its import: so every cell is read and checked once.

What a check stores is rolled back. So its orders wait in a temporary file until it is concluded, and are written with
its last update, a batch a row; neither they nor the import hold more than one batch in memory.
"""

import json
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from types import TracebackType
from typing import NamedTuple, Self

from config.statements import fetch
from tracking.intake import ConversionData, EventKey
from tracking.models import UnderstoodOrders, Upload

# Not by Django, which writes the values into the statement: psycopg remembers the texts of the last hundred statements.
INSERT = "INSERT INTO tracking_understoodorders (program_id, upload_id, orders) VALUES (%s, %s, %s) RETURNING id"


class Understood(NamedTuple):
    """A good order of a file. Its payload stands apart, as JSON, and is not in `data`."""

    row: int  # its first
    settled: int  # rows of the file up to its last one
    data: ConversionData
    payload: str


class Keeper:
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

    def add(self, batch: Sequence[Understood]) -> None:
        self._sizes.append(self._file.write("\n".join(map(_written, batch)).encode()))

    def keep(self, upload: Upload) -> None:
        """Write all of them down for the import, in the transaction that concludes the check."""
        self._file.seek(0)
        for size in self._sizes:
            fetch(INSERT, [upload.program_id, upload.pk, self._file.read(size).decode()])


def understood_batches(upload: Upload) -> Iterator[list[Understood]]:
    """The good orders of a checked file in the order of its rows, read from the database a batch at a time."""
    batches = UnderstoodOrders.objects.filter(upload=upload)
    for pk in list(batches.values_list("pk", flat=True)):
        orders = batches.values_list("orders", flat=True).get(pk=pk)
        yield [_read(line) for line in orders.split("\n")]


def forget_understood(upload: Upload) -> None:
    UnderstoodOrders.objects.filter(upload=upload).delete()


def _written(order: Understood) -> str:
    data = order.data
    fields = (
        order.row, order.settled, data.campaign_id, *_key(data.event_key), data.event_date.isoformat(), data.order_id,
        data.partner_id, data.attribution_keys, data.currency,
    )  # fmt: skip
    return f"{json.dumps(fields, ensure_ascii=False)}\t{order.payload}"


def _key(key: EventKey) -> tuple[str, str]:
    return key.parameter, key.value


def _read(line: str) -> Understood:
    fields, payload = line.split("\t", 1)
    row, settled, campaign_id, parameter, value, event_date, order_id, partner_id, keys, currency = json.loads(fields)
    data = ConversionData(
        campaign_id=campaign_id,
        event_key=EventKey(parameter, value),
        event_date=datetime.fromisoformat(event_date),
        order_id=order_id,
        partner_id=partner_id,
        attribution_keys=tuple(keys),
        currency=currency,
        payload={},
    )
    return Understood(row, settled, data, payload)
