"""The orders that a customer placed before one that is priced (payouts.md §13)."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from common.db.statements import fetch
from tracking.models import Conversion

# All orders of these customers are read once, in the order of the index: a customer may have any number of them, and so
# many may be priced together.
_EARLIER = """
WITH asked AS MATERIALIZED (
    SELECT DISTINCT event_type_id, customer_id FROM tracking_conversion WHERE id = ANY(%s)
), placed AS (
    SELECT stored.id, row_number() OVER orders - 1 AS number, first_value(stored.event_date) OVER orders AS first,
           lag(stored.event_date) OVER orders AS last
    FROM asked CROSS JOIN LATERAL (
        SELECT event_type_id, customer_id, event_date, id FROM tracking_conversion AS stored
        WHERE stored.event_type_id = asked.event_type_id AND stored.customer_id = asked.customer_id
          AND stored.customer_id <> '' AND NOT stored.is_test
          AND (stored.state <> 'DUPLICATE' OR stored.id = ANY(%s))
    ) AS stored
    WINDOW orders AS (PARTITION BY stored.event_type_id, stored.customer_id ORDER BY stored.event_date, stored.id)
)
SELECT id, number, CASE WHEN number > 0 THEN first END, last FROM placed WHERE id = ANY(%s)
"""


class Earlier(NamedTuple):
    """How many orders of its customer lie before one, by event date; and when the first and the last of them were."""

    number: int = 0
    first: datetime | None = None
    last: datetime | None = None


def earlier_orders(conversions: Collection[Conversion]) -> dict[int, Earlier]:
    """What lies before each of these orders of a customer, of the same event type, among all that are stored: held and
    returned ones too, without test orders and duplicates. One query, and none where there are no orders.
    """
    numbers = [conversion.pk for conversion in conversions if not conversion.is_test]
    found = fetch(_EARLIER, [numbers, numbers, numbers]) if numbers else []
    known = {pk: Earlier(number, first, last) for pk, number, first, last in found}
    for conversion in conversions:
        if conversion.is_test:
            known[conversion.pk] = _before_test_order(conversion)
    return known


def _before_test_order(conversion: Conversion) -> Earlier:
    """A test order is in no history, but has one."""
    asked = [
        conversion.event_type_id, conversion.payload["CustomerId"], conversion.event_date, conversion.event_date,
        conversion.pk,
    ]  # fmt: skip
    return Earlier(*fetch(_BEFORE_TEST_ORDER, asked)[0])


_BEFORE_TEST_ORDER = """
SELECT count(*), min(event_date), max(event_date) FROM tracking_conversion
WHERE event_type_id = %s AND customer_id = %s AND customer_id <> '' AND NOT is_test AND state <> 'DUPLICATE'
  AND event_date <= %s AND (event_date < %s OR id < %s)
"""
