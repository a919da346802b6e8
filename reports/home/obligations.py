"""What the brand owes: payouts that are pending, what locks and what is due next, and what a sale costs."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
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
        WHERE program_id = %s AND currency = %s AND state = 'PENDING' AND NOT is_test
    )
    SELECT count(*), coalesce(sum(payout), 0),
           (SELECT min(locks) FROM open WHERE locks >= %s),
           coalesce(sum(payout) FILTER (WHERE locks = (SELECT min(locks) FROM open WHERE locks >= %s)), 0),
           (SELECT min(clears) FROM open WHERE clears >= %s),
           coalesce(sum(payout) FILTER (WHERE clears = (SELECT min(clears) FROM open WHERE clears >= %s)), 0)
    FROM open
"""


def obligations(program: Program, total: ByStatus, before: ByStatus, today: date) -> list[Stat]:
    """Pending, locks next, due next, effective rate: of the program's currency, which the figures above are in."""
    values = (program.time_zone, program.pk, program.currency, today, today, today, today)
    ((count, pending, locks, locking, clears, clearing),) = fetch(_OPEN, values)
    asked = urlencode({"state": "PENDING", "currency": program.currency})
    return [
        Stat(
            "Pending",
            _sterling(pending, program),
            f"{number(count)} action{'' if count == 1 else 's'}",
            url=f"{reverse('tracking:action_list', args=[program.pk])}?{asked}",
        ),
        Stat("Locks next", _sterling(locking, program), f"on {day(locks)}") if locks else Stat("Locks next", "–"),
        Stat("Due next", _sterling(clearing, program), f"on {day(clears)}") if clears else Stat("Due next", "–"),
        _effective_rate(total, before),
    ]


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
