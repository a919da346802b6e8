"""What a cell of a workbook says, as text. A number has one spelling: plain decimal notation."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

_ESCAPED = re.compile(r"_x(00[01][0-9A-Fa-f]|005[Ff]|[Ff]{3}[EeFf])_")
_TO_ESCAPE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def as_text(value: object, *, is_percent: bool = False) -> str:
    """Return a cell's value as text.

    Workbooks hold binary fractions of which spreadsheets show 15 digits, so these are what is read: 2.5500000000000003
    is 2.55, and 1e+20 is 100000000000000000000. A number shown as a percentage keeps its sign: 0.15 is "15%".
    A date-time at midnight is a date.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value, is_percent)
    if isinstance(value, datetime):
        whole = (value + timedelta(microseconds=500_000)).replace(microsecond=0)
        return whole.date().isoformat() if whole.time() == time() else whole.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _number(value: int | float, is_percent: bool) -> str:
    number = Decimal(value) if isinstance(value, int) else Decimal(format(value, ".15g"))
    if not number.is_finite():
        return str(value)
    if is_percent:
        number *= 100
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    text = "0" if text == "-0" else text
    return f"{text}%" if is_percent else text


def escape(text: str) -> str:
    """Return text for an xlsx cell: XML has no control characters, so Office Open XML writes them as _x000D_."""
    return _TO_ESCAPE.sub(lambda match: f"_x{ord(match[0]):04X}_", text)


def unescape(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text
