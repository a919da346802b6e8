"""The one query layer of the reports: page, chart, file, API and command read their figures here, from rollups only."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from program.models import Partner, Program
from reports.filters import Filters
from reports.models import DailyPerformance, DailyTotal

ZERO = Decimal(0)
# As the mapping calls them; whatever comes after is the brand's own, in alphabetical order, then Other.
KNOWN_STATUSES = ("New", "Existing", "Re-Engaged")
OTHER = "Other"

FIGURES = ("actions", "action_cost", "revenue", "gross_actions", "gross_action_cost")


@dataclass(slots=True)
class Figures:
    """Sums of one cell of a report, in one currency."""

    actions: int = 0
    action_cost: Decimal = ZERO
    revenue: Decimal = ZERO
    gross_actions: int = 0
    gross_action_cost: Decimal = ZERO

    def add(self, other: "Figures") -> None:
        self.actions += other.actions
        self.action_cost += other.action_cost
        self.revenue += other.revenue
        self.gross_actions += other.gross_actions
        self.gross_action_cost += other.gross_action_cost

    @property
    def aov(self) -> Decimal | None:
        """Average order value: revenue by action; None without actions."""
        return self.revenue / self.actions if self.actions else None


@dataclass(slots=True)
class ByStatus:
    """Figures by customer status, and their sum."""

    statuses: dict[str, Figures] = field(default_factory=lambda: defaultdict(Figures))
    total: Figures = field(default_factory=Figures)

    def add(self, status: str, figures: Figures) -> None:
        self.statuses[status].add(figures)
        self.total.add(figures)

    def of(self, status: str) -> Figures:
        return self.statuses.get(status) or Figures()

    def rest(self, named: Iterable[str]) -> Figures:
        """The sum of all statuses but the named ones."""
        known, rest = set(named), Figures()
        for status, figures in self.statuses.items():
            if status not in known:
                rest.add(figures)
        return rest

    @property
    def new_customer_rate(self) -> Decimal | None:
        """Actions of new customers in a hundred actions; None without actions."""
        return Decimal(100) * self.of("New").actions / self.total.actions if self.total.actions else None


@dataclass(frozen=True, slots=True)
class PartnerRow:
    partner_id: int
    media_partner_id: str
    name: str
    figures: ByStatus


@dataclass(frozen=True, slots=True)
class DayRow:
    day: date
    figures: ByStatus


def ordered_statuses(statuses: Iterable[str]) -> list[str]:
    """Those given: New, Existing, Re-Engaged, the brand's own, Other."""
    found = set(statuses)
    own = sorted(found - {*KNOWN_STATUSES, OTHER})
    return [status for status in (*KNOWN_STATUSES, *own, OTHER) if status in found]


def currencies(program: Program, filters: Filters) -> list[str]:
    """The currencies in which there are figures, the program's first. Sums never mix them (payouts.md §2)."""
    found = set(_cells(program, filters).values_list("currency", flat=True).distinct())
    return sorted(found | {program.currency}, key=lambda code: (code != program.currency, code))


def status_codes(program: Program, filters: Filters) -> list[tuple[str, str]]:
    """(code, status) of every customer status code that was sent on the days of the range."""
    days = Filters(filters.start, filters.end)
    pairs = _cells(program, days).exclude(customer_status="")
    found = pairs.values_list("customer_status", "customer_status_category").distinct()
    return sorted((code, category or OTHER) for code, category in found)


def partner_rows(program: Program, filters: Filters) -> list[PartnerRow]:
    """New vs. Return Customer: a row for every partner with actions in the range, by name (interfaces.md §5)."""
    found: dict[int, ByStatus] = defaultdict(ByStatus)
    cells = DailyPerformance.objects.filter(filters.condition(program), program=program)
    for sums in _sums(cells, program, filters, "partner_id", "customer_status_category"):
        found[sums["partner_id"]].add(sums["customer_status_category"] or OTHER, _figures(sums))
    partners = Partner.objects.filter(program=program).order_by("name", "pk")
    named = partners.values_list("pk", "media_partner_id", "name")
    return [PartnerRow(pk, code, name, found[pk]) for pk, code, name in named if pk in found]


def day_rows(program: Program, filters: Filters) -> list[DayRow]:
    """Performance by Day by Customer Status: every day of the range, in order, also the empty (interfaces.md §5)."""
    rows = {day: DayRow(day, ByStatus()) for day in filters.days}
    for sums in _sums(_cells(program, filters), program, filters, "day", "customer_status_category"):
        rows[sums["day"]].figures.add(sums["customer_status_category"] or OTHER, _figures(sums))
    return list(rows.values())


def whole(program: Program, filters: Filters) -> ByStatus:
    """The whole range as one sum, by status: what a comparison compares with."""
    total = ByStatus()
    for sums in _sums(_cells(program, filters), program, filters, "customer_status_category"):
        total.add(sums["customer_status_category"] or OTHER, _figures(sums))
    return total


def summed(rows: Iterable[PartnerRow] | Iterable[DayRow]) -> ByStatus:
    """The totals row: the sum of the rows, status by status."""
    total = ByStatus()
    for row in rows:
        for status, figures in row.figures.statuses.items():
            total.add(status, figures)
    return total


def _cells(program: Program, filters: Filters) -> "QuerySet[Any]":
    """Of days: a row for each partner where partners are named, else the totals."""
    model = DailyPerformance if filters.names_partners else DailyTotal
    return model.objects.filter(filters.condition(program), program=program)


def _sums(cells: "QuerySet[Any]", program: Program, filters: Filters, *by: str) -> Iterable[dict[str, Any]]:
    """In no order: the database hashes what it would have to sort."""
    rows = cells.filter(currency=filters.currency or program.currency)
    return rows.values(*by).annotate(**{f"sum_{name}": Sum(name) for name in FIGURES}).order_by()


def _figures(row: dict[str, Any]) -> Figures:
    return Figures(
        row["sum_actions"],
        row["sum_action_cost"],
        row["sum_revenue"],
        row["sum_gross_actions"],
        row["sum_gross_action_cost"],
    )
