"""Finds orders of a file that are repeated, with the same rows or with others, in 130 bytes an order."""

from array import array
from collections.abc import Callable, Hashable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from tracking.intake.conversion_data import EventKey

WINDOW = 30  # days (payouts.md §11)
LONGEST = 50  # orders of one id that are compared; one that is repeated after as many counts as split
MOST_EVENT_TYPES = 60_000


class OrderKey(NamedTuple):
    """What makes rows of a file one order: the id, the event type and, where it stands, the event date."""

    order_id: str
    event: EventKey | None = None  # None: the row leaves it blank
    event_date: str = ""

    def is_of(self, other: "OrderKey", window: int) -> bool:
        """Whether rows with these keys are of one order: a blank in one takes the other's value.

        Event dates within the de-duplication window are one order's (payouts.md §11), however they are written.
        """
        if self.order_id != other.order_id or (self.event and other.event and self.event != other.event):
            return False
        if self.event_date == other.event_date or not (self.event_date and other.event_date):
            return True
        return _are_near(_day(self.event_date), _day(other.event_date), window)


class Apart(NamedTuple):
    """Where other rows of an order are; whether these are its first."""

    row: int
    is_first: bool


class Repeats:
    """The orders of a file so far, by hashes: a row is read once, and only where an order's rows are split a second
    time.

    Of two ids with one hash of 64 bits the later would be refused: in one of forty million files of a million orders.
    """

    def __init__(self, window: Callable[[EventKey], int] | None = None) -> None:
        self._window = window
        self._apart: dict[int, int] = {}  # by the hash of id and event type: a row on which it came with other rows
        self._met: dict[int, int] = {}  # by the id's hash: its first row, of orders whose rows are split
        self._last: dict[int, int] = {}  # by the id's hash: the place of its last order in the arrays
        self._before = array("i")  # the place of the id's order before that one, or -1
        self._contents = array("q")
        self._events = array("H")
        self._days = array("i")
        self._has_items = array("b")
        self._numbers: dict[EventKey | None, int] = {None: 0}

    @property
    def are_found(self) -> bool:
        """Whether an order with split rows was found: then the file is read again with this index."""
        return bool(self._apart)

    def window(self, key: OrderKey) -> int:
        """The days in which orders of one id are one, of the event type that the key names."""
        return self._window(key.event) if self._window and key.event else WINDOW

    def meet(self, key: OrderKey, contents: Hashable, *, row: int, has_items: bool) -> None:
        """Record an order, and whether one with its key was seen before with other contents."""
        name, digest = hash(key.order_id), hash(contents)
        event = self._numbers.get(key.event)
        if event is None:
            event = len(self._numbers)
            if event < MOST_EVENT_TYPES:
                self._numbers[key.event] = event
        day = _day(key.event_date)
        place = self._last.get(name, -1)
        steps = 0
        while place >= 0:
            if self._contents[place] == digest and self._events[place] == event:
                return  # exactly the same rows: a duplicate
            steps += 1
            if steps > LONGEST or self._are_one(place, event, day, key, has_items=has_items):
                for one in {event, self._events[place]}:
                    self._apart[hash((key.order_id, one))] = row
            place = self._before[place] if steps <= LONGEST else -1
        self._before.append(self._last.get(name, -1))
        self._last[name] = len(self._contents)
        self._contents.append(digest)
        self._events.append(event)
        self._days.append(day)
        self._has_items.append(has_items)

    def find(self, key: OrderKey, row: int) -> "Apart | None":
        """Where the other rows of an order of the second reading are, if they are split; its first row is `row`."""
        other = self._apart.get(hash((key.order_id, self._numbers.get(key.event, MOST_EVENT_TYPES))))
        if other is None:
            return None
        first = self._met.setdefault(hash(key.order_id), row)
        return Apart(other, is_first=True) if first == row else Apart(first, is_first=False)

    def _are_one(self, place: int, event: int, day: int, key: OrderKey, *, has_items: bool) -> bool:
        if self._events[place] != event and self._events[place] and event:
            return False
        if self._days[place] == day:
            return True
        # The database decides about two whole orders of different days; of lines of two days half would be lost.
        return has_items and bool(self._has_items[place]) and _are_near(day, self._days[place], self.window(key))


def _are_near(day: int, other: int, window: int) -> bool:
    return not day or not other or abs(day - other) < window


@lru_cache(maxsize=4_096)
def _day(event_date: str) -> int:
    """The number of the day as it is written, whatever its time zone; 0 where it is unknown."""
    try:
        return date.fromisoformat(event_date[:10]).toordinal()
    except ValueError:
        return 0
