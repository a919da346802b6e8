"""Dumping and restoring the database with PostgreSQL's own programs, the embedded ones unless others are named."""

import os
import subprocess
from pathlib import Path

from django.core.management import CommandError
from django.db import connection
from psycopg.conninfo import make_conninfo

from servers.embedded.postgres import find_programs

# Connection arguments that Django adds and libpq does not know.
OURS = {"client_encoding", "context", "cursor_factory", "prepare_threshold", "pool", "row_factory"}

# Roles are those of the database restored into. Comments are on extensions, which are a superuser's there.
NOT_OURS = ("--no-owner", "--no-privileges", "--no-comments")


def dump(path: Path, *, snapshot: str) -> None:
    """Write the database, as the snapshot sees it, to a file in pg_dump's custom format; durable when this returns."""
    _run("pg_dump", f"--snapshot={snapshot}", "--format=custom", *NOT_OURS, f"--file={path}")
    with path.open("rb") as written:
        os.fsync(written.fileno())


def restore(path: Path) -> None:
    """Fill an empty database from such a file, wholly or not at all."""
    _run("pg_restore", "--single-transaction", "--exit-on-error", *NOT_OURS, str(path))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # a restored table has no statistics, and plans without are slow


def is_empty() -> bool:
    """Tell whether the database holds no table yet."""
    return not connection.introspection.table_names()


def _run(program: str, *arguments: str) -> None:
    parameters = {name: value for name, value in connection.get_connection_params().items() if name not in OURS}
    password = parameters.pop("password", None)
    # In the environment and not among the arguments, which every user of the machine can read.
    environment = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    folder = find_programs(program)
    command = [str(folder / program), "--no-password", f"--dbname={make_conninfo(**parameters)}", *arguments]
    try:
        answer = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    except OSError as error:
        raise CommandError(f"{program} cannot be run: {error}") from None
    if "SSL support is not compiled in" in answer.stderr:
        raise CommandError(
            f"DATABASE_URL asks for TLS, which this {program} lacks: install the client programs of PostgreSQL "
            "and name their folder in BRANDBOARD_POSTGRES_BIN."
        )
    if answer.returncode:
        raise CommandError(f"{program} failed: {' '.join(answer.stderr.split())[:500] or 'no message'}")
