"""What pages and the API answer while a server is down, and that everything recovers by itself when it is back."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from common.web.errors import AWAY
from servers.embedded.child_processes import command_line
from servers.home import PROJECT
from tests.servers.conftest import holding
from tests.servers.looking import connect, is_another, main_process, supervisors, wait_until
from tests.servers.stranded import SET_UP, Shop, Stranded, running


@pytest.fixture(scope="module")
def product(home: Path, environment: dict[str, str], tables: dict[str, str]) -> Iterator[Stranded]:
    """The product on the home, for all tests of this file."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with holding(environment) as holder:
        manage = [sys.executable, "manage.py", "shell", "--no-imports", "--verbosity=0", "-c", SET_UP]
        made = subprocess.run(
            manage, cwd=PROJECT, env={**environment, **tables}, stdout=subprocess.PIPE, text=True, check=True
        )
        with running(environment, port) as runner:
            holder.terminate()
            holder.wait(120)
            yield Stranded(runner, port, made.stdout)


def test_while_the_database_is_gone_everything_says_so_and_nothing_is_taken(product: Stranded, home: Path) -> None:
    assert product.page().status == product.report("before").status == 200
    supervisor = supervisor_of_postgres(home)
    os.kill(supervisor, signal.SIGSTOP)  # it would bring the database back before we have looked
    try:
        os.kill(main_process(home), signal.SIGKILL)
        began = time.monotonic()
        page, report, health = product.page(), product.report("meanwhile"), product.health()
        assert time.monotonic() - began < 30
        assert (page.status, report.status, health.status) == (503, 503, 503)
        assert page.headers["Content-Type"].startswith("text/html")
        assert "The database is not answering" in page.body
        assert json.loads(report.body) == {"Status": "ERROR", "Message": AWAY}
        assert page.headers["Retry-After"] == report.headers["Retry-After"] == "5"
    finally:
        os.kill(supervisor, signal.SIGCONT)
    wait_until(lambda: product.page().status == 200)
    assert product.report("after").status == 200
    wait_until(lambda: product.waiting() == 0)
    with connect(home) as connection:
        stored = connection.execute("SELECT order_id FROM tracking_conversion ORDER BY id").fetchall()
    assert stored == [("before",), ("after",)]


def test_orders_go_on_through_kills_of_every_server_and_keeper(product: Stranded, home: Path) -> None:
    with Shop(product) as shop:
        for name in ("postgres", "valkey"):
            pid = main_process(home, name)
            os.kill(pid, signal.SIGKILL)
            wait_until(lambda name=name, pid=pid: is_another(home, name, pid))  # type: ignore[misc]
        before = {name: main_process(home, name) for name in ("postgres", "valkey")}
        for pid in supervisors(home):
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: all(is_another(home, name, pid) for name, pid in before.items()))
        taken = shop.statuses()[200]
        wait_until(lambda: shop.statuses()[200] > taken + 20, 30)
    assert set(shop.statuses()) <= {200, 503}
    for order_id, answer in shop.answers.items():
        if answer.status != 200:
            assert product.report(order_id).status == 200
    wait_until(lambda: product.waiting() == 0)
    with connect(home) as connection:
        priced = connection.execute(
            "SELECT order_id, count(*), sum(payout)::numeric(9, 2)::text FROM tracking_action"
            " WHERE order_id LIKE 'A-%' GROUP BY 1"
        ).fetchall()
    assert set(priced) == {(order_id, 1, "10.00") for order_id in shop.answers}
    assert product.runner.poll() is None


def supervisor_of_postgres(home: Path) -> int:
    return next(pid for pid in supervisors(home) if command_line(pid).rstrip().endswith("postgres"))
