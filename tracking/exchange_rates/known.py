"""The exchange rates that may convert orders, as the engine reads them: one query for any number of orders."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from common.db.statements import fetch
from contracts.engine.orders.exchange import RATE_MAY_BE_OLD, Rate

ECB, OWN = "ECB", "OWN"
ORIGINS = {ECB: "European Central Bank", OWN: "own rate"}


class Wanted(NamedTuple):
    """A pair of currencies on the day of an order, in the program's time zone."""

    program_id: int
    source: str
    target: str
    day: date


# Of each pair also the euro's rates of both currencies. On one day a program's own comes before the other.
_KNOWN = """
WITH legs AS (
    SELECT DISTINCT program_id, leg.source, leg.target, day
    FROM unnest(%s::integer[], %s::text[], %s::text[], %s::date[]) AS wanted (program_id, source, target, day),
        LATERAL (VALUES (wanted.source, wanted.target), ('EUR', wanted.source), ('EUR', wanted.target))
            AS leg (source, target)
    WHERE leg.source <> leg.target
)
SELECT DISTINCT ON (program_id, source, target, date) program_id, date, source, target, rate, origin FROM (
    SELECT program_id, date, source, target, rate, 'OWN' AS origin
    FROM legs JOIN program_exchangerate own USING (program_id, source, target)
    WHERE own.date BETWEEN day - %s AND day
    UNION ALL
    SELECT program_id, date, source, target, rate, 'ECB'
    FROM legs JOIN program_referencerate reference ON legs.source = 'EUR' AND reference.currency = legs.target
    WHERE reference.date BETWEEN day - %s AND day
) known ORDER BY program_id, source, target, date, origin = 'ECB'
"""


def load_rates(wanted: Collection[Wanted]) -> dict[int, list[Rate]]:
    """By program, every rate that may convert these pairs on these days."""
    rates: dict[int, list[Rate]] = {}
    if not wanted:
        return rates
    columns = [list(column) for column in zip(*sorted(wanted), strict=True)]
    age = RATE_MAY_BE_OLD.days
    rows: list[tuple[int, date, str, str, Decimal, str]] = fetch(_KNOWN, [*columns, age, age])
    for program_id, day, source, target, rate, origin in rows:
        rates.setdefault(program_id, []).append(Rate(day, source, target, rate.normalize(), origin))
    return rates
