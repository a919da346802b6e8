"""Compares rollups with the sums of the actions, and weeks and totals with the days, in SQL."""

from collections.abc import Iterator
from datetime import date

from django.db import connection

_FIGURES = ("actions", "action_cost", "revenue", "gross_actions", "gross_action_cost")
_STORED = ", ".join(f"cell.{name}" for name in _FIGURES)
_FRESH = ", ".join(f"fresh.{name}" for name in _FIGURES)
_TOTAL_KEYS = ("program_id", "event_type_id", "day", "customer_status_category", "customer_status", "currency")
_PARTNER_KEYS = (*_TOTAL_KEYS, "partner_id")
_KEYS = (*_PARTNER_KEYS, "contract_id")
_WEEK_KEYS = tuple("week" if key == "day" else key for key in _PARTNER_KEYS)
_DAYS = "day BETWEEN %(start)s AND %(end)s"

# Statements of its own, so that a mistake in those that fill the rollups is not repeated here.
_OF_ACTIONS = f"""
    SELECT program_id, event_type_id, partner_id, contract_id, day, customer_status_category, customer_status, currency,
           sum(counted) AS actions, sum(counted * payout) AS action_cost, sum(counted * amount) AS revenue,
           count(id) AS gross_actions, sum(intended_payout) AS gross_action_cost
    FROM (SELECT *, CASE state WHEN 'REVERSED' THEN 0 ELSE 1 END AS counted FROM tracking_action) AS action
    WHERE program_id = %(program)s AND {_DAYS} AND is_test = false AND is_hidden = false
    GROUP BY program_id, event_type_id, partner_id, contract_id, day, customer_status_category, customer_status,
             currency
"""  # noqa: S608 (no value in it comes from outside)


def _of_days(keys: tuple[str, ...], among: str) -> str:
    """The days that are stored, each with its week, added up by these keys."""
    sums = ", ".join(f"sum({name}) AS {name}" for name in _FIGURES)
    return f"""
    SELECT {", ".join(keys)}, {sums}
    FROM (SELECT *, date_trunc('week', day::timestamp)::date AS week FROM reports_dailyperformance
          WHERE program_id = %(program)s) AS days
    WHERE {among} GROUP BY {", ".join(keys)}
    """  # noqa: S608


def _differences(
    table: str, keys: tuple[str, ...], fresh: str, *, among: str = _DAYS, unless: str = "", day: str = "day"
) -> str:
    """Stored and expected figures, where they differ; a total has no partner, a week no other day."""
    same = " AND ".join(f"cell.{key} = fresh.{key}" for key in keys)
    place = [f"coalesce(cell.{key}, fresh.{key})" if key in keys else "NULL" for key in (*keys[1:6], "partner_id")]
    return f"""
    WITH fresh AS ({fresh}),
    cell AS (SELECT * FROM {table} WHERE program_id = %(program)s AND {among})
    SELECT cell.id, {", ".join(place)}, {_STORED}, {_FRESH}
    FROM cell FULL JOIN fresh ON {same}
    WHERE ({_STORED}) IS DISTINCT FROM ({_FRESH}) {unless}
    ORDER BY coalesce(cell.{day}, fresh.{day}), 1
    """  # noqa: S608 (no value in it comes from outside)


_CELLS = _differences(
    "reports_dailyperformance",
    _KEYS,
    _OF_ACTIONS,
    # A day that was touched and not yet recomputed is not a difference: it has a mark.
    unless="""
      AND NOT EXISTS (SELECT FROM tracking_touchedday mark WHERE mark.program_id = %(program)s
                      AND mark.event_type_id = coalesce(cell.event_type_id, fresh.event_type_id)
                      AND mark.partner_id = coalesce(cell.partner_id, fresh.partner_id)
                      AND mark.day = coalesce(cell.day, fresh.day))""",
)
# Every week that has a day of the range, as a whole.
_WITHIN = "week + 6 >= %(start)s AND week <= %(end)s"
_WEEKS = _differences(
    "reports_weeklyperformance",
    _WEEK_KEYS,
    _of_days(_WEEK_KEYS, _WITHIN),
    among=_WITHIN,
    day="week",
)
_TOTALS = _differences("reports_dailytotal", _TOTAL_KEYS, _of_days(_TOTAL_KEYS, _DAYS))
_COMPARED = (
    ("DailyPerformance", "actions", _CELLS),
    ("WeeklyPerformance", "its days", _WEEKS),
    ("DailyTotal", "its cells", _TOTALS),
)


def rollup_differences(program_id: int, *, start: date, end: date) -> Iterator[str]:
    """Sentences that name the rollup's row, or the place where one is missing, with both figures."""
    values: dict[str, int | date] = {"program": program_id, "start": start, "end": end}
    with connection.cursor() as cursor:
        for name, of, statement in _COMPARED:
            cursor.execute(statement, values)
            for row in cursor.fetchall():
                yield _sentence(name, of, *row)


def _sentence(
    name: str,
    of: str,
    pk: int | None,
    event_type: int,
    day: date,
    category: str,
    code: str,
    currency: str,
    partner: int | None,
    *figures: object,
) -> str:
    stored, fresh = figures[: len(_FIGURES)], figures[len(_FIGURES) :]
    whose = f", partner {partner}" if partner else ""
    place = f"{day}{whose}, event type {event_type}, {category or 'Other'} ({code}), {currency}"
    wrong = ", ".join(
        f"{figure} is {was if pk else 'missing'}, of {of} {now or 0}"
        for figure, was, now in zip(_FIGURES, stored, fresh, strict=True)
        if was != now
    )
    return f"{name} {pk or 'without a row'} ({place}): {wrong}"
