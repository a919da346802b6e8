"""The cells of the rollups that a question is about, and sums over them, as statements.

Composing a query set would take several times as long as running it, and a page asks a dozen questions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from common.db.statements import fetch
from program.models import Program
from reports.queries.filters import Filters

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
