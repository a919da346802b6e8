"""One sheet of a workbook of either kind, and which of a book's sheets is read."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple, Protocol

from common.refusals import Refused
from common.tables.header import LOOKED_AT
from common.tables.layout import Names
from common.tables.workbooks.merges import Merges
from common.tables.workbooks.number_formats import Shown

MAX_SHEETS = 50  # that are looked at and named
ROWS_LOOKED_AT = 2_000  # blank ones included
Specials = dict[
    int, tuple[str, str, str]
]  # by index of the cell: its kind, itself as an id, the range it is merged over


class SheetRow(NamedTuple):
    """A row and its cells as text; `specials` says what some of them are beside it (see `cells.Cell`)."""

    number: int
    cells: list[str]
    specials: Specials


class Sheet(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def is_visible(self) -> bool: ...
    def rows(self) -> Iterator[SheetRow]: ...
    def merges(self) -> Merges | None: ...


def add_cell(row: SheetRow, column: int, shown: Shown) -> None:
    """Put a cell into its row; columns count from 1."""
    if not shown.text:
        return
    row.cells.extend([""] * (column - len(row.cells)))
    row.cells[column - 1] = shown.text
    if shown.kind and (shown.kind != "number" or shown.as_id != shown.text):
        row.specials[column - 1] = (shown.kind, shown.as_id, "")


def full_rows(sheet: Sheet) -> Iterator[SheetRow]:
    """The rows of a sheet that hold something, with what is merged over them; merges are read before the first row."""
    merges = sheet.merges()

    def rows() -> Iterator[SheetRow]:
        for row in sheet.rows():
            if merges:
                merges.fill(*row)
            if any(row.cells):
                yield row

    return rows()


def pick(sheets: Sequence[Sheet], names: Names | None, wanted: str) -> tuple[Sheet, list[str]]:
    """Return the sheet that is read, and the names of the other visible ones.

    It is the one that is `wanted` by name; else the first visible one with a header of these names, or the first
    visible one where none has. Raises Refused where there is none.
    """
    visible = [sheet for sheet in sheets if sheet.is_visible]
    if not visible:
        raise Refused("The workbook has no sheet with cells that is not hidden.")
    if wanted:
        found = next((sheet for sheet in sheets if sheet.name == wanted), None)
        if found is None:
            listed = ", ".join(f"“{sheet.name}”" for sheet in visible[:MAX_SHEETS])
            raise Refused(f"The workbook has no sheet “{wanted}”; its sheets are {listed}.")
    else:
        known = (sheet for sheet in visible[:MAX_SHEETS] if names and _has_header(sheet, names))
        found = next(known, visible[0])
    return found, [sheet.name for sheet in visible[:MAX_SHEETS] if sheet is not found]


def _has_header(sheet: Sheet, names: Names) -> bool:
    try:
        return any(names.is_header(row.cells) for row in _first_rows(sheet.rows()))
    except Refused:
        return False  # it is not a table; asking for it by name gives the reason


def _first_rows(rows: Iterable[SheetRow]) -> Iterator[SheetRow]:
    return islice((row for row in islice(rows, ROWS_LOOKED_AT) if any(row.cells)), LOOKED_AT)
