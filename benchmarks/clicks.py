"""Clicks on links per second, beside the API's floor, a bare view with one INSERT on the same server; their times at
half of that; and how long an order's click is looked for among many.

`python -m benchmarks.clicks` runs the product's web server as `make run` does; `--write FILE` writes the section.
"""

import argparse
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from benchmarks.api import AIM, AIM_P99, CONNECTIONS, SENDERS, WARM, Load, Run, Server
from benchmarks.setting.home import own_home, say
from benchmarks.setting.page import Moment, rounded, table, verdict, write_section

AIM_LOOK_UP = 0.001
ASKED = 1_000
MONTHS = 14
AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
)

# As many clicks as asked for, evenly over the months; their ids say when they were, as new ones do.
_STORED = """
INSERT INTO tracking_step (id, at, program_id, kind, partner_id, ad_id, source, profile, visitor, not_counted, facts,
    ip_address)
SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || substr(md5(number::text), 1, 20))::uuid, at,
       1000, 'CLICK', %(partner)s, %(ad)s, '', md5((number / 3)::text), '', '', '{"SubId1": "blog"}', ''
FROM (SELECT number, date_trunc('milliseconds', %(first)s + number * %(apart)s::interval) AS at
      FROM generate_series(%(from)s, %(to)s) AS number) AS clicks
"""
_LOOK_UP = """
SELECT profile FROM tracking_step WHERE id = %s AND program_id = %s AND at >= %s AND at < %s
"""


class Links(Load):
    """The senders, as visitors of one link."""

    method = "GET"

    def __init__(self, path: str) -> None:
        self.headers = f"User-Agent: {AGENT}\r\n"
        self.path = path
        self.used = 0


class LookUp(NamedTuple):
    """How long a click is looked for among so many, in how many partitions, and an order's whole journey."""

    stored: int
    partitions: int
    median: float
    p99: float
    journey: float


def measure(seconds: float, rounds: int, stored: int, home: Path) -> tuple[dict[str, Run], LookUp]:
    """The floor and links in turns, the best of all rounds; then the look-up."""
    from django.db import connection  # noqa: PLC0415 (all of it needs Django to be set up)

    from benchmarks.peers.bare_urls import TABLE  # noqa: PLC0415
    from benchmarks.setting.brand import make_brand  # noqa: PLC0415
    from program.models import Ad, Partner  # noqa: PLC0415
    from tracking.clicks.months import make_months  # noqa: PLC0415

    program = make_brand()
    program.landing_domains = ["shop.example"]
    program.save()
    partner = Partner.objects.filter(program=program).order_by("pk")[0]
    ad = Ad.objects.create(program=program, name="Home", landing_page="https://shop.example/")
    make_months()
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
    links = Links(f"/c/{partner.media_partner_id}/{ad.pk}/{program.pk}")
    runs: dict[str, list[Run]] = {"floor": [], "clicks": []}
    for number in range(rounds):
        say(f"round {number + 1} of {rounds} …")
        for name in runs:
            with Server(home, name) as port:
                path = "" if name == "clicks" else "/insert"
                links.run(port, WARM, path=path)
                runs[name].append(links.run(port, seconds, path=path))
    found = {name: max(each) for name, each in runs.items()}
    say("half of it …")
    with Server(home, "clicks") as port:
        halves = []
        for _ in range(rounds):
            links.run(port, WARM, rate=found["clicks"].rate / 2)
            halves.append(links.run(port, seconds, rate=found["clicks"].rate / 2))
    found["half"] = min(halves, key=lambda run: run.p99)
    return found, look_up(stored, partner.pk, ad.pk)


def look_up(stored: int, partner: int, ad: int) -> LookUp:
    """Ask for clicks among so many, each by a statement of its own, as orders with one do."""
    from django.db import connection  # noqa: PLC0415

    from common.db.statements import fetch  # noqa: PLC0415
    from tracking.journeys.click_ids import moment_of, written_click_id  # noqa: PLC0415
    from tracking.journeys.found_steps import steps_of  # noqa: PLC0415
    from tracking.models import Conversion  # noqa: PLC0415

    say(f"{stored:,} clicks …")
    days = 30 * (MONTHS - 2)
    first = datetime.now(UTC) - timedelta(days=days)
    with connection.cursor() as cursor:
        for month in range(MONTHS):
            cursor.execute("SELECT make_step_months(%s::date, 1)", [(first + timedelta(days=30 * month)).date()])
        for start in range(0, stored, 500_000):
            cursor.execute(_STORED, {
                "partner": partner, "ad": ad, "first": first, "apart": timedelta(days=days) / stored,
                "from": start, "to": min(start + 500_000, stored) - 1,
            })  # fmt: skip
        cursor.execute("VACUUM ANALYZE tracking_step")
        cursor.execute("SELECT id FROM tracking_step TABLESAMPLE system (1) WHERE facts ? 'SubId1' LIMIT 200000")
        ids = [number for (number,) in cursor.fetchall()]
    asked = random.Random(1).choices(ids, k=ASKED)
    times, journeys = [], []
    for click in asked:
        at = moment_of(click)
        values = [click, 1000, at, at + timedelta(milliseconds=1)]
        began = time.perf_counter()
        assert len(fetch(_LOOK_UP, values)) == 1
        times.append(time.perf_counter() - began)
    for number, click in enumerate(asked):
        payload = {"ClickId": written_click_id(click)}
        order = Conversion(pk=number, program_id=1000, event_date=datetime.now(UTC), payload=payload)
        began = time.perf_counter()
        assert steps_of([order])
        journeys.append(time.perf_counter() - began)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {_LOOK_UP}", values)
        scans = sum(" on tracking_step_" in line for (line,) in cursor.fetchall())
    times.sort()
    return LookUp(stored, scans, times[ASKED // 2], times[int(ASKED * 0.99)], sorted(journeys)[ASKED // 2])


def result(found: dict[str, Run], looked_up: LookUp) -> str:
    def line(what: str, name: str, aim: str = "") -> list[str]:
        run = found[name]
        times = [f"{run.median * 1000:.1f}", f"{run.p99 * 1000:.1f}"]
        return [what, rounded(run.rate), f"{run.rate / found['floor'].rate:.2f}", *times, aim]

    ratio, p99 = found["clicks"].rate / found["floor"].rate, found["half"].p99
    rates = table(
        ["", "requests/s", "of the floor", "median, ms", "p99, ms", "aim"],
        [
            line("floor: a bare view with one INSERT behind the product's middleware", "floor"),
            line("**clicks on a link**", "clicks", f"≥ {AIM} of the floor: {verdict(ratio >= AIM)}"),
            line("**at half of that**", "half", f"p99 ≤ 50 ms: {verdict(p99 <= AIM_P99)}"),
        ],
    )
    return f"""{rates}

A click among {looked_up.stored:,} in {MONTHS} months, by its id: {looked_up.median * 1000:.2f} ms, p99
{looked_up.p99 * 1000:.2f} ms (≤ 1 ms: {verdict(looked_up.median <= AIM_LOOK_UP)}); the plan reads
{looked_up.partitions} partition. The whole journey of an order that names one: {looked_up.journey * 1000:.1f} ms."""


def section(found: dict[str, Run], looked_up: LookUp, seconds: float, rounds: int, moment: Moment) -> str:
    return f"""## Clicks

The product's web server as `make run` starts it, {SENDERS} senders with {CONNECTIONS} kept-alive connections each on
the same machine, {seconds:.0f} seconds for each measurement, and of each line the best of {rounds}. Every request is a
visitor without a cookie who follows one link with a parameter of its own: the click is stored, durably and with the
mark of its day, by one statement before the visitor is led on.

{result(found, looked_up)}

{moment}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4, help="of each measurement (4)")
    parser.add_argument("--rounds", type=int, default=1, help="of everything; the best counts (1)")
    parser.add_argument("--stored", type=int, default=200_000, help="clicks among which one is looked for (200000)")
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write the section of the page of results")
    options = parser.parse_args()
    moment = Moment()
    with own_home(STRANGER_REQUESTS_PER_MINUTE="1000000000") as home:
        found, looked_up = measure(options.seconds, options.rounds, options.stored, home)
    print(result(found, looked_up))
    print(moment)
    if options.write:
        write_section(options.write, "clicks", section(found, looked_up, options.seconds, options.rounds, moment))


if __name__ == "__main__":
    main()
