"""Rates of a brand's own that are far from the European Central Bank's: most likely they were turned around."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Max

from contracts.engine.orders.exchange import Rate, RateMissing, Rates
from program.exchange_rates.file_rows import QuotedRate
from program.models import Program, ReferenceRate

from .known import ECB, Wanted, load_rates

FAR = Decimal("0.2")  # no two publishers of one day are a fifth apart


def doubts(program: Program, rates: Sequence[QuotedRate]) -> list[tuple[QuotedRate, Rate]]:
    """Those that are more than a fifth away from the European Central Bank's of that day, or from its last one where it
    has no newer, each with that; two queries.
    """
    until: date | None = ReferenceRate.objects.aggregate(until=Max("date"))["until"]
    if until is None:
        return []
    known = load_rates([Wanted(program.pk, rate.source, rate.target, min(rate.date, until)) for rate in rates])
    reference = Rates(rate for rate in known.get(program.pk, []) if rate.origin == ECB)
    found = []
    for rate in rates:
        try:
            usual = reference.on(rate.source, rate.target, min(rate.date, until))
        except RateMissing:
            continue
        if abs(rate.rate - usual.rate) > usual.rate * FAR:
            found.append((rate, usual))
    return found
