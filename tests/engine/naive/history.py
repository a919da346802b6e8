"""A customer's order history by counting: one order after the other, one month after the other."""

from datetime import timedelta


def months_between(first, day):
    """How many months can be added to the first day before the result, real date or not, lies after the other day."""
    months, year, month = 0, first.year, first.month
    while True:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        if (year, month, first.day) > (day.year, day.month, day.day):
            return months
        months += 1


def history(orders, place, zone, before_number=0, before_day=None, re_engaged_after=365):
    """Number, first day, months and status of the order at `place`, of (event date, number of the row) each."""
    when = orders[place]
    day = when[0].astimezone(zone).date()
    earlier = sorted(each for each in orders if each < when)
    number, days = 1 + len(earlier), [day] + [each[0].astimezone(zone).date() for each in earlier]
    is_known = bool(earlier)
    is_recent = bool(earlier) and earlier[-1][0] + timedelta(days=re_engaged_after) >= when[0]
    if before_day is not None and before_number == 0:
        before_number = 1  # a day is the day of an order
    if before_number and (before_day is None or before_day <= day):
        number += before_number
        is_known = True
        if before_day is None:
            is_recent = True
        else:
            days.append(before_day)
            is_recent = is_recent or before_day + timedelta(days=re_engaged_after) >= day
    status = "New" if not is_known else "Existing" if is_recent else "Re-Engaged"
    return number, min(days), months_between(min(days), day), status
