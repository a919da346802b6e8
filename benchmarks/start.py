"""Seconds from the command to the log-in page, of a home that was started before; beside its database alone.

`python -m benchmarks.start` prints a table; `--write FILE` writes the section.
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from benchmarks.setting.home import PATIENCE, free_port, own_home, say
from benchmarks.setting.page import Moment, table, verdict, write_section
from servers import embedded
from servers.home import PROJECT

AIM = 5.0
ATTACH = "from servers import embedded; embedded.attach(); print(flush=True); input(); embedded.leave()"


def measure(runs: int) -> dict[str, list[float]]:
    """The seconds of every run."""
    from django.db import connections  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415 (needs Django to be set up)

    User.objects.create_user("somebody")  # so that this is not a first start: no demonstration
    connections.close_all()
    embedded.leave()
    say("the first start, which collects the static files …")
    found: dict[str, list[float]] = {"servers": [], "page": []}
    _log_in_page()
    for number in range(runs):
        say(f"start {number + 1} of {runs} …")
        found["servers"].append(_servers())
        found["page"].append(_log_in_page())
    return found


def _servers() -> float:
    """PostgreSQL and Valkey, started by a command and ready."""
    started = time.perf_counter()
    command = [sys.executable, "-c", ATTACH]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        seconds = time.perf_counter() - started
        process.communicate(b"\n")
    return seconds


def _log_in_page() -> float:
    """`make run` until the log-in page is there."""
    port = free_port()
    started = time.perf_counter()
    environment = {**os.environ, "PORT": str(port)}
    process = subprocess.Popen(
        ["make", "--silent", "run"], cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        while not _answers(port):
            if process.poll() is not None or time.perf_counter() - started > PATIENCE:
                sys.exit("the product does not start")
            time.sleep(0.01)
        return time.perf_counter() - started
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/log-in/", timeout=60) as page:
            return b"password" in page.read().lower()
    except OSError:
        return False


def result(found: dict[str, list[float]]) -> str:
    floor, page = (statistics.median(found[name]) for name in ("servers", "page"))

    def line(what: str, seconds: list[float], aim: str = "") -> list[str]:
        middle = statistics.median(seconds)
        return [what, f"{middle:.1f}", f"{max(seconds):.1f}", f"{middle / floor:.1f}", aim]

    return table(
        ["", "seconds, median", "slowest", "× the floor", "aim"],
        [
            line("floor: PostgreSQL and Valkey ready for connections", found["servers"]),
            line("**`make run` to the log-in page**", found["page"], f"≤ {AIM:.0f} s: {verdict(page <= AIM)}"),
        ],
    )


def section(found: dict[str, list[float]], moment: Moment) -> str:
    return f"""## From the command to the log-in page

A home that was started before; {len(found["page"])} starts, each until the log-in page is there, in turns with the
servers alone. Nothing runs before, the files are in the page cache of the system.

{result(found)}

`make run` checks what is installed, starts both servers while the web process loads, checks whether migrations or
static files have changed, and has the web process serve; worker and beat follow.

{moment}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2, help="how many starts (2)")
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write the section of the page of results")
    options = parser.parse_args()
    moment = Moment()
    with own_home():
        found = measure(options.runs)
    print(result(found))
    print(moment)
    if options.write:
        write_section(options.write, "start", section(found, moment))


if __name__ == "__main__":
    main()
