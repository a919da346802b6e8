"""Progress of a job, through a connection of its own: others see nothing of a transaction until its end."""

from types import TracebackType
from typing import Self

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from common.jobs.model import Job


class Heartbeat:
    """Records how many rows of a job are done, which also shows that its worker is alive."""

    def __init__(self, job: Job) -> None:
        self._claim: list[int | str] = [job.pk, job.state, job.attempts]
        table = connection.ops.quote_name(job._meta.db_table)
        self._beat = (
            f"UPDATE {table} SET progress = %s, beat_at = clock_timestamp() "  # noqa: S608 (a table of our own)
            "WHERE id = %s AND state = %s AND attempts = %s"
        )
        self._connection: BaseDatabaseWrapper | None = None

    def __enter__(self) -> Self:
        return self

    def __call__(self, rows: int) -> None:
        if self._connection is None:
            self._connection = connection.copy()
        with self._connection.cursor() as cursor:
            cursor.execute(self._beat, [rows, *self._claim])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            self._connection.close()
