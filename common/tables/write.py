"""Writing a table as csv, xlsx or xls. What is written reads back the same (`read.py`).

Rows are sequences in the order of the columns, or dicts by column. None is an empty cell; Decimal and int are numbers,
exact: one of more than the 15 digits that spreadsheets keep is written as text; a date is a date, and ISO 8601 text
before March 1900, where spreadsheets count days differently; a date-time with its offset is ISO 8601 text, because
workbooks know no time zones. A NUL character, which no kind of file can hold, refuses the file.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

from common.refusals import Refused
from common.tables.formulas import disarm
from common.tables.workbooks.cells import escape

Row = Sequence[object] | Mapping[str, object]
Progress = Callable[[int], None]

XLSX_ROWS = 1_048_575
XLS_ROWS = 65_535
CELL_TEXT = 32_767  # characters in a cell of a workbook, as UTF-16 counts them
FIRST_DAY = date(1900, 3, 1)  # before it Excel has a 29 February 1900, and others have not
EXACT_DIGITS = 15
EVERY = 500  # rows between two reports of progress
_NO_CHARACTER = re.compile("[\0\ud800-\udfff]")


def write_csv(
    columns: Sequence[str],
    rows: Iterable[Row],
    out: BinaryIO,
    progress: Progress | None = None,
    delimiter: str = ",",
) -> int:
    """Write UTF-8 with a byte order mark, as spreadsheets expect; formulas are disarmed. Returns the rows written."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="")
    # The reader leaves out spaces before a cell, unless the cell is quoted.
    writer = csv.writer(text, delimiter=delimiter)
    quoting = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)

    def write(values: Iterable[object]) -> None:
        cells = [_plain(value) for value in values]
        (quoting if any(cell[:1] == " " for cell in cells) else writer).writerow(cells)

    write(columns)
    count = 0
    for count, cells in _cells(columns, rows, progress):  # noqa: B007 (the last one is the answer)
        write(cells)
    text.flush()
    text.detach()
    return count


def write_xlsx(
    columns: Sequence[str],
    rows: Iterable[Row],
    out: BinaryIO,
    progress: Progress | None = None,
    about: Iterable[tuple[str, object]] = (),
) -> int:
    """Write one sheet of at most 1,048,575 rows beside its head. Returns the rows written, or raises Refused.

    What the table is `about`, as names and values, goes to a second sheet.
    """
    from openpyxl import Workbook  # noqa: PLC0415 (slow to load, and few need it)
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")
    sheet.freeze_panes = "A2"

    def cell(value: object) -> Any:
        value = _workbook_value(value)
        if not isinstance(value, str):
            return value
        value = _in_bounds(escape(value))
        if not value.startswith(("=", "#")):
            return value
        made = WriteOnlyCell(sheet, value)
        made.data_type = "s"  # else = would make it a formula, and #N/A an error
        return made

    sheet.append([cell(column) for column in columns])
    count = 0
    try:
        for count, cells in _cells(columns, rows, progress):
            if count > XLSX_ROWS:
                raise Refused(f"An Excel sheet holds {XLSX_ROWS:,} rows and these are more: choose csv.")
            sheet.append([cell(value) for value in cells])
    except BaseException:
        sheet.close()
        sheet._writer.cleanup()  # the temporary file that saving would have taken
        raise
    if about := list(about):
        beside = book.create_sheet("About")
        beside.column_dimensions["A"].width, beside.column_dimensions["B"].width = 24, 80
        for name, value in about:
            beside.append([cell(name), cell(value)])
    book.save(out)
    return count


def write_xls(columns: Sequence[str], rows: Iterable[Row], out: BinaryIO, progress: Progress | None = None) -> int:
    """Write one sheet of at most 65,535 rows beside its head. Returns the rows written, or raises Refused."""
    import xlwt  # noqa: PLC0415

    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Sheet1")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")

    def write(row: int, cells: Iterable[object]) -> None:
        for column, value in enumerate(cells):
            value = _workbook_value(value)
            if isinstance(value, date):
                sheet.write(row, column, value, day)
            elif value is not None:
                sheet.write(row, column, value)

    write(0, columns)
    count = 0
    for count, cells in _cells(columns, rows, progress):
        if count > XLS_ROWS:
            raise Refused(f"An xls sheet holds {XLS_ROWS:,} rows and these are more: choose xlsx or csv.")
        write(count, cells)
    book.save(out)
    return count


def _cells(
    columns: Sequence[str], rows: Iterable[Row], progress: Progress | None
) -> Iterator[tuple[int, Sequence[object]]]:
    for count, row in enumerate(rows, 1):
        yield count, [row.get(column) for column in columns] if isinstance(row, Mapping) else row
        if progress and count % EVERY == 0:
            progress(count)


def _plain(value: object) -> str:
    if isinstance(value, str):
        return disarm(_characters(value))
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _workbook_value(value: object) -> object:
    """Return what a cell may hold; text for all that a workbook would change."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        text = f"{Decimal(value):f}"
        return value if len(text.strip("-0.").replace(".", "")) <= EXACT_DIGITS else text
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, date) and not isinstance(value, datetime) and value >= FIRST_DAY:
        return value
    text = value.isoformat() if isinstance(value, date) else str(value)
    return _in_bounds(_characters(text))


def _in_bounds(text: str) -> str:
    size = len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2
    if size > CELL_TEXT:
        raise Refused(f"A cell holds {size:,} characters, more than a workbook's {CELL_TEXT:,}: choose csv.")
    return text


def _characters(text: str) -> str:
    if "\0" in text or (not text.isascii() and _NO_CHARACTER.search(text)):
        raise Refused("A cell holds a NUL character or half a character, which no table can hold: correct it.")
    return text


WRITERS: Mapping[str, Callable[..., int]] = {"csv": write_csv, "xlsx": write_xlsx, "xls": write_xls}
