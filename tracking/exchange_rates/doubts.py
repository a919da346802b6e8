"""Rates of a brand's own that are far from the European Central Bank's: most likely they were turned around."""

from collections.abc import Sequence
from decimal import Decimal

from contracts.engine.orders.exchange import Rate, RateMissing, Rates
from program.exchange_rates.file_rows import QuotedRate
from program.models import Program

from .known import ECB, Wanted, load_rates

FAR = Decimal(2)  # times as much, or as little


def doubts(program: Program, rates: Sequence[QuotedRate]) -> list[tuple[QuotedRate, Rate]]:
    """Those that are more than twice the European Central Bank's of that day, or less than half of it, each with that;
    one query.
    """
    known = load_rates([Wanted(program.pk, rate.source, rate.target, rate.date) for rate in rates])
    reference = Rates(rate for rate in known.get(program.pk, []) if rate.origin == ECB)
    found = []
    for rate in rates:
        try:
            usual = reference.on(rate.source, rate.target, rate.date)
        except RateMissing:
            continue
        if not usual.rate / FAR <= rate.rate <= usual.rate * FAR:
            found.append((rate, usual))
    return found
