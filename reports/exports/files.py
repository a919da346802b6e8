"""A report as csv, xlsx or JSON. Files end with the totals row; JSON has the rows alone."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import BinaryIO

from common.tables.write import Progress, write_csv, write_xlsx
from reports.queries.tables import Cell, Table

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
type About = tuple[str, object]


def write_report(
    table: Table, format: str, out: BinaryIO, progress: Progress | None = None, about: Iterable[About] = ()
) -> int:
    """Write the rows and the totals row; returns how many rows that are. Raises Refused.

    A workbook says in a second sheet what it is about. A csv file holds the table alone, for programs that read it.
    """
    if format == "xlsx":
        return write_xlsx(table.names, _rows(table), out, progress, about)
    return write_csv(table.names, _rows(table), out, progress)


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
