"""The orders that a customer placed before one that is priced (payouts.md §13)."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from common.db.statements import fetch
from tracking.models import Conversion

# The condition of the index `conversion_of_customer`.
_COUNTED = "customer_id <> '' AND NOT is_test AND state <> 'DUPLICATE'"
_OF_CUSTOMER = f"stored.event_type_id = asked.event_type_id AND stored.customer_id = asked.customer_id AND {_COUNTED}"

# The orders before the first of a batch are only counted, those up to its last are numbered: both from the index alone,
# since a customer may have any number of orders, and so many may be priced together.
_EARLIER = f"""
WITH asked AS MATERIALIZED (
    SELECT event_type_id, customer_id, min(event_date) AS low, max(event_date) AS high
    FROM tracking_conversion WHERE id = ANY(%s) GROUP BY event_type_id, customer_id
)
SELECT placed.id, before.number + placed.number,
       CASE WHEN before.number + placed.number > 0 THEN coalesce(before.first, asked.low) END,
       coalesce(placed.last, before.last)
FROM asked
CROSS JOIN LATERAL (
    SELECT count(*) AS number, min(event_date) AS first, max(event_date) AS last
    FROM tracking_conversion AS stored WHERE {_OF_CUSTOMER} AND event_date < asked.low
) AS before
CROSS JOIN LATERAL (
    SELECT id, row_number() OVER orders - 1 AS number, lag(event_date) OVER orders AS last
    FROM tracking_conversion AS stored WHERE {_OF_CUSTOMER} AND event_date BETWEEN asked.low AND asked.high
    WINDOW orders AS (ORDER BY event_date, id)
) AS placed
WHERE placed.id = ANY(%s)
"""  # noqa: S608 (no value in it comes from outside)


_LAST_BEFORE = f"""
SELECT asked.id, before.id FROM tracking_conversion AS asked
CROSS JOIN LATERAL (
    SELECT stored.id FROM tracking_conversion AS stored
    WHERE {_OF_CUSTOMER} AND (stored.event_date, stored.id) < (asked.event_date, asked.id)
    ORDER BY stored.event_date DESC, stored.id DESC LIMIT 1
) AS before
WHERE asked.id = ANY(%s)
"""  # noqa: S608 (no value in it comes from outside)


class Earlier(NamedTuple):
    """How many orders of its customer lie before one, by event date; and when the first and the last of them were."""

    number: int = 0
    first: datetime | None = None
    last: datetime | None = None


def earlier_orders(conversions: Collection[Conversion]) -> dict[int, Earlier]:
    """What lies before each of these orders of a customer, of the same event type, among all that are stored: held and
    returned ones too, without test orders and duplicates. One query, one more for test orders, and none where there are
    no orders.
    """
    known = earlier_of([conversion.pk for conversion in conversions if not conversion.is_test])
    return known | _before_test_orders([conversion for conversion in conversions if conversion.is_test])


def earlier_of(numbers: list[int]) -> dict[int, Earlier]:
    """The same by the numbers of real orders that name a customer."""
    found = fetch(_EARLIER, [numbers, numbers]) if numbers else []
    return {pk: Earlier(number, first, last) for pk, number, first, last in found}


def last_before(numbers: list[int]) -> dict[int, int]:
    """The last order before each of these that has one."""
    return dict(fetch(_LAST_BEFORE, [numbers])) if numbers else {}


def _before_test_orders(conversions: Collection[Conversion]) -> dict[int, Earlier]:
    """A test order is in no history, but has one."""
    numbers = [conversion.pk for conversion in conversions]
    found = fetch(_BEFORE_TEST_ORDERS, [numbers]) if numbers else []
    return {pk: Earlier(number, first, last) for pk, number, first, last in found}


_BEFORE_TEST_ORDERS = f"""
SELECT asked.id, before.number, before.first, before.last FROM tracking_conversion AS asked
CROSS JOIN LATERAL (
    SELECT count(*) AS number, min(event_date) AS first, max(event_date) AS last
    FROM tracking_conversion AS stored
    WHERE {_OF_CUSTOMER} AND stored.event_date <= asked.event_date
      AND (stored.event_date, stored.id) < (asked.event_date, asked.id)
) AS before
WHERE asked.id = ANY(%s)
"""  # noqa: S608 (no value in it comes from outside)
