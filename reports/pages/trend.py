"""The trend by customer status as data of components/trend_chart.html: figures, and the addresses of their actions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import attrgetter, methodcaller
from typing import Any

from common.currencies import CURRENCY_DIGITS
from program.templatetags.brandboard import SIGNS, money, number
from reports.queries.figures import KNOWN_STATUSES, OTHER, PARTS, ByStatus, DayRow, Figures, summed
from reports.queries.filters import Filters
from reports.queries.tables import METRICS
from reports.queries.tables import money as with_digits

from .behind import ActionsBehind
from .statuses import stacked

DAY = "{day}"  # in an address, where the chart writes the day that was chosen
PartOf = Callable[[ByStatus], Figures]


@dataclass(frozen=True, slots=True)
class Part:
    """One line: its words, its status as an address of actions takes it, whose figures it shows."""

    words: str
    status: str | None
    of: PartOf


@dataclass(frozen=True, slots=True)
class Compared:
    """The days that a trend is compared with, one beside each of its own."""

    words: str
    rows: Sequence[DayRow]


def by_own_statuses(total: ByStatus) -> list[Part]:
    """A line for each status there is, the brand's own among them; the three known ones always."""
    statuses = stacked({*KNOWN_STATUSES, *total.statuses}, total)
    return [Part(status, status, methodcaller("of", status)) for status in statuses]


def by_parts(total: ByStatus) -> list[Part]:
    """The lines of New vs. Return Customer: its three statuses, and all the rest as one."""
    heads = {status or OTHER: head for head, status in PARTS}
    return [
        Part(heads[status], None, methodcaller("rest"))
        if status == OTHER
        else Part(heads[status], status, methodcaller("of", status))
        for status in stacked(heads, total)
    ]


def distance(filters: Filters, compared: Filters) -> str:
    """How far before each day the one lies that it is compared with."""
    days = (filters.start - compared.start).days
    if compared == filters.year_before() and compared != filters.previous():
        return "a year before"
    return "the day before" if days == 1 else f"{days} days before"


class Trend:
    """Days in their order, in one currency; `today` is drawn as a day that goes on."""

    def __init__(
        self,
        rows: Sequence[DayRow],
        *,
        currency: str,
        marks: Mapping[str, str],
        behind: ActionsBehind,
        today: date,
        compared: Compared | None = None,
    ) -> None:
        self.rows, self.currency, self.marks = rows, currency, marks
        self.behind, self.today, self.compared = behind, today, compared

    def data(self, parts: Iterable[Part]) -> dict[str, Any]:
        """As the chart reads it: a series for each part, and what all of them add up to."""
        parts = list(parts)
        whole: PartOf = attrgetter("total")
        return {
            "days": [row.day.isoformat() for row in self.rows],
            "today": self.today.isoformat(),
            "metrics": [self._metric(column.key, column.name) for column in METRICS],
            "counts": [row.figures.total.gross_actions for row in self.rows],
            "url": self.behind.address(day=DAY),
            "totals": _values(self.rows, whole),
            "series": [self._series(part) for part in parts],
            "before": self._before(parts) if self.compared else None,
        }

    def _metric(self, key: str, label: str) -> dict[str, Any]:
        if key == "actions":
            return {"key": key, "label": label, "unit": "", "sign": "", "digits": 0}
        sign = SIGNS.get(self.currency, f"{self.currency}\N{NO-BREAK SPACE}")
        digits = CURRENCY_DIGITS.get(self.currency, 2)
        return {"key": key, "label": label, "unit": self.currency, "sign": sign, "digits": digits}

    def _series(self, part: Part) -> dict[str, Any]:
        return {
            "status": part.words,
            "slug": self.marks[part.status or OTHER],
            "url": self.behind.address(day=DAY, status=part.status),
            "values": _values(self.rows, part.of),
            "totals": self._totals(part.of(summed(self.rows))),
        }

    def _before(self, parts: Sequence[Part]) -> dict[str, Any]:
        assert self.compared
        rows = self.compared.rows
        whole: PartOf = attrgetter("total")
        return {
            "label": f"Same day, {self.compared.words}"
            if self.compared.words != "the day before"
            else "The day before",
            "days": [row.day.isoformat() for row in rows],
            "values": _values(rows, whole),
            "series": [_values(rows, part.of) for part in parts],
            "totals": self._totals(summed(rows).total),
        }

    def _totals(self, figures: Figures) -> dict[str, str]:
        def written(key: str) -> str:
            value = getattr(figures, key)
            return number(value) if key == "actions" else money(with_digits(value, self.currency), self.currency)

        return {column.key: written(column.key) for column in METRICS}


def _values(rows: Iterable[DayRow], of: PartOf) -> dict[str, list[str]]:
    figures = [of(row.figures) for row in rows]
    return {column.key: [_plain(getattr(each, column.key)) for each in figures] for column in METRICS}


def _plain(value: Decimal | int) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
