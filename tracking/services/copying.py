"""Writing many new rows of one table by COPY: Django's own way spends more time on the statement than the database."""

import json
from collections.abc import Iterable, Sequence

from django.db import connection, models


def copy_rows[M: models.Model](rows: Sequence[M], *, numbered: bool = False) -> None:
    """Write new rows as their fields stand, like bulk_create; with `numbered` they know their ids afterwards."""
    if not rows:
        return
    meta = rows[0]._meta
    table = connection.ops.quote_name(meta.db_table)
    fields = [field for field in meta.concrete_fields if numbered or not field.primary_key]
    with connection.cursor() as cursor:
        if numbered:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, len(rows)]
            )
            for row, (number,) in zip(rows, cursor.fetchall(), strict=True):
                row.pk = number
                row._state.adding, row._state.db = False, connection.alias
        names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
        documents = [isinstance(field, models.JSONField) for field in fields]
        places = list(zip([field.attname for field in fields], documents, strict=True))
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(_values(row, places))


def _values(row: models.Model, places: Iterable[tuple[str, bool]]) -> list[object]:
    return [
        json.dumps(getattr(row, name), ensure_ascii=False) if is_document else getattr(row, name)
        for name, is_document in places
    ]
