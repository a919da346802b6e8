"""POST /Conversions per second, beside a bare view with one INSERT on the same server; and its times at half of that.

`python -m benchmarks.api` runs the product's web server as `make run` does; `--write FILE` writes the section.
"""

import argparse
import base64
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.setting.home import free_port, own_home, say, wait_until
from benchmarks.setting.page import Moment, rounded, table, verdict, write_section
from servers.home import PROJECT
from servers.run import Product
from servers.supervision.processes import PROCESSES

AIM, AIM_P99, AIM_WITHOUT_BROKER = 0.6, 0.050, 0.100
SENDERS, CONNECTIONS = 2, 8  # as many requests under way as the server has threads
WARM = 2.0
WEB = PROCESSES["web"]
BARE = ["benchmarks.peers.bare:application" if word == "config.wsgi:application" else word for word in WEB]


class Run(NamedTuple):
    """What the senders saw."""

    rate: float
    median: float
    p99: float


class Load:
    """The senders, and the numbers of the orders that they have used up."""

    method = "POST"

    def __init__(self, sid: str, secret: str) -> None:
        token = base64.b64encode(f"{sid}:{secret}".encode()).decode()
        self.headers = f"Authorization: Basic {token}\r\n"
        self.path = f"/Advertisers/{sid}/Conversions"
        self.used = 0

    def run(self, port: int, seconds: float, *, path: str = "", rate: float = 0) -> Run:
        """All senders at once, for so long; ends the run where one order is refused."""
        tasks = []
        for _ in range(SENDERS):
            tasks.append({
                "port": port, "path": path or self.path, "headers": self.headers, "connections": CONNECTIONS,
                "method": "POST" if path else self.method,
                "seconds": seconds, "rate": rate / SENDERS, "first": self.used,
                "when": datetime.now(UTC).isoformat(),
            })  # fmt: skip
            self.used += 1_000_000
        command = [sys.executable, "-m", "benchmarks.setting.load"]
        senders = [subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in tasks]
        for sender, task in zip(senders, tasks, strict=True):
            assert sender.stdin is not None
            sender.stdin.write(json.dumps(task).encode())
            sender.stdin.close()
        answers: list[dict[str, Any]] = [json.loads(sender.stdout.read()) for sender in senders if sender.stdout]
        for sender in senders:
            sender.wait()
        if refused := [answer["Refused"] for answer in answers if answer["Refused"]]:
            sys.exit(f"orders were refused: {refused}")
        times = sorted(time for answer in answers for time in answer["Latencies"])
        took = sum(len(answer["Latencies"]) / answer["Seconds"] for answer in answers)
        return Run(took, times[len(times) // 2], times[int(len(times) * 0.99)])


def measure(seconds: float, rounds: int, home: Path) -> dict[str, Run]:
    """The floors and the API in turns, so that what else the machine does falls on all; the best of all rounds."""
    from django.db import connection  # noqa: PLC0415 (all of it needs Django to be set up)

    from accounts.api_tokens import make_api_token  # noqa: PLC0415
    from benchmarks.peers.bare_urls import TABLE  # noqa: PLC0415
    from benchmarks.setting.brand import make_brand  # noqa: PLC0415
    from tracking.models import Conversion  # noqa: PLC0415

    program = make_brand()
    _, secret = make_api_token(account=program.account, name="benchmark")
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
    load = Load(program.account.sid, secret)
    runs: dict[str, list[Run]] = {"bare": [], "floor": [], "api": []}
    for number in range(rounds):
        say(f"round {number + 1} of {rounds} …")
        for name in runs:
            with Server(home, name) as port:
                path = "" if name == "api" else "/insert"
                load.run(port, WARM, path=path)
                runs[name].append(load.run(port, seconds, path=path))
    found = {name: max(each) for name, each in runs.items()}
    say("half of it, with the worker …")
    with Server(home, "api", worker=True) as port:
        wait_until(lambda: not Conversion.objects.waiting().exists())  # what the rounds have left
        load.run(port, WARM, rate=found["api"].rate / 2)
        wait_until(lambda: not Conversion.objects.waiting().exists())  # the worker is up: it starts with the web
        with connection.cursor() as cursor:  # as autovacuum does in a minute after so many
            cursor.execute("VACUUM ANALYZE tracking_conversion, tracking_action, tracking_actionitem")
        halves = []
        for _ in range(rounds):
            load.run(port, WARM, rate=found["api"].rate / 2)
            half = load.run(port, seconds, rate=found["api"].rate / 2)
            waiting = Conversion.objects.waiting().count()
            lag = wait_until(lambda: not Conversion.objects.waiting().exists())
            say(f"  p99 {half.p99 * 1000:.0f} ms, median {half.median * 1000:.0f}")
            halves.append((half, Run(waiting, lag, lag)))
        found["half"], found["lag"] = min(halves, key=lambda each: each[0].p99)
    for name, away in (("gone", gone_broker()), ("silent", silent_broker())):
        say(f"half of it, with a {name} broker …")
        with away as address, Server(home, "api", broker=address) as port:
            load.run(port, WARM, rate=found["api"].rate / 2)
            times = [load.run(port, max(seconds, 12), rate=found["api"].rate / 2) for _ in range(rounds)]
            found[name] = min(times, key=lambda run: run.p99)
    return found


@contextlib.contextmanager
def gone_broker() -> Iterator[str]:
    """The address of a broker that is not there."""
    with tempfile.TemporaryDirectory() as folder:
        yield f"unix://{folder}/nobody.sock?db=0"


@contextlib.contextmanager
def silent_broker() -> Iterator[str]:
    """The address of a broker that takes connections and never answers, as one does that hangs."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as silent:
        silent.bind(f"{folder}/silent.sock")
        silent.listen(1000)
        yield f"unix://{folder}/silent.sock?db=0"


class Server:
    """The web server with our application or with the bare one, and the worker if wanted, for the length of a block."""

    def __init__(self, home: Path, name: str, *, worker: bool = False, broker: str = "") -> None:
        PROCESSES["web"] = BARE if name in ("bare", "floor") else WEB
        os.environ["BARE_MIDDLEWARE"] = "0" if name == "bare" else "1"
        self.product = Product(home, free_port())
        self.names = ["web", "worker"] if worker else ["web"]
        self.broker = broker

    def __enter__(self) -> int:
        if self.broker:
            os.environ["REDIS_URL"] = self.broker
        for name in self.names:
            self.product.start(name)
        self.product.wait_for_web()
        return self.product.port

    def __exit__(self, *error: object) -> None:
        self.product.stop()
        os.environ.pop("REDIS_URL", None)


def result(found: dict[str, Run]) -> str:
    def line(what: str, name: str, aim: str = "") -> list[str]:
        run = found[name]
        times = [f"{run.median * 1000:.1f}", f"{run.p99 * 1000:.1f}"]
        return [what, rounded(run.rate), f"{run.rate / found['floor'].rate:.2f}", *times, aim]

    ratio, p99 = found["api"].rate / found["floor"].rate, found["half"].p99
    away = f"p99 ≤ 100 ms: {verdict(max(found['gone'].p99, found['silent'].p99) <= AIM_WITHOUT_BROKER)}"
    return table(
        ["", "requests/s", "of the floor", "median, ms", "p99, ms", "aim"],
        [
            line("a bare view with one INSERT, without any middleware", "bare"),
            line("floor: the same view behind the product's middleware", "floor"),
            line("**POST /Conversions**", "api", f"≥ {AIM} of the floor: {verdict(ratio >= AIM)}"),
            line("**at half of that, with the worker**", "half", f"p99 ≤ 50 ms: {verdict(p99 <= AIM_P99)}"),
            line("**at half of that, the broker down**", "gone", away),
            line("**at half of that, the broker hanging**", "silent", away),
        ],
    )


def section(found: dict[str, Run], seconds: float, rounds: int, moment: Moment) -> str:
    lag = found["lag"]
    return f"""## Orders by API

The product's web server as `make run` starts it, {SENDERS} senders with {CONNECTIONS} kept-alive connections each on
the same machine, {seconds:.0f} seconds for each measurement, and of each line the best of {rounds}: what else a machine
does only makes them worse. Every order is new: JSON of one item, with an Idempotency-Key.

{result(found)}

At half of its maximum {lag.rate:,.0f} orders were waiting when the senders stopped; all were priced
{lag.median:.1f} seconds later.

* **An order** is signed in by its token, counted against the rate limit, validated, stored with its idempotency key
  under the constraints for duplicates, and answered when it is on disk; then the worker's task is enqueued.
* **The floor** stores the body in a table with nothing but a number, answered when it is on disk, by a Django view on
  the same server with the same settings.
* At half of the maximum orders come at a steady rate, and a time runs from the moment when the order was due.
* **Without its broker** the API still takes orders: one request in five seconds waits for the broker, at most
  a quarter of a second to be counted and a second to enqueue; no other does.

{moment}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4, help="of each measurement (4)")
    parser.add_argument("--rounds", type=int, default=1, help="of everything; the best counts (1)")
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write the section of the page of results")
    options = parser.parse_args()
    moment = Moment()
    with own_home(API_REQUESTS_PER_MINUTE="1000000000") as home:
        found = measure(options.seconds, options.rounds, home)
    print(result(found))
    print(moment)
    if options.write:
        write_section(options.write, "api", section(found, options.seconds, options.rounds, moment))


if __name__ == "__main__":
    main()
