"""The command `verify`, and rows that are false."""

import json
from io import StringIO

from django.core.management import CommandError, call_command
from django.db import connection


def run(*options):
    """Standard output as JSON, what was told on standard error, and whether the figures agree."""
    out, told = StringIO(), StringIO()
    try:
        call_command("verify", "--program", "1000", *options, stdout=out, stderr=told)
    except CommandError:
        return json.loads(out.getvalue()), told.getvalue(), False
    return json.loads(out.getvalue()), told.getvalue(), True


def falsify(model, pk, *, key="id", **values):
    """Change a row by SQL, triggers off, as only an administrator of the database can."""
    sets = ", ".join(f"{column} = %s" for column in values)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"UPDATE {model._meta.db_table} SET {sets} WHERE {key} = %s", [*values.values(), pk])
        cursor.execute("SET session_replication_role = DEFAULT")
