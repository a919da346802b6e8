"""Performance by day, its weeks and totals, recomputed from actions a whole touched day at a time, so they always
agree; and the figures of the customers whose orders were touched.
"""

from django.db import connection, transaction

from common.db.session_lock import ROLLING_UP, lock_if_free_until_end, lock_until_end
from common.db.statements import fetch
from program.models import Program
from tracking.customers.figures import recompute
from tracking.models import TouchedDay

from .received_values import count_received

# Marks taken in one transaction: it bounds how long the rollup holds its locks.
BATCH = 20_000

_MARKS = """
    SELECT mark.id, mark.event_type_id, mark.partner_id, mark.day, mark.conversions, mark.customers
    FROM tracking_touchedday mark WHERE mark.program_id = %(program)s ORDER BY mark.id LIMIT %(batch)s
"""

_DELETE_CELLS = """
    DELETE FROM reports_dailyperformance cell
    USING rollup_day touched
    WHERE cell.program_id = %(program)s AND cell.event_type_id = touched.event_type_id
      AND cell.partner_id = touched.partner_id AND cell.day = touched.day
"""

# Which actions count, and how. `verify` asks the same by statements of its own: what is wrong here, it finds.
_AGGREGATE = """
    SELECT action.program_id, action.event_type_id, action.partner_id, action.contract_id, action.day,
           action.customer_status_category, action.customer_status, action.currency,
           count(*) FILTER (WHERE action.state <> 'REVERSED') AS actions,
           coalesce(sum(action.payout) FILTER (WHERE action.state <> 'REVERSED'), 0) AS action_cost,
           coalesce(sum(action.amount) FILTER (WHERE action.state <> 'REVERSED'), 0) AS revenue,
           count(*) AS gross_actions,
           sum(action.intended_payout) AS gross_action_cost
    FROM tracking_action action
    WHERE action.program_id = %(program)s AND NOT action.is_test AND NOT action.is_hidden
"""

_INSERT_CELLS = f"""
    INSERT INTO reports_dailyperformance (program_id, event_type_id, partner_id, contract_id, day,
        customer_status_category, customer_status, currency, actions, action_cost, revenue, gross_actions,
        gross_action_cost)
    {_AGGREGATE}
      AND (action.event_type_id, action.partner_id, action.day) IN
          (SELECT DISTINCT event_type_id, partner_id, day FROM rollup_day)
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""  # noqa: S608 (no value in it comes from outside)

# The weeks of each partner, and the days of all: sums of the cells just written, so they always agree.
_MONDAY = "day - (extract(isodow FROM day)::integer - 1)"
_SUMS = """
           sum(actions) AS actions, sum(action_cost) AS action_cost, sum(revenue) AS revenue,
           sum(gross_actions) AS gross_actions, sum(gross_action_cost) AS gross_action_cost
"""
_WEEK = f"""
    SELECT program_id, event_type_id, partner_id, {_MONDAY} AS week, customer_status_category, customer_status,
           currency, {_SUMS}
    FROM reports_dailyperformance
"""  # noqa: S608
_TOUCHED_WEEKS = f"(SELECT DISTINCT event_type_id, partner_id, {_MONDAY} AS week FROM rollup_day) AS touched"  # noqa: S608

_DELETE_WEEKS = f"""
    DELETE FROM reports_weeklyperformance cell USING {_TOUCHED_WEEKS}
    WHERE cell.program_id = %(program)s AND cell.event_type_id = touched.event_type_id
      AND cell.partner_id = touched.partner_id AND cell.week = touched.week
"""  # noqa: S608

_INSERT_WEEKS = f"""
    INSERT INTO reports_weeklyperformance (program_id, event_type_id, partner_id, week, customer_status_category,
        customer_status, currency, actions, action_cost, revenue, gross_actions, gross_action_cost)
    SELECT week.* FROM {_TOUCHED_WEEKS} CROSS JOIN LATERAL (
        {_WEEK} WHERE partner_id = touched.partner_id AND event_type_id = touched.event_type_id
        AND day BETWEEN touched.week AND touched.week + 6 GROUP BY 1, 2, 3, 4, 5, 6, 7) AS week
"""  # noqa: S608

_TOUCHED_TOTALS = "(event_type_id, day) IN (SELECT DISTINCT event_type_id, day FROM rollup_day)"

_DELETE_TOTALS = f"""
    DELETE FROM reports_dailytotal WHERE program_id = %(program)s AND {_TOUCHED_TOTALS}
"""  # noqa: S608

_TOTAL = f"""
    SELECT program_id, event_type_id, day, customer_status_category, customer_status, currency,
           {_SUMS}
    FROM reports_dailyperformance
    WHERE program_id = %(program)s
"""  # noqa: S608

_INSERT_TOTALS = f"""
    INSERT INTO reports_dailytotal (program_id, event_type_id, day, customer_status_category, customer_status, currency,
        actions, action_cost, revenue, gross_actions, gross_action_cost)
    {_TOTAL} AND {_TOUCHED_TOTALS} GROUP BY 1, 2, 3, 4, 5, 6
"""

_RECOMPUTE = (_DELETE_CELLS, _INSERT_CELLS, _DELETE_WEEKS, _INSERT_WEEKS, _DELETE_TOTALS, _INSERT_TOTALS)


def fill_touched_days(*, program_id: int | None = None, wait: bool = False) -> int:
    """Recompute every day that was touched since the last call, and clear its marks; returns how many marks.

    A program that another worker is recomputing is skipped: its marks stay for a later sweep. With `wait` this waits
    for the other worker, and all that was marked before the call is in the rollups after it.
    """
    if program_id is not None:
        return _fill_program(program_id, wait)
    return sum(_fill_program(number, wait) for number in touched_programs())


def touched_programs() -> list[int]:
    """The programs of which some day waits to be recomputed."""
    touched = Program.objects.filter(id__in=TouchedDay.objects.values("program_id").distinct())
    return list(touched.values_list("id", flat=True))


def _fill_program(program_id: int, wait: bool) -> int:
    filled = 0
    while True:
        batch = _fill_batch(program_id, wait)
        filled += batch
        if batch < BATCH:
            return filled


@transaction.atomic
def _fill_batch(program_id: int, wait: bool) -> int:
    """One transaction: lock out other rollups of the program, take the marks, recompute what they name, drop them.

    The marks are read before the actions, in statements of their own: an action whose mark was taken is visible, and
    one that is committed later has a later mark.
    """
    values = {"program": program_id, "batch": BATCH}
    if wait:
        lock_until_end(ROLLING_UP, program_id)
    elif not lock_if_free_until_end(ROLLING_UP, program_id):
        return 0
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE rollup_day ON COMMIT DROP AS " + _MARKS, values)
        cursor.execute("SELECT count(*) FROM rollup_day")
        marks: int = cursor.fetchone()[0]
        if marks:
            cursor.execute("ANALYZE rollup_day")  # or few days would be taken for thousands
            for statement in _RECOMPUTE:
                cursor.execute(statement, values)
            cursor.execute("SELECT DISTINCT unnest(customers) FROM rollup_day")
            recompute(program_id, [number for (number,) in cursor.fetchall()])
            count_received(cursor, Program.objects.get(pk=program_id))
            cursor.execute("DELETE FROM tracking_touchedday mark USING rollup_day WHERE mark.id = rollup_day.id")
        cursor.execute("DROP TABLE rollup_day")
    return marks


def touched_days(program: Program) -> int:
    """How many days of the program wait to be recomputed."""
    rows = fetch("SELECT count(DISTINCT day) FROM tracking_touchedday WHERE program_id = %s", (program.pk,))
    return int(rows[0][0])
