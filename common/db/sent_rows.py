"""Rows that somebody sends, such as those of a file, on their way into a table that holds some of them already: which
are new, which change a stored one, and which stored ones are dropped. As many statements for a hundred thousand rows as
for one, so that the audit log gets an entry for each kind of change.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection
from django.db.backends.utils import CursorWrapper

from common.db.statements import copy_rows

MOST_SHOWN = 100  # cells that differ
SENT = "sent_rows"


@dataclass(frozen=True, slots=True)
class Target:
    """The rows of a table that belong together: `owner` are the columns that all of them share, with their values.

    A stored row is found by its `key`. Of a known one the cells of `changing` are replaced, where what was sent is not
    empty; `written` are columns that only a new row takes.
    """

    table: str
    owner: Mapping[str, int]
    key: Sequence[str]
    changing: Sequence[str]
    written: Sequence[str] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.key, *self.written, *self.changing)


class Cell(NamedTuple):
    """A cell of a stored row that a sent one replaces; `place` is that of the sent row."""

    place: int
    column: str
    before: str
    after: str


@dataclass(slots=True)
class Outcome:
    """What became of the rows. Of each that is new, changed or dropped the values of key and `written` are kept."""

    added: list[tuple[Any, ...]] = field(default_factory=list)
    changed: list[tuple[Any, ...]] = field(default_factory=list)
    dropped: list[tuple[Any, ...]] = field(default_factory=list)
    unchanged: int = 0
    cells: list[Cell] = field(default_factory=list)  # the first hundred that differ


def save_sent(target: Target, rows: Iterable[tuple[int, Sequence[str]]]) -> Outcome:
    """Add and change; a row is its place and a value for each of the columns, each key once.

    The caller holds a lock that keeps others from writing to the same owner, in a transaction.
    """
    with _sent(target, rows) as cursor:
        return _saved(cursor, target)


def replace_with_sent(target: Target, rows: Iterable[tuple[int, Sequence[str]]]) -> Outcome:
    """The same, and drop every stored row that was not sent."""
    with _sent(target, rows) as cursor:
        dropped = _deleted(cursor, target, f"NOT EXISTS (SELECT FROM {SENT} WHERE {SENT}.stored = kept.id)")
        outcome = _saved(cursor, target)
        outcome.dropped = dropped
        return outcome


def remove_sent(target: Target, rows: Iterable[tuple[int, Sequence[str]]]) -> Outcome:
    """Drop the stored rows of these keys; those that are not stored are unchanged."""
    with _sent(target, rows) as cursor:
        dropped = _deleted(cursor, target, f"id IN (SELECT stored FROM {SENT})")  # noqa: S608
        cursor.execute(f"SELECT count(*) FROM {SENT} WHERE stored IS NULL")  # noqa: S608 (a name of ours)
        return Outcome(dropped=dropped, unchanged=cursor.fetchone()[0])


@contextmanager
def _sent(target: Target, rows: Iterable[tuple[int, Sequence[str]]]) -> Iterator[CursorWrapper]:
    """The rows in a temporary table, each with the number of the stored row that it means."""
    with connection.cursor() as cursor:
        columns = ", ".join(f"{name} text" for name in target.columns)
        cursor.execute(f"CREATE TEMP TABLE {SENT} (place integer, {columns}, stored bigint) ON COMMIT DROP")
        copy_rows(SENT, ("place", *target.columns), ([place, *values] for place, values in rows))
        cursor.execute(f"ANALYZE {SENT}")
        cursor.execute(
            f"UPDATE {SENT} SET stored = kept.id FROM {target.table} AS kept "  # noqa: S608
            f"WHERE {_owned(target)} AND {_all(f'kept.{name} = {SENT}.{name}' for name in target.key)}",
            list(target.owner.values()),
        )
        yield cursor
        cursor.execute(f"DROP TABLE {SENT}")


def _saved(cursor: CursorWrapper, target: Target) -> Outcome:
    outcome = Outcome(cells=_cells(cursor, target))
    cursor.execute(f"SELECT count(*) FROM {SENT} WHERE stored IS NOT NULL")  # noqa: S608
    (known,) = cursor.fetchone()
    if outcome.cells:
        news = ", ".join(f"{name} = coalesce(nullif({SENT}.{name}, ''), kept.{name})" for name in target.changing)
        cursor.execute(
            f"UPDATE {target.table} AS kept SET {news} FROM {SENT} "  # noqa: S608
            f"WHERE kept.id = {SENT}.stored AND ({_any(map(_differs, target.changing))}) "
            f"RETURNING {_told(target, 'kept.')}"
        )
        outcome.changed = cursor.fetchall()
    outcome.unchanged = known - len(outcome.changed)
    own, sent = ", ".join(target.owner), ", ".join(target.columns)
    values = ", ".join(["%s"] * len(target.owner))
    cursor.execute(
        f"INSERT INTO {target.table} ({own}, {sent}) SELECT {values}, {sent} FROM {SENT} "  # noqa: S608
        f"WHERE stored IS NULL ORDER BY place RETURNING {_told(target)}",
        list(target.owner.values()),
    )
    outcome.added = cursor.fetchall()
    return outcome


def _cells(cursor: CursorWrapper, target: Target) -> list[Cell]:
    """The first cells that differ, by place."""
    if not target.changing:
        return []
    pairs = ", ".join(f"kept.{name}, {SENT}.{name}" for name in target.changing)
    cursor.execute(
        f"SELECT place, {pairs} FROM {SENT} JOIN {target.table} AS kept ON kept.id = {SENT}.stored "  # noqa: S608
        f"WHERE {_any(map(_differs, target.changing))} ORDER BY place LIMIT {MOST_SHOWN}"
    )
    cells = []
    for place, *values in cursor.fetchall():
        for name, before, after in zip(target.changing, values[::2], values[1::2], strict=True):
            if after not in ("", before):
                cells.append(Cell(place, name, before, after))
    return cells[:MOST_SHOWN]


def _deleted(cursor: CursorWrapper, target: Target, which: str) -> list[tuple[Any, ...]]:
    cursor.execute(
        f"DELETE FROM {target.table} AS kept WHERE {_owned(target)} AND {which} RETURNING {_told(target)}",  # noqa: S608
        list(target.owner.values()),
    )
    return list(cursor.fetchall())


def _told(target: Target, of: str = "") -> str:
    return ", ".join(f"{of}{name}" for name in (*target.key, *target.written))


def _owned(target: Target) -> str:
    return _all(f"kept.{name} = %s" for name in target.owner)


def _differs(name: str) -> str:
    return f"{SENT}.{name} NOT IN ('', kept.{name})"


def _all(conditions: Iterable[str]) -> str:
    return " AND ".join(conditions)


def _any(conditions: Iterable[str]) -> str:
    return " OR ".join(conditions)
