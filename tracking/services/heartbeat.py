"""Progress of a long transaction, through a connection of its own: a transaction shows nothing until its end."""

from types import TracebackType
from typing import Self

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from tracking.models import Upload

BEAT = """
UPDATE tracking_upload SET progress = %s, beat_at = clock_timestamp() WHERE id = %s AND state = %s AND attempts = %s
"""


class Heartbeat:
    """Tells how many rows of an upload are read, and by that that its worker lives."""

    def __init__(self, upload: Upload) -> None:
        self._claim: list[int | str] = [upload.pk, upload.state, upload.attempts]
        self._connection: BaseDatabaseWrapper | None = None

    def __enter__(self) -> Self:
        return self

    def __call__(self, rows: int) -> None:
        if self._connection is None:
            self._connection = connection.copy()
        with self._connection.cursor() as cursor:
            cursor.execute(BEAT, [rows, *self._claim])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            self._connection.close()
