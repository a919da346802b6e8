"""Compares the figures of customers with their actions, and their tags with the taggings, in SQL."""

from collections.abc import Iterator

from django.db import connection

_FIGURES = ("orders", "first_order", "last_order", "status", "partner_ids")
_SUMS = ("orders", "revenue", "payout")
_ACTIONS = """
    action AS MATERIALIZED (
        SELECT *, CASE state WHEN 'REVERSED' THEN 0 ELSE 1 END AS counted FROM tracking_action
        WHERE program_id = %(program)s AND is_test = false AND customer_id IS NOT NULL
    )
"""
# One that waits to be recomputed does not count as a difference: a mark names it.
_IS_MARKED = """
    EXISTS (SELECT FROM tracking_touchedday AS mark
            WHERE mark.program_id = %(program)s AND customer.id = ANY (mark.customers))
"""


def _columns(table: str, names: tuple[str, ...]) -> str:
    return ", ".join(f"{table}.{name}" for name in names)


# Statements of their own, so that a mistake in those that write the figures is not repeated here.
_COUNTED = f"""
    WITH {_ACTIONS}, earliest AS (
        SELECT DISTINCT ON (customer_id) customer_id, event_date FROM action ORDER BY customer_id, event_date
    ), latest AS (
        SELECT DISTINCT ON (customer_id) customer_id, event_date, customer_status_category FROM action
        ORDER BY customer_id, event_date DESC, id DESC
    ), brought AS (
        SELECT customer_id, array_agg(partner_id ORDER BY partner_id) AS partner_ids
        FROM (SELECT DISTINCT customer_id, partner_id FROM action) AS pair GROUP BY customer_id
    ), fresh AS (
        SELECT customer_id, sum(counted) AS orders, min(earliest.event_date) AS first_order,
               min(latest.event_date) AS last_order, min(customer_status_category) AS status,
               min(partner_ids) AS partner_ids
        FROM (SELECT customer_id, counted FROM action) AS each
        JOIN earliest USING (customer_id) JOIN latest USING (customer_id) JOIN brought USING (customer_id)
        GROUP BY customer_id
    ), stored AS (
        SELECT id, customer_id, orders, first_order, last_order, status,
               ARRAY(SELECT each FROM unnest(partner_ids) AS each ORDER BY each) AS partner_ids
        FROM program_customer WHERE program_id = %(program)s
    )
    SELECT customer.customer_id, {_columns("customer", _FIGURES)}, {_columns("expected", _FIGURES)}
    FROM stored AS customer LEFT JOIN fresh ON fresh.customer_id = customer.id
    CROSS JOIN LATERAL (
        SELECT coalesce(fresh.orders, 0) AS orders, fresh.first_order, fresh.last_order,
               coalesce(fresh.status, '') AS status, coalesce(fresh.partner_ids, ARRAY[]::bigint[]) AS partner_ids
    ) AS expected
    WHERE ({_columns("customer", _FIGURES)}) IS DISTINCT FROM ({_columns("expected", _FIGURES)}) AND NOT {_IS_MARKED}
    ORDER BY customer.id
"""  # noqa: S608 (no value in it comes from outside)

_ADDED_UP = f"""
    WITH {_ACTIONS}, fresh AS (
        SELECT customer_id, currency, sum(counted) AS orders, sum(counted * amount) AS revenue,
               sum(counted * payout) AS payout
        FROM action GROUP BY customer_id, currency HAVING sum(counted) > 0
    ), stored AS (SELECT * FROM program_customerrevenue WHERE program_id = %(program)s)
    SELECT customer.customer_id, coalesce(stored.currency, fresh.currency), {_columns("stored", _SUMS)},
           {_columns("fresh", _SUMS)}
    FROM stored FULL JOIN fresh ON stored.customer_id = fresh.customer_id AND stored.currency = fresh.currency
    JOIN program_customer AS customer ON customer.id = coalesce(stored.customer_id, fresh.customer_id)
    WHERE ({_columns("stored", _SUMS)}) IS DISTINCT FROM ({_columns("fresh", _SUMS)}) AND NOT {_IS_MARKED}
    ORDER BY customer.id, 2
"""  # noqa: S608


_CARRIED = """
    WITH fresh AS (
        SELECT customer_id, array_agg(tag_id) AS tag_ids FROM (
            SELECT customer_id, tag_id FROM program_customertagging
            WHERE program_id = %(program)s AND upper_inf(period) ORDER BY tag_id
        ) AS tagging GROUP BY customer_id
    )
    SELECT customer.customer_id, customer.tag_ids, coalesce(fresh.tag_ids, '{}')
    FROM program_customer AS customer LEFT JOIN fresh ON fresh.customer_id = customer.id
    WHERE customer.program_id = %(program)s AND customer.tag_ids <> coalesce(fresh.tag_ids, '{}')
    ORDER BY customer.id
"""


def customer_differences(program_id: int) -> Iterator[str]:
    """Sentences that name the customer, with what is stored and what the actions, or the taggings, come to."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, {"program": program_id})
        for customer, *figures in cursor.fetchall():
            yield f"Customer {customer}: {_wrong(_FIGURES, figures)}"
        cursor.execute(_ADDED_UP, {"program": program_id})
        for customer, currency, *figures in cursor.fetchall():
            yield f"Customer {customer}, {currency}: {_wrong(_SUMS, figures)}"
        cursor.execute(_CARRIED, {"program": program_id})
        for customer, stored, fresh in cursor.fetchall():
            yield f"Customer {customer}: tag_ids is {stored}, of its taggings {fresh}"


def _wrong(names: tuple[str, ...], figures: list[object]) -> str:
    stored, fresh = figures[: len(names)], figures[len(names) :]
    return ", ".join(
        f"{name} is {was}, of its actions {now}"
        for name, was, now in zip(names, stored, fresh, strict=True)
        if was != now
    )
