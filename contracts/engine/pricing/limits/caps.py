"""Which counters an order meets: by the limits of its event payout, and by those of the terms as a whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from typing import Literal, NamedTuple

from contracts.engine.document.sections.limits import LimitBy, Limits, Period
from contracts.engine.document.whole_terms.whole_limits import WholeLimit
from contracts.engine.orders.money import EXACT

from .periods import is_weekend, period_key

type What = Literal["PAYOUT", "ACTIONS"]


class Counter(NamedTuple):
    """What is counted together, beside partner, template terms and event type: money or actions, of the partner, a
    customer or a click (`scope`), in one period. Those of the terms are of all of their event types.

    Counters are locked in their order as tuples, which is the same for everybody.
    """

    of_terms: bool
    what: What
    by: LimitBy
    scope: str
    period: Period
    period_key: str


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that a counter may hold. `whole`: what would cross it is over cap as a whole, and not clipped."""

    counter: Counter
    value: Decimal
    whole: bool


@dataclass(frozen=True, slots=True)
class TermsLimits:
    """Every limit that orders of one event type have."""

    limits: Limits = ()
    action_limit: WholeLimit | None = None
    spend_limit: WholeLimit | None = None

    @property
    def is_counted(self) -> bool:
        """Whether any of them is counted over several orders."""
        return bool(self.action_limit or self.spend_limit) or any(each.has_counter for each in self.limits)


@dataclass(frozen=True, slots=True)
class Whose:
    """What decides which counters an order meets. Blank customer or click: none is named, so none is limited."""

    event_date: datetime
    time_zone: str
    locks: datetime | None
    customer: str = ""
    click: str = ""


_ORDER = ("CLICK", "CUSTOMER", "ALL")  # in which limits act


def caps_of(terms: TermsLimits, whose: Whose, digits: int) -> tuple[Cap, ...]:
    """The caps that an order meets, in the order in which they act: payouts by click, customer and all, then actions,
    then the action limit of the terms, then the spend limit.
    """
    return tuple(_caps(terms, whose, digits))


def _caps(terms: TermsLimits, whose: Whose, digits: int) -> Iterator[Cap]:
    scopes = {"ALL": "", "CUSTOMER": whose.customer, "CLICK": whose.click}
    for type_, what in (("PAYOUT", "PAYOUT"), ("ACTION", "ACTIONS")):
        for by in _ORDER:
            for limit in terms.limits:
                if limit.type == type_ and limit.limit_by == by and (by == "ALL" or scopes[by]):
                    counter = _counter(False, what, limit.limit_by, scopes[by], limit.period, whose)
                    value = in_digits(limit.value, digits) if type_ == "PAYOUT" else limit.value
                    yield Cap(counter, value, whole=type_ == "ACTION")
    if most := terms.action_limit:
        counter = _counter(True, "ACTIONS", "ALL", "", most.period, whose)
        yield Cap(counter, _on(most, whose), whole=True)
    if most := terms.spend_limit:
        counter = _counter(True, "PAYOUT", "ALL", "", most.period, whose)
        yield Cap(counter, in_digits(_on(most, whose), digits), whole=True)


def _counter(of_terms: bool, what: str, by: LimitBy, scope: str, period: Period, whose: Whose) -> Counter:
    key = period_key(period, whose.event_date, whose.time_zone, whose.locks)
    return Counter(of_terms, "PAYOUT" if what == "PAYOUT" else "ACTIONS", by, scope, period, key)


def _on(limit: WholeLimit, whose: Whose) -> Decimal:
    """The limit's value on the day of the event."""
    has_weekend = limit.weekend_value is not None and is_weekend(whose.event_date, whose.time_zone)
    return limit.weekend_value if has_weekend and limit.weekend_value is not None else limit.value


def in_digits(value: Decimal, digits: int) -> Decimal:
    """A limit in the currency's digits, cut: what it leaves is paid, and must be an amount of the currency."""
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_FLOOR, EXACT)
