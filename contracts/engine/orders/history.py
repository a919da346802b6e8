"""A customer's order history, and the customer status that it says (payouts.md §13)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

NEW, EXISTING, RE_ENGAGED = "New", "Existing", "Re-Engaged"


@dataclass(frozen=True, slots=True)
class OrdersBefore:
    """Orders from before the brand came, as the customers file brought them: `first_day` is the day of the first, None
    where only their number was given.
    """

    number: int = 0
    first_day: date | None = None

    def up_to(self, day: date) -> "OrdersBefore":
        """Those that lie before an order of that day: all, or none where the first of them is later. A day without a
        number is the day of one order.
        """
        if self.first_day is None:
            return self
        return OrdersBefore(max(self.number, 1), self.first_day) if self.first_day <= day else OrdersBefore()


@dataclass(frozen=True, slots=True)
class OrderHistory:
    """What lies before an order: `number` is 1 for the customer's first order, days are of the program's time zone."""

    number: int
    first_day: date
    months: int


def order_history(*, day: date, earlier: int, first_day: date | None, before: OrdersBefore) -> OrderHistory:
    """The history of an order of that day, with so many stored earlier ones, the first of them on `first_day`."""
    before = before.up_to(day)
    days = [each for each in (day, first_day, before.first_day) if each is not None]
    first = min(days)
    return OrderHistory(number=1 + earlier + before.number, first_day=first, months=months_between(first, day))


def months_between(first: date, day: date) -> int:
    """Whole calendar months from one day to a later one: one less where the later day of the month is smaller, so
    that 31 January to 28 February is 0 and to 31 March 2.
    """
    return (day.year - first.year) * 12 + day.month - first.month - (day.day < first.day)


def status_by_history(
    *, event_date: datetime, day: date, last: datetime | None, before: OrdersBefore, re_engaged_after: int
) -> str:
    """New where no order lies before; Existing where the last one lies within so many days before, else Re-Engaged.

    `last` is the event date of the last stored order before this one. Orders from before the brand came are taken to
    lie on their first day, which is all that is known of them; without a day they lie within the time.
    """
    before = before.up_to(day)
    if last is not None and event_date - last <= timedelta(days=re_engaged_after):
        return EXISTING
    if before.number and (before.first_day is None or day - before.first_day <= timedelta(days=re_engaged_after)):
        return EXISTING
    return RE_ENGAGED if last is not None or before.number else NEW
