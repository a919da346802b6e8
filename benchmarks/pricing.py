"""One-line conversions priced per second by the worker alone, beside writing the same finished rows and nothing else.

`python -m benchmarks.pricing` prints a table; `--write FILE` writes the section; `--profile` says where time goes.
"""

import argparse
import cProfile
import io
import json
import pstats
import time
from pathlib import Path

from benchmarks.setting.brand_orders import PARTNERS, one_line_order
from benchmarks.setting.home import free_port, own_home, say, wait_until
from benchmarks.setting.page import Moment, rounded, table, verdict, write_section

AIM = 2_000
SHARE = 0.7  # of the rate without limits
BATCH = 200
WRITTEN = {  # and by which of their columns they are in the order of the actions
    "tracking_action": "id",
    "tracking_actionitem": "action_id",
    "tracking_actionupdate": "action_id",
}


def measure(count: int, home: Path, *, profile: bool) -> dict[str, float]:
    """Conversions per second of the floor, of one process, and of the worker's two."""
    from django.utils import timezone  # noqa: PLC0415 (all of it needs Django to be set up)

    from benchmarks.setting.brand import limit_terms, make_brand  # noqa: PLC0415
    from servers.run import Product  # noqa: PLC0415
    from tracking.conversions.new_conversions import store_conversions  # noqa: PLC0415
    from tracking.intake import read_conversion  # noqa: PLC0415
    from tracking.models import Action, Conversion  # noqa: PLC0415
    from tracking.models.conversion import Source  # noqa: PLC0415
    from tracking.pricing.batch import price_batch  # noqa: PLC0415
    from tracking.tasks import price  # noqa: PLC0415

    program = make_brand()

    def store(numbers: range, **own: str) -> None:
        now = timezone.now()
        orders = [read_conversion(one_line_order(number, now.isoformat()) | own, now=now) for number in numbers]
        store_conversions(program, orders, source=Source.API)

    def alone() -> None:
        while price_batch(program_id=program.pk):
            pass

    store(range(BATCH))
    alone()  # the first batch compiles the terms
    store(range(BATCH, count))
    profiler = cProfile.Profile() if profile else None
    started = time.perf_counter()
    profiler.runcall(alone) if profiler else alone()
    rates = {"one": (count - BATCH) / (time.perf_counter() - started)}
    if profiler:
        text = io.StringIO()
        pstats.Stats(profiler, stream=text).sort_stats("tottime").print_stats(45)
        pstats.Stats(profiler, stream=text).sort_stats("cumulative").print_stats(45)
        say(text.getvalue())
    assert Action.objects.count() == count
    rates["floor"] = count / _floor()
    stored = count

    def by_workers(name: str, **own: str) -> None:
        nonlocal stored
        store(range(stored, stored + count + BATCH), **own)
        stored += count + BATCH
        product = Product(home, free_port())
        product.start("worker")
        try:
            price.delay(program.pk)
            wait_until(lambda: Conversion.objects.waiting().count() <= count)  # it is up, and has compiled the terms
            left = Conversion.objects.waiting().count()
            started = time.perf_counter()
            wait_until(lambda: not Conversion.objects.waiting().exists())
            rates[name] = left / (time.perf_counter() - started)
        finally:
            product.stop()
        assert Action.objects.count() == stored

    by_workers("two")
    limit_terms(program)
    by_workers("limited")
    by_workers("limited alone", MediaPartnerId="P-001")
    assert Action.objects.exclude(limits=None).count() == 2 * (count + BATCH)
    return rates


def _floor() -> float:
    """Seconds to read every conversion, copy its finished rows into tables without indexes, and mark it as priced."""
    from django.db import connection, transaction  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE floor_conversion AS SELECT id, payload, state FROM tracking_conversion")
        cursor.execute("ALTER TABLE floor_conversion ADD PRIMARY KEY (id)")
        cursor.execute("SELECT max(id) FROM tracking_conversion")
        last = cursor.fetchone()[0]
        rows = {}
        for name, column in WRITTEN.items():
            cursor.execute(f"CREATE TABLE floor_{name} AS SELECT * FROM {name} WITH NO DATA")
            with cursor.copy(f"COPY (SELECT * FROM {name} ORDER BY {column}) TO STDOUT") as copy:
                rows[name] = b"".join(copy).splitlines(keepends=True)
    started = time.perf_counter()
    for batch, first in enumerate(range(0, last + 1, BATCH)):
        with transaction.atomic(), connection.cursor() as cursor:
            ids = [first, first + BATCH]
            cursor.execute("SELECT payload::text FROM floor_conversion WHERE id >= %s AND id < %s", ids)
            for (payload,) in cursor.fetchall():
                json.loads(payload)
            for name in WRITTEN:
                with cursor.copy(f"COPY floor_{name} FROM STDIN") as copy:
                    copy.write(b"".join(rows[name][batch * BATCH : (batch + 1) * BATCH]))
            cursor.execute("UPDATE floor_conversion SET state = 'PRICED' WHERE id >= %s AND id < %s", ids)
    return time.perf_counter() - started


def result(rates: dict[str, float]) -> str:
    def line(what: str, name: str, aim: str = "") -> list[str]:
        return [what, rounded(rates[name]), f"{rates[name] / rates['floor']:.2f}", aim]

    met, share = verdict(rates["two"] >= AIM), verdict(rates["limited"] >= SHARE * rates["two"])
    return table(
        ["", "conversions/s", "of the floor", "aim"],
        [
            line("floor: read them, copy the finished rows, mark them", "floor"),
            line("pricing in one process", "one"),
            line("**the worker with its two processes**", "two", f"≥ {AIM:,}: {met}"),
            line(f"**the same under limits, {PARTNERS} partners**", "limited", f"≥ {SHARE} of it: {share}"),
            line("the same under limits, one partner alone", "limited alone"),
        ],
    )


def section(rates: dict[str, float], count: int, moment: Moment) -> str:
    return f"""## The worker alone

{count:,} conversions of one line each wait; the web server is off, and nothing else asks for anything.

{result(rates)}

* **Pricing** reads the conversion, its partner, contract, customer and terms, decides, and writes action, line, first
  update and the marks for the reports, in batches that are claimed, so that one which kills its worker is
  identified.
* **Under limits** each order meets a counter of its partner, one of its customer and one of the terms as a whole;
  a batch locks them all until it is written. Of one partner alone, workers write one batch after another.
* **The floor** knows the finished rows beforehand: it reads the payloads, copies the rows in the same batches into
  tables without index, key or check, and marks the conversions, in one process.

{moment}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversions", type=int, default=6_000, help="how many (6,000), once for each way")
    parser.add_argument("--profile", action="store_true", help="print where one process spends its time")
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write the section of the page of results")
    options = parser.parse_args()
    moment = Moment()
    say(f"{options.conversions:,} conversions …")
    with own_home() as home:
        rates = measure(options.conversions, home, profile=options.profile)
    print(result(rates))
    print(moment)
    if options.write:
        write_section(options.write, "pricing", section(rates, options.conversions, moment))


if __name__ == "__main__":
    main()
