"""What the brand owes: payouts that are pending, those that are approved, and when the next ones lock and are due."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from common.db.statements import fetch
from program.models import Program
from program.templatetags.brandboard import day, money, number
from reports.pages.stats import Stat
from reports.queries.tables import money as with_digits

# Each payout is in one of three: pending, approved and not due yet, due. A payout of nothing is due on no day.
_OWED = """
    WITH owed AS MATERIALIZED (
        SELECT payout, state = 'PENDING' AS is_pending, (locking_date AT TIME ZONE %s)::date AS locks,
               clearing_date AS clears, state = 'APPROVED' AND clearing_date < %s AS is_due
        FROM tracking_action
        WHERE program_id = %s AND currency = %s AND state IN ('PENDING', 'APPROVED') AND NOT is_test AND {whose}
    ), next AS MATERIALIZED (
        SELECT min(locks) FILTER (WHERE is_pending AND locks >= %s) AS locks,
               min(clears) FILTER (WHERE clears >= %s AND payout <> 0) AS clears
        FROM owed
    )
    SELECT count(*) FILTER (WHERE is_pending),
           coalesce(sum(payout) FILTER (WHERE is_pending), 0),
           (SELECT locks FROM next),
           coalesce(sum(payout) FILTER (WHERE is_pending AND locks = (SELECT locks FROM next)), 0),
           count(*) FILTER (WHERE NOT is_pending AND is_due IS NOT TRUE),
           coalesce(sum(payout) FILTER (WHERE NOT is_pending AND is_due IS NOT TRUE), 0),
           (SELECT clears FROM next),
           coalesce(sum(payout) FILTER (WHERE clears = (SELECT clears FROM next)), 0),
           count(*) FILTER (WHERE is_due),
           coalesce(sum(payout) FILTER (WHERE is_due), 0)
    FROM owed
"""


class OwedPayouts(NamedTuple):
    """Payouts that are not reversed, by how far they are: how many and how much; when the next ones lock and are due,
    and how much of it.
    """

    pending_actions: int
    pending: Decimal
    locks: date | None
    locking: Decimal
    approved_actions: int
    approved: Decimal
    clears: date | None
    clearing: Decimal
    due_actions: int
    due: Decimal


def owed(program: Program, today: date, **row: int) -> list[Stat]:
    """Pending, locks next, approved, due next and due: of the program or of one `partner` or `event_type`, by its
    number; in the program's currency, which the figures above are in.
    """
    payouts = _owed_payouts(program, today, row)
    return [
        _counted("Pending", payouts.pending_actions, payouts.pending, program, url=_pending_url(program, row)),
        _next("Locks next", payouts.locks, payouts.locking, program),
        _counted("Approved, not due yet", payouts.approved_actions, payouts.approved, program),
        _next("Due next", payouts.clears, payouts.clearing, program),
        _counted("Due", payouts.due_actions, payouts.due, program),
    ]


def _owed_payouts(program: Program, today: date, row: Mapping[str, int]) -> OwedPayouts:
    whose = " AND ".join(["true", *(f"{name}_id = %s" for name in row)])
    values = (program.time_zone, today, program.pk, program.currency, *row.values(), today, today)
    return OwedPayouts(*fetch(_OWED.format(whose=whose), values)[0])


def _pending_url(program: Program, row: Mapping[str, int]) -> str:
    asked = urlencode({"state": "PENDING", "currency": program.currency, **row})
    return f"{reverse('tracking:action_list', args=[program.pk])}?{asked}"


def _counted(label: str, actions: int, payout: Decimal, program: Program, *, url: str = "") -> Stat:
    words = f"{number(actions)} action{'' if actions == 1 else 's'}"
    return Stat(label, _sterling(payout, program), words, url=url)


def _next(label: str, on: date | None, payout: Decimal, program: Program) -> Stat:
    return Stat(label, _sterling(payout, program), f"on {day(on)}") if on else Stat(label, "–")


def _sterling(value: Decimal, program: Program) -> str:
    return money(with_digits(value, program.currency), program.currency)
