"""Figures of the last 30 days for lists of other apps: partners, contracts, template terms."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, timedelta

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


def last_orders(program: Program, partners: Collection[int]) -> Mapping[int, date]:
    """The reversed count too: the day is when somebody ordered."""
    return dict(fetch(_LAST_ORDERS, (list(partners), program.pk)))


def recent_clicks(program: Program, by: ClicksBy, ids: Collection[int]) -> Mapping[int, RecentClicks]:
    """As `program.frame.recent_figures` asks for them."""
    rows = fetch(_CLICKS.format(by=by, days=_DAYS), _values(program, ids), is_planned_once=False)
    return {row: RecentClicks(*figures) for row, *figures in rows}


def _values(program: Program, ids: Collection[int]) -> dict[str, object]:
    today = timezone.now().astimezone(program.zone).date()
    return {"program": program.pk, "start": today - timedelta(days=DAYS - 1), "end": today, "ids": list(ids)}
