"""The orders that a customer placed before one that is priced (payouts.md §13)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from common.db.statements import fetch
from tracking.models import Conversion

# The condition of the index `conversion_of_customer`.
_COUNTED = "customer_id <> '' AND NOT is_test AND state <> 'DUPLICATE'"
_OF_CUSTOMER = f"stored.event_type_id = asked.event_type_id AND stored.customer_id = asked.customer_id AND {_COUNTED}"

# An order that a browser reported is counted once, whatever becomes of the server's: while that waits or is held, the
# browser's stands for it.
_ONCE = """
AND NOT (
    stored.state IN ('WAITING', 'HELD', 'QUARANTINED') AND stored.source NOT IN ('PIXEL', 'TAG')
    AND stored.id <> ALL(%(asked)s) AND EXISTS (
        SELECT FROM tracking_conversion AS browser
        WHERE browser.event_type_id = stored.event_type_id AND browser.order_id = stored.order_id
          AND browser.source IN ('PIXEL', 'TAG') AND browser.order_id <> '' AND NOT browser.is_test
          AND browser.customer_id = stored.customer_id AND browser.state NOT IN ('DUPLICATE', 'ERASED')
          AND browser.deduplication_period && stored.deduplication_period
    )
)
"""


# The orders before the first of a batch are only counted, those up to its last are numbered: both from the index alone,
# since a customer may have any number of orders, and so many may be priced together.
def _earlier(once: str) -> str:
    return f"""
WITH asked AS MATERIALIZED (
    SELECT event_type_id, customer_id, min(event_date) AS low, max(event_date) AS high
    FROM tracking_conversion WHERE id = ANY(%(asked)s) GROUP BY event_type_id, customer_id
)
SELECT placed.id, before.number + placed.number,
       CASE WHEN before.number + placed.number > 0 THEN coalesce(before.first, asked.low) END,
       coalesce(placed.last, before.last)
FROM asked
CROSS JOIN LATERAL (
    SELECT count(*) AS number, min(event_date) AS first, max(event_date) AS last
    FROM tracking_conversion AS stored WHERE {_OF_CUSTOMER} AND event_date < asked.low {once}
) AS before
CROSS JOIN LATERAL (
    SELECT id, row_number() OVER orders - 1 AS number, lag(event_date) OVER orders AS last
    FROM tracking_conversion AS stored WHERE {_OF_CUSTOMER} AND event_date BETWEEN asked.low AND asked.high {once}
    WINDOW orders AS (ORDER BY event_date, id)
) AS placed
WHERE placed.id = ANY(%(asked)s)
"""  # noqa: S608 (no value in it comes from outside)


_EARLIER, _EARLIER_OF_BOTH = _earlier(""), _earlier(_ONCE)  # the first is answered from the index alone


# Whether a browser has reported any order of their event types, by the index of the browser's orders: unless they are
# asked for in its order, a search for any one of many may read the whole table, and find none.
_IS_OF_BROWSERS = """
SELECT EXISTS (
    SELECT FROM (SELECT DISTINCT event_type_id FROM tracking_conversion WHERE id = ANY(%(asked)s)) AS asked
    CROSS JOIN LATERAL (
        SELECT FROM tracking_conversion AS browser
        WHERE browser.event_type_id = asked.event_type_id AND browser.source IN ('PIXEL', 'TAG')
          AND NOT browser.order_id = ''
        ORDER BY browser.event_type_id, browser.order_id LIMIT 1
    ) AS reported
)
"""


def _last_before(once: str) -> str:
    return f"""
SELECT asked.id, before.id FROM tracking_conversion AS asked
CROSS JOIN LATERAL (
    SELECT stored.id FROM tracking_conversion AS stored
    WHERE {_OF_CUSTOMER} AND (stored.event_date, stored.id) < (asked.event_date, asked.id) {once}
    ORDER BY stored.event_date DESC, stored.id DESC LIMIT 1
) AS before
WHERE asked.id = ANY(%(asked)s)
"""  # noqa: S608 (no value in it comes from outside)


_LAST_BEFORE, _LAST_BEFORE_OF_BOTH = _last_before(""), _last_before(_ONCE)


class Earlier(NamedTuple):
    """How many orders of its customer lie before one, by event date; and when the first and the last of them were."""

    number: int = 0
    first: datetime | None = None
    last: datetime | None = None


def earlier_orders(conversions: Collection[Conversion]) -> dict[int, Earlier]:
    """What lies before each of these orders of a customer, of the same event type, among all that are stored: held and
    returned ones too, without test orders and duplicates. Two queries, two more for test orders, none for no orders.
    """
    return earlier_of([each.pk for each in conversions if not each.is_test]) | _before_test_orders(
        [each.pk for each in conversions if each.is_test]
    )


def earlier_of(numbers: list[int]) -> dict[int, Earlier]:
    """The same by the numbers of real orders that name a customer."""
    return {pk: Earlier(*found) for pk, *found in _found(numbers, _EARLIER, _EARLIER_OF_BOTH)}


def _before_test_orders(numbers: list[int]) -> dict[int, Earlier]:
    """A test order is in no history, but has one."""
    return {pk: Earlier(*found) for pk, *found in _found(numbers, _BEFORE_TEST_ORDERS, _BEFORE_TEST_ORDERS_OF_BOTH)}


def last_before(numbers: list[int]) -> dict[int, int]:
    """The last order before each of these that has one, of those that `earlier_of` counts."""
    return dict(_found(numbers, _LAST_BEFORE, _LAST_BEFORE_OF_BOTH))


def _found(numbers: list[int], plain: str, of_both: str) -> list[tuple[Any, ...]]:
    """By the query for orders that a server alone has reported, or by the one for orders of browsers, too. Who reports
    an event type today says nothing of the orders that are stored.
    """
    if not numbers:
        return []
    [(is_of_browsers,)] = fetch(_IS_OF_BROWSERS, {"asked": numbers})
    return fetch(of_both if is_of_browsers else plain, {"asked": numbers})


def _before_test(once: str) -> str:
    return f"""
SELECT asked.id, before.number, before.first, before.last FROM tracking_conversion AS asked
CROSS JOIN LATERAL (
    SELECT count(*) AS number, min(event_date) AS first, max(event_date) AS last
    FROM tracking_conversion AS stored
    WHERE {_OF_CUSTOMER} AND stored.event_date <= asked.event_date
      AND (stored.event_date, stored.id) < (asked.event_date, asked.id) {once}
) AS before
WHERE asked.id = ANY(%(asked)s)
"""  # noqa: S608 (no value in it comes from outside)


_BEFORE_TEST_ORDERS, _BEFORE_TEST_ORDERS_OF_BOTH = _before_test(""), _before_test(_ONCE)
