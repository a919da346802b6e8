"""What the brand owes: payouts that are pending, what locks and what is due next, and what a sale costs."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from common.db.statements import fetch
from program.models import Program
from program.templatetags.brandboard import day, money, number, share
from reports.pages.stats import Stat
from reports.queries.figures import ByStatus
from reports.queries.tables import money as with_digits
from reports.queries.tables import rounded

_OPEN = """
    WITH open AS MATERIALIZED (
        SELECT payout, (locking_date AT TIME ZONE %s)::date AS locks, clearing_date AS clears FROM tracking_action
        WHERE program_id = %s AND currency = %s AND state = 'PENDING' AND NOT is_test AND {whose}
    )
    SELECT count(*), coalesce(sum(payout), 0),
           (SELECT min(locks) FROM open WHERE locks >= %s),
           coalesce(sum(payout) FILTER (WHERE locks = (SELECT min(locks) FROM open WHERE locks >= %s)), 0),
           (SELECT min(clears) FROM open WHERE clears >= %s),
           coalesce(sum(payout) FILTER (WHERE clears = (SELECT min(clears) FROM open WHERE clears >= %s)), 0)
    FROM open
"""


class OpenPayouts(NamedTuple):
    """Payouts that are pending: how many and how much; when the next ones lock and are due, and how much of it."""

    actions: int
    payout: Decimal
    locks: date | None
    locking: Decimal
    clears: date | None
    clearing: Decimal


def obligations(program: Program, total: ByStatus, before: ByStatus, today: date) -> list[Stat]:
    """Pending, locks next, due next, effective rate: of the program's currency, which the figures above are in."""
    payouts = _open_payouts(program, today, {})
    return [
        _pending(program, payouts, {}),
        _next("Locks next", payouts.locks, payouts.locking, program),
        _next("Due next", payouts.clears, payouts.clearing, program),
        _effective_rate(total, before),
    ]


def owed(program: Program, total: ByStatus, before: ByStatus, today: date, **row: int) -> list[Stat]:
    """Pending, locks next and effective rate of one `partner` or `event_type`, by its number."""
    payouts = _open_payouts(program, today, row)
    return [
        _pending(program, payouts, row),
        _next("Locks next", payouts.locks, payouts.locking, program),
        _effective_rate(total, before),
    ]


def _open_payouts(program: Program, today: date, row: Mapping[str, int]) -> OpenPayouts:
    whose = " AND ".join(["true", *(f"{name}_id = %s" for name in row)])
    values = (program.time_zone, program.pk, program.currency, *row.values(), today, today, today, today)
    return OpenPayouts(*fetch(_OPEN.format(whose=whose), values)[0])


def _pending(program: Program, payouts: OpenPayouts, row: Mapping[str, int]) -> Stat:
    asked = urlencode({"state": "PENDING", "currency": program.currency, **row})
    return Stat(
        "Pending",
        _sterling(payouts.payout, program),
        f"{number(payouts.actions)} action{'' if payouts.actions == 1 else 's'}",
        url=f"{reverse('tracking:action_list', args=[program.pk])}?{asked}",
    )


def _next(label: str, on: date | None, payout: Decimal, program: Program) -> Stat:
    return Stat(label, _sterling(payout, program), f"on {day(on)}") if on else Stat(label, "–")


def _effective_rate(total: ByStatus, before: ByStatus) -> Stat:
    """Action cost in a hundred of revenue."""
    now, then = _rate(total), _rate(before)
    stat = Stat("Effective rate", "–" if now is None else share(now))
    if now is None or then is None:
        return stat
    change = now - then
    words = f"{abs(change):f} points" if change else "unchanged"
    return replace(stat, change=words, before=share(then), up=change > 0, down=change < 0)


def _rate(figures: ByStatus) -> Decimal | None:
    total = figures.total
    return rounded(Decimal(100) * total.action_cost / total.revenue, 1) if total.revenue else None


def _sterling(value: Decimal, program: Program) -> str:
    return money(with_digits(value, program.currency), program.currency)
