"""When an action stops changing, and when it is paid (payouts.md §7).

Periods are cut in the program's time zone: a day has 23 or 25 hours twice a year, and still ends at local midnight.
Months are added to calendar dates and clip to the month's last day.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from contracts.engine.document.sections.locking import OPEN_ENDED_DAYS, Locking
from contracts.engine.document.sections.scheduling import PayoutScheduling


def is_open_ended(locking: Locking | None) -> bool:
    """True where no locking date was agreed: such an action has none to show until it locks by itself."""
    return locking is None or locking.open_ended


def lock_instant(event_date: datetime, locking: Locking | None, time_zone: str) -> datetime:
    """Return the instant, in UTC, from which an action tracked at `event_date` (aware) does not change.

    It is the end of the local day or month, plus the months, plus the days. Open-ended actions lock by themselves
    730 days after they were tracked.
    """
    if locking is None or locking.open_ended:
        return event_date.astimezone(UTC) + timedelta(days=OPEN_ENDED_DAYS)
    day = event_date.astimezone(ZoneInfo(time_zone)).date()
    end = add_months(day.replace(day=1), 1) if locking.period == "MONTH" else day + timedelta(days=1)
    return midnight(add_months(end, locking.month_offset) + timedelta(days=locking.day_offset), time_zone)


def locking_date(event_date: datetime, locking: Locking | None, time_zone: str) -> datetime | None:
    """Return the agreed lock instant, in UTC; None where the action is open-ended."""
    return None if is_open_ended(locking) else lock_instant(event_date, locking, time_zone)


def clearing_date(locked_at: datetime, scheduling: PayoutScheduling | None, time_zone: str) -> date:
    """Return the local day on which an action that locked at `locked_at` (aware) is to be paid.

    Counted in calendar days from the last day of the period: day Y of the month after, where the period is a month.
    No offset at all means the day on which it locked, whatever the period, and so does no schedule.
    """
    day = locked_at.astimezone(ZoneInfo(time_zone)).date()
    if scheduling is None or not (scheduling.month_offset or scheduling.day_offset):
        return day
    if scheduling.period == "END_OF_MONTH":
        month_after = add_months(day.replace(day=1), 1 + scheduling.month_offset)
        return month_after + timedelta(days=scheduling.day_offset - 1)
    if scheduling.period == "END_OF_WEEK":
        day += timedelta(days=6 - day.weekday())  # a week begins on Monday
    return add_months(day, scheduling.month_offset) + timedelta(days=scheduling.day_offset)


def add_months(day: date, months: int) -> date:
    """Return the same day so many months later, or that month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def midnight(day: date, time_zone: str) -> datetime:
    """Return the local day's beginning in UTC. Where midnight is skipped, that is the moment the clocks move."""
    return datetime.combine(day, time(), ZoneInfo(time_zone)).astimezone(UTC)
