"""The value of a workbook's cell as text. A number has one spelling: plain decimal notation."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Self

from common.tables.workbooks.number_formats import Shown, show

_EXACT = 10**15
_ESCAPED = re.compile(r"_x(00[01][0-9A-Fa-f]|005[Ff]|[Ff]{3}[EeFf])_")
_TO_ESCAPE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


class Cell(str):
    """A cell of a workbook that is more than its text: a number in a format, a date, an error, part of a merged cell.

    `kind` is that of `formats.Shown`, or `date`, `boolean`, `error`, `formula` (without a stored value), `covered` (by
    a cell that is merged over several columns) or, where it is only merged, "". `as_id` is what an id is read as;
    `merged` is the range, as in D2:D4, or "".
    """

    __slots__ = ("as_id", "column", "kind", "merged", "row")

    kind: str
    as_id: str
    merged: str
    row: int
    column: int

    @classmethod
    def made(cls, text: str, kind: str, as_id: str, merged: str, *, row: int, column: int) -> Self:
        """Return a cell; rows and columns count from 1."""
        cell = cls(text)
        cell.kind, cell.as_id, cell.merged, cell.row, cell.column = kind, as_id, merged, row, column
        return cell

    @property
    def place(self) -> str:
        return f"{column_letters(self.column)}{self.row}"


def column_letters(column: int) -> str:
    """The name of a column: 1 is A, 27 is AA."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def read_value(value: object, code: str = "General") -> Shown:
    """Return a cell's value as its number format shows it.

    Workbooks hold binary fractions of which spreadsheets show 15 digits, so these are what is read: 2.5500000000000003
    is 2.55, and 1e+20 is 100000000000000000000. A date-time at midnight is a date.
    """
    if value is None:
        return Shown("", "")
    if isinstance(value, str):
        return Shown(value, "")
    if isinstance(value, bool):
        return Shown("true" if value else "false", "boolean")
    if type(value) is int and -_EXACT < value < _EXACT and code in ("", "General"):
        return Shown(text := str(value), "number", text)
    if isinstance(value, int | float):
        number = Decimal(value) if isinstance(value, int) else Decimal(format(value, ".15g"))
        return show(number, code) if number.is_finite() else Shown(str(value), "error")
    if isinstance(value, datetime):
        whole = (value + timedelta(microseconds=500_000)).replace(microsecond=0)
        return Shown(whole.date().isoformat() if whole.time() == time() else whole.isoformat(), "date")
    if isinstance(value, date | time):
        return Shown(value.isoformat(), "date")
    return Shown(str(value), "date" if isinstance(value, timedelta) else "")


def escape(text: str) -> str:
    """Return text for an xlsx cell: XML has no control characters, so Office Open XML writes them as _x000D_."""
    return _TO_ESCAPE.sub(lambda match: f"_x{ord(match[0]):04X}_", text)


def unescape(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text
