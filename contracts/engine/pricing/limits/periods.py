"""The periods of limits, cut in the program's time zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from contracts.engine.document.sections.limits import Period
from contracts.engine.pricing.schedule import add_months

SATURDAY = 5  # as `date.weekday` counts


def period_key(period: Period, event_date: datetime, time_zone: str, locks: datetime | None) -> str:
    """What actions of the same period have in common: its first local day, or the instant at which they lock.

    Blank where a limit has one period alone, the contract.
    """
    if period == "CONTRACT":
        return ""
    if period == "LOCKING_PERIOD":
        return locks.astimezone(UTC).isoformat() if locks else ""
    return first_day(period, local_day(event_date, time_zone)).isoformat()


def first_day(period: Period, day: date) -> date:
    """The first day of the period in which a day lies; a week begins on Monday."""
    match period:
        case "WEEK":
            return day - timedelta(days=day.weekday())
        case "MONTH":
            return day.replace(day=1)
        case "QUARTER":
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return day


def next_day(period: Period, first: date) -> date | None:
    """The first day of the period after it, on which its counter begins again; None where none does."""
    match period:
        case "DAY":
            return first + timedelta(days=1)
        case "WEEK":
            return first + timedelta(days=7)
        case "MONTH":
            return add_months(first, 1)
        case "QUARTER":
            return add_months(first, 3)
    return None


def is_weekend(event_date: datetime, time_zone: str) -> bool:
    """Whether it is Saturday or Sunday in the program's zone."""
    return local_day(event_date, time_zone).weekday() >= SATURDAY


def local_day(moment: datetime, time_zone: str) -> date:
    return moment.astimezone(ZoneInfo(time_zone)).date()
