"""What is owed for a partner or an event type: what is pending, what locks next, and the effective rate."""

from datetime import date

from program.models import EventType, Partner, Program
from reports.home.obligations import effective_rate, locks_next, open_payouts, pending
from reports.pages.recent import Recent
from reports.pages.stats import Stat


def owed(program: Program, row: Partner | EventType, recent: Recent, today: date) -> list[Stat]:
    """In the program's currency, as the figures of the page."""
    name = "partner" if isinstance(row, Partner) else "event_type"
    payouts = open_payouts(program, today, **{name: row.pk})
    return [
        pending(program, payouts, **{name: row.pk}),
        locks_next(program, payouts),
        effective_rate(recent.total, recent.before),
    ]
