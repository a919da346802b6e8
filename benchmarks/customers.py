"""The list of customers at a million customers and five million orders: every filter alone, and each two together.

`python -m benchmarks.customers --customers 1000000 --orders 5000000` prints a table: the page as the server renders it
beside the bare statements of its rows and its count; `--write FILE` writes the section.
"""

import argparse
import gc
import itertools
import math
import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.setting.home import own_home, say
from benchmarks.setting.page import Moment, table, verdict, write_section

AIM = 0.150
ROUNDS = 40
SEED = 15
SMALL = (20_000, 100_000)


class Asked(NamedTuple):
    """A question and its times, in seconds."""

    name: str
    page: list[float]
    bare: list[float]

    @property
    def p95(self) -> float:
        return p95(self.page)


def p95(times: list[float]) -> float:
    """The time within which 95 of 100 were answered: of 20 the second longest."""
    return sorted(times)[math.ceil(len(times) * 0.95) - 1] if times else 0


def filters(program: Any, today: date) -> dict[str, Callable[[], str]]:
    """Of each filter a query with another value each time."""
    from program.models import Customer, CustomerTag, Partner  # noqa: PLC0415 (all of it needs Django to be set up)

    tags = {tag.name: tag.pk for tag in CustomerTag.objects.filter(program=program)}
    partners = list(Partner.objects.filter(program=program).values_list("pk", flat=True))
    some = list(Customer.objects.filter(program=program, pk__lte=10_000).values("customer_id", "name", "email"))
    draw = random.Random(SEED)

    def day() -> date:
        return today - timedelta(days=draw.randrange(180))

    return {
        "search, id": lambda: f"q={draw.choice(some)['customer_id']}",
        "search, part of an id": lambda: f"q={draw.randrange(10_000, 100_000)}",
        "search, name": lambda: f"q={draw.choice(some)['name'].replace(' ', '+')}",
        "search, part of a name": lambda: f"q={draw.choice(['ann', 'cart', 'zoe', 'smi', 'er'])}",
        "search, e-mail": lambda: f"q={draw.choice(some)['email']}",
        "search, nobody": lambda: f"q=nobody{draw.randrange(1_000)}",
        "any of two tags": lambda: f"tag={tags['VIP customers']}&tag={tags['Press']}",
        "all of two tags": lambda: f"tag_all={tags['Newsletter']}&tag_all={tags['VIP customers']}",
        "none of a tag": lambda: f"tag_none={tags['Newsletter']}",
        "status": lambda: f"status={draw.choice(['New', 'Existing', 'Re-Engaged', 'OTHER'])}",
        "partner": lambda: f"partner={draw.choice(partners)}",
        "country": lambda: f"country={draw.choice(['GB', 'DE', 'IE', 'MT', 'JP'])}",
        "first order": lambda: f"first_from={(start := day())}&first_to={start + timedelta(days=3)}",
        "last order": lambda: f"last_from={(start := day())}&last_to={start + timedelta(days=3)}",
        "revenue": lambda: f"revenue_from={draw.choice([50, 500, 5_000, 50_000])}",
    }


def questions(program: Any, today: date) -> Iterator[tuple[str, Callable[[], str]]]:
    """Nothing, every filter alone, every two of different kinds together, every order, and pages far back."""
    every = filters(program, today)
    yield "no filter", lambda: ""
    yield from every.items()
    pairs = [(first, second) for first, second in itertools.combinations(every, 2) if _kind(first) != _kind(second)]
    for first, second in pairs:
        yield f"{first} and {second}", lambda first=first, second=second: f"{every[first]()}&{every[second]()}"
    for sort in ("last_order", "-first_order", "-orders", "-revenue", "customer_id"):
        yield f"by {sort}", lambda sort=sort: f"sort={sort}"
    yield "far back", lambda: f"after={today - timedelta(days=random.randrange(60, 150))}T12:00:00%2B00:00~500000"


def _kind(name: str) -> str:
    """Of two searches only one can be asked; tags are one filter three ways."""
    return "search" if name.startswith("search") else name


def ask(client: Any, program: Any, query: str) -> tuple[float, float]:
    """The seconds of the page, and of its statements for the rows and for the count alone."""
    from django.db import connection  # noqa: PLC0415
    from django.http import QueryDict  # noqa: PLC0415

    from program.customers.selection import CustomerFilters  # noqa: PLC0415
    from tracking.customers.paging import Order  # noqa: PLC0415

    started = time.perf_counter()
    answer = client.get(f"/p/{program.pk}/customers/?{query}")
    page = time.perf_counter() - started
    assert answer.status_code == 200, query
    read = QueryDict(query)
    filters, order = CustomerFilters(program, read), Order(read.get("sort", ""))
    count = order.counted(filters).query.sql_with_params()
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(*count)
        matching = order.matching(filters, [number for (number,) in cursor.fetchall()])
        cursor.execute(*order.ordered(matching).values("pk")[:51].query.sql_with_params())
        cursor.fetchall()
    return page, time.perf_counter() - started


def measure(program: Any, editor: Any, today: date, rounds: int) -> list[Asked]:
    """All questions in turns: a slow moment of the machine is slow for all."""
    from django.test import Client  # noqa: PLC0415

    client = Client(SERVER_NAME="localhost")
    client.force_login(editor)
    asked = list(questions(program, today))
    found = [Asked(name, [], []) for name, _ in asked]
    for number in range(rounds + 1):
        if number == 1:
            gc.collect()
            gc.freeze()  # as the web server does once it is loaded
        for (_, query), each in zip(asked, found, strict=True):
            page, bare = ask(client, program, query())
            if number:  # the first warms up
                each.page.append(page)
                each.bare.append(bare)
    return found


def result(found: list[Asked]) -> str:
    """The singles in full, of the pairs the slowest ten."""
    singles = [each for each in found if " and " not in each.name]
    pairs = sorted((each for each in found if " and " in each.name), key=lambda each: -each.p95)
    rows = [
        [each.name, *(f"{seconds * 1000:,.0f}" for seconds in
                      (statistics.median(each.page), each.p95, statistics.median(each.bare), p95(each.bare)))]
        for each in [*singles, *pairs[:10]]
    ]  # fmt: skip
    return table(["asked for", "page, median ms", "page, p95 ms", "bare SQL, median ms", "bare SQL, p95 ms"], rows)


def section(found: list[Asked], customers: int, orders: int, seconds: float, moment: Moment) -> str:
    slow = [each for each in found if each.p95 > AIM]
    pairs = sum(" and " in each.name for each in found)
    return f"""## The list of customers

{customers:,} customers with {orders:,} orders. Each page is the whole of what the server does, from the request to the
rendered 50 rows with their count; beside it the statements of its rows and of its count alone, as the ORM writes them.
Other values are drawn each time. p95 of at most {AIM * 1000:.0f} ms, every filter alone and {pairs} pairs of two:
{verdict(not slow)}{f" by {len(slow)} of {len(found)}" if slow else ""}. Of the pairs the slowest ten are listed.

{result(found)}

The rollup recomputed the figures of all customers in {seconds:,.0f} s.

{moment}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=SMALL[0])
    parser.add_argument("--orders", type=int, default=SMALL[1])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--write", metavar="FILE", help="write the section of the page of results")
    options = parser.parse_args()
    moment, today = Moment(), date(2026, 11, 27)
    with own_home():
        from accounts.models import Membership, User  # noqa: PLC0415
        from benchmarks.setting.brand import make_brand  # noqa: PLC0415
        from benchmarks.setting.many_customers import make_customers  # noqa: PLC0415
        from servers.management.commands.prepare import collect_static_files  # noqa: PLC0415

        collect_static_files()  # pages name them by their hashes
        program = make_brand()
        editor = User.objects.create_user("editor", "editor@brand.example")
        Membership.objects.create(user=editor, account=program.account, role=Membership.Role.EDITOR)
        seconds = make_customers(program, customers=options.customers, orders=options.orders, today=today)
        found = measure(program, editor, today, options.rounds)
    say("")
    print(result(found))
    if options.write:
        text = section(found, options.customers, options.orders, seconds, moment)
        write_section(Path(options.write), "customers", text)


if __name__ == "__main__":
    main()
