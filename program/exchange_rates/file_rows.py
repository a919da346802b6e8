"""A row of a file of exchange rates: as the European Central Bank publishes them, or one rate a row."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from common.currencies import CURRENCY_DIGITS
from common.refusals import Refusals, Refused
from common.tables.layout import OWN_NUMBER, TEXT, Column, Layout, UnreadableCell

EURO = "EUR"
# Currencies of the European Central Bank's file that were replaced by the euro or a new one: no order has them.
GONE = frozenset({"BGN", "CYP", "EEK", "HRK", "LTL", "LVL", "MTL", "ROL", "SIT", "SKK", "TRL"}) - CURRENCY_DIGITS.keys()
NOTHING = ("", "N/A", "-")  # what that file holds where there is no rate
FIRST_DAY = date(1999, 1, 1)  # of the euro
BEFORE_POINT, BEHIND_POINT = 12, 12
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_ONE_A_ROW = ("date", "currency", "from", "to", "rate")

_NUMBERS: dict[str, Column] = dict.fromkeys(("Rate", *sorted(CURRENCY_DIGITS.keys() | GONE)), OWN_NUMBER)
LAYOUT = Layout(
    "a file of exchange rates",
    {**dict.fromkeys(("Date", "Currency", "From", "To", "Rejection Reason"), TEXT), **_NUMBERS},
    ("Date", "From", "To", "Rate"),
)


class QuotedRate(NamedTuple):
    """One unit of `source` is `rate` units of `target` on that day."""

    date: date
    source: str
    target: str
    rate: Decimal


def read_rates(row: Mapping[str, str], *, today: date) -> list[QuotedRate]:
    """The rates of a row: one where it names a currency, or a pair, and a rate; else one for each column that is named
    for a currency, against the euro. Raises Refused with every bad cell.
    """
    errors = Refusals(one_per_path=True)
    cells = {name.strip(): cell for name, cell in row.items()}
    plain = {name.casefold(): name for name in cells if name.casefold() in _ONE_A_ROW}
    others = {name: cell for name, cell in cells.items() if name.casefold() not in _ONE_A_ROW}
    day: date | None = None
    try:
        day = read_day(cells.get(plain.get("date", ""), ""), today=today)
    except Refused as refused:
        errors.add(plain.get("date", "Date"), str(refused))
    pairs = _one(cells, plain, others, errors) if "rate" in plain else _of_each_currency(others, errors)
    quoted = []
    for name, source, target, cell in pairs:
        try:
            quoted.append((source, target, read_rate(cell)))
        except Refused as refused:
            errors.add(name, str(refused))
    errors.raise_any()
    assert day is not None
    return [QuotedRate(day, *each) for each in quoted]


def read_day(cell: str, *, today: date) -> date:
    """`2026-10-30`, or `30 October 2026` as the European Central Bank's file of one day has it."""
    text = _text(cell)
    if not text:
        raise Refused("Is required.")
    for form in ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%d %B %Y"):
        try:
            day = datetime.strptime(text, form).date()  # noqa: DTZ007 (a day has no time zone)
        except ValueError:
            continue
        if day < FIRST_DAY:
            raise Refused("Lies before 1999, when the euro began.")
        if day > today:
            raise Refused("Lies in the future: no rate is known yet.")
        return day
    raise Refused("Is not a valid date: write it as 2026-10-30.")


def read_rate(cell: str) -> Decimal:
    """A rate above 0 in plain notation; as many digits as are kept."""
    text = _text(cell)
    if not text:
        raise Refused("Is required.")
    if "," in text:
        raise Refused("Has a comma: write a decimal point, and no separators of thousands.")
    if not _NUMBER.fullmatch(text):
        raise Refused("Is not a valid number: write it as 0.7441.")
    before, _, behind = text.partition(".")
    if len(before.lstrip("0")) > BEFORE_POINT or len(behind.rstrip("0")) > BEHIND_POINT:
        raise Refused(f"Has more than {BEFORE_POINT} digits before the point or {BEHIND_POINT} behind it.")
    if not (rate := Decimal(text)):
        raise Refused("Must be above 0.")
    return rate


def _one(
    cells: Mapping[str, str], plain: Mapping[str, str], others: Mapping[str, str], errors: Refusals
) -> Iterator[tuple[str, str, str, str]]:
    """The one rate of a row, with the column that holds it."""
    for name, cell in others.items():
        if cell.strip():
            errors.add(name, "Is not a known column: use Date, From, To, Rate, or Date, Currency, Rate.")
    codes = []
    for column in ("currency",) if "currency" in plain else ("from", "to"):
        name = plain.get(column, column.capitalize())
        code = _text(cells.get(name, "")).upper()
        if code not in CURRENCY_DIGITS:
            errors.add(name, "Is required." if not code else "Is not a valid currency code: use one such as USD.")
        codes.append((name, code))
    if "currency" in plain:
        for column in ("from", "to"):
            if column in plain and _text(cells[plain[column]]):
                errors.add(plain[column], "Stands beside Currency, which means from the euro: use one or the other.")
        codes.insert(0, ("", EURO))
    (_, source), (name, target) = codes
    if source == target:
        errors.add(name, "Is the same currency: a rate is between two.")
    yield plain["rate"], source, target, cells[plain["rate"]]


def _of_each_currency(others: Mapping[str, str], errors: Refusals) -> Iterator[tuple[str, str, str, str]]:
    found = False
    for name, cell in others.items():
        code = name.upper()
        if _text(cell) in NOTHING or code in GONE:
            found = found or code in GONE
        elif code == EURO or code not in CURRENCY_DIGITS:
            errors.add(name, "Is not the code of a currency beside the euro.")
        else:
            found = True
            yield name, EURO, code, cell
    if not found and not errors:
        errors.add("Rate", "Is required.")


def _text(cell: str) -> str:
    if isinstance(cell, UnreadableCell):
        raise Refused(cell.problem)
    return cell.strip()
