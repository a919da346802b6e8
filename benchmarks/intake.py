"""Item rows per second from an uploaded file until priced actions, beside reading the csv and copying its rows.

`python -m benchmarks.intake` runs the product's worker with its two processes; `--write FILE` writes the section.
"""

import argparse
import csv
import io
import time
from pathlib import Path

from benchmarks.setting.home import free_port, own_home, say, wait_until
from benchmarks.setting.page import Moment, rounded, table, verdict, write_section

AIM = 20_000


def measure(rows: int, home: Path) -> dict[str, float]:
    """Seconds of each stage, and the number of rows, orders and actions."""
    from django.db import connection  # noqa: PLC0415 (all of it needs Django to be set up)

    from benchmarks.setting.brand import make_brand, orders_file  # noqa: PLC0415
    from servers.run import Product  # noqa: PLC0415
    from tracking.imports.uploads import confirm_upload, create_upload  # noqa: PLC0415
    from tracking.models import Action, Conversion, Upload  # noqa: PLC0415
    from tracking.models.action import ActionItem  # noqa: PLC0415
    from tracking.tasks import check_upload, import_upload  # noqa: PLC0415

    program = make_brand()
    content = orders_file(rows)
    seconds: dict[str, float] = {"floor": _floor(content)}

    def uploaded(content: bytes) -> Upload:
        return create_upload(
            program=program, user_id=None, kind=Upload.Kind.CONVERSIONS, filename="orders.csv", content=content
        )

    def passes_to(upload: Upload, state: str) -> bool:
        now = Upload.objects.values_list("state", "failure").get(pk=upload.pk)
        if now[0] == Upload.State.FAILED:
            raise SystemExit(f"the file is refused: {now[1]}")
        return bool(now[0] == state)

    product = Product(home, free_port())
    for name in ("worker", "files"):
        product.start(name)
    try:
        first = uploaded(b"\n".join(content.split(b"\n", 2)[:2]).replace(b"-0,", b"-warm,"))
        check_upload.delay(first.pk)
        wait_until(lambda: passes_to(first, Upload.State.CHECKED))  # the worker is up
        upload = uploaded(content)
        check_upload.delay(upload.pk)
        seconds["check"] = wait_until(lambda: passes_to(upload, Upload.State.CHECKED))
        upload.refresh_from_db()
        seconds["rows"], seconds["orders"] = upload.rows, upload.summary["Accepted"]
        started = time.perf_counter()
        confirm_upload(upload=upload, only_good=False)
        import_upload.delay(upload.pk)
        seconds["import"] = wait_until(lambda: passes_to(upload, Upload.State.IMPORTED))
        wait_until(lambda: not Conversion.objects.waiting().exists())
        seconds["whole"] = time.perf_counter() - started
    finally:
        product.stop()
    seconds["price"] = seconds["whole"] - seconds["import"]
    assert Action.objects.count() == seconds["orders"]
    assert ActionItem.objects.count() == seconds["rows"]
    connection.close()
    return seconds


def _floor(content: bytes) -> float:
    """Seconds to read the file with Python's csv and to COPY every row into a table without any index."""
    from django.db import connection, transaction  # noqa: PLC0415

    started = time.perf_counter()
    rows = csv.reader(io.StringIO(content.decode(), newline=""))
    columns = ", ".join(f'"{name}" text' for name in next(rows))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE floor ({columns})")
        with cursor.copy("COPY floor FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    return time.perf_counter() - started


def result(found: dict[str, float]) -> str:
    """The stages as a table."""
    rows, floor = found["rows"], found["rows"] / found["floor"]

    def line(what: str, stage: str, aim: str = "") -> list[str]:
        rate = rows / found[stage]
        return [what, f"{found[stage]:.1f}", rounded(rate), f"{rate / floor:.2f}", aim]

    met = verdict(rows / found["whole"] >= AIM)
    return table(
        ["", "seconds", "item rows/s", "of the floor", "aim"],
        [
            line("floor: read the csv, COPY its rows", "floor"),
            line("check of the upload, for its preview", "check"),
            line("import: what the check read, stored", "import"),
            line("pricing, two processes", "price"),
            line("**import until all is priced**", "whole", f"≥ {AIM:,}: {met}"),
        ],
    )


def section(found: dict[str, float], moment: Moment) -> str:
    return f"""## A file, from the upload until all is priced

{found["rows"]:,.0f} rows of the demonstration's orders, repeated under new order ids: {found["orders"]:,.0f} orders
with {found["rows"] / found["orders"]:.0f} lines each on average, through the product's worker with its two processes.

{result(found)}

* **Import** is one transaction in one process, so that a file is imported as a whole or not at all; pricing begins
  when it is committed, in both processes. Every row was read and validated by the check, which kept the orders that it
  understood; every order gets its audit, its de-duplication by a constraint of the database, its exact payout with
  reasons, and a line for each item.
* **The floor** reads the same bytes with Python's csv module and copies the cells as text into a table without index,
  key or check, in one transaction and one process.

{moment}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=60_000, help="item rows in the file (60,000)")
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write the section of the page of results")
    options = parser.parse_args()
    moment = Moment()
    say(f"a file of {options.rows:,} rows …")
    with own_home() as home:
        found = measure(options.rows, home)
    print(result(found))
    print(moment)
    if options.write:
        write_section(options.write, "intake", section(found, moment))


if __name__ == "__main__":
    main()
