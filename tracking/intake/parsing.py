"""Reading one value: text, ids, numbers, dates, yes/no. Each function returns what was read or raises Refused.

Numbers are plain decimal notation in ASCII digits: `Decimal("1e3")`, `"1_000"`, `"NaN"` and full-width digits all parse
in Python and are wrong on an invoice, so a pattern is checked before `Decimal`.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from common.formats.local_times import why_skipped
from common.refusals import Refused
from contracts.engine.orders.values import NO_WORDS, yes_no

MONEY_DIGITS = 12  # integer digits of any money (payouts.md §1)
NUMBER_LENGTH = 64  # characters; decimals are not counted: a binary fraction may be written with 17 and more
WHOLE_DIGITS = 9
ID_DIGITS = 18  # fits a 64-bit integer

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_WHOLE = re.compile(r"([0-9]+)(?:\.0+)?|-(0)+(?:\.0+)?")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)?)?"
)
_LOST_PLUS = re.compile(r".*[Tt][0-9:.]+ [0-9]{2}:?[0-9]{2}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ZERO_WIDTH = re.compile("[\u200b-\u200d\u2060\ufeff]+")
_OUTER = re.compile(r"\A[\s\u200b-\u200d\u2060\ufeff]+|[\s\u200b-\u200d\u2060\ufeff]+\Z")
CONSENT = "TrackingConsent"
REFUSALS = sorted(NO_WORDS)
YES_NO = frozenset({"true", "false", "yes", "no", "1", "0"})
# Placeholders that programs write for a missing value (payouts.md §8); errors of spreadsheets in the next line.
_PLACEHOLDERS = frozenset({"undefined", "null", "none", "nan", "[object object]"})
# What stands where an id belongs, and is none: a dash, and the field of a template that nobody filled. A status may be
# called so. Braces around digits are the usual form of a UUID.
_NO_ID = re.compile(
    r"[-–—?]+|n/a|\{\{.*\}\}|\$\{.*\}|#\{.*\}|\{%.*%\}|<%.*%>|\{[^0-9]*\}|\[[^0-9]*\]|<[^0-9]*>|%[^0-9]*%", re.DOTALL
)
_BEGINS_NO_ID = frozenset("-–—?n{$#<[%")
# A spreadsheet writes its errors into a csv file in its own language: English, German, French, Spanish, Italian,
# Portuguese, Dutch, Polish, Swedish.
_CELL_ERROR = re.compile(
    r"#(?:n/a|ref!|value!|div/0!|name\?|null!|num!|spill!|calc!|field!|blocked!|connect!|unknown!|getting_data|"
    r"nv|bezug!|wert!|zahl!|überlauf!|kalk!|feld!|"
    r"valeur!|nom\?|nombre!|nul!|n/d!?|¡ref!|¡valor!|¿nombre\?|¡num!|¡nulo!|¡div/0!|"
    r"rif!|valore!|nome\?|nullo!|valor!|núm!|nulo!|"
    r"n/b|verw!|waarde!|naam\?|getal!|leeg!|deel/0!|"
    r"adr!|arg!|nazwa\?|liczba!|zero!|dziel/0!|"
    r"saknas!|referens!|värdefel!|namn\?|ogiltigt!|skärning!|division/0!)|err:5[0-9]{2}"
)


def as_text(value: object) -> str:
    """Return a value from a form, a JSON body or a spreadsheet cell as text, without outer spaces and zero-width
    characters; a missing value is "".

    JSON and spreadsheets send numbers: 6 and 6.0 are both "6", 2.55 is "2.55". Anything that is not one value
    (a list, an object), and a cell that cannot be read, is refused.
    """
    if value is None:
        return ""
    if type(value) is not str and (problem := getattr(value, "problem", "")):
        raise Refused(problem)  # a cell of a workbook that could not be read, with its reader's message
    if isinstance(value, str):
        text = value.strip()
        if "\x00" in text:
            raise Refused("Contains a NUL character; remove it.")
        if not text.isascii():
            if _SURROGATE.search(text):
                raise Refused("Is not valid Unicode text (half of a surrogate pair); send UTF-8.")
            text = _OUTER.sub("", text)
        return text
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        # Python refuses to print integers of more than 4,300 digits; nothing here is longer than 64.
        if value.bit_length() > 256:
            raise Refused("Is a number with too many digits.")
        return str(value)
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        if not value.is_finite() or abs(value.adjusted()) >= 64:
            return str(value)
        return f"{value:.0f}" if value == value.to_integral_value() else f"{value:f}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise Refused("Send one value, not a list or an object.")


def read_text(text: str, limit: int) -> str:
    if len(text) > limit:
        raise Refused(f"Is {len(text)} characters long; send at most {limit}.")
    return text


def read_id(text: str, limit: int) -> str:
    """Return an id or a SKU without zero-width characters; ids are compared exactly."""
    if not text.isascii():
        text = _ZERO_WIDTH.sub("", text)
    return read_text(text, limit)


def read_customer_id(text: str, limit: int) -> str:
    """Return a customer id; refused where it cannot stand in an address: clients shorten `/Customers/..`."""
    text = read_id(text, limit)
    if text in (".", ".."):
        raise Refused(f"“{text}” cannot be the id of a customer: send the customer's own id, or leave it out.")
    return text


def is_placeholder(text: str) -> bool:
    """Whether a trimmed text is only a program's placeholder or a spreadsheet's error, in any letter case."""
    key = text.casefold()
    return key in _PLACEHOLDERS or (key[0:1] in ("#", "e") and _CELL_ERROR.fullmatch(key) is not None)


def is_no_id(text: str) -> bool:
    """Whether a trimmed text names nothing, in any letter case: a placeholder, a dash, an unfilled template."""
    key = text.casefold()
    return is_placeholder(key) or (key[0:1] in _BEGINS_NO_ID and _NO_ID.fullmatch(key) is not None)


def read_order_id(text: str, limit: int) -> str:
    """Return an order id; refused where it names nothing, and several orders would count as one."""
    text = read_id(text, limit)
    if is_no_id(text):
        raise Refused(
            f"“{text}” is a placeholder, which programs write where they have no id: send the order's own id."
        )
    return text


def read_number(text: str, *, signed: bool = False, integer_digits: int = MONEY_DIGITS, rate: bool = False) -> Decimal:
    """Return a plain decimal number, exactly as sent: at most 64 characters and 12 integer digits, with any number of
    decimals; negative only where `signed`, and −0 is 0."""
    if len(text) > NUMBER_LENGTH:
        raise Refused(f"Is {len(text)} characters long; a number has at most {NUMBER_LENGTH}.")
    if not _NUMBER.fullmatch(text):
        if text.endswith("%") and not rate:
            raise Refused(f"“{text}” is a percentage, and this takes a plain number: {_INSTEAD_OF_PERCENT}")
        raise Refused("Write a plain number such as 1234.50: digits, and a point before the decimals.")
    number = Decimal(text)
    if text[0] == "-":
        if not number:
            return number.copy_abs()
        if not signed:
            raise Refused("Cannot be negative; a return is sent as a modification.")
    if number.adjusted() >= integer_digits and number:
        raise Refused(f"Has more than {integer_digits} digits before the point.")
    return number


_INSTEAD_OF_PERCENT = (
    "send the amount or quantity itself; a discount in percent is sent as OrderDiscountRate or ItemDiscountRate."
)


def read_rate(text: str) -> Decimal:
    """Return a percentage from 0 to 100: `15` and `15%` are both 15."""
    rate = read_number(text.removesuffix("%").rstrip(), rate=True)
    if rate > 100:
        raise Refused("Is a percentage: send a number from 0 to 100.")
    return rate


def plain_rate(text: str) -> str:
    """The number of a percentage as text: `15 %` is "15"."""
    rate = read_rate(text)
    return text.removesuffix("%").rstrip() if rate else "0"


def read_whole(text: str, *, digits: int = WHOLE_DIGITS) -> int:
    """Return a whole number of at most `digits` digits, zero included; 10.0 and 10.0000000 are 10."""
    match = _WHOLE.fullmatch(text) if len(text) <= NUMBER_LENGTH else None
    if match is None:
        if text.endswith("%"):
            raise Refused(f"“{text}” is a percentage, and this takes a plain number: {_INSTEAD_OF_PERCENT}")
        raise Refused(f"Write a whole number, digits alone, at most {NUMBER_LENGTH} characters.")
    whole = (match[1] or match[2]).lstrip("0")
    if len(whole) > digits:
        raise Refused(f"Has more than {digits} digits.")
    return int(whole or "0")


def read_yes_no(text: str) -> str:
    if text.casefold() not in YES_NO:
        raise Refused("Send true or false.")
    return text


def is_refused(payload: Mapping[str, object]) -> bool:
    """Whether an order that was read says that its customer may not be tracked."""
    return str(payload.get(CONSENT, "")).strip().casefold() in NO_WORDS


def is_agreed(sent: Mapping[str, object]) -> bool:
    """Whether a browser's parameters, in any letter case, let its visitor be tracked: of a browser only a yes will do,
    where it says anything.
    """
    said = (str(value).strip() for name, value in sent.items() if name.casefold() == CONSENT.casefold())
    return all(not text or (text.casefold() in YES_NO and yes_no(text) is True) for text in said)


def read_moment(text: str, time_zone: str = "UTC", *, takes_skipped: bool = True) -> datetime:
    """Return an ISO 8601 date or date-time as an aware UTC datetime; one without offset is in `time_zone`.

    Fractions of a second have up to 9 digits and are cut to microseconds. A time that the clock skips is read as before
    it was put forward, unless that is not to be taken; a day without a time is its beginning, whatever time that is.
    """
    if not _MOMENT.fullmatch(text):
        if _LOST_PLUS.fullmatch(text):
            raise Refused("The + of the offset was read as a space: send it as %2B.")
        raise Refused("Write an ISO 8601 date, such as 2026-02-15T22:55:32-08:00 or 2026-02-15.")
    try:
        moment = datetime.fromisoformat(text.upper())  # which cuts, and does not round, what is finer
    except ValueError:
        example = "2026-02-15T22:55:32-08:00" if "T" in text.upper() else "2026-02-15"
        raise Refused(f"“{text}” is not a valid date; write one that exists, such as {example}.") from None
    if not 1000 <= moment.year <= 9998:  # the ends of the calendar overflow in another time zone
        raise Refused("Send a year from 1000 to 9998.")
    if moment.tzinfo is None:
        zone = ZoneInfo(time_zone)
        if not takes_skipped and len(text) > len("2026-02-15") and (why := why_skipped(moment, zone)):
            raise Refused(why)
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC)


def read_past_moment(text: str, *, now: datetime, time_zone: str, skew_seconds: int = 60) -> datetime:
    """Return the moment `text` names, `NOW` meaning `now`; one more than a minute ahead (clock skew) is refused."""
    if text.upper() == "NOW":
        return now.astimezone(UTC)
    moment = read_moment(text, time_zone)
    if (moment - now).total_seconds() > skew_seconds:
        raise Refused("Is in the future; send when it happened, or NOW.")
    return moment


def read_past_day(text: str, *, now: datetime, time_zone: str) -> date:
    """Return the day in the time zone of the moment or day that `text` names, which is not in the future."""
    if text.upper() != "NOW":
        try:
            date.fromisoformat(text[:10])
        except ValueError:
            raise Refused("Write a day that exists, such as 2026-02-15.") from None
    return read_past_moment(text, now=now, time_zone=time_zone).astimezone(ZoneInfo(time_zone)).date()
