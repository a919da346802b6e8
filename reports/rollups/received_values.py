"""Which values orders were received with: counted by day when the rollup takes the marks that name the orders."""

from datetime import timedelta

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from contracts.engine.rules.fields import VARIABLES
from program.models import Program, ReceivedValue

KEPT_DAYS = 400  # a value that was not seen for so long is deleted
COUNTED_DAYS = 31  # days that are kept beside the latest of a value; pages show 30, in any time zone

_COUNTED = [variable for variable in VARIABLES.values() if variable.is_counted]
_OF_ORDERS = {variable.parameter: variable.key for variable in _COUNTED if variable.level == "order"}
_OF_ITEMS = {variable.parameter: variable.key for variable in _COUNTED if variable.level == "item"}

# Each value once an order, whatever the number of its items.
_COUNT = """
    CREATE TEMP TABLE received ON COMMIT DROP AS
    WITH sent AS MATERIALIZED (
        SELECT conversion.id, conversion.event_type_id, (received_at AT TIME ZONE %(zone)s)::date AS day, payload
        FROM rollup_day CROSS JOIN unnest(rollup_day.conversions) AS number
        JOIN tracking_conversion conversion ON conversion.id = number AND conversion.program_id = %(program)s
    ), found AS (
        SELECT id, event_type_id, day, variable, entry.value
        FROM sent CROSS JOIN jsonb_each_text(payload - 'Items') AS entry
        JOIN unnest(%(order_parameters)s::text[], %(order_variables)s::text[]) AS counted (parameter, variable)
          ON parameter = entry.key
        UNION
        SELECT id, event_type_id, day, variable, entry.value
        FROM sent CROSS JOIN jsonb_array_elements(payload -> 'Items') AS item CROSS JOIN jsonb_each_text(item) AS entry
        JOIN unnest(%(item_parameters)s::text[], %(item_variables)s::text[]) AS counted (parameter, variable)
          ON parameter = entry.key
    )
    SELECT event_type_id, variable, value, day, count(*) AS orders FROM found
    WHERE value <> '' AND length(value) <= %(longest)s GROUP BY 1, 2, 3, 4
"""

_STORED = """
    SELECT FROM program_receivedvalue stored
    WHERE stored.program_id = %(program)s AND stored.event_type_id = received.event_type_id
      AND stored.variable = received.variable AND stored.value = received.value
"""
# A variable that has all the values it may have gets no other.
_DROP_TOO_MANY = f"""
    WITH fresh AS MATERIALIZED (
        SELECT event_type_id, variable, value, sum(orders) AS orders FROM received
        WHERE NOT EXISTS ({_STORED}) GROUP BY 1, 2, 3
    ), full_of AS (
        SELECT event_type_id, variable, (
            SELECT count(DISTINCT value) FROM program_receivedvalue stored WHERE stored.program_id = %(program)s
            AND stored.event_type_id = touched.event_type_id AND stored.variable = touched.variable) AS values
        FROM (SELECT DISTINCT event_type_id, variable FROM fresh) AS touched
    ), placed AS (
        SELECT fresh.*, full_of.values + row_number() OVER (
            PARTITION BY event_type_id, variable ORDER BY orders DESC, value) AS place
        FROM fresh JOIN full_of USING (event_type_id, variable)
    )
    DELETE FROM received USING placed
    WHERE placed.place > %(most)s AND received.event_type_id = placed.event_type_id
      AND received.variable = placed.variable AND received.value = placed.value
"""  # noqa: S608 (no value in it comes from outside)

_ADD = """
    INSERT INTO program_receivedvalue AS stored (program_id, event_type_id, variable, value, day, orders)
    SELECT %(program)s, event_type_id, variable, value, day, orders FROM received
    ON CONFLICT (program_id, event_type_id, variable, value, day)
    DO UPDATE SET orders = stored.orders + excluded.orders
"""

_FORGET = """
    DELETE FROM program_receivedvalue old WHERE old.day < %(counted)s AND (old.day < %(kept)s OR EXISTS (
        SELECT FROM program_receivedvalue later
        WHERE later.program_id = old.program_id AND later.event_type_id = old.event_type_id
          AND later.variable = old.variable AND later.value = old.value AND later.day > old.day))
"""


def count_received(cursor: CursorWrapper, program: Program) -> None:
    """Add the values of the orders that the marks in `rollup_day` name; call where these marks are deleted too.

    An order is named by one mark, so it is counted once. Two of these never run at once for a program: the rollup
    holds its lock.
    """
    values: dict[str, int | str | list[str]] = {
        "program": program.pk,
        "zone": program.time_zone,
        "order_parameters": list(_OF_ORDERS),
        "order_variables": list(_OF_ORDERS.values()),
        "item_parameters": list(_OF_ITEMS),
        "item_variables": list(_OF_ITEMS.values()),
        "longest": ReceivedValue.LONGEST,
        "most": ReceivedValue.MOST,
    }
    for statement in (_COUNT, _DROP_TOO_MANY, _ADD, "DROP TABLE received"):
        cursor.execute(statement, values)


def forget_unseen() -> None:
    """Delete values that were not seen for 400 days; of the others, the days that no page counts but the latest."""
    today = timezone.now().date()
    days = {"counted": today - timedelta(days=COUNTED_DAYS), "kept": today - timedelta(days=KEPT_DAYS)}
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, days)
