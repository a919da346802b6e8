"""The two report pages at growing numbers of actions, beside a GROUP BY over the actions and DuckDB on the same rows.

`python -m benchmarks.reports --actions 100000 1000000 10000000` makes a program of each size; `--write FILE` writes the
section. Programs of all sizes lie in one database and are asked in turns: a slow hour of the machine is slow for all.
"""

import argparse
import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.setting.home import own_home, say
from benchmarks.setting.page import Moment, table, verdict, write_section
from benchmarks.setting.report_actions import DAYS, make_actions, roll_up

AIM, AIM_FLAT = 0.100, 0.20
SHORT = 30
PAGES = ("new_vs_return_customer", "performance_by_day_by_customer_status")
BLOCKS, ROUNDS = 5, 12  # each round asks every page once at every size; the slow questions stand between the blocks
FIRST_PROGRAM = 1000

# What each page asks for, asked of the actions themselves.
DIRECT = """
SELECT {by}, customer_status_category,
       count(*) FILTER (WHERE state <> 'REVERSED'),
       sum(payout) FILTER (WHERE state <> 'REVERSED'), sum(amount) FILTER (WHERE state <> 'REVERSED'),
       count(*), sum(intended_payout)
FROM tracking_action
WHERE program_id = {program} AND NOT is_test AND NOT is_hidden AND currency = 'GBP'
      AND day BETWEEN '{start}' AND '{end}'
GROUP BY 1, 2
"""
ACTIONS_AT = 2  # in a row of the answer
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


class Question(NamedTuple):
    """A page at a size; all of them are asked in every round."""

    size: int
    program: int
    page: str
    asked: Range

    @property
    def sql(self) -> str:
        return DIRECT.format(by=BY[self.page], program=self.program, start=self.asked.start, end=self.asked.end)


class Found(NamedTuple):
    """Seconds of each question, by whom was asked, size, page and days; and of recomputing every day, by size."""

    times: dict[tuple[str, int, str, int], list[float]]
    rollup: dict[int, float]

    def add(self, who: str, question: Question, seconds: float) -> None:
        self.times[who, question.size, question.page, question.asked.days].append(seconds)


Rows = list[tuple[Any, ...]]
Ask = Callable[[str], Rows]


def measure(sizes: Sequence[int]) -> Found:
    """Make a program of each size, then ask all of them in turns."""
    from django.test import Client  # noqa: PLC0415

    from accounts.models import Membership, User  # noqa: PLC0415 (all of it needs Django to be set up)
    from benchmarks.setting.brand import make_brand  # noqa: PLC0415
    from reports.pages.question import today_of  # noqa: PLC0415
    from servers.management.commands.prepare import collect_static_files  # noqa: PLC0415

    collect_static_files()  # the pages name them by their hashes
    user = User.objects.create_user("viewer")
    programs = {size: make_brand(FIRST_PROGRAM + index) for index, size in enumerate(sorted(sizes))}
    for program in programs.values():
        Membership.objects.create(user=user, account=program.account, role=Membership.Role.VIEWER)
    today = today_of(programs[min(sizes)])
    make_actions(programs, today)
    found = Found(defaultdict(list), {size: roll_up(program, today) for size, program in programs.items()})
    client = Client()
    client.force_login(user)
    ranges = [Range(today - timedelta(days=days - 1), today) for days in (SHORT, DAYS)]
    questions = [
        Question(size, program.pk, page, asked)
        for (size, program), page, asked in product(programs.items(), PAGES, ranges)
    ]
    with _duckdb() as duck:
        _ask_in_turns(questions, client, duck, found)
    return found


def _ask_in_turns(questions: Sequence[Question], client: Any, duck: Ask, found: Found) -> None:
    """Blocks of the slow questions, then of pages in rounds, each in an order of its own; all answers must agree."""
    draw, actions = random.Random(1), dict[Question, int]()
    for block in range(BLOCKS):
        say(f"block {block + 1} of {BLOCKS} …")
        for question, (who, ask) in product(questions, (("PostgreSQL", _postgresql), ("DuckDB", duck))):
            started = time.perf_counter()
            rows = ask(question.sql)
            found.add(who, question, time.perf_counter() - started)
            total = sum(row[ACTIONS_AT] for row in rows)
            assert actions.setdefault(question, total) == total, (who, question)
        for number in range(ROUNDS + 1):
            for question in draw.sample(questions, len(questions)):
                started = time.perf_counter()
                page = _page(client, question)
                seconds = time.perf_counter() - started
                assert f">{actions[question]:,}<".encode() in page, question
                if number:  # the first round brings back into memory what the slow questions have driven out
                    found.add("page", question, seconds)


def _page(client: Any, question: Question) -> bytes:
    """The page as the server writes it, from the request to the written answer."""
    address = f"/p/{question.program}/reports/{question.page.replace('_', '-')}/"
    query = {"start_date": question.asked.start.isoformat(), "end_date": question.asked.end.isoformat()}
    answer = client.get(address, query, headers={"host": "localhost"})
    if answer.status_code != 200:
        sys.exit(f"{address} answers {answer.status_code}")
    content: bytes = answer.content
    return content


def _postgresql(sql: str) -> Rows:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


@contextmanager
def _duckdb() -> Iterator[Ask]:
    """The same rows in DuckDB's own format on disk, read by the process that asks."""
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
        yield lambda sql: list(duck.execute(sql).fetchall())
    database.unlink()


def result(found: Found) -> str:
    sizes = list(found.rollup)
    rows = []
    for page, days in product(PAGES, (SHORT, DAYS)):
        medians, highs = zip(*(_spread(found.times["page", size, page, days]) for size in sizes), strict=True)
        cells = [f"{median:.1f}, {high:.1f}" for median, high in zip(medians, highs, strict=True)]
        name = f"{page.replace('_', ' ')}, {days} days"
        rows.append([name, "**page: median, p95**", *cells, _aim(medians, highs)])
        for who, words in (("PostgreSQL", "GROUP BY"), ("DuckDB", "DuckDB, GROUP BY")):
            times = [statistics.median(found.times[who, size, page, days]) * 1000 for size in sizes]
            rows.append(["", words, *(f"{each:,.1f}" for each in times), ""])
    rows.append(["recomputing every day", "", *(f"{found.rollup[size] * 1000:,.0f}" for size in sizes), ""])
    return table(["milliseconds at", "", *(f"{size:,} actions" for size in sizes), "p95 ≤ 100, flat ± 20 %"], rows)


def _spread(seconds: Sequence[float]) -> tuple[float, float]:
    """Median and p95 in milliseconds."""
    return statistics.median(seconds) * 1000, statistics.quantiles(seconds, n=20)[-1] * 1000


def _aim(medians: Sequence[float], highs: Sequence[float]) -> str:
    """Flat by the medians: all sizes were asked in the same minutes."""
    middle = statistics.mean(medians)
    flat = max(abs(each - middle) for each in medians) / middle
    met = max(highs) <= AIM * 1000 and flat <= AIM_FLAT
    return f"± {flat:.0%}: {verdict(met)}"


def section(found: Found, moment: Moment) -> str:
    return f"""## The report pages by number of actions

The whole page as the server writes it, for a range of {SHORT} days and of {DAYS}: {BLOCKS * ROUNDS} requests each.

{result(found)}

* **The actions** come from a generator: a program of each size in one database, each with 40 partners, {DAYS} days,
  four statuses, one in fifty reversed, the same mix at every size. The rollups are made by the product's own service,
  with every day marked as touched, and compared with the actions by its own check.
* **A page** asks the rollups alone, for its figures, its comparison with the range before, its filters and its chart:
  its cost is of days × statuses, for the table of partners × partners, whatever the number of actions. It is measured
  in one process through Django's test client, middleware, session and templates included. Every one must show as many
  actions as the GROUP BY counts.
* **In turns**: {BLOCKS} blocks of {ROUNDS} rounds, each round every page once at every size, in an order of its own.
  What the machine did to one size it did to the others, so their medians tell whether the pages are flat; the p95 also
  holds what else went on. Before each block come the slow questions, and a round that is not counted.
* **GROUP BY** is the one central question of the page, asked of the actions themselves, with the product's indexes;
  **DuckDB** is asked the same of the same rows in a database of its own format, read by the process that asks. Medians
  of {BLOCKS}.

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
