"""Orders that wait for an exchange rate: which rates these are, and pricing them once they are known."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from common.db.statements import fetch
from common.queue.notify import notify
from contracts.engine.orders.exchange import RateMissing, Rates
from program.models import Program
from tracking.models import Conversion
from tracking.pricing.batch import retry_conversions

from .known import Wanted, load_rates

PRICE = "tracking.price"
_HELD = """
SELECT conversion.program_id, left(missing_rate, 3), right(missing_rate, 3),
       (event_date AT TIME ZONE time_zone)::date, array_agg(conversion.id)
FROM tracking_conversion conversion JOIN program_program program ON program.id = conversion.program_id
WHERE state IN ('HELD', 'QUARANTINED') AND state = 'HELD' AND reason = %s AND missing_rate <> ''
  AND (%s::integer IS NULL OR conversion.program_id = %s) AND (%s::bigint[] IS NULL OR conversion.id = ANY (%s))
GROUP BY 1, 2, 3, 4
"""


class MissingRate(NamedTuple):
    """A rate that orders of one day wait for."""

    source: str
    target: str
    day: date
    orders: int


def price_with_rates(program_id: int | None = None) -> int:
    """Have the orders priced that waited for a rate that is known now, of one program or of all; how many these are."""
    held = _held(program_id)
    rates = {program: Rates(known) for program, known in load_rates([wanted for wanted, _ in held]).items()}
    found: dict[int, list[int]] = {}
    for wanted, ids in held:
        try:
            rates.get(wanted.program_id, Rates([])).on(wanted.source, wanted.target, wanted.day)
        except RateMissing:
            continue
        found.setdefault(wanted.program_id, []).extend(ids)
    for program in Program.objects.filter(pk__in=found):
        retry_conversions(found[program.pk], program=program)
        notify(PRICE, program.pk)
    return sum(map(len, found.values()))


def missing_rates(program: Program, ids: Collection[int] | None = None) -> list[MissingRate]:
    """The rates that the program's held orders wait for, or those of these orders; what most wait for first."""
    missing = [
        MissingRate(wanted.source, wanted.target, wanted.day, len(found)) for wanted, found in _held(program.pk, ids)
    ]
    return sorted(missing, key=lambda each: (-each.orders, each.day, each.source, each.target))


def _held(program_id: int | None, ids: Collection[int] | None = None) -> list[tuple[Wanted, list[int]]]:
    only = None if ids is None else list(ids)
    rows = fetch(_HELD, [Conversion.Reason.RATE_MISSING.value, program_id, program_id, only, only])
    return [(Wanted(*row[:4]), row[4]) for row in rows]
