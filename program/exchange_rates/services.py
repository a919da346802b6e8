"""Writing exchange rates. What is priced keeps its rate: a changed one counts for orders that are priced later."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import structlog
from django.db import connection, transaction

from common.db.edits import lock_unchanged
from common.refusals import Refusal, Refused
from program.models import ExchangeRate, Program

from .file_rows import EURO, QuotedRate
from .waiting import price_waiting

log = structlog.get_logger(__name__)

# Before and after, of those that were not there or were another; rows of one statement are locked in one order.
_SAVE_REFERENCE = """
INSERT INTO program_referencerate (currency, date, rate)
SELECT currency, date, rate FROM unnest(%s::text[], %s::date[], %s::numeric[]) AS given (currency, date, rate)
ORDER BY currency, date
ON CONFLICT (currency, date) DO UPDATE SET rate = excluded.rate
WHERE %s AND program_referencerate.rate <> excluded.rate
RETURNING old.rate, new.date, new.currency
"""
_SAVE_OWN = """
INSERT INTO program_exchangerate (program_id, source, target, date, rate)
SELECT %s, source, target, date, rate
FROM unnest(%s::text[], %s::text[], %s::date[], %s::numeric[]) AS given (source, target, date, rate)
ORDER BY source, target, date
ON CONFLICT (program_id, source, target, date) DO UPDATE SET rate = excluded.rate
WHERE program_exchangerate.rate <> excluded.rate
RETURNING old.rate, new.date, new.source, new.target
"""


class Saved(NamedTuple):
    """How many rates were new, another or the same, and of the changed ones what they were before, by pair and day."""

    added: int
    changed: int
    unchanged: int
    before: dict[tuple[Any, ...], Decimal]


def save_reference_rates(rates: Iterable[QuotedRate], *, only_missing: bool = False) -> Saved:
    """Store rates of the European Central Bank, for all programs; what waited for one is priced. Raises Refused for a
    rate that is not one euro in another currency.
    """
    of_day: dict[tuple[str, Any], Decimal] = {}
    for rate in rates:
        if rate.source != EURO:
            raise Refused(
                f"The rate from {rate.source} to {rate.target} is not against the euro: only a program has its own."
            )
        of_day[rate.target, rate.date] = rate.rate
    codes, days = [code for code, _ in of_day], [day for _, day in of_day]
    with transaction.atomic():
        saved = _save(_SAVE_REFERENCE, [codes, days, list(of_day.values()), not only_missing], len(of_day))
        price_waiting()
    for (day, currency), before in saved.before.items():
        log.warning("a reference rate was changed", currency=currency, day=day.isoformat(), before=str(before))
    return saved


def save_own_rates(*, program: Program, rates: Sequence[QuotedRate]) -> Saved:
    """Add or replace rates of the program's own. The caller has what waited for one priced, once all are stored."""
    of_day = {(rate.source, rate.target, rate.date): rate.rate for rate in rates}
    sources, targets, days = (list(column) for column in zip(*of_day, strict=True)) if of_day else ([], [], [])
    return _save(_SAVE_OWN, [program.pk, sources, targets, days, list(of_day.values())], len(of_day))


@transaction.atomic
def add_exchange_rate(*, program: Program, rate: QuotedRate) -> tuple[ExchangeRate, int]:
    """Add one rate of the program's own, and have what waited for it priced; returns it and how many orders that is.

    Raises Refused where the pair has an own rate of that day already.
    """
    if rate.source == rate.target:
        raise Refused(Refusal("target", "Choose another currency: a rate is between two."))
    row, is_new = ExchangeRate.objects.get_or_create(
        program=program, source=rate.source, target=rate.target, date=rate.date, defaults={"rate": rate.rate}
    )
    if not is_new:
        raise Refused(
            Refusal("date", f"{rate.source} to {rate.target} has a rate of your own on that day: change that.", "taken")
        )
    return row, price_waiting(program.pk)


def exchange_rate_values(row: ExchangeRate) -> dict[str, Any]:
    """What the form of a rate holds."""
    rate = format(row.rate.normalize(), "f")
    return {"source": row.source, "target": row.target, "date": row.date, "rate": rate}


@transaction.atomic
def change_exchange_rate(*, row: ExchangeRate, rate: Decimal, seen: str | None = None) -> ExchangeRate:
    """Change a rate of the program's own. Raises Stale unless `seen` is the fingerprint of its values."""
    lock_unchanged(row, exchange_rate_values, seen)
    row.rate = rate
    row.save(update_fields=["rate"])
    return row


def delete_exchange_rate(*, row: ExchangeRate) -> None:
    """Remove a rate of the program's own: the European Central Bank's counts again, where it has one."""
    row.delete()


def _save(sql: str, values: list[Any], count: int) -> Saved:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        written = cursor.fetchall()
    changed = {tuple(key): before for before, *key in written if before is not None}
    added = len(written) - len(changed)
    return Saved(added, len(changed), count - len(written), changed)
