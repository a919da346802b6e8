"""Programs full of actions for the report pages: rows as pricing would leave them, rolled up by the product itself."""

import time
from datetime import date, timedelta
from typing import Any

from benchmarks.setting.home import say

DAYS = 180

# Without their conversions, lines and updates, which no report reads. Partners, days and statuses are drawn by a hash
# of the number, so that every size has the same mix.
ACTIONS = """
INSERT INTO tracking_action (program_id, conversion_id, event_type_id, partner_id, contract_id, terms_version_id,
    order_id, promo_code, referring_type, referring_domain, event_date, day, creation_date, state, currency, amount,
    payout, intended_payout, original_currency, original_amount, customer_status, customer_status_category, group_name,
    is_restricted, is_hidden, is_test, context, profile, journey, order_state, updates_count, customer_id)
SELECT c.program_id, n, %(event_type)s, c.partner_id, c.id, c.terms_version_id, 'G-' || n, '', '', '',
       d.day + interval '12 hours', d.day, now(), CASE WHEN h / 11 %% 50 = 0 THEN 'REVERSED' ELSE 'PENDING' END,
       'GBP', a.amount, p.payout, round(a.amount * 0.1, 2), 'GBP', a.amount,
       (ARRAY['new', 'repeat', 'repeat', 'lapsed', ''])[s.status], (ARRAY['New', 'Existing', 'Existing', 'Re-Engaged',
       ''])[s.status], '', false, false, false, '{}', '{}', '{}', '{}', 1,
       %(first_customer)s::bigint + floor(%(customers)s::bigint * power((h / 31 %% 1000003) / 1000003.0, 2))::bigint
FROM generate_series(%(first)s::bigint, %(last)s) AS n
CROSS JOIN LATERAL (SELECT abs(hashint8(n)::bigint) AS h) AS hash
JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS place FROM contracts_contract WHERE program_id = %(program)s)
  AS c ON c.place = h %% (SELECT count(*) FROM contracts_contract WHERE program_id = %(program)s)
CROSS JOIN LATERAL (SELECT %(today)s::date - (h / 40 %% %(days)s)::int AS day) AS d
CROSS JOIN LATERAL (SELECT round((h / 7919 %% 20000) / 100.0 + 5, 2) AS amount) AS a
CROSS JOIN LATERAL (SELECT CASE WHEN h / 11 %% 50 = 0 THEN 0 ELSE round(a.amount * 0.1, 2) END AS payout) AS p
CROSS JOIN LATERAL (SELECT (h / 104729 %% 5)::int + 1 AS status) AS s
"""
MARKS = """
INSERT INTO tracking_touchedday (program_id, event_type_id, partner_id, day)
SELECT p.program_id, %(event_type)s, p.id, %(today)s::date - day
FROM program_partner AS p CROSS JOIN generate_series(0, %(days)s - 1) AS day WHERE p.program_id = %(program)s
"""


def make_actions(programs: dict[int, Any], today: date, customers: range | None = None) -> None:
    """All rows, then their indexes, as a restored database would have them. Customers are the rows of these numbers;
    the first of them order most.
    """
    from django.db import connection, transaction  # noqa: PLC0415 (all of it needs Django to be set up)

    from program.models import EventType  # noqa: PLC0415

    first = 1
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # their conversions are not there
        cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
        cursor.execute("SELECT indexdef, indexname FROM pg_indexes WHERE tablename = 'tracking_action' AND indexname"
                       " NOT IN (SELECT conname FROM pg_constraint)")  # fmt: skip
        indexes = cursor.fetchall()
        for _, name in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        for size, program in programs.items():
            started = time.perf_counter()
            values = {
                "program": program.pk, "event_type": EventType.objects.get(program=program).pk, "first": first,
                "last": first + size - 1, "today": today, "days": DAYS,
                "customers": len(customers) if customers else None,
                "first_customer": customers.start if customers else None,
            }  # fmt: skip
            cursor.execute(ACTIONS, values)
            cursor.execute(MARKS, values)
            first += size
            say(f"{size:,} actions made in {time.perf_counter() - started:.0f} s")
        for definition, _ in indexes:
            cursor.execute(definition)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE tracking_action")


def roll_up(program: Any, today: date) -> float:
    """Have the product's own rollup recompute every day, and its own check look at that; the seconds of the former."""
    from django.db import connection  # noqa: PLC0415

    from reports.proof.rollups import rollup_differences  # noqa: PLC0415
    from reports.rollups.fill import fill_touched_days  # noqa: PLC0415

    started = time.perf_counter()
    fill_touched_days(program_id=program.pk, wait=True)
    seconds = time.perf_counter() - started
    wrong = list(rollup_differences(program.pk, start=today - timedelta(days=DAYS), end=today))
    assert not wrong, wrong[:3]
    with connection.cursor() as cursor:
        # As autovacuum does in a minute.
        cursor.execute("VACUUM ANALYZE reports_dailyperformance, reports_weeklyperformance, reports_dailytotal")
        cursor.execute("VACUUM ANALYZE tracking_touchedday")
        cursor.execute("CHECKPOINT")  # or the pages would wait for what the generator has left to be written
    return seconds
