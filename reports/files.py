"""A report as csv, xlsx or JSON. Files end with the totals row; JSON has the rows alone."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import BinaryIO

from program.files.write import Progress, write_csv, write_xlsx
from reports.tables import Cell, Table

WRITERS = {"csv": write_csv, "xlsx": write_xlsx}
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def write_report(table: Table, format: str, out: BinaryIO, progress: Progress | None = None) -> int:
    """Write the rows and the totals row; returns how many rows that are. Raises FileRefused."""
    return WRITERS[format](table.names, _rows(table), out, progress)


def json_report(table: Table) -> str:
    """One line: a list of objects by column name, without the totals row; figures are decimal strings."""
    return json.dumps(
        [{name: _json(cell) for name, cell in zip(table.names, row, strict=True)} for row in table.rows],
        ensure_ascii=False,
    )


def _rows(table: Table) -> Iterator[tuple[Cell, ...]]:
    yield from table.rows
    yield table.total


def _json(cell: Cell) -> str | None:
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, date):
        return cell.isoformat()
    return None if cell is None else str(cell)
