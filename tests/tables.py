"""A database with every table and no row, made once in a run: the migrations take seconds, a copy of it does not."""

import fcntl
import os
from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction

from servers import dumps

TEMPLATE = "brandboard_tables"
COPY = "BRANDBOARD_TEST_TABLES"  # where the copy lies, for homes of their own


def copy_of_tables() -> Path:
    """Return the dump of the database TEMPLATE, both made by the first who asks; the others wait."""
    home = Path(os.environ["BRANDBOARD_TEST_HOME"])
    path = home / "tables.dump"
    with (home / "tables.lock").open("w") as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        if not path.exists():
            _make(path)
    return path


def have_tables() -> None:
    """Make the tables of a new home: from the run's copy where there is one, else by the migrations."""
    if copy := os.environ.get(COPY):
        dumps.restore(Path(copy))
    else:
        call_command("migrate", verbosity=0)


def _make(path: Path) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)")  # which somebody before us did not finish
        cursor.execute(f"CREATE DATABASE {TEMPLATE}")
    name, unfinished = connection.settings_dict["NAME"], path.with_suffix(".unfinished")
    connection.close()
    connection.settings_dict["NAME"] = TEMPLATE
    try:
        call_command("migrate", verbosity=0)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot()")
            dumps.dump(unfinished, snapshot=cursor.fetchone()[0])
        unfinished.rename(path)
    finally:
        connection.close()  # who copies a database has to be alone with it
        connection.settings_dict["NAME"] = name
