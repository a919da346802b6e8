"""Links while PostgreSQL is stopped and web processes are killed: visitors are led on, each click is stored once."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from servers.home import PROJECT
from tests.servers.conftest import holding, processes_of
from tests.servers.looking import connect, main_process, wait_until
from tests.servers.stranded import SET_UP, Stranded, running
from tests.servers.test_outages import supervisor_of_postgres
from tests.tracking.clicking import CHROME
from tracking.journeys.click_ids import read_click_id

AD = """
from program.models import Ad, Program
Program.objects.update(landing_domains=["shop.example"])
print(Ad.objects.create(program_id=1000, name="Home", landing_page="https://shop.example/").pk)
"""
AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
)


@pytest.fixture(scope="module")
def product(home: Path, environment: dict[str, str], tables: dict[str, str]) -> Iterator[tuple[Stranded, str]]:
    """The product on the home, and the path of a link."""
    environment = {**environment, "STRANGER_REQUESTS_PER_MINUTE": "1000000"}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with holding(environment) as holder:
        manage = [sys.executable, "manage.py", "shell", "--no-imports", "--verbosity=0", "-c"]
        made = [
            subprocess.run(
                [*manage, script], cwd=PROJECT, env={**environment, **tables}, stdout=subprocess.PIPE, text=True,
                check=True,
            ).stdout
            for script in (SET_UP, AD)
        ]  # fmt: skip
        with running(environment, port) as runner:
            holder.terminate()
            holder.wait(120)
            yield Stranded(runner, port, made[0]), f"/c/P-1/{made[1].strip()}/1000"


class NotFollowed(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


class Visitors:
    """Follow the link one after the other until told to stop, and keep the click ids that they were given."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.click_ids: list[str] = []
        self.answers: Counter[int] = Counter()
        self.slowest = 0.0
        self._opener = urllib.request.build_opener(NotFollowed)
        self._closed = Event()
        self._threads = [Thread(target=self._follow) for _ in range(4)]

    def __enter__(self) -> "Visitors":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._closed.set()
        for thread in self._threads:
            thread.join()

    def _follow(self) -> None:
        while not self._closed.is_set():
            status, location = self.follow_once()
            self.answers[status] += 1
            if status == 302:
                self.click_ids.append(location.partition("irclickid=")[2])
            time.sleep(0.01)

    def follow_once(self) -> tuple[int, str]:
        """The status, 0 where none came, and where it leads."""
        began = time.monotonic()
        try:
            self._opener.open(urllib.request.Request(self.address, headers={"User-Agent": CHROME}), timeout=30)
        except urllib.error.HTTPError as error:
            self.slowest = max(self.slowest, time.monotonic() - began)
            return error.code, error.headers.get("Location") or ""
        except OSError:
            pass
        return 0, ""


def test_a_stopped_database_and_a_killed_web_process_lose_no_click_and_double_none(
    product: tuple[Stranded, str], home: Path
) -> None:
    stranded, path = product
    with Visitors(stranded.address + path) as visitors:
        wait_until(lambda: visitors.answers[302] > 50)
        supervisor = supervisor_of_postgres(home)
        os.kill(supervisor, signal.SIGSTOP)  # it would bring the database back before we have looked
        try:
            os.kill(main_process(home), signal.SIGKILL)
            began = visitors.answers[302]
            wait_until(lambda: visitors.answers[302] > began + 200)
            for pid in web_workers(home)[:1]:
                os.kill(pid, signal.SIGKILL)
            led = visitors.answers[302]
            wait_until(lambda: visitors.answers[302] > led + 200)
            assert stranded.page().status == 503
        finally:
            os.kill(supervisor, signal.SIGCONT)
        wait_until(lambda: stranded.page().status == 200)
        back = visitors.answers[302]
        wait_until(lambda: visitors.answers[302] > back + 50)
    wait_until(lambda: not list((home / "spool").iterdir()))
    given = [read_click_id(each) for each in visitors.click_ids]
    with connect(home) as connection:
        stored = connection.execute("SELECT id FROM tracking_step").fetchall()
    assert len(set(given)) == len(given)
    assert not set(given) - {row[0] for row in stored}
    assert len({row[0] for row in stored}) == len(stored)
    assert set(visitors.answers) <= {302, 503, 0}  # a killed process answers nothing, the next has not seen the link
    assert visitors.slowest < 10


def web_workers(home: Path) -> list[int]:
    """The web processes that answer: those whose parent is one, too."""
    pids = {int(line.split()[0]) for line in processes_of(home) if "servers.web" in line}
    return sorted(pid for pid in pids if parent_of(pid) in pids)


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
