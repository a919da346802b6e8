"""Impressions and clicks by day, partner and ad, recomputed from the steps a whole touched day at a time."""

from django.db import connection, transaction

from common.db.statements import fetch
from program.models import Ad, Program
from reports.models import DailyClicks

# Marks taken in one transaction: it bounds how long the rollup holds its lock.
BATCH = 50_000
# First half of the advisory lock's key; the second is the program.
CLICKS_LOCK = 20_101_202

_MARKS = """
    SELECT id, at FROM tracking_touchedstep WHERE program_id = %(program)s ORDER BY id LIMIT %(batch)s
"""
# A click that is stored late touches the next day too: one of the same visitor may lie within 30 seconds after it.
_DAYS = """
    SELECT DISTINCT (moment AT TIME ZONE %(zone)s)::date AS day
    FROM click_mark CROSS JOIN LATERAL (VALUES (at), (at + interval '30 seconds')) AS touched (moment)
"""
_DELETE = "DELETE FROM reports_dailyclicks WHERE program_id = %(program)s AND day IN (SELECT day FROM click_day)"
_INSERT = """
    INSERT INTO reports_dailyclicks (program_id, day, partner_id, ad_id, impressions, clicks, payable_clicks, bots,
        prefetches, previews)
    SELECT %(program)s, day, partner_id, ad_id,
           count(*) FILTER (WHERE kind = 'IMPRESSION' AND not_counted = ''),
           count(*) FILTER (WHERE kind = 'CLICK' AND not_counted = ''),
           count(*) FILTER (WHERE kind = 'CLICK' AND not_counted = ''
               AND coalesce(at > before_by_profile + interval '30 seconds', true)
               AND coalesce(at > before_by_visitor + interval '30 seconds', true)),
           count(*) FILTER (WHERE not_counted = 'BOT'),
           count(*) FILTER (WHERE not_counted = 'PREFETCH'),
           count(*) FILTER (WHERE not_counted = 'PREVIEW')
    FROM click_day CROSS JOIN LATERAL (
        SELECT day::timestamp AT TIME ZONE %(zone)s AS starts, (day + 1)::timestamp AT TIME ZONE %(zone)s AS ends
    ) AS bounds CROSS JOIN LATERAL (
        SELECT step.partner_id, step.ad_id, step.kind, step.not_counted, step.at,
               lag(step.at) OVER (PARTITION BY step.kind, not_counted, step.partner_id, profile ORDER BY at, number)
                   AS before_by_profile,
               lag(step.at) OVER (PARTITION BY step.kind, not_counted, step.partner_id, visitor ORDER BY at, number)
                   AS before_by_visitor
        FROM tracking_step AS step
        JOIN program_partner AS partner ON partner.id = step.partner_id AND partner.program_id = step.program_id
        JOIN program_ad AS ad ON ad.id = step.ad_id AND ad.program_id = step.program_id
        WHERE step.program_id = %(program)s AND at >= starts - interval '30 seconds' AND at < ends
    ) AS found
    WHERE at >= starts GROUP BY day, partner_id, ad_id
"""


def fill_clicks(program: Program) -> int:
    """Recompute every day of the program to which steps were added since the last call; returns how many steps. One
    that another worker is recomputing is skipped: its marks stay for a later sweep.
    """
    filled = 0
    while True:
        batch = _fill_batch(program)
        filled += batch
        if batch < BATCH:
            return filled


def counted_use_of_ad(ad: Ad) -> str:
    """`clicks` where the ad has any impressions or clicks that are counted, else blank."""
    return "clicks" if DailyClicks.objects.filter(ad=ad).exists() else ""


def touched_programs() -> list[int]:
    """The programs with steps that are not counted yet: found one after the other, whatever the number of marks."""
    rows = fetch(
        """
        WITH RECURSIVE found AS (
            (SELECT program_id FROM tracking_touchedstep ORDER BY program_id LIMIT 1)
            UNION ALL
            SELECT (SELECT mark.program_id FROM tracking_touchedstep AS mark WHERE mark.program_id > found.program_id
                    ORDER BY mark.program_id LIMIT 1)
            FROM found WHERE found.program_id IS NOT NULL
        )
        SELECT program_id FROM found WHERE program_id IS NOT NULL
        """,
        [],
    )
    return [number for (number,) in rows]


@transaction.atomic
def _fill_batch(program: Program) -> int:
    """The marks are read before the steps, by a statement of their own: a step whose mark was read is visible, and one
    that is committed later has a later mark.
    """
    values: dict[str, int | str] = {"program": program.pk, "batch": BATCH, "zone": program.time_zone}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [CLICKS_LOCK, program.pk])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("CREATE TEMP TABLE click_mark ON COMMIT DROP AS " + _MARKS, values)
        cursor.execute("CREATE TEMP TABLE click_day ON COMMIT DROP AS " + _DAYS, values)
        cursor.execute(_DELETE, values)
        cursor.execute(_INSERT, values)
        cursor.execute("DELETE FROM tracking_touchedstep AS mark USING click_mark WHERE mark.id = click_mark.id")
        marks = int(cursor.rowcount)
        cursor.execute("DROP TABLE click_mark, click_day")
    return marks
