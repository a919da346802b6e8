"""The table of Performance by Day by Customer Status: days, each of which unfolds into its customer statuses."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.safestring import SafeString

from program.templatetags.brandboard import share
from reports.queries.figures import DayRow, Figures, ordered_statuses
from reports.queries.tables import Column, figure_cells

from .behind import ActionsBehind
from .stats import written
from .statuses import share_bar


@dataclass(frozen=True, slots=True)
class PartLine:
    """One customer status of a day: its mark, its share of the day's actions, the address of its actions."""

    status: str
    mark: str
    share: str
    url: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class DayLine:
    """A day as the table shows it. `words` stand in place of the bar where no action is left."""

    day: date
    url: str
    bar: SafeString
    words: str
    cells: list[str]
    parts: list[PartLine]


class DayTable:
    def __init__(
        self, columns: Sequence[Column], *, marks: Mapping[str, str], currency: str, behind: ActionsBehind
    ) -> None:
        self.columns, self.marks, self.currency, self.behind = columns, marks, currency, behind

    def lines(self, rows: Iterable[DayRow]) -> list[DayLine]:
        return [self._line(row) for row in rows]

    def cells(self, figures: Figures) -> list[str]:
        return written(figure_cells(figures, self.columns, self.currency), self.columns, self.currency)

    def _line(self, row: DayRow) -> DayLine:
        total = row.figures.total
        parts = [
            self._part(row, status, total.actions)
            for status in ordered_statuses(row.figures.statuses)
            if any(figure_cells(row.figures.of(status), self.columns, self.currency))  # one of zeros folds away
        ]
        words = "" if total.actions else "All reversed" if total.gross_actions else "No orders"
        return DayLine(
            row.day,
            self.behind.address(day=row.day),
            share_bar(row.figures, self.marks),
            words,
            self.cells(total),
            parts,
        )

    def _part(self, row: DayRow, status: str, actions: int) -> PartLine:
        figures = row.figures.of(status)
        words = share(Decimal(100) * figures.actions / actions) if actions else ""
        url = self.behind.address(day=row.day, status=status)
        return PartLine(status, self.marks[status], words, url, self.cells(figures))
