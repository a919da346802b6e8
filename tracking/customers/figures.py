"""What customers' orders come to, and who these say they are, recomputed from all the orders of a customer."""

from collections.abc import Iterable
from itertools import batched
from typing import Any

from django.db import connection

from .last_seen import see_again

CHUNK = 5_000  # customers that are recomputed at once

# `verify` asks the same by statements of its own: what is wrong here, it finds. The last order of a customer may have
# become somebody else's.
_COUNT = """
    WITH of_actions AS (
        SELECT customer_id, count(*) FILTER (WHERE state <> 'REVERSED') AS orders,
               min(event_date) AS first_order, max(event_date) AS last_order,
               (array_agg(customer_status_category ORDER BY event_date DESC, id DESC))[1] AS status,
               array_agg(DISTINCT partner_id) AS partner_ids
        FROM tracking_action WHERE customer_id = ANY(%(customers)s) AND NOT is_test GROUP BY customer_id
    ), counted AS (
        SELECT asked.id AS customer_id, coalesce(orders, 0) AS orders, first_order, last_order,
               coalesce(status, '') AS status, coalesce(partner_ids, '{}') AS partner_ids
        FROM unnest(%(customers)s::bigint[]) AS asked (id) LEFT JOIN of_actions ON of_actions.customer_id = asked.id
    )
    UPDATE program_customer AS customer
    SET orders = counted.orders, first_order = counted.first_order, last_order = counted.last_order,
        status = counted.status, partner_ids = counted.partner_ids
    FROM counted
    WHERE customer.id = counted.customer_id AND customer.program_id = %(program)s
      AND (customer.orders, customer.first_order, customer.last_order, customer.status, customer.partner_ids)
          IS DISTINCT FROM
          (counted.orders, counted.first_order, counted.last_order, counted.status, counted.partner_ids)
"""
_REVENUE = """
    SELECT program_id, customer_id, currency, count(*) AS orders, sum(amount) AS revenue, sum(payout) AS payout
    FROM tracking_action
    WHERE customer_id = ANY(%(customers)s) AND program_id = %(program)s AND NOT is_test AND state <> 'REVERSED'
    GROUP BY program_id, customer_id, currency
"""
_ADD_REVENUE = f"""
    INSERT INTO program_customerrevenue AS stored (program_id, customer_id, currency, orders, revenue, payout)
    {_REVENUE}
    ON CONFLICT (customer_id, currency) DO UPDATE
    SET orders = excluded.orders, revenue = excluded.revenue, payout = excluded.payout
    WHERE (stored.orders, stored.revenue, stored.payout)
          IS DISTINCT FROM (excluded.orders, excluded.revenue, excluded.payout)
"""  # noqa: S608 (no value in it comes from outside)
_DROP_REVENUE = """
    DELETE FROM program_customerrevenue AS stored
    WHERE stored.customer_id = ANY(%(customers)s) AND NOT EXISTS (
        SELECT FROM tracking_action AS action WHERE action.customer_id = stored.customer_id
        AND action.currency = stored.currency AND NOT action.is_test AND action.state <> 'REVERSED')
"""

# In one order, so that two writers of the same customers wait for each other and do not deadlock.
_LOCK = """
    SELECT FROM program_customer WHERE id = ANY(%(customers)s) AND program_id = %(program)s
    ORDER BY id FOR NO KEY UPDATE
"""


def recompute(program_id: int, customers: Iterable[int]) -> None:
    """Recompute these customers of the program, by the numbers of their rows; call inside a transaction."""
    for chunk in batched(sorted(customers), CHUNK):
        values: dict[str, Any] = {"program": program_id, "customers": list(chunk)}
        with connection.cursor() as cursor:
            for statement in (_LOCK, _COUNT, _DROP_REVENUE, _ADD_REVENUE):
                cursor.execute(statement, values)
        see_again(program_id, list(chunk))
