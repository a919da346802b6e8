"""Do the rollups hold what adding up the actions now gives, and the totals what the rollups do? Asked in SQL."""

from collections.abc import Iterator
from datetime import date

from django.db import connection

from reports.services.rollup import AGGREGATE, TOTAL

_FIGURES = ("actions", "action_cost", "revenue", "gross_actions", "gross_action_cost")
_STORED = ", ".join(f"cell.{name}" for name in _FIGURES)
_FRESH = ", ".join(f"fresh.{name}" for name in _FIGURES)
_TOTAL_KEYS = ("program_id", "event_type_id", "day", "customer_status_category", "customer_status", "currency")
_KEYS = (*_TOTAL_KEYS, "partner_id")


def _differences(table: str, keys: tuple[str, ...], fresh: str) -> str:
    """What is stored beside what it ought to be, where they differ; a total has no partner."""
    same = " AND ".join(f"cell.{key} = fresh.{key}" for key in keys)
    place = [f"coalesce(cell.{key}, fresh.{key})" if key in keys else "NULL" for key in _KEYS[1:]]
    return f"""
    WITH fresh AS ({fresh}),
    cell AS (SELECT * FROM {table} WHERE program_id = %(program)s AND day BETWEEN %(start)s AND %(end)s)
    SELECT cell.id, {", ".join(place)}, {_STORED}, {_FRESH}
    FROM cell FULL JOIN fresh ON {same}
    WHERE ({_STORED}) IS DISTINCT FROM ({_FRESH})
    """  # noqa: S608 (no value in it comes from outside)


# A day that was touched and not yet recomputed is no difference: its mark says so.
_CELLS = f"""
    {
    _differences(
        "reports_dailyperformance",
        _KEYS,
        f'''
        {AGGREGATE} AND action.day BETWEEN %(start)s AND %(end)s GROUP BY 1, 2, 3, 4, 5, 6, 7
    ''',
    )
}
      AND NOT EXISTS (SELECT FROM tracking_touchedday mark WHERE mark.program_id = %(program)s
                      AND mark.event_type_id = coalesce(cell.event_type_id, fresh.event_type_id)
                      AND mark.partner_id = coalesce(cell.partner_id, fresh.partner_id)
                      AND mark.day = coalesce(cell.day, fresh.day))
    ORDER BY coalesce(cell.day, fresh.day), 1
"""
_TOTALS = f"""
    {
    _differences(
        "reports_dailytotal",
        _TOTAL_KEYS,
        f'''
        {TOTAL} AND day BETWEEN %(start)s AND %(end)s GROUP BY 1, 2, 3, 4, 5, 6
    ''',
    )
}
    ORDER BY coalesce(cell.day, fresh.day), 1
"""


def rollup_differences(program_id: int, *, start: date, end: date) -> Iterator[str]:
    """Sentences that name the rollup's row, or the place where one is missing, with both figures."""
    values: dict[str, int | date] = {"program": program_id, "start": start, "end": end}
    with connection.cursor() as cursor:
        for name, of, statement in (("DailyPerformance", "actions", _CELLS), ("DailyTotal", "its cells", _TOTALS)):
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
