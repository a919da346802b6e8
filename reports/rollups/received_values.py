"""Which values orders were received with: counted by day when the rollup takes the marks that name the orders."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import batched
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from common.db.statements import copy_rows
from contracts.engine.orders.context import super_category
from contracts.engine.rules.fields import VARIABLES
from program.models import Program, ReceivedValue

type Received = tuple[int, date, str, str]

KEPT_DAYS = 400  # a value that was not seen for so long is deleted
COUNTED_DAYS = 31  # days that are kept beside the latest of a value; pages show 30, in any time zone

_COUNTED = [variable for variable in VARIABLES.values() if variable.is_counted]
_OF_ORDERS = {
    variable.parameter: variable.key
    for variable in _COUNTED
    if variable.level == "order" and variable.given == "payload"
}
_OF_JOURNEYS = {variable.parameter: variable.key for variable in _COUNTED if variable.given == "journey"}
_SUPER_CATEGORY = "LIST_ITEM_SUPER_CATEGORY"  # which no parameter holds by itself
_OF_ITEMS = {variable.parameter: variable.key for variable in _COUNTED if variable.level == "item"}

CHUNK = 2_000  # orders that are read at once

_NUMBERS = "SELECT unnest(conversions) FROM rollup_day"
_SENT = """
    SELECT conversion.event_type_id, (received_at AT TIME ZONE %(zone)s)::date, payload, derived,
           coalesce(action.journey -> 'Values', '{}'),
           NOT payload ? 'CustomerStatus' AND coalesce(action.status_is_worked_out, false)
    FROM tracking_conversion AS conversion LEFT JOIN tracking_action AS action ON action.conversion_id = conversion.id
    WHERE conversion.program_id = %(program)s AND conversion.id = ANY(%(numbers)s)
"""
_RECEIVED = """
    CREATE TEMP TABLE received (event_type_id bigint, variable text, value text, day date, orders integer)
    ON COMMIT DROP
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
    counts = _counts(cursor, program)
    if not counts:
        return
    cursor.execute(_RECEIVED)
    copy_rows(
        "received",
        ("event_type_id", "variable", "value", "day", "orders"),
        ((event_type, variable, value, day, orders) for (event_type, day, variable, value), orders in counts.items()),
    )
    for statement in (_DROP_TOO_MANY, _ADD, "DROP TABLE received"):
        cursor.execute(statement, {"program": program.pk, "most": ReceivedValue.MOST})


def _counts(cursor: CursorWrapper, program: Program) -> Counter[Received]:
    """The orders by event type, day of receipt, variable and value.

    Counted here: the database takes several times as long to take the lines of orders apart.
    """
    cursor.execute(_NUMBERS)
    numbers = [number for (number,) in cursor.fetchall()]
    counts: Counter[Received] = Counter()
    for chunk in batched(numbers, CHUNK):
        cursor.execute(_SENT, {"zone": program.time_zone, "program": program.pk, "numbers": list(chunk)})
        for event_type, day, payload, derived, journey, is_worked_out in cursor.fetchall():
            values = {**json.loads(derived), **json.loads(journey)}
            found = _values(json.loads(payload), values, has_status=is_worked_out)
            counts.update((event_type, day, *each) for each in found)
    return counts


def _values(payload: Mapping[str, Any], journey: Mapping[str, Any], *, has_status: bool) -> set[tuple[str, str]]:
    """The variables and values of an order and its journey, each once, whatever the number of its lines. One without a
    customer status code has the empty one, unless its status was worked out.
    """
    found = {(key, payload[name]) for name, key in _OF_ORDERS.items() if name in payload}
    found |= {(key, journey[name]) for name, key in _OF_JOURNEYS.items() if name in journey}
    for item in payload.get("Items") or ():
        found.update((_OF_ITEMS[name], value) for name, value in item.items() if name in _OF_ITEMS)
        if "ItemSubCategory" in item and (value := super_category(item)):
            found.add((_SUPER_CATEGORY, value))
    counted = {(key, value) for key, value in found if value and len(value) <= ReceivedValue.LONGEST}
    return counted if has_status else counted | {("CUSTOMER_STATUS", payload.get("CustomerStatus", ""))}


def forget_unseen() -> None:
    """Delete values that were not seen for 400 days; of the others, the days that no page counts but the latest."""
    today = timezone.now().date()
    days = {"counted": today - timedelta(days=COUNTED_DAYS), "kept": today - timedelta(days=KEPT_DAYS)}
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, days)
