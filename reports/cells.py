"""The cells of the rollups that a question is about, and sums over them, as statements.

Composing a query set would take several times as long as running it, and a page asks a dozen questions.
"""

from dataclasses import dataclass
from typing import Any

from config.statements import fetch
from program.models import Program
from reports.filters import Filters

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
_SUMS = "sum(actions), sum(action_cost), sum(revenue), sum(gross_actions), sum(gross_action_cost)"


@dataclass(frozen=True, slots=True)
class Cells:
    """Rows of a rollup: its table, what they meet, and the values for that, in their order."""

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
            is_planned_once=False,  # for any range, it is planned as if for a day, and then sorts what it could hash
        )


def cells_of_days(program: Program, filters: Filters) -> Cells:
    """In every currency. A cell for each partner where partners are named, else the totals over all of them."""
    return _cells("reports_dailyperformance" if filters.names_partners else "reports_dailytotal", program, filters)


def cells_of_partners(program: Program, filters: Filters) -> Cells:
    """In the currency that is asked for."""
    return in_currency(_cells("reports_dailyperformance", program, filters), program, filters)


def in_currency(cells: Cells, program: Program, filters: Filters) -> Cells:
    return cells.also("currency = %s", filters.currency or program.currency)


def _cells(table: str, program: Program, filters: Filters) -> Cells:
    cells = Cells(table, "program_id = %s AND day BETWEEN %s AND %s", (program.pk, filters.start, filters.end))
    for name, condition in _CONDITIONS.items():
        if values := getattr(filters, name):
            cells = cells.also(condition, program.pk, list(values))
    return cells
