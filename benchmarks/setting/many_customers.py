"""A program with many customers: rows as files and orders would leave them, their figures by the product itself."""

import time
from datetime import date
from typing import Any

from benchmarks.setting.home import say
from benchmarks.setting.report_actions import make_actions

# Names, places and tags are drawn by a hash of the number. One customer in twenty has no order yet.
CUSTOMERS = """
INSERT INTO program_customer (id, program_id, customer_id, name, email, email_sha256, country, city, post_code,
    tag_ids)
SELECT n, %(program)s, 'C-' || lpad((h %% 900000000 + 100000000)::text, 9, '0') || '-' || n,
       who.first || ' ' || who.last, lower(who.first || '.' || who.last || n || '@example.com'),
       encode(sha256(convert_to(lower(who.first || '.' || who.last || n || '@example.com'), 'UTF8')), 'hex'),
       (ARRAY['GB', 'GB', 'GB', 'GB', 'GB', 'GB', 'DE', 'DE', 'FR', 'FR', 'IE', 'US', 'NL', 'ES', 'IT', 'PL', 'SE',
              'NO', 'MT', ''])[floor(power(h / 13 %% 1000 / 1000.0, 1.3) * 20)::int + 1],
       (ARRAY['London', 'Leeds', 'Hull', 'York', 'Bath', 'Berlin', 'Lyon', 'Cork'])[h / 17 %% 8 + 1],
       'LS' || h / 19 %% 30 + 1,
       ARRAY(SELECT tag FROM unnest(%(tags)s::bigint[], %(among)s::int[]) AS each (tag, among)
             WHERE abs(hashint8(n + tag)::bigint) %% among = 0 ORDER BY tag)
FROM generate_series(%(first)s::bigint, %(last)s) AS n
CROSS JOIN LATERAL (SELECT abs(hashint8(n)::bigint) AS h) AS hash
CROSS JOIN LATERAL (SELECT
    (ARRAY['Ann', 'Ben', 'Cara', 'Dan', 'Eva', 'Finn', 'Gita', 'Hugo', 'Ines', 'Jack', 'Kate', 'Liam', 'Mona', 'Nils',
           'Olga', 'Paul', 'Rosa', 'Sam', 'Tess', 'Udo', 'Vera', 'Will', 'Yara', 'Zoe'])[h %% 24 + 1] AS first,
    (ARRAY['Archer', 'Baker', 'Carter', 'Dyer', 'Fisher', 'Gardner', 'Hunter', 'Mason', 'Miller', 'Parker', 'Potter',
           'Sawyer', 'Smith', 'Taylor', 'Turner', 'Walker', 'Weaver', 'Wright'])[h / 24 %% 18 + 1] AS last) AS who
"""
# One in a thousand, one in fifty, one in three.
TAGS = {"Press": 1_000, "VIP customers": 50, "Newsletter": 3}
TAGGINGS = """
INSERT INTO program_customertagging (program_id, customer_id, tag_id, period)
SELECT program_id, id, unnest(tag_ids), tstzrange('2026-01-01', NULL) FROM program_customer
WHERE program_id = %(program)s AND id BETWEEN %(first)s AND %(last)s
"""
MARK = """
INSERT INTO tracking_touchedday (program_id, event_type_id, day, customers)
SELECT %(program)s, (SELECT id FROM program_eventtype WHERE program_id = %(program)s LIMIT 1), %(today)s, numbers
FROM (SELECT array_agg(n) AS numbers FROM generate_series(%(first)s::bigint, %(last)s) AS n) AS all_of_them
"""


def make_customers(program: Any, *, customers: int, orders: int, today: date) -> float:
    """Fill the program; the seconds in which the product recomputed the figures of all of them."""
    from django.db import connection, transaction  # noqa: PLC0415 (all of it needs Django to be set up)

    from program.tags.services import create_customer_tag  # noqa: PLC0415
    from reports.rollups.fill import fill_touched_days  # noqa: PLC0415

    values = {"program": program.pk, "first": 1, "last": customers, "today": today}
    started = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        tags = [create_customer_tag(program=program, name=name).pk for name in TAGS]
        cursor.execute("SET LOCAL session_replication_role = replica")  # no log entry for each
        cursor.execute(CUSTOMERS, {**values, "tags": tags, "among": list(TAGS.values())})
        cursor.execute("SELECT setval(pg_get_serial_sequence('program_customer', 'id'), %s)", [customers])
        cursor.execute(TAGGINGS, values)
    say(f"{customers:,} customers made in {time.perf_counter() - started:.0f} s")
    make_actions({orders: program}, today, range(1, customers * 19 // 20))
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE program_customer, program_customertagging")
        cursor.execute(MARK, values)
    fill_touched_days(program_id=program.pk, wait=True)
    seconds = time.perf_counter() - started
    with connection.cursor() as cursor:
        # As autovacuum does in a minute.
        cursor.execute("VACUUM ANALYZE program_customer, program_customerrevenue, program_customertagging")
        cursor.execute("CHECKPOINT")
    return seconds
