"""Progress of a job, through a connection of its own: others see nothing of a transaction until its end."""

from types import TracebackType
from typing import Self

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from common.jobs.model import Job


class ClaimLost(Exception):
    """The job was cancelled, or another worker took it over: what this worker did is rolled back."""


class Heartbeat:
    """Records how many rows of a job are done, which also shows that its worker is alive.

    Raises ClaimLost when somebody has cancelled the job meanwhile, or another worker has it.
    """

    def __init__(self, job: Job) -> None:
        self._claim: list[int | str] = [job.pk, job.state, job.attempts]
        table = connection.ops.quote_name(job._meta.db_table)
        self._beat = (
            f"UPDATE {table} SET progress = %s, beat_at = clock_timestamp() "  # noqa: S608 (a table of our own)
            "WHERE id = %s AND state = %s AND attempts = %s"
        )
        self._is_there = f"SELECT 1 FROM {table} WHERE id = %s"  # noqa: S608
        self._connection: BaseDatabaseWrapper | None = None

    def __enter__(self) -> Self:
        return self

    def __call__(self, rows: int) -> None:
        if self._connection is None:
            self._connection = connection.copy()
        with self._connection.cursor() as cursor:
            cursor.execute(self._beat, [rows, *self._claim])
            if cursor.rowcount:
                return
            # A row that is not there, or not committed yet, is nobody else's; its conclusion notices a deleted one.
            cursor.execute(self._is_there, [self._claim[0]])
            if cursor.fetchone():
                raise ClaimLost

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            self._connection.close()
