"""What the last `prepare` has seen, written down: a start that finds all of it unchanged need not load Django to look.

Only ever a shortcut: whatever differs, or cannot be read, means that `prepare` looks for itself.
"""

import contextlib
import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from servers.home import PROJECT, home

# What is applied, in its order, and whether anybody has ever signed up: without users it is a first start.
STATE = """
SELECT coalesce(string_agg(app || '.' || name, ' ' ORDER BY id), ''), EXISTS (SELECT FROM accounts_user)
FROM django_migrations
"""


def write(applied: str) -> None:
    """Write down that everything is done, for what is applied in the database (STATE) and lies in the project."""
    mark = _mark(applied)
    if _noted() != mark:
        with contextlib.suppress(OSError):  # no space: then the next start looks again
            _path().write_text(mark)


def is_current(database_url: str) -> bool:
    """Tell whether nothing has changed since, in a database that has users."""
    import psycopg  # noqa: PLC0415 (a tenth of a second that `make run` need not spend before it starts anything)

    try:
        with psycopg.connect(database_url, connect_timeout=5) as connection:
            row = connection.execute(STATE).fetchone()
    except psycopg.Error:
        return False
    return row is not None and bool(row[1]) and _noted() == _mark(str(row[0]))


def _mark(applied: str) -> str:
    mark = hashlib.sha256(f"{sys.version}\n{os.environ.get('DEBUG')}\n{applied}\n".encode())
    for path in _inputs():
        found = path.stat() if path.exists() else None
        mark.update(f"{path} {found and (found.st_mtime_ns, found.st_size)}\n".encode())
    return mark.hexdigest()


def _inputs() -> Iterator[Path]:
    """What migrations and static files come from; those of packages come with the requirements."""
    yield PROJECT / "requirements.txt"
    yield PROJECT / "config" / "settings.py"
    yield home() / "static" / ".collected"
    for pattern in ("*/migrations/*.py", "static/**/*"):
        yield from sorted(PROJECT.glob(pattern))


def _path() -> Path:
    return home() / "prepared"


def _noted() -> str:
    try:
        return _path().read_text()
    except OSError:
        return ""
