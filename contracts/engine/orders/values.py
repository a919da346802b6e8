"""Reading single values of an order or a rule: plain text in, typed value out, None where there is nothing."""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from common.formats.comparison import trimmed

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_YES = frozenset({"true", "yes", "1"})
NO_WORDS = frozenset({"false", "no", "0"})
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def text(value: str | None) -> str | None:
    """The text without the spaces and zero-width characters around it; None when nothing is left."""
    return (trimmed(value) or None) if value is not None else None


def number(value: str | None) -> Decimal | None:
    """A number in plain notation (no exponent, no separators); ValueError on anything else."""
    if value is None or not (value := value.strip()):
        return None
    # Digits around one point are nearly all there is; the pattern is for the rest.
    if not (value.isascii() and value.replace(".", "", 1).isdigit()) and not _NUMBER.fullmatch(value):
        raise ValueError(f"{value!r} is not a number")
    return Decimal(value)


def yes_no(value: str | None) -> bool | None:
    """True for true, yes or 1 and False for false, no or 0, in any case; ValueError on anything else."""
    if value is None or not (value := value.strip()):
        return None
    if (word := value.casefold()) in _YES:
        return True
    if word in NO_WORDS:
        return False
    raise ValueError(f"{value!r} is neither yes nor no")


def day(value: str) -> date:
    """A calendar day written as 2026-11-20; ValueError on anything else."""
    if not _DAY.fullmatch(value):
        raise ValueError(f"{value!r} is not a date like 2026-11-20")
    return date.fromisoformat(value)


def calendar_day(value: str | None, time_zone: str) -> date | None:
    """The day on which an ISO 8601 date or date-time falls in the time zone.

    A date, and a date-time without an offset, is taken to be in that zone already. What is finer than a microsecond
    is cut, so that no moment is rounded up into the next day.
    """
    if value is None or not (value := value.strip()):
        return None
    if len(value) == 10:
        return day(value)
    moment = datetime.fromisoformat(value.upper())  # an upper-case T and Z alone are read
    if moment.tzinfo is None:
        return moment.date()
    try:
        return moment.astimezone(_zone(time_zone)).date()
    except OverflowError:  # the first or last day of the calendar has no neighbour to move to
        return moment.date()


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
