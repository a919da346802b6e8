"""Periods of time as contracts have them: start included, end excluded, None for open on either side."""

from collections.abc import Iterable
from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

EMPTY = DateTimeTZRange(empty=True)


def overlap(one: DateTimeTZRange, other: DateTimeTZRange) -> DateTimeTZRange:
    """The time that is in both; EMPTY for none."""
    if one.isempty or other.isempty:
        return EMPTY
    lower = later(one.lower, other.lower)
    upper = one.upper if other.upper is None else other.upper if one.upper is None else min(one.upper, other.upper)
    if lower is not None and upper is not None and lower >= upper:
        return EMPTY
    return DateTimeTZRange(lower, upper)


def without(period: DateTimeTZRange, taken: DateTimeTZRange) -> list[DateTimeTZRange]:
    """What is left of a period: nothing, one stretch, or one before and one after what was taken."""
    common = overlap(period, taken)
    if common.isempty:
        return [] if period.isempty else [period]
    left = []
    if common.lower is not None and common.lower != period.lower:
        left.append(DateTimeTZRange(period.lower, common.lower))
    if common.upper is not None and common.upper != period.upper:
        left.append(DateTimeTZRange(common.upper, period.upper))
    return left


def span(periods: Iterable[DateTimeTZRange]) -> DateTimeTZRange:
    """From the earliest start to the latest end; EMPTY where there is no time at all."""
    known = [period for period in periods if not period.isempty]
    if not known:
        return EMPTY
    lowers, uppers = [period.lower for period in known], [period.upper for period in known]
    return DateTimeTZRange(None if None in lowers else min(lowers), None if None in uppers else max(uppers))


def joined_up(periods: Iterable[DateTimeTZRange]) -> list[DateTimeTZRange]:
    """The same time with stretches that overlap or follow on one another made one."""
    ordered = sorted(
        (period for period in periods if not period.isempty),
        key=lambda period: (period.lower is not None, period.lower.timestamp() if period.lower else 0.0),
    )
    whole: list[DateTimeTZRange] = []
    for period in ordered:
        last = whole[-1] if whole else EMPTY
        if whole and (last.upper is None or period.lower is None or period.lower <= last.upper):
            whole[-1] = span([last, period])
        else:
            whole.append(period)
    return whole


def ends(period: DateTimeTZRange) -> tuple[bool, datetime | None, datetime | None]:
    """What two periods are compared by: PostgreSQL writes the bracket of an open end differently."""
    return period.isempty, period.lower, period.upper


def later(moment: datetime | None, other: datetime | None) -> datetime | None:
    """The later of two starts; an open one is before any other."""
    return other if moment is None else moment if other is None else max(moment, other)
