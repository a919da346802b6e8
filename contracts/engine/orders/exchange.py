"""Exchange rates: which one converts an order, and how two of them are crossed over the euro (payouts.md §2)."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from contracts.engine.orders.money import written

RATE_MAY_BE_OLD = timedelta(days=7)
MOST_PLACES = 18  # before and behind the decimal point: no two currencies are further apart
EURO = "EUR"
CROSSED_DIGITS = 12  # significant digits of a rate that is crossed
_CROSSING = Context(prec=CROSSED_DIGITS, rounding=ROUND_HALF_UP)
_ONE = Decimal(1)


class RateMissing(ValueError):
    """No exchange rate is known for the pair on that day, nor in the seven days before it."""

    def __init__(self, source: str, target: str, on: date | None) -> None:
        self.pair = (source, target)
        self.date = on
        when = f"on {on.isoformat()} or in the 7 days before" if on else "because the order has no EventDate"
        super().__init__(f"no exchange rate from {source} to {target} {when}")


@dataclass(frozen=True, slots=True)
class Rate:
    """One unit of `source` is `rate` units of `target`, as known on `date`.

    `origin` says whose rate it is, where that is known. One that is crossed over the euro has no origin of its own:
    `over` has the rates of the euro that it was worked out from, that into `target` first.
    """

    date: date
    source: str
    target: str
    rate: Decimal
    origin: str = ""
    over: tuple["Rate", ...] = ()


class Rates:
    """All rates that are known, at most one for a pair and day, by which orders are converted."""

    def __init__(self, known: Iterable[Rate]) -> None:
        self._known: dict[tuple[str, str], dict[date, Rate]] = {}
        for rate in known:
            self._known.setdefault((rate.source, rate.target), {})[rate.date] = rate
        self._usable: dict[tuple[str, str], list[Rate]] = {}

    def on(self, source: str, target: str, day: date | None) -> Rate:
        """The latest rate of the pair known on or before the day, at most seven days old; else RateMissing.

        On one day, a rate of the pair itself comes before one that is crossed.
        """
        pair = (source, target)
        usable = self._usable.get(pair)
        if usable is None:
            usable = self._usable[pair] = self._of_pair(source, target)
        place = 0 if day is None else bisect_right(usable, day, key=lambda rate: rate.date)
        if day is None or place == 0 or day - usable[place - 1].date > RATE_MAY_BE_OLD:
            raise RateMissing(source, target, day)
        return usable[place - 1]

    def _of_pair(self, source: str, target: str) -> list[Rate]:
        of_day = self._crossed(source, target) | self._known.get((source, target), {})
        return [of_day[day] for day in sorted(of_day)]

    def _crossed(self, source: str, target: str) -> dict[date, Rate]:
        """The rates of the pair on each day on which the euro's rates of both currencies are known."""
        of_source = self._known.get((EURO, source), {})
        if target == EURO:
            return {day: crossed(rate) for day, rate in of_source.items()}
        of_target = self._known.get((EURO, target), {})
        return {day: crossed(of_source[day], of_target[day]) for day in of_source.keys() & of_target.keys()}


def crossed(of_source: Rate, of_target: Rate | None = None) -> Rate:
    """From rates of the euro on one day: (EUR→target) ÷ (EUR→source); without a target, the euro itself is it."""
    goal = of_target.rate if of_target else _ONE
    return Rate(
        date=of_source.date,
        source=of_source.target,
        target=of_target.target if of_target else EURO,
        rate=_CROSSING.divide(goal, of_source.rate),
        over=(of_target, of_source) if of_target else (of_source,),
    )


def rate_json(rate: Rate) -> dict[str, Any]:
    """A rate as an action keeps it, with those that it was worked out from."""
    kept: dict[str, Any] = {
        "Date": rate.date.isoformat(), "From": rate.source, "To": rate.target, "Rate": written(rate.rate)
    }  # fmt: skip
    if rate.origin:
        kept["Source"] = rate.origin
    if rate.over:
        kept["Over"] = [rate_json(each) for each in rate.over]
    return kept
