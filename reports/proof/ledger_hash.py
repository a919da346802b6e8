"""The hash of the ledger: a SHA-256 over everything that payouts and reports are computed from, in a defined order. Two
databases with the same hash hold the same ledger. Each table is read as PostgreSQL's COPY writes it (text format, UTC,
ISO dates), its columns by name, its rows in the order below, streamed: memory stays small, whatever the size.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction
from psycopg import sql

from contracts.models import Contract, ContractEventType, TermsVersion
from reports.models import DailyPerformance, DailyTotal, WeeklyPerformance
from tracking.models import Action, ActionItem, ActionUpdate, Conversion, LimitCounter, Modification

# The cell of a rollup: its row number changes whenever it is computed again, so it is left out.
TOTAL = ("program_id", "day", "event_type_id", "customer_status_category", "customer_status", "currency")
_PARTNER = (*TOTAL[:2], "partner_id", *TOTAL[2:])
CELL = (*_PARTNER, "contract_id")
WEEK = ("program_id", "week", *_PARTNER[2:])
# Table → order of its rows; none of the columns may be empty or leave two rows equal.
LEDGER: tuple[tuple[str, type[models.Model], tuple[str, ...]], ...] = (
    ("Versions", TermsVersion, ("id",)),
    ("Contracts", Contract, ("id",)),
    ("ContractEventTypes", ContractEventType, ("id",)),
    ("Conversions", Conversion, ("id",)),
    ("Modifications", Modification, ("id",)),
    ("Actions", Action, ("id",)),
    ("Items", ActionItem, ("action_id", "index")),
    ("Updates", ActionUpdate, ("action_id", "number")),
    ("LimitCounters", LimitCounter, ("id",)),
    ("Rollups", DailyPerformance, CELL),
    ("Weeks", WeeklyPerformance, WEEK),
    ("Totals", DailyTotal, TOTAL),
)
RECOMPUTED = ("Rollups", "Weeks", "Totals")
SETTINGS = {"TimeZone": "UTC", "DateStyle": "ISO, YMD", "IntervalStyle": "postgres", "bytea_output": "hex"}


@dataclass(frozen=True, slots=True)
class Part:
    """One table of the ledger: how many rows, and their hash."""

    name: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class LedgerHash:
    """The tables' hashes, and the hash over all of them: of one line `name rows hash` each."""

    parts: tuple[Part, ...]

    @property
    def sha256(self) -> str:
        lines = "".join(f"{part.name} {part.rows} {part.sha256}\n" for part in self.parts)
        return hashlib.sha256(lines.encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        tables = {part.name: {"Rows": part.rows, "SHA256": part.sha256} for part in self.parts}
        return {"SHA256": self.sha256, "Tables": tables}


def hash_ledger(*, program_id: int | None = None) -> LedgerHash:
    """Hash the ledger of one program or of all in one snapshot; workers continue meanwhile."""
    with snapshot():
        return hash_in_snapshot(program_id=program_id)


@contextmanager
def snapshot() -> Iterator[None]:
    """A transaction that sees the database as it is now, until its end."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            if is_outermost:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            for name, value in SETTINGS.items():
                cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
        yield


def exported_snapshot() -> str:
    """The name under which another session, such as pg_dump's, can see what the present `snapshot` sees."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        return str(cursor.fetchone()[0])


def hash_in_snapshot(*, program_id: int | None = None) -> LedgerHash:
    """The same, within a `snapshot` of the caller."""
    return LedgerHash(tuple(_hash_table(name, model, order, program_id) for name, model, order in LEDGER))


def _hash_table(name: str, model: type[models.Model], order: tuple[str, ...], program_id: int | None) -> Part:
    every = (field.column or "" for field in model._meta.concrete_fields)
    columns = sorted(column for column in every if column != "id" or name not in RECOMPUTED)
    query = sql.SQL("COPY (SELECT {} FROM {} {} ORDER BY {}) TO STDOUT").format(
        _listed(columns),
        sql.Identifier(model._meta.db_table),
        sql.SQL("") if program_id is None else sql.SQL("WHERE program_id = {}").format(program_id),
        # The collation differs between databases; by bytes the order is the same everywhere.
        sql.SQL(", ").join(_by_bytes(model, column) for column in order),
    )
    mark, rows = hashlib.sha256(), 0
    with connection.cursor() as cursor, cursor.copy(query) as copied:
        for block in copied:
            mark.update(block)
            rows += bytes(block).count(b"\n")  # a line break within a value is written as \n
    return Part(name, rows, mark.hexdigest())


def _listed(columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _by_bytes(model: type[models.Model], column: str) -> sql.Composable:
    field = next(field for field in model._meta.concrete_fields if field.column == column)
    name = sql.Identifier(column)
    return sql.SQL('{} COLLATE "C"').format(name) if isinstance(field, models.CharField) else name
