"""Storing contracts and the times of their event types by the ten thousand, in one statement a table.

Django's bulk statements have an expression for every row and a parameter for every value; to build them took most of
the time in which terms were published for 10,000 partners.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models
from psycopg import sql

from contracts.models import Contract, ContractEventType


def update_periods(model: type[Contract | ContractEventType], rows: Sequence[Any]) -> None:
    """Store the periods of existing rows."""
    if not rows:
        return
    with connection.cursor() as cursor:
        statement = sql.SQL(
            "UPDATE {table} SET period = given.period "
            "FROM unnest(%s::bigint[], %s::tstzrange[]) AS given(id, period) WHERE {table}.id = given.id"
        ).format(table=sql.Identifier(model._meta.db_table))
        text = statement.as_string(cursor.connection)
        cursor.execute(text, [[row.pk for row in rows], [row.period for row in rows]])


def insert(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Store new rows; each is given its number."""
    if not rows:
        return
    table = model._meta.db_table
    fields = model._meta.concrete_fields
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, len(rows)]
        )
        for row, (number,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = number
        statement = sql.SQL("INSERT INTO {table} ({columns}) SELECT * FROM unnest({arrays})").format(
            table=sql.Identifier(table),
            columns=sql.SQL(", ").join([sql.Identifier(str(field.column)) for field in fields]),
            arrays=sql.SQL(", ").join([sql.SQL(f"%s::{_type(field)}[]") for field in fields]),
        )
        values = [[getattr(row, field.attname) for row in rows] for field in fields]
        cursor.execute(statement.as_string(cursor.connection), values)
    for row in rows:
        row._state.adding = False
        row._state.db = connection.alias


def _type(field: Any) -> str:
    return str(field.rel_db_type(connection) if field.primary_key else field.db_type(connection))
