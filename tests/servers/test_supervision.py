"""Processes that hang or are killed while the product runs: each is found by itself, and nobody waits for it."""

import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from servers.embedded.child_processes import command_line
from servers.supervision.supervisor import Supervisor
from servers.web.listener import listen
from tests.servers.conftest import processes_of
from tests.servers.looking import wait_until
from tests.servers.stranded import running

SILENT = 6  # seconds, instead of 30


@pytest.fixture(scope="module")
def product(environment: dict[str, str], database_with_a_user: None) -> "Iterator[tuple[subprocess.Popen[str], int]]":
    """The product with little patience for silence, for the tests of this file in turn."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with running({**environment, "SILENT_SECONDS": str(SILENT)}, port) as runner:
        yield runner, port


def of(home: Path, words: str) -> list[int]:
    """The processes of the home whose command line has the words, the main process first."""
    found = [line.split(" ", 1) for line in processes_of(home)]
    pids = [int(pid) for pid, command in found if words in command]
    return sorted(pids, key=lambda pid: (parent_of(pid) in pids, pid))


def parent_of(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


def seconds_for_a_page(port: int, path: str = "/log-in/") -> float:
    began = time.monotonic()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as page:
        assert page.status == 200
        page.read()
    return time.monotonic() - began


def are_stopped(pid: int) -> bool:
    """Whether every thread of a process is: one may still take a connection in the moment after the signal."""
    states = [stat.read_text().rsplit(")", 1)[1].split()[0] for stat in Path(f"/proc/{pid}/task").glob("*/stat")]
    return set(states) == {"T"}


def is_gone(pid: int) -> bool:
    return not command_line(pid)


def test_a_killed_main_web_process_is_followed_by_another_and_takes_its_workers_along(
    product: tuple[object, int], home: Path
) -> None:
    _, port = product
    main, *workers = of(home, "servers.web")
    assert len(workers) >= 1
    os.kill(main, signal.SIGKILL)
    wait_until(lambda: all(is_gone(pid) for pid in (main, *workers)), 10)
    seconds_for_a_page(port)  # nobody is refused: a connection waits at the port until it is taken
    assert not {main, *workers} & set(of(home, "servers.web"))


def test_a_web_worker_that_hangs_is_replaced_and_nobody_waits_for_it(product: tuple[object, int], home: Path) -> None:
    _, port = product
    wait_until(lambda: len(of(home, "servers.web")) > 2)
    _, hanging, *_ = of(home, "servers.web")
    for _ in range(3):
        seconds_for_a_page(port)
    os.kill(hanging, signal.SIGSTOP)
    wait_until(lambda: are_stopped(hanging), 10)
    times = []
    end = time.monotonic() + SILENT + 20
    while not is_gone(hanging):
        assert time.monotonic() < end
        times.append(seconds_for_a_page(port))
        time.sleep(0.1)
    assert len(times) > 5
    assert sorted(times)[int(len(times) * 0.9)] < 2, times  # but for what else a busy machine does
    wait_until(lambda: len(of(home, "servers.web")) > 2)


@pytest.mark.parametrize(
    ("words", "place"),
    [("servers.web", 0), (" worker ", 0), (" worker ", 1), (" beat ", 0)],
    ids=["the web's main process", "the worker's main process", "a child of the worker", "beat"],
)
def test_a_process_that_hangs_is_replaced(product: tuple[object, int], home: Path, words: str, place: int) -> None:
    _, port = product
    wait_until(lambda: len(of(home, words)) > (0 if words == " beat " else 2))
    before = of(home, words)
    hanging = before[place]
    time.sleep(3)  # each says that it lives within two seconds
    os.kill(hanging, signal.SIGSTOP)
    wait_until(lambda: is_gone(hanging), SILENT + 30)
    wait_until(lambda: len(of(home, words)) == len(before) and hanging not in of(home, words), 60)
    seconds_for_a_page(port)


def test_processes_that_are_well_are_left_alone(product: tuple[object, int], home: Path) -> None:
    before = [of(home, words) for words in ("servers.web", " worker ", " beat ")]
    time.sleep(2 * SILENT)
    assert [of(home, words) for words in ("servers.web", " worker ", " beat ")] == before


@pytest.fixture
def echo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> "Iterator[tuple[Supervisor, int]]":
    """The web server with an application whose requests can hang, and its supervisor."""
    monkeypatch.setenv("SILENT_SECONDS", str(SILENT))
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "config.settings")
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    supervisor = Supervisor(tmp_path)
    words = [
        "-m",
        "servers.web",
        "tests.servers.web.echo:application",
        "--workers",
        "1",
        "--listener",
        str(listener.fileno()),
    ]
    supervisor.start("web", words, files=(listener.fileno(),))
    yield supervisor, port
    listener.close()
    supervisor.stop()


@pytest.mark.parametrize(
    ("path", "times"), [("/hang", 8), ("/freeze", 1)], ids=["all threads wait for ever", "one holds the interpreter"]
)
def test_a_web_worker_whose_requests_hang_is_replaced(echo: tuple[Supervisor, int], path: str, times: int) -> None:
    supervisor, port = echo
    seconds_for_a_page(port, "/pid")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/pid") as page:
        hanging = int(page.read())
    sent = []
    for _ in range(times):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        sent.append(connection)

    def look() -> bool:
        supervisor.look_after()
        return is_gone(hanging)

    wait_until(look, SILENT + 30)
    assert seconds_for_a_page(port, "/pid") < 30
    for connection in sent:
        connection.close()


def test_a_busy_web_worker_is_not_taken_for_one_that_hangs(echo: tuple[Supervisor, int]) -> None:
    supervisor, port = echo
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/pid") as page:
        busy = int(page.read())
    sent = []
    for _ in range(7):  # and one thread is free
        connection = socket.create_connection(("127.0.0.1", port))
        connection.sendall(b"GET /hang HTTP/1.1\r\nHost: x\r\n\r\n")
        sent.append(connection)
    end = time.monotonic() + 2 * SILENT
    while time.monotonic() < end:
        supervisor.look_after()
        time.sleep(0.2)
    assert not is_gone(busy)
    for connection in sent:
        connection.close()
