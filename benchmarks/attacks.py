"""Attacks on the web server, run against the product on this machine, and how long others wait meanwhile.

`python -m benchmarks.attacks` prints a table: /healthz and the log-in page, asked 30 times each all through an attack.
Bounded: a few seconds and a few megabytes each.
"""

import argparse
import os
import signal
import socket
import statistics
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple

from benchmarks.setting.home import free_port, own_home, say
from benchmarks.setting.page import Moment, table, verdict

AIM = 2.0  # seconds that the worst of all tries may take
TRIES, PAUSE, PATIENCE, ENOUGH = 30, 0.1, 40.0, 60.0
ADDRESSES = ("/healthz", "/log-in/")
SLOW_BODIES, SILENT = 40, 1_200

type Attack = Callable[[int, Event], None]


class Waited(NamedTuple):
    """Seconds that the tries took; one that was not answered counts as the patience it had."""

    times: list[float]
    unanswered: int

    @property
    def median(self) -> float:
        return statistics.median(self.times)

    @property
    def worst(self) -> float:
        return max(self.times)


def slow_bodies(port: int, over: Event) -> None:
    """Forms whose bodies come a byte a second: 8 kB in all."""
    head = b"POST /log-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200\r\n"
    head += b"Cookie: csrftoken=abcdefghijklmnopqrstuvwxyz012345\r\n"  # so that the form is looked for a token
    head += b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    _hold(port, over, SLOW_BODIES, head)


def slow_headers(port: int, over: Event) -> None:
    """Requests whose headers come a byte a second."""
    _hold(port, over, SLOW_BODIES * 5, b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ")


def silent_connections(port: int, over: Event) -> None:
    """Silent connections, reopened when they are closed."""
    _hold(port, over, SILENT, b"", drip=b"")


def unread_answers(port: int, over: Event) -> None:
    """Pages that are asked for and never read."""
    _hold(port, over, SLOW_BODIES * 5, b"GET /log-in/ HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20, drip=b"")


def long_hosts(port: int, over: Event) -> None:
    """Host headers of 120,000 letters, four at a time."""
    _repeat(port, over, b"GET / HTTP/1.1\r\nHost: " + b"a" * 120_000 + b"\r\n\r\n")


def long_paths(port: int, over: Event) -> None:
    """Addresses of 65,000 letters, four at a time."""
    _repeat(port, over, b"GET /" + b"a" * 65_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")


def log_lines(port: int, over: Event) -> None:
    """Hosts and addresses as long as the server takes them, which are logged."""
    _repeat(port, over, b"GET /" + b"a" * 1_900 + b" HTTP/1.1\r\nHost: " + b"a" * 12_000 + b"\r\n\r\n")


def large_bodies(port: int, over: Event) -> None:
    """Forms of 60 MB to a page that accepts files, without a log-in."""
    head = b"POST /p/1000/transactions/uploads/new/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000000\r\n"
    head += b"Cookie: sessionid=abcdefghijklmnopqrstuvwxyz012345\r\n"
    head += b"Content-Type: multipart/form-data; boundary=x\r\n\r\n"
    _repeat(port, over, head + b"x" * 2_000_000)


def hanging_worker(port: int, over: Event) -> None:
    """One of the web processes is stopped, as if it hung."""
    serving = {pid for pid in _processes() if f"--port {port}" in pid[1]}
    numbers = {number for number, _, _ in serving}
    worker = max(number for number, _, parent in serving if parent in numbers)
    os.kill(worker, signal.SIGSTOP)
    over.wait()
    with suppress(ProcessLookupError):
        os.kill(worker, signal.SIGCONT)


ATTACKS: dict[str, Attack] = {
    "long_hosts": long_hosts,
    "long_paths": long_paths,
    "log_lines": log_lines,
    "slow_bodies": slow_bodies,
    "slow_headers": slow_headers,
    "silent_connections": silent_connections,
    "unread_answers": unread_answers,
    "large_bodies": large_bodies,
    "hanging_worker": hanging_worker,
}


@contextmanager
def under(attack: Attack, port: int) -> Iterator[None]:
    """An attack for the length of a block, begun a second before."""
    over = Event()
    attacker = Thread(target=attack, args=(port, over), daemon=True)
    attacker.start()
    time.sleep(1)
    try:
        yield
    finally:
        over.set()
        attacker.join(30)


def wait_for_answers(port: int, tries: int = TRIES) -> dict[str, Waited]:
    """Ask each address so many times, one after the other."""
    times: dict[str, list[float]] = {address: [] for address in ADDRESSES}
    unanswered = dict.fromkeys(ADDRESSES, 0)
    for _ in range(tries):
        for address in ADDRESSES:
            began = time.perf_counter()
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{address}", timeout=PATIENCE) as answer:
                    answer.read()
            except OSError:
                unanswered[address] += 1
            times[address].append(time.perf_counter() - began)
            if unanswered[address] > 1 or sum(times[address]) > ENOUGH:  # an hour of waiting would tell no more
                return {each: Waited(times[each] or [PATIENCE], unanswered[each]) for each in ADDRESSES}
        time.sleep(PAUSE)
    return {address: Waited(times[address], unanswered[address]) for address in ADDRESSES}


def _processes() -> Iterator[tuple[int, str, int]]:
    """The number, command line and parent of every process. Linux only."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError):
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            yield int(folder.name), words, int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])


def _connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=5)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    return connection


def _hold(port: int, over: Event, count: int, begin: bytes, drip: bytes = b"a") -> None:
    """So many connections that begin something and go on with a byte a second, until it is over."""
    with ExitStack() as stack:
        held: list[socket.socket | None] = [None] * count
        while not over.is_set():
            for place, connection in enumerate(held):
                if over.is_set():
                    break
                try:
                    if connection is None:
                        held[place] = connection = stack.enter_context(_connect(port))
                        connection.sendall(begin)
                        connection.setblocking(False)
                    elif drip:
                        connection.send(drip)
                    elif connection.recv(1, socket.MSG_PEEK) == b"":
                        held[place] = None
                except BlockingIOError:
                    pass
                except OSError:
                    held[place] = None
            over.wait(1)


def _repeat(port: int, over: Event, request: bytes) -> None:
    """The same request again and again, from four senders who wait for an answer and rest before the next."""

    def send() -> None:
        while not over.is_set():
            try:
                with _connect(port) as connection:
                    connection.settimeout(PATIENCE)
                    connection.sendall(request)
                    connection.recv(1_000)
            except OSError:
                pass
            over.wait(0.02)

    senders = [Thread(target=send, daemon=True) for _ in range(4)]
    for sender in senders:
        sender.start()
    over.wait()


def measure(home: Path, names: list[str]) -> list[list[str]]:
    from django.core.management import call_command  # noqa: PLC0415 (it needs the settings)

    from servers.run import Product  # noqa: PLC0415

    call_command("collectstatic", interactive=False, verbosity=0)
    rows = []
    for name in ["", *names]:
        say(name or "nothing, to compare …")
        product = Product(home, free_port())
        over = Event()

        def look_after(product: Product = product, over: Event = over) -> None:
            while not over.wait(0.2):
                product.look_after()

        product.start("web")
        product.wait_for_web()
        watcher = Thread(target=look_after)
        watcher.start()
        try:
            with under(ATTACKS[name], product.port) if name else ExitStack():
                found = wait_for_answers(product.port)
        finally:
            over.set()
            watcher.join()
            product.stop()
        what = (ATTACKS[name].__doc__ or "").rstrip(".") if name else "none"
        for address, waited in found.items():
            tries = f"{len(waited.times)}" + (f", {waited.unanswered} not answered" if waited.unanswered else "")
            aim = f"≤ {AIM:.0f} s: {verdict(waited.worst <= AIM)}"
            rows.append([what, address, tries, f"{waited.median:.3f}", f"{waited.worst:.2f}", aim])
            say(f"  {address}: median {waited.median:.3f} s, worst {waited.worst:.2f} s, {tries}")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which of: {', '.join(ATTACKS)}")
    options = parser.parse_args()
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    moment = Moment()
    with own_home() as home:
        os.environ.setdefault("SILENT_SECONDS", "30")
        rows = measure(home, options.names or list(ATTACKS))
    print(table(["attack", "address", "tries", "median, s", "worst, s", "aim"], rows))
    print(moment)


if __name__ == "__main__":
    main()
