"""Statements that the database parses and plans once for each connection: for what every request of the API runs.

Django writes the values into the text of a statement, so that no two are alike and each is planned again; and composing
a query set takes several times as long as running it. DATABASE_PREPARED=0 is for poolers that cannot do this. psycopg
prepares only these: to find recurring statements it would keep the last hundred texts of each connection, which for
Django's statements include all values, such as a whole upload.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import connection
from psycopg import Connection, Cursor


def fetch(sql: str, params: Sequence[object], *, is_planned_once: bool = True) -> list[tuple[Any, ...]]:
    """Run a statement with `%s` for each value and return its rows. Raises Django's database errors.

    It takes part in the present transaction, and counts as a query like every other. One whose best plan depends on the
    values, such as how many days they span, is planned each time.
    """
    connection.ensure_connection()
    raw = connection.connection
    assert isinstance(raw, Connection)
    raw.prepare_threshold = settings.PREPARED_AFTER if is_planned_once else None
    try:
        with connection._prepare_cursor(Cursor(raw)) as cursor:  # type: ignore[attr-defined]
            cursor.execute(sql, params)
            return list(cursor.fetchall())
    finally:
        raw.prepare_threshold = None
