"""The pairs of currencies that a program's orders and terms bring together, each with its last rate and what waits."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Max

from contracts.engine.orders.exchange import EURO, Rate, RateMissing, Rates
from program.models import ExchangeRate, Program, ReferenceRate
from tracking.models import Action

from .known import Wanted, load_rates
from .waiting import MissingRate, missing_rates

type Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PairInUse:
    """`last_order` is the day of the last order that was priced; `orders` wait for a rate, those of `first` first."""

    source: str
    target: str
    rate: Rate | None
    last_order: date | None
    orders: int
    first: MissingRate | None


def pairs_in_use(program: Program) -> list[PairInUse]:
    """By name; the number of queries does not depend on how many there are."""
    actions = Action.objects.filter(program=program).exclude(original_currency=F("currency")).order_by()
    last_orders: dict[Pair, date] = {
        (source, target): last
        for source, target, last in actions.values_list("original_currency", "currency").annotate(last=Max("day"))
    }
    missing: dict[Pair, list[MissingRate]] = defaultdict(list)
    for each in missing_rates(program):
        missing[each.source, each.target].append(each)
    pairs = sorted(last_orders.keys() | missing.keys())
    rates = last_rates(program, pairs)
    return [
        PairInUse(
            *pair,
            rate=rates.get(pair),
            last_order=last_orders.get(pair),
            orders=sum(each.orders for each in missing[pair]),
            first=next(iter(missing[pair]), None),
        )
        for pair in pairs
    ]


def last_rates(program: Program, pairs: Iterable[Pair]) -> dict[Pair, Rate]:
    """The newest rate of each pair, however old."""
    pairs = list(pairs)
    codes = {code for pair in pairs for code in pair}
    if not codes:
        return {}
    newest: dict[Pair, date] = {}
    own = ExchangeRate.objects.filter(program=program).order_by()
    reference = ReferenceRate.objects.filter(currency__in=codes).order_by()
    found = [
        *own.values_list("source", "target").annotate(last=Max("date")),
        *((EURO, code, last) for code, last in reference.values_list("currency").annotate(last=Max("date"))),
    ]
    for source, target, last in found:
        newest[source, target] = max(last, newest.get((source, target), last))
    wanted = [Wanted(program.pk, *pair, day) for pair in pairs if (day := _last_day(pair, newest))]
    rates = Rates(load_rates(wanted).get(program.pk, []))
    answer = {}
    for each in wanted:
        try:
            answer[each.source, each.target] = rates.on(each.source, each.target, each.day)
        except RateMissing:
            continue
    return answer


def _last_day(pair: Pair, newest: dict[Pair, date]) -> date | None:
    """The last day on which the pair has a rate of its own, or the euro has one of both."""
    days = [newest.get(pair)]
    legs = [newest.get((EURO, code)) for code in pair if code != EURO]
    if all(legs):
        days.append(min(day for day in legs if day))
    return max((day for day in days if day), default=None)
