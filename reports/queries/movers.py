"""The partners that brought most, and those whose revenue changed most against the days before."""

from decimal import Decimal
from typing import NamedTuple

from common.db.statements import fetch
from program.models import Program
from reports.queries.figures import cells_of_partners, together
from reports.queries.filters import Filters

_BOTH = """
    WITH sums AS MATERIALIZED (
        SELECT partner_id, sum(now_revenue) AS revenue, sum(now_cost) AS cost, sum(then_revenue) AS revenue_before
        FROM (
            SELECT partner_id, revenue AS now_revenue, action_cost AS now_cost, 0 AS then_revenue FROM {now}
            UNION ALL SELECT partner_id, 0, 0, revenue FROM {then}
        ) AS both_ranges GROUP BY partner_id
    ), chosen AS (
        (SELECT *, true AS is_top FROM sums WHERE revenue > 0 ORDER BY revenue DESC, partner_id LIMIT %s)
        UNION ALL
        (SELECT *, false FROM sums WHERE revenue <> revenue_before
         ORDER BY abs(revenue - revenue_before) DESC, partner_id LIMIT %s)
    )
    SELECT is_top, partner.id, media_partner_id, name, revenue, cost, revenue_before
    FROM chosen JOIN program_partner AS partner ON partner.id = partner_id
"""


class Mover(NamedTuple):
    """A partner's revenue and cost in the range, and its revenue in the one before."""

    partner_id: int
    media_partner_id: str
    name: str
    revenue: Decimal
    cost: Decimal
    revenue_before: Decimal

    @property
    def change(self) -> Decimal:
        return self.revenue - self.revenue_before


def top_and_movers(
    program: Program, filters: Filters, before: Filters, *, most: int
) -> tuple[list[Mover], list[Mover]]:
    """At most so many of each: by revenue, and by the size of its change, whichever way it went."""
    now, then = together(cells_of_partners(program, filters)), together(cells_of_partners(program, before))
    sql = _BOTH.format(now=now.table, then=then.table.replace("AS cell", "AS cell_before"))
    rows = fetch(sql, (*now.values, *then.values, most, most), is_planned_once=False)
    top = sorted((Mover(*row) for is_top, *row in rows if is_top), key=lambda each: -each.revenue)
    movers = sorted((Mover(*row) for is_top, *row in rows if not is_top), key=lambda each: -abs(each.change))
    return top, movers
