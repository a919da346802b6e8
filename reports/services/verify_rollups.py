"""Do the rollups hold what adding up the actions now gives? Asked of the database in one statement."""

from collections.abc import Iterator
from datetime import date

from django.db import connection

from reports.services.rollup import AGGREGATE

_FIGURES = ("actions", "action_cost", "revenue", "gross_actions", "gross_action_cost")
_KEYS = (
    "program_id", "event_type_id", "partner_id", "day", "customer_status_category", "customer_status", "currency",
)  # fmt: skip
_SAME = " AND ".join(f"cell.{key} = fresh.{key}" for key in _KEYS)
_STORED = ", ".join(f"cell.{name}" for name in _FIGURES)
_FRESH = ", ".join(f"fresh.{name}" for name in _FIGURES)
_PLACE = ", ".join(f"coalesce(cell.{key}, fresh.{key})" for key in _KEYS[1:])

# A day that was touched and not yet recomputed is no difference: its mark says so.
_DIFFERENCES = f"""
    WITH fresh AS ({AGGREGATE} AND action.day BETWEEN %(start)s AND %(end)s GROUP BY 1, 2, 3, 4, 5, 6, 7),
    cell AS (SELECT * FROM reports_dailyperformance
             WHERE program_id = %(program)s AND day BETWEEN %(start)s AND %(end)s)
    SELECT cell.id, {_PLACE}, {_STORED}, {_FRESH}
    FROM cell FULL JOIN fresh ON {_SAME}
    WHERE ({_STORED}) IS DISTINCT FROM ({_FRESH})
      AND NOT EXISTS (SELECT FROM tracking_touchedday mark WHERE mark.program_id = %(program)s
                      AND mark.event_type_id = coalesce(cell.event_type_id, fresh.event_type_id)
                      AND mark.partner_id = coalesce(cell.partner_id, fresh.partner_id)
                      AND mark.day = coalesce(cell.day, fresh.day))
    ORDER BY coalesce(cell.day, fresh.day), 1
"""  # noqa: S608 (no value in it comes from outside)


def rollup_differences(program_id: int, *, start: date, end: date) -> Iterator[str]:
    """Sentences that name the rollup's row, or the place where one is missing, with both figures."""
    values: dict[str, int | date] = {"program": program_id, "start": start, "end": end}
    count = len(_FIGURES)
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES, values)
        for pk, event_type, partner, day, category, code, currency, *figures in cursor.fetchall():
            stored, fresh = figures[:count], figures[count:]
            row = f"DailyPerformance {pk}" if pk else "DailyPerformance without a row"
            place = f"{day}, partner {partner}, event type {event_type}, {category or 'Other'} ({code}), {currency}"
            wrong = ", ".join(
                f"{name} is {was if pk else 'missing'}, of actions {now or 0}"
                for name, was, now in zip(_FIGURES, stored, fresh, strict=True)
                if was != now
            )
            yield f"{row} ({place}): {wrong}"
