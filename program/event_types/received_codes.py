"""The customer status codes that orders were received with, and what another mapping would change for them.

Orders that were priced are counted with the rollups; those that could not be credited are counted by the app that has
them, which registers how when it is loaded.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max, Sum
from django.utils import timezone

from program.models import EventType, ReceivedValue
from program.uses import statuses_of

from .status_map import code_key

DAYS = 30
OTHER = "Other"


@dataclass(frozen=True, slots=True)
class ReceivedCode:
    """A code as most orders spell it, the orders of the last 30 days with it, and when the latest was received."""

    code: str
    orders: int
    last_seen: date
    held: int = 0  # of these orders, which could not be credited so far

    def plus(self, orders: int, last_seen: date, *, held: int = 0) -> "ReceivedCode":
        """With more orders, spelled as before."""
        return ReceivedCode(self.code, self.orders + orders, max(self.last_seen, last_seen), self.held + held)


type HeldCodes = Callable[[EventType, date], Iterable[tuple[str, int, date]]]

_held_codes: list[HeldCodes] = []


def answer_held_codes(answer: HeldCodes) -> None:
    """Called once by the app that has the orders, when it is loaded: codes, orders and the latest day since a day."""
    _held_codes[:] = [answer]


@dataclass(frozen=True, slots=True)
class CodeMove:
    """A code that would mean something else, and how many orders of the last 30 days were received with it."""

    code: str
    before: str
    after: str
    orders: int


@dataclass(frozen=True, slots=True)
class ReceivedCodes:
    """The codes of 30 days, the most frequent first, and how many orders came without one."""

    codes: list[ReceivedCode]
    without: int


def received_codes(event_type: EventType) -> ReceivedCodes:
    """Codes that are compared as the same are one."""
    since = timezone.localdate(timezone=event_type.program.zone) - timedelta(days=DAYS - 1)
    rows = ReceivedValue.objects.of(event_type, "CUSTOMER_STATUS").since(since).values_list("value")
    counted = rows.annotate(sum=Sum("orders"), last=Max("day")).order_by("-sum", "value")
    found: dict[str, ReceivedCode] = {}
    for code, orders, last_seen in counted:
        first = found.get(code_key(code))
        found[code_key(code)] = first.plus(orders, last_seen) if first else ReceivedCode(code, orders, last_seen)
    for code, orders, last_seen in (each for held in _held_codes for each in held(event_type, since)):
        first = found.get(code_key(code)) or ReceivedCode(code, 0, last_seen)
        found[code_key(code)] = first.plus(orders, last_seen, held=orders)
    without = found.pop("", None)
    codes = sorted(found.values(), key=lambda each: (-each.orders, each.code))
    return ReceivedCodes(codes, without.orders if without else 0)


def code_moves(event_type: EventType, statuses: Mapping[str, Iterable[str]]) -> list[CodeMove]:
    """Each code that would mean another status than it does, of those that were received and those of both mappings;
    the most frequent first. Unmapped codes are reported as Other.
    """
    present = event_type.statuses()
    orders = {each.code: each.orders for each in received_codes(event_type).codes}
    codes: dict[str, str] = {}
    for code in [*orders, *_codes(present), *_codes(statuses)]:
        codes.setdefault(code_key(code), code)
    before, after = statuses_of(present, codes.values()), statuses_of(statuses, codes.values())
    moves = [
        CodeMove(code, before[code] or OTHER, after[code] or OTHER, orders.get(code, 0))
        for code in codes.values()
        if before[code] != after[code]
    ]
    return sorted(moves, key=lambda move: (-move.orders, move.code))


def _codes(statuses: Mapping[str, Iterable[str]]) -> list[str]:
    return [code for codes in statuses.values() for code in codes]
