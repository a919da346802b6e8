"""Figures of the last 30 days for lists of other apps, and these lists in their order: partners, contracts, terms."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from common.db.statements import fetch
from program.frame.recent_figures import DAYS, By, ClicksBy, Figures, RecentClicks, RecentFigures
from program.models import Program

# Rows of a list → their cells. A list shows a page of partners or contracts, whose partners the index finds; terms are
# few, and nearly all orders are theirs: all days are read, and added up by terms at once.
_OF_THE_ROWS = {
    "partner": "SELECT partner_id, {sums} FROM reports_dailyperformance WHERE {days} AND partner_id = ANY(%(ids)s)",
    "contract": """
        SELECT contract_id, {sums} FROM reports_dailyperformance WHERE {days} AND contract_id = ANY(%(ids)s)
        AND partner_id IN (SELECT partner_id FROM contracts_contract WHERE id = ANY(%(ids)s))""",
    "template_terms": """
        SELECT template_terms_id, {sums} FROM reports_dailyperformance AS cell
        JOIN (SELECT contract.id, template_terms_id FROM contracts_contract AS contract
              JOIN contracts_termsversion AS version ON version.id = terms_version_id
              WHERE template_terms_id = ANY(%(ids)s)) AS contract ON contract.id = contract_id
        WHERE {days}""",
}
_SUMS = "currency, sum(actions) AS actions, sum(action_cost) AS action_cost, sum(revenue) AS revenue"
_DAYS = "program_id = %(program)s AND day BETWEEN %(start)s AND %(end)s"
# All rows of a list → their cells. These are added up once, and put beside the rows that the filters of the list leave.
_OF_ALL_ROWS = {
    "partner": "SELECT partner_id AS listed, {cells}",
    "contract": "SELECT contract_id AS listed, {cells}",
    "template_terms": """
        SELECT template_terms_id AS listed, {cells}
        JOIN (SELECT contract.id AS contract_id, template_terms_id FROM contracts_contract AS contract
              JOIN contracts_termsversion AS version ON version.id = terms_version_id) AS contract USING (contract_id)
    """,
}
_CELLS = "currency, actions, action_cost, revenue FROM reports_dailyperformance"
# Actions are counted over all currencies. Of payouts and rates a row's first line counts: that of the program's
# currency, else of the first by its name. Amounts of two currencies are not compared: one currency follows the other.
_PLACES = {
    "actions": ("'' AS kind, sum(sum(actions)) OVER (PARTITION BY listed)"),
    "payout": "currency AS kind, sum(action_cost)",
    "rate": "'' AS kind, sum(action_cost) / nullif(sum(revenue), 0)",
}
_IN_ORDER = """
    WITH figure AS (
        SELECT DISTINCT ON (listed) listed, {place} AS place
        FROM ({cells} WHERE program_id = %s AND day BETWEEN %s AND %s) AS cell
        GROUP BY listed, currency ORDER BY listed, currency <> %s, currency
    )
    SELECT id FROM ({rows}) AS shown(id) LEFT JOIN figure ON listed = id ORDER BY {order}, id LIMIT %s OFFSET %s
"""
_FALLING = "kind <> %s NULLS LAST, kind, place DESC NULLS LAST"
_RISING = "kind <> %s DESC NULLS FIRST, kind DESC, place NULLS FIRST"
_LAST_ORDERS = """
    SELECT partner_id, day FROM unnest(%s::bigint[]) AS asked(partner_id) CROSS JOIN LATERAL (
        SELECT day FROM reports_dailyperformance WHERE partner_id = asked.partner_id AND program_id = %s
        ORDER BY day DESC LIMIT 1) AS newest
"""
_CLICKS = """
    SELECT {by}_id, sum(impressions)::integer, sum(clicks)::integer, sum(payable_clicks)::integer
    FROM reports_dailyclicks WHERE {days} AND {by}_id = ANY(%(ids)s) GROUP BY 1
"""


def recent_figures(program: Program, by: By, ids: Collection[int]) -> Figures:
    """As `program.frame.recent_figures` asks for them; orders that were all reversed leave zeros."""
    values = _values(program, ids)
    sql = _OF_THE_ROWS[by].format(sums=_SUMS, days=_DAYS) + " GROUP BY 1, 2"
    found: dict[int, list[RecentFigures]] = defaultdict(list)
    rows = fetch(sql, values, is_planned_once=False)
    for row, *figures in sorted(rows, key=lambda row: (row[1] != program.currency, row[1])):
        found[row].append(RecentFigures(*figures))
    return found


def in_order(program: Program, by: By, sort: str, rows: QuerySet[Any], start: int, stop: int) -> list[int]:
    """The ids of these rows from one place to another, as `program.frame.recent_figures` orders them."""
    listed, values = rows.order_by().values("pk").query.sql_with_params()
    sql = _IN_ORDER.format(
        place=_PLACES[sort.removeprefix("-")],
        cells=_OF_ALL_ROWS[by].format(cells=_CELLS),
        rows=listed,
        order=_FALLING if sort.startswith("-") else _RISING,
    )
    asked = (program.pk, *_days(program), program.currency, *values, program.currency, stop - start, start)
    return [pk for (pk,) in fetch(sql, asked, is_planned_once=False)]


def _days(program: Program) -> tuple[date, date]:
    today = timezone.now().astimezone(program.zone).date()
    return today - timedelta(days=DAYS - 1), today


def last_orders(program: Program, partners: Collection[int]) -> Mapping[int, date]:
    """The reversed count too: the day is when somebody ordered."""
    return dict(fetch(_LAST_ORDERS, (list(partners), program.pk)))


def recent_clicks(program: Program, by: ClicksBy, ids: Collection[int]) -> Mapping[int, RecentClicks]:
    """As `program.frame.recent_figures` asks for them."""
    rows = fetch(_CLICKS.format(by=by, days=_DAYS), _values(program, ids), is_planned_once=False)
    return {row: RecentClicks(*figures) for row, *figures in rows}


def _values(program: Program, ids: Collection[int]) -> dict[str, object]:
    start, end = _days(program)
    return {"program": program.pk, "start": start, "end": end, "ids": list(ids)}
