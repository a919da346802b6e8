"""The one query layer of the reports: page, chart, file, API and command read their figures here, from rollups only.

Statements are written here: composing a query set would take several times as long as running it, and a page asks a
dozen questions.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from common.db.statements import fetch
from program.models import Program
from reports.queries.filters import Filters

ZERO = Decimal(0)
# As the mapping calls them; the brand's own follow in alphabetical order, then Other.
KNOWN_STATUSES = ("New", "Existing", "Re-Engaged")
OTHER = "Other"
# What each status adds to New vs. Return: its head there, and the status. Other is all the rest.
PARTS = (("New", "New"), ("Return", "Existing"), ("Re-Engaged", "Re-Engaged"), ("Other", None))
_OF_PARTNERS = "partner_id IN (SELECT id FROM program_partner WHERE program_id = %s AND"
# Field of Filters → what it asks of a cell; each takes the program and the values.
_CONDITIONS = {
    "partners": f"{_OF_PARTNERS} media_partner_id = ANY(%s))",
    "countries": f"{_OF_PARTNERS} country = ANY(%s))",
    "partner_groups": "partner_id IN (SELECT partner_id FROM program_partnergroupmember WHERE program_id = %s AND"
    " group_id IN (SELECT id FROM program_partnergroup WHERE name = ANY(%s)))",
    "event_types": "event_type_id IN (SELECT id FROM program_eventtype WHERE program_id = %s AND code = ANY(%s))",
    # Codes match in any letter case, as in the mapping.
    "status_codes": "program_id = %s AND upper(customer_status) IN (SELECT upper(code) FROM unnest(%s::text[]) code)",
}  # fmt: skip
_DAYS = "program_id = %s AND day BETWEEN %s AND %s"
_COLUMNS = "partner_id, customer_status_category, actions, action_cost, revenue, gross_actions, gross_action_cost"
_SUMS = "sum(actions), sum(action_cost), sum(revenue), sum(gross_actions), sum(gross_action_cost)"


class Figures(NamedTuple):
    """Sums of one cell of a report, in one currency."""

    actions: int = 0
    action_cost: Decimal = ZERO
    revenue: Decimal = ZERO
    gross_actions: int = 0
    gross_action_cost: Decimal = ZERO

    @property
    def aov(self) -> Decimal | None:
        """Average order value: revenue by action; None without actions."""
        return self.revenue / self.actions if self.actions else None


NOTHING = Figures()


@dataclass(frozen=True, slots=True)
class ByStatus:
    """Figures by customer status."""

    statuses: dict[str, Figures] = field(default_factory=dict)

    def add(self, status: str, figures: Figures) -> None:
        there = self.statuses.get(status)
        self.statuses[status] = _sum([there, figures]) if there else figures

    def of(self, status: str) -> Figures:
        return self.statuses.get(status, NOTHING)

    def rest(self) -> Figures:
        """The sum of all statuses but those that New vs. Return names."""
        return _sum(figures for status, figures in self.statuses.items() if status not in KNOWN_STATUSES)

    def parts(self) -> list[Figures]:
        """In the order of PARTS."""
        return [self.of(status) if status else self.rest() for _, status in PARTS]

    @property
    def total(self) -> Figures:
        return _sum(self.statuses.values())

    @property
    def new_customer_rate(self) -> Decimal | None:
        """Actions of new customers in a hundred actions; None without actions."""
        actions = sum(figures.actions for figures in self.statuses.values())
        return Decimal(100) * self.of("New").actions / actions if actions else None


def _sum(several: Iterable[Figures]) -> Figures:
    sums: Iterable[Any] = map(sum, zip(*several, strict=True))
    return Figures(*sums)  # of nothing it is NOTHING


class NamedPartner(NamedTuple):
    partner_id: int
    media_partner_id: str
    name: str


@dataclass(frozen=True, slots=True)
class PartnerRow:
    partner: NamedPartner
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
    found = {currency for (currency,) in cells_of_days(program, filters).distinct("currency")}
    return sorted(found | {program.currency}, key=lambda code: (code != program.currency, code))


def partner_rows(program: Program, filters: Filters, partners: Sequence[NamedPartner]) -> list[PartnerRow]:
    """New vs. Return Customer: the rows of these partners, in their order (reports.md)."""
    found = {partner.partner_id: ByStatus() for partner in partners}
    cells = [each.also("partner_id = ANY(%s)", list(found)) for each in cells_of_partners(program, filters)]
    for partner_id, category, *figures in together(cells).sums("partner_id", "customer_status_category"):
        found[partner_id].add(category or OTHER, Figures(*figures))
    return [PartnerRow(partner, found[partner.partner_id]) for partner in partners]


def day_rows(program: Program, filters: Filters) -> list[DayRow]:
    """Performance by Day by Customer Status: every day of the range, in order, also the empty ones (reports.md)."""
    rows = {day: DayRow(day, ByStatus()) for day in filters.days}
    cells = in_currency(cells_of_days(program, filters), program, filters)
    for day, category, *figures in cells.sums("day", "customer_status_category"):
        rows[day].figures.add(category or OTHER, Figures(*figures))
    return list(rows.values())


def summed(rows: Iterable[PartnerRow] | Iterable[DayRow]) -> ByStatus:
    """The totals row: the sum of the rows, status by status."""
    found: dict[str, list[Figures]] = defaultdict(list)
    for row in rows:
        for status, figures in row.figures.statuses.items():
            found[status].append(figures)
    return ByStatus({status: _sum(several) for status, several in found.items()})


@dataclass(frozen=True, slots=True)
class Cells:
    """Rows of a rollup: its table, what they meet, and the values of both, in their order."""

    table: str
    condition: str
    values: tuple[object, ...]

    def also(self, condition: str, *values: object) -> "Cells":
        """Those of them that meet one more condition."""
        return Cells(self.table, f"{self.condition} AND {condition}", (*self.values, *values))

    def distinct(self, *columns: str) -> list[tuple[Any, ...]]:
        return fetch(f"SELECT DISTINCT {', '.join(columns)} FROM {self.table} WHERE {self.condition}", self.values)  # noqa: S608

    def sums(self, *by: str) -> list[tuple[Any, ...]]:
        """What the columns hold and the five figures, in no order: the database hashes what it would have to sort."""
        columns = ", ".join(by)
        return fetch(
            f"SELECT {columns}, {_SUMS} FROM {self.table} WHERE {self.condition} GROUP BY {columns}",  # noqa: S608
            self.values,
            is_planned_once=False,  # a prepared plan assumes a range of one day, and then sorts where hashing is faster
        )


def cells_of_days(program: Program, filters: Filters) -> Cells:
    """In every currency. A cell for each partner where partners are named, else the totals over all of them."""
    table = "reports_dailyperformance" if filters.names_partners else "reports_dailytotal"
    return _filtered(Cells(table, _DAYS, (program.pk, filters.start, filters.end)), program, filters)


def cells_of_partners(program: Program, filters: Filters) -> list[Cells]:
    """In the currency that is asked for: of the whole weeks of the range, and of the days before and after them."""
    start, end = filters.start, filters.end
    monday = start + timedelta(days=-start.weekday() % 7)
    sunday = end - timedelta(days=end.isoweekday() % 7)
    if monday < sunday:
        weeks = "program_id = %s AND week BETWEEN %s AND %s"
        cells = [
            Cells("reports_weeklyperformance", weeks, (program.pk, monday, sunday)),
            _days_of_partners(program, start, monday - timedelta(days=1)),
            _days_of_partners(program, sunday + timedelta(days=1), end),
        ]
    else:
        cells = [_days_of_partners(program, start, end)]
    return [in_currency(_filtered(each, program, filters), program, filters) for each in cells]


def together(cells: Sequence[Cells]) -> Cells:
    """All of these as one, without their days and weeks."""
    union = " UNION ALL ".join(f"SELECT {_COLUMNS} FROM {each.table} WHERE {each.condition}" for each in cells)  # noqa: S608
    return Cells(f"({union}) AS cell", "true", tuple(value for each in cells for value in each.values))


def _days_of_partners(program: Program, start: date, end: date) -> Cells:
    return Cells("reports_dailyperformance", _DAYS, (program.pk, start, end))


def in_currency(cells: Cells, program: Program, filters: Filters) -> Cells:
    return cells.also("currency = %s", filters.currency or program.currency)


def _filtered(cells: Cells, program: Program, filters: Filters) -> Cells:
    for name, condition in _CONDITIONS.items():
        if values := getattr(filters, name):
            cells = cells.also(condition, program.pk, list(values))
    return cells
