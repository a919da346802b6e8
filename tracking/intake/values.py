"""Reading one value: text, numbers, dates, yes/no. Each function returns the canonical text or raises `Bad`.

Numbers are plain decimal notation in ASCII digits: `Decimal("1e3")`, `"1_000"`, `"NaN"` and full-width digits all
parse in Python and mean nothing good on an invoice, so a pattern decides before `Decimal` does.
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from tracking.intake.errors import Bad

MONEY_DIGITS = 12  # integer digits of any money (payouts.md §1)
FRACTION_DIGITS = 6  # a unit price may be finer than the currency; sale amounts are rounded by the engine
ID_DIGITS = 18  # fits a 64-bit integer

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_WHOLE = re.compile(r"[0-9]+")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?"
)
_LOST_PLUS = re.compile(r".*T[0-9:.]+ [0-9]{2}:?[0-9]{2}")
_SURROGATE = re.compile("[\ud800-\udfff]")
YES_NO = frozenset({"true", "false", "yes", "no", "1", "0"})


def as_text(value: object) -> str:
    """Return a value from a form, a JSON body or a spreadsheet cell as trimmed text; nothing at all is "".

    JSON and spreadsheets send numbers: 6 and 6.0 are both "6", 2.55 is "2.55". Anything that is not one value
    (a list, an object) is Bad.
    """
    if value is None:
        return ""
    if type(value) is not str and (problem := getattr(value, "problem", "")):
        raise Bad(problem)  # a cell of a workbook that could not be read, in the words of whoever read it
    if isinstance(value, str):
        text = value.strip()
        if "\x00" in text:
            raise Bad("Contains a NUL character; remove it.")
        if not text.isascii() and _SURROGATE.search(text):
            raise Bad("Is not valid Unicode text (half of a surrogate pair); send UTF-8.")
        return text
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        # Python refuses to print integers of more than 4,300 digits; nothing here is longer than 64.
        if value.bit_length() > 256:
            raise Bad("Is too long a number.")
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, Decimal):
        if not value.is_finite() or abs(value.adjusted()) >= 64:
            return str(value)
        return f"{value:.0f}" if value == value.to_integral_value() else f"{value:f}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise Bad("Send one value, not a list or an object.")


def read_text(text: str, limit: int) -> str:
    if len(text) > limit:
        raise Bad(f"Is {len(text)} characters long; send at most {limit}.")
    return text


def read_number(text: str, *, signed: bool = False, integer_digits: int = MONEY_DIGITS) -> Decimal:
    """Return a plain decimal number: at most 12 integer digits and 6 decimals, negative only where `signed`."""
    if not _NUMBER.fullmatch(text):
        raise Bad("Write a plain number such as 1234.50: digits, and a point before the decimals.")
    if text.startswith("-") and not signed:
        raise Bad("Cannot be negative; a return is sent as a modification.")
    whole, _, fraction = text.removeprefix("-").partition(".")
    if len(whole.lstrip("0")) > integer_digits:
        raise Bad(f"Has more than {integer_digits} digits before the point.")
    if len(fraction) > FRACTION_DIGITS:
        raise Bad(f"Has more than {FRACTION_DIGITS} digits after the point.")
    return Decimal(text)


def read_rate(text: str) -> Decimal:
    rate = read_number(text)
    if rate > 100:
        raise Bad("Is a percentage: send a number from 0 to 100.")
    return rate


def read_whole(text: str, *, digits: int = 9) -> int:
    """Return a whole number of at most `digits` digits, zero included."""
    if not _WHOLE.fullmatch(text):
        raise Bad("Write a whole number, digits alone.")
    if len(text.lstrip("0")) > digits:
        raise Bad(f"Has more than {digits} digits.")
    return int(text)


def read_yes_no(text: str) -> str:
    if text.casefold() not in YES_NO:
        raise Bad("Send true or false.")
    return text


def read_moment(text: str, time_zone: str = "UTC") -> datetime:
    """Return an ISO 8601 date or date-time as an aware UTC datetime; one without offset is in `time_zone`."""
    if not _MOMENT.fullmatch(text):
        if _LOST_PLUS.fullmatch(text):
            raise Bad("The + of the offset was read as a space: send it as %2B.")
        raise Bad("Write an ISO 8601 date, such as 2026-02-15T22:55:32-08:00 or 2026-02-15.")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Bad("Is no date of the calendar; write it as 2026-02-15T22:55:32-08:00.") from None
    if not 1000 <= moment.year <= 9998:  # the ends of the calendar overflow in another time zone
        raise Bad("Send a year from 1000 to 9998.")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(time_zone))
    return moment.astimezone(UTC)


def read_past_moment(text: str, *, now: datetime, time_zone: str, skew_seconds: int = 60) -> datetime:
    """Return the moment `text` names, `NOW` meaning `now`; one further ahead than a minute of clock skew is Bad."""
    if text.upper() == "NOW":
        return now.astimezone(UTC)
    moment = read_moment(text, time_zone)
    if (moment - now).total_seconds() > skew_seconds:
        raise Bad("Is in the future; send when it happened, or NOW.")
    return moment
