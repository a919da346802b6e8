"""A disk without space under the whole product: a clear 503 while it lasts, nothing half-written, all back after it."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from common.web.errors import AWAY
from servers.home import PROJECT
from tests.servers.looking import wait_until
from tests.servers.stranded import SET_UP, Shop, Stranded, running

MEGABYTES = 400
BACK_WITHIN = 30  # seconds after space returns

# The mount is seen in a namespace of its own alone: it is gone with the last process in it, and where users may have
# namespaces it needs no root.
MOUNT = f'mount -t tmpfs -o size={MEGABYTES}m,mode=711 brandboard "$0"'
AS_ONESELF = f"unshare --user --map-user={os.getuid()} --map-group={os.getgid()}"


def on_a_small_disk(folder: Path) -> list[str]:
    """The command through which another one finds a small tmpfs at a folder."""
    if os.geteuid() == 0:
        return ["unshare", "--mount", "sh", "-c", f'{MOUNT} && exec "$@"', str(folder)]
    return ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", f'{MOUNT} && exec {AS_ONESELF} "$@"',
            str(folder)]  # fmt: skip


class Disk:
    """The small disk as it is seen from outside of its namespace."""

    def __init__(self, seen: Path) -> None:
        self.ballast = seen / "ballast"
        self.sockets = seen / "home" / "run"

    def fill(self) -> None:
        """Leave not one block."""
        with self.ballast.open("ab", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(4096))

    def free(self) -> None:
        self.ballast.unlink()

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """The answer of the database to its superuser."""
        with psycopg.connect(f"host={self.sockets} user=postgres dbname=brandboard", autocommit=True) as connection:
            return connection.execute(query).fetchall()  # type: ignore[arg-type]

    def use_up_the_log(self) -> None:
        """Have the database ask for one more file of its log after the other; it falls over the first it misses."""
        with contextlib.suppress(psycopg.Error):
            for _ in range(20):
                self.ask("SELECT pg_logical_emit_message(false, 'filler', repeat('x', 1000)), pg_switch_wal()")


@pytest.fixture
def small(
    home: Path, environment: dict[str, str], free_port: int, tables: dict[str, str]
) -> Iterator[tuple[Stranded, Disk]]:
    """The product on a disk of 400 MB."""
    environment = {**environment, **tables, "BRANDBOARD_HOME": f"{home}/home", "SET_UP": SET_UP}
    # Both in one namespace, one after the other: a brand is made, then the product runs.
    manage = f"{sys.executable} manage.py shell --no-imports --verbosity=0 -c"
    steps = ["sh", "-c", f'{manage} "$SET_UP" > {home}/made && exec "$@"', "sh"]
    with running(environment, free_port, *on_a_small_disk(home), *steps) as runner:
        seen = Path(f"/proc/{runner.pid}/root{home}")
        yield Stranded(runner, free_port, (seen / "made").read_text()), Disk(seen)


def test_a_full_disk_is_said_and_nothing_is_lost_or_doubled(
    small: tuple[Stranded, Disk], home: Path, environment: dict[str, str]
) -> None:
    product, disk = small
    with Shop(product) as shop:
        wait_until(lambda: shop.statuses()[200] > 5, what="no order was taken at first")
        disk.fill()
        disk.use_up_the_log()
        wait_until(lambda: shop.statuses()[503] > 3, what="no order was refused on the full disk")
        disk.fill()  # what the product has given back since
        time.sleep(8)  # so that servers which end are started again more than once
        assert product.page().status in (200, 503)  # a database that has come up again can be read
        assert product.runner.poll() is None
        disk.free()
        space = time.monotonic()
        taken = shop.statuses()[200]
        wait_until(
            lambda: shop.statuses()[200] > taken + 5 and product.page().status == 200,
            what="no order was taken, or no page shown, after space had returned",
        )
        back = time.monotonic() - space
    refused = [order_id for order_id, answer in shop.answers.items() if answer.status != 200]
    print(f"{shop.statuses()}; back {back:.1f} s after space returned")
    assert set(shop.statuses()) == {200, 503}
    assert {answer.body for answer in shop.answers.values() if answer.status == 503} == {
        json.dumps({"Status": "ERROR", "Message": AWAY})
    }
    assert back <= BACK_WITHIN
    stored = {str(order_id) for (order_id,) in disk.ask("SELECT order_id FROM tracking_conversion")}
    assert stored >= set(shop.answers) - set(refused)
    for order_id in refused:
        assert product.report(order_id).status == 200
    wait_until(lambda: product.waiting() == 0, what="not all orders were priced")
    priced = disk.ask("SELECT order_id, count(*), sum(payout)::numeric(9, 2)::text FROM tracking_action GROUP BY 1")
    assert set(priced) == {(order_id, 1, "10.00") for order_id in shop.answers}
    proof = subprocess.run(
        [*inside(product), "sh", "-c", 'cd "$0" && exec "$@"', str(PROJECT), sys.executable, "manage.py", "verify",
         "--program", "1000"],
        env={**environment, "BRANDBOARD_HOME": f"{home}/home"}, capture_output=True, text=True,
    )  # fmt: skip
    assert proof.returncode == 0, proof.stderr


def inside(product: Stranded) -> list[str]:
    """The command through which another one is run on the small disk."""
    as_oneself = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
    return ["nsenter", *as_oneself, "--mount", f"--target={product.runner.pid}"]
