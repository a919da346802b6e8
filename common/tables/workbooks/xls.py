"""The sheets of an xls workbook, in the process that reads it (`child.py`)."""

import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

from common.refusals import Refused
from common.tables.workbooks.cells import read_value
from common.tables.workbooks.limits import ENCRYPTED, PROTECTED, allow_time, check_place
from common.tables.workbooks.merges import Merges, Range
from common.tables.workbooks.number_formats import Shown
from common.tables.workbooks.sheet import Sheet, SheetRow, add_cell

XLS_SIZE_PER_SECOND = 1024**2


def xls_sheets(file: BinaryIO) -> list[Sheet]:
    """The worksheets of a workbook, in its order."""
    import xlrd  # noqa: PLC0415

    # A long text goes on in a second record, and xlrd decodes each by itself: a character may be cut in two.
    xlrd.book.unicode = lambda raw, encoding: str(raw, encoding, "surrogatepass")
    content = file.read()
    allow_time(1 + len(content) // XLS_SIZE_PER_SECOND)  # xlrd reads a whole sheet at once
    try:
        book = xlrd.open_workbook(
            file_contents=content, logfile=sys.stderr, on_demand=True, formatting_info=True, ragged_rows=True
        )
    except xlrd.XLRDError as error:
        if "encrypted" in str(error) or ENCRYPTED in content:
            raise Refused(PROTECTED) from None
        raise
    return [_Sheet(book, index, name) for index, name in enumerate(book.sheet_names())]


class _Sheet:
    def __init__(self, book: Any, index: int, name: str) -> None:
        self.name = name
        self.is_visible = book._sheet_visibility[index] == 0
        self._book, self._index = book, index

    def rows(self) -> Iterator[SheetRow]:
        sheet = self._book.sheet_by_index(self._index)
        for index in range(sheet.nrows):
            row = SheetRow(index + 1, [], {})
            for column, cell in enumerate(sheet.row(index), 1):
                if shown := _shown(self._book, cell):
                    check_place(index + 1, column)
                    add_cell(row, column, shown)
            yield row

    def merges(self) -> Merges | None:
        """What is merged in the sheet; xlrd counts from 0, and the end is not in it."""
        merged = self._book.sheet_by_index(self._index).merged_cells
        return (
            Merges(Range(top + 1, left + 1, bottom, right) for top, bottom, left, right in merged) if merged else None
        )


def _shown(book: Any, cell: Any) -> Shown | None:
    import xlrd  # noqa: PLC0415

    match cell.ctype:
        case xlrd.XL_CELL_EMPTY | xlrd.XL_CELL_BLANK:
            return None
        case xlrd.XL_CELL_DATE:
            return read_value(xlrd.xldate_as_datetime(cell.value, book.datemode))
        case xlrd.XL_CELL_BOOLEAN:
            return read_value(bool(cell.value))
        case xlrd.XL_CELL_ERROR:
            return Shown(str(xlrd.error_text_from_code.get(cell.value, "#ERROR")), "error")
        case xlrd.XL_CELL_NUMBER:
            return read_value(cell.value, book.format_map[book.xf_list[cell.xf_index].format_key].format_str)
    if not cell.value:
        # Only formulas have a text of no characters. It is written alike by one that was never calculated.
        return Shown("=…", "formula")
    if not cell.value.isascii():
        return read_value(str(cell.value.encode("utf-16-le", "surrogatepass"), "utf-16-le"))
    return read_value(cell.value)
