"""Statements that Django does not write, or writes at length: one that is planned once, a COPY, an array of values.

`fetch` is for what every request of the API runs: the database parses and plans it once for each connection. Django
writes the values into the text of a statement, so that no two are alike and each is planned again; and composing a
query set takes several times as long as running it. DATABASE_PREPARED=0 is for poolers that cannot do this. psycopg
prepares only these: to find recurring statements it would keep the last hundred texts of each connection, which for
Django's statements include all values, such as a whole upload.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import connection, models
from psycopg import Connection, Cursor


def fetch(
    sql: str, params: Sequence[object] | Mapping[str, object], *, is_planned_once: bool = True
) -> list[tuple[Any, ...]]:
    """Run a statement with `%s`, or `%(name)s`, for each value and return its rows. Raises Django's database errors.

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


def draw_numbers(table: str, count: int) -> list[int]:
    """The next ids of a table."""
    with connection.cursor() as cursor:
        # The sub-select is looked up once, and not for each number.
        number = "nextval((SELECT pg_get_serial_sequence(%s, 'id')::regclass))"
        cursor.execute(f"SELECT {number} FROM generate_series(1, %s)", [table, count])  # noqa: S608
        return [number for (number,) in cursor.fetchall()]


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write new rows by COPY, each value in its column's place; a JSON document is a Jsonb.

    Django's own way spends more time on the statement than the database.
    """
    names = ", ".join(map(connection.ops.quote_name, columns))
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {connection.ops.quote_name(table)} ({names}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def insert_rows(rows: Sequence[models.Model]) -> None:
    """Store new rows of one table by one statement, with an array for each column; their numbers stay unknown.

    Django's own sends every value by itself, in several statements. Unlike a COPY this is seen by execute wrappers.
    """
    if not rows:
        return
    meta = rows[0]._meta
    fields = [field for field in meta.concrete_fields if not field.primary_key]
    # Without a length: a cast would cut a longer text off, where storing refuses it.
    types = [(field.db_type(connection) or "").partition("(")[0] for field in fields]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    arrays = ", ".join(f"%s::{type_}[]" for type_ in types)
    values = [[field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows] for field in fields]
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(meta.db_table)
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays})", values)  # noqa: S608


class AnyOf(models.Lookup):
    """`= ANY (array)`: one parameter, where `in` makes a statement with one for each value."""

    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        sql, params = self.process_lhs(compiler, connection)
        return f"{sql} = ANY (%s)", (*params, list(self.rhs))
