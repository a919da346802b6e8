"""Workbooks as people and programs make them: the same table as xlsx and as xls."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlwt
from openpyxl import Workbook
from openpyxl.utils import coordinate_to_tuple, range_boundaries

Rows = Sequence[Sequence[Any]]


def xlsx(
    rows: Rows,
    formats: Mapping[str, str] | None = None,
    merged: Sequence[str] = (),
    sheets: Mapping[str, Rows] | None = None,
    hidden: Sequence[str] = (),
) -> bytes:
    """A workbook of one sheet, or of `sheets` by name; formats and merged ranges are those of the first."""
    book, out = Workbook(), io.BytesIO()
    book.remove(book.active)
    for name, table in (sheets or {"Sheet1": rows}).items():
        sheet = book.create_sheet(name)
        for row in table:
            sheet.append(row)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    first = book.worksheets[0]
    for place, code in (formats or {}).items():
        first[place].number_format = code
    for each in merged:
        first.merge_cells(each)
    book.save(out)
    return out.getvalue()


def xls(
    rows: Rows,
    formats: Mapping[str, str] | None = None,
    merged: Sequence[str] = (),
    sheets: Mapping[str, Rows] | None = None,
    hidden: Sequence[str] = (),
) -> bytes:
    """The same as xls. A text that begins with = is a formula, and is not calculated."""
    book, out = xlwt.Workbook(), io.BytesIO()
    styles = {coordinate_to_tuple(place): xlwt.easyxf(num_format_str=code) for place, code in (formats or {}).items()}
    ranges = {}
    for each in merged:
        left, top, right, bottom = range_boundaries(each)
        ranges[top, left] = (top - 1, bottom - 1, left - 1, right - 1)
    for number, (name, table) in enumerate((sheets or {"Sheet1": rows}).items()):
        sheet = book.add_sheet(name)
        sheet.visibility = 1 if name in hidden else 0
        book.active_sheet = number if name not in hidden else book.active_sheet
        for row, cells in enumerate(table, 1):
            for column, value in enumerate(cells, 1):
                if value is None:
                    continue
                value = xlwt.Formula(value[1:]) if isinstance(value, str) and value.startswith("=") else value
                if (row, column) in ranges:
                    sheet.write_merge(*ranges[row, column], value)
                else:
                    sheet.write(row - 1, column - 1, value, styles.get((row, column), xlwt.Style.default_style))
    book.save(out)
    return out.getvalue()


BOOKS = {"xlsx": xlsx, "xls": xls}
