"""The two report pages at growing numbers of actions, beside a GROUP BY over the actions and DuckDB on the same rows.

`python -m benchmarks.reports --actions 100000 1000000 10000000` grows one program; `--write FILE` writes the section.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.home import own_home, say
from benchmarks.page import Moment, table, verdict, write_section

AIM, AIM_FLAT = 0.100, 0.20
DAYS, SHORT = 180, 30
PAGES = ("new_vs_return_customer", "performance_by_day_by_customer_status")
RUNS = 60  # of each page and range
SLOW_RUNS = 5  # of what reads every action

# Actions as pricing would leave them; without their conversions, lines and updates, which no report reads. Partners,
# days and statuses are drawn by a hash of the number, so that every size has the same mix.
ACTIONS = """
INSERT INTO tracking_action (program_id, conversion_id, event_type_id, partner_id, contract_id, terms_version_id,
    order_id, promo_code, event_date, day, creation_date, state, state_detail, currency, amount, payout,
    intended_payout, original_currency, original_amount, customer_status, customer_status_category, group_name,
    is_restricted, is_hidden, is_test, context, order_state, updates_count)
SELECT c.program_id, n, %(event_type)s, c.partner_id, c.id, c.terms_version_id, 'G-' || n, '',
       d.day + interval '12 hours', d.day, now(), CASE WHEN h / 11 %% 50 = 0 THEN 'REVERSED' ELSE 'PENDING' END, '',
       'GBP', a.amount, p.payout, round(a.amount * 0.1, 2), 'GBP', a.amount,
       (ARRAY['new', 'repeat', 'repeat', 'lapsed', ''])[s.status], (ARRAY['New', 'Existing', 'Existing', 'Re-Engaged',
       ''])[s.status], '', false, false, false, '{}', '{}', 1
FROM generate_series(%(first)s::bigint, %(last)s) AS n
CROSS JOIN LATERAL (SELECT abs(hashint8(n)::bigint) AS h) AS hash
JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS places FROM contracts_contract) AS c
  ON c.place = h %% c.places
CROSS JOIN LATERAL (SELECT %(today)s::date - (h / 40 %% %(days)s)::int AS day) AS d
CROSS JOIN LATERAL (SELECT round((h / 7919 %% 20000) / 100.0 + 5, 2) AS amount) AS a
CROSS JOIN LATERAL (SELECT CASE WHEN h / 11 %% 50 = 0 THEN 0 ELSE round(a.amount * 0.1, 2) END AS payout) AS p
CROSS JOIN LATERAL (SELECT (h / 104729 %% 5)::int + 1 AS status) AS s
"""
MARKS = """
INSERT INTO tracking_touchedday (program_id, event_type_id, partner_id, day)
SELECT p.program_id, %(event_type)s, p.id, %(today)s::date - day
FROM program_partner AS p CROSS JOIN generate_series(0, %(days)s - 1) AS day
"""
# What each page asks for, asked of the actions themselves.
DIRECT = """
SELECT {by}, customer_status_category,
       count(*) FILTER (WHERE state <> 'REVERSED'),
       sum(payout) FILTER (WHERE state <> 'REVERSED'), sum(amount) FILTER (WHERE state <> 'REVERSED'),
       count(*), sum(intended_payout)
FROM tracking_action
WHERE program_id = 1000 AND NOT is_test AND NOT is_hidden AND currency = 'GBP' AND day BETWEEN '{start}' AND '{end}'
GROUP BY 1, 2
"""
BY = {PAGES[0]: "partner_id", PAGES[1]: "day"}
COLUMNS = (
    "program_id, partner_id, day, customer_status_category, state, currency, amount, payout, intended_payout, "
    "is_test, is_hidden"
)


class Range(NamedTuple):
    """The days that a page is asked for."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1


Times = dict[tuple[str, str, int], float]  # (who, page, days) -> seconds


def grow(program: Any, first: int, last: int, today: date) -> dict[str, float]:
    """Add actions and have the product's own rollup recompute every day; the seconds of both."""
    from django.db import connection, transaction  # noqa: PLC0415 (all of it needs Django to be set up)

    from program.models import EventType  # noqa: PLC0415
    from reports.services.rollup import fill_touched_days  # noqa: PLC0415
    from reports.services.verify_rollups import rollup_differences  # noqa: PLC0415

    values = {
        "event_type": EventType.objects.get().pk, "first": first, "last": last, "today": today, "days": DAYS,
    }  # fmt: skip
    seconds = {}
    started = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # their conversions are not there
        cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")  # for the indexes, made when all rows are there
        cursor.execute("SELECT indexdef, indexname FROM pg_indexes WHERE tablename = 'tracking_action' AND indexname"
                       " NOT IN (SELECT conname FROM pg_constraint)")  # fmt: skip
        indexes = cursor.fetchall()
        for _, name in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute(ACTIONS, values)
        for definition, _ in indexes:
            cursor.execute(definition)
    with connection.cursor() as cursor:
        cursor.execute(MARKS, values)
        cursor.execute("VACUUM ANALYZE tracking_action")
    seconds["actions"] = time.perf_counter() - started
    started = time.perf_counter()
    fill_touched_days(program_id=program.pk, wait=True)
    seconds["rollup"] = time.perf_counter() - started
    wrong = list(rollup_differences(program.pk, start=today - timedelta(days=DAYS), end=today))
    assert not wrong, wrong[:3]
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE reports_dailyperformance, reports_dailytotal")  # as autovacuum does in a minute
        cursor.execute("VACUUM ANALYZE tracking_touchedday")
        cursor.execute("CHECKPOINT")  # or the pages would wait for what the generator has left to be written
    return seconds


def measure(sizes: Sequence[int]) -> dict[int, Times]:
    """At each size: p95 of the pages, medians of the others."""
    from django.contrib.auth.models import User  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from benchmarks.brand import make_brand  # noqa: PLC0415
    from config.management.commands.prepare import collect_static_files  # noqa: PLC0415
    from program.models import Membership  # noqa: PLC0415
    from reports.views.questions import today_of  # noqa: PLC0415

    collect_static_files()  # the pages name them by their hashes
    program = make_brand()
    user = User.objects.create_user("viewer")
    Membership.objects.create(user=user, account=program.account, role=Membership.Role.VIEWER)
    client = Client()
    client.force_login(user)
    today = today_of(program)
    ranges = [Range(today - timedelta(days=days - 1), today) for days in (SHORT, DAYS)]
    found: dict[int, Times] = {}
    before = 0
    for size in sorted(sizes):
        say(f"{size:,} actions …")
        seconds = grow(program, before + 1, size, today)
        say(f"  made in {seconds['actions']:.0f} s, rolled up in {seconds['rollup']:.1f} s")
        before = size
        times: Times = {("rollup of all", "", 0): seconds["rollup"]}
        for page in PAGES:
            for asked in ranges:
                times["page", page, asked.days] = _page(client, page, asked)
        times |= _group_by(ranges)
        times |= _duckdb(ranges)
        found[size] = times
    return found


def _page(client: Any, page: str, asked: Range) -> float:
    """p95 of the page in the server, from the request to the written answer."""
    address = f"/p/1000/reports/{page.replace('_', '-')}/"
    query = {"start_date": asked.start.isoformat(), "end_date": asked.end.isoformat()}

    def once() -> None:
        answer = client.get(address, query, headers={"host": "localhost"})
        if answer.status_code != 200 or b"GBP" not in answer.content:
            sys.exit(f"{address} answers {answer.status_code}")

    for _ in range(5):
        once()
    return statistics.quantiles(_timed(once, RUNS), n=20)[-1]


def _timed(run: Callable[[], object], times: int) -> list[float]:
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - started)
    return seconds


def _group_by(ranges: Sequence[Range]) -> Times:
    from django.db import connection  # noqa: PLC0415

    def ask(sql: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            cursor.fetchall()

    return _each("PostgreSQL", ranges, ask)


def _duckdb(ranges: Sequence[Range]) -> Times:
    """The same question of the same rows in DuckDB's own format on disk, in the process that asks."""
    import duckdb  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    rows, database = settings.HOME / "actions.csv", settings.HOME / "actions.duckdb"
    with (
        rows.open("wb") as file,
        connection.cursor() as cursor,
        cursor.copy(f"COPY (SELECT {COLUMNS} FROM tracking_action) TO STDOUT (FORMAT csv, HEADER)") as copy,
    ):
        file.writelines(copy)
    kinds = {"amount": "DECIMAL(16, 4)", "payout": "DECIMAL(16, 4)", "intended_payout": "DECIMAL(16, 4)"}
    with duckdb.connect(str(database)) as duck:
        duck.execute(f"CREATE TABLE tracking_action AS SELECT * FROM read_csv('{rows}', types = {kinds})")
        duck.execute("CHECKPOINT")
        rows.unlink()

        def ask(sql: str) -> None:
            duck.execute(sql).fetchall()

        times = _each("DuckDB", ranges, ask)
    database.unlink()
    return times


def _each(who: str, ranges: Sequence[Range], ask: Callable[[str], None]) -> Times:
    times: Times = {}
    for page in PAGES:
        for asked in ranges:
            sql = DIRECT.format(by=BY[page], start=asked.start, end=asked.end)
            ask(sql)
            times[who, page, asked.days] = statistics.median(_timed(lambda sql=sql: ask(sql), SLOW_RUNS))
    return times


def result(found: dict[int, Times]) -> str:
    sizes = list(found)
    rows = []
    for page in PAGES:
        for days in (SHORT, DAYS):
            for who, words in (("page", "**page, p95**"), ("PostgreSQL", "GROUP BY"), ("DuckDB", "DuckDB, GROUP BY")):
                times = [found[size][who, page, days] * 1000 for size in sizes]
                name = f"{page.replace('_', ' ')}, {days} days" if who == "page" else ""
                rows.append([name, words, *(f"{each:,.1f}" for each in times), _aim(times) if who == "page" else ""])
    rows.append(
        ["recomputing every day", "", *(f"{found[size]['rollup of all', '', 0] * 1000:,.0f}" for size in sizes), ""]
    )
    return table(["milliseconds at", "", *(f"{size:,} actions" for size in sizes), "p95 ≤ 100, flat ± 20 %"], rows)


def _aim(times: Sequence[float]) -> str:
    middle = statistics.mean(times)
    flat = max(abs(each - middle) for each in times) / middle
    met = max(times) <= AIM * 1000 and flat <= AIM_FLAT
    return f"± {flat:.0%}: {verdict(met)}"


def section(found: dict[int, Times], moment: Moment) -> str:
    return f"""## The report pages by number of actions

The whole page as the server writes it, for a range of {SHORT} days and of {DAYS}: {RUNS} requests one after the other.

{result(found)}

* **The actions** come from a generator: 40 partners, {DAYS} days, four statuses, one in fifty reversed, the same mix at
  every size. The rollups are made by the product's own service, with every day marked as touched.
* **A page** asks the rollups alone, for its figures, its comparison with the range before, its filters and its chart:
  its cost is of days × statuses, for the table of partners × partners, whatever the number of actions. It is measured
  in one process through Django's test client, middleware, session and templates included.
* **GROUP BY** is the one central question of the page, asked of the actions themselves, with the product's indexes;
  **DuckDB** is asked the same of the same rows in a database of its own format, read by the process that asks. Medians
  of {SLOW_RUNS}.

{moment}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--actions", type=int, nargs="+", default=[100_000, 300_000], metavar="N", help="how many")
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write the section of the page of results")
    options = parser.parse_args()
    moment = Moment()
    with own_home():
        found = measure(options.actions)
    print(result(found))
    print(moment)
    if options.write:
        write_section(options.write, "reports", section(found, moment))


if __name__ == "__main__":
    main()
