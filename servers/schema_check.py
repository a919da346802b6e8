"""Whether the tables of the database are those that this release works with."""

from django.apps import apps
from django.db import connection

# Name of table and column; whether a row can be written without it.
COLUMNS = """
SELECT relname, attname, attnotnull AND NOT atthasdef AND attidentity = '' FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped
"""
NAMES = """
SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('i', 'I')
UNION SELECT conname FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
"""


def differences() -> list[str]:
    """What tables of the database lack, and columns that this release could not fill, in words; none where all fits.

    Migrations are recorded by their names. A database whose migrations had the same names and other contents passes
    for migrated, and every page that reads a new column fails. What a later release has added does not matter.
    """
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        required = {(table, column): is_required for table, column, is_required in cursor.fetchall()}
        cursor.execute(NAMES)
        names = {name for (name,) in cursor.fetchall()}
    tables = {table for table, _ in required}
    found, known = [], set()
    for model in apps.get_models(include_auto_created=True):
        options = model._meta
        if options.proxy or not options.managed:
            continue
        columns = {str(field.column) for field in options.local_concrete_fields}
        if options.db_table not in tables:
            found.append(f"there is no table {options.db_table}")
            continue
        known |= {(options.db_table, column) for column in columns}
        found += [
            f"{options.db_table} has no column {column}"
            for column in sorted(columns)
            if (options.db_table, column) not in required
        ]
        found += [
            f"{options.db_table} lacks {each.name}"
            for each in (*options.constraints, *options.indexes)
            if each.name not in names
        ]
    ours = {table for table, _ in known}
    found += [
        f"{table} asks for a column {column}"
        for (table, column), is_required in sorted(required.items())
        if is_required and table in ours and (table, column) not in known
    ]
    return found
