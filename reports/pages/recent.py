"""How the last 30 days went against the 30 before: five figures and the trend."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from program.event_types.status_marks import Marks, status_marks
from program.models import Program
from reports.queries.figures import day_rows, summed
from reports.queries.filters import Filters

from .behind import ActionsBehind
from .stats import Stat, effective_rate, four_figures
from .trend import Compared, Trend, by_own_statuses, distance


@dataclass(frozen=True, slots=True)
class Recent:
    """The figures of a question's days and of as many right before, as a page shows them."""

    marks: Marks
    stats: list[Stat]
    chart: dict[str, Any]


def recent(program: Program, filters: Filters, behind: ActionsBehind, today: date) -> Recent:
    days, before = day_rows(program, filters), day_rows(program, filters.previous())
    total, total_before = summed(days), summed(before)
    marks = status_marks(program)
    trend = Trend(
        days,
        currency=program.currency,
        marks=marks,
        behind=behind,
        today=today,
        compared=Compared(distance(filters, filters.previous()), before),
    )
    four = four_figures(total, total_before, program.currency, behind.address())
    stats = [*four, effective_rate(total, total_before)]
    return Recent(marks, stats, trend.data(by_own_statuses(total)))
