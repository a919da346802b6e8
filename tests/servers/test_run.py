"""`make run` and its end."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from servers.home import PROJECT
from servers.web.listener import listen
from tests.servers.conftest import processes_of
from tests.servers.looking import wait_until

Start = Callable[[], "subprocess.Popen[str]"]
Left = Callable[[], list[str]]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_to_make_leaves_nothing_running(
    number: signal.Signals, start_product: Start, free_port: int, home: Path, nothing_left: Left
) -> None:
    make = start_product()
    with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/log-in/") as page:
        assert page.status == 200
    assert any("celery" in process for process in processes_of(home))
    os.kill(make.pid, number)
    make.wait(120)
    assert nothing_left() == []


def test_pages_link_the_style_sheet_that_a_start_has_collected_anew(
    start_product: Start, free_port: int, home: Path, nothing_left: Left
) -> None:
    make = start_product()
    os.kill(make.pid, signal.SIGTERM)
    make.wait(120)
    manifest = home / "static" / "staticfiles.json"
    manifest.write_text(re.sub(r'"css/main\.\w+\.css"', '"css/main.0ld.css"', manifest.read_text()))
    (home / "static" / ".collected").unlink()

    start_product()
    with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/log-in/") as page:
        (sheet,) = re.findall(r"/static/css/main[\w.]*", page.read().decode())
    with urllib.request.urlopen(f"http://127.0.0.1:{free_port}{sheet}") as answer:
        assert answer.headers["Content-Type"].startswith("text/css")


def test_killing_the_whole_command_leaves_nothing_running(start_product: Start, home: Path, nothing_left: Left) -> None:
    make = start_product()
    (runner,) = [process for process in processes_of(home) if "servers.run" in process]
    os.kill(int(runner.split()[0]), signal.SIGKILL)
    make.wait(120)
    assert nothing_left() == []


def test_killing_runner_and_web_leaves_a_port_that_can_be_taken_again(
    start_product: Start, free_port: int, home: Path, nothing_left: Left
) -> None:
    make = start_product()
    webs = [process for process in processes_of(home) if f"--port {free_port}" in process]
    main = min(int(process.split()[0]) for process in webs)
    (runner,) = [process for process in processes_of(home) if "servers.run" in process]
    for pid in (main, int(runner.split()[0])):
        os.kill(pid, signal.SIGKILL)
    make.wait(120)
    assert nothing_left() == []
    listen("127.0.0.1", free_port).close()


def test_one_kind_of_process_is_supervised_for_an_init_of_the_host(
    environment: dict[str, str], free_port: int, home: Path, nothing_left: Left
) -> None:
    command = [sys.executable, "-m", "servers.supervision", "web", "--port", str(free_port), "--workers", "1"]
    supervisor = subprocess.Popen(command, cwd=PROJECT, env=environment, stderr=subprocess.DEVNULL)
    wait_until(lambda: answers(free_port))
    main = min(int(line.split()[0]) for line in processes_of(home) if "servers.web config.wsgi:application" in line)
    os.kill(main, signal.SIGKILL)
    wait_until(lambda: not answers(free_port))
    wait_until(lambda: answers(free_port))
    supervisor.terminate()
    assert supervisor.wait(60) == 0
    assert nothing_left() == []


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as page:
            return bool(page.status == 200)
    except OSError:
        return False


def test_a_taken_port_is_said_in_one_line_before_anything_starts(environment: dict[str, str], home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = subprocess.run(
            ["make", "--silent", "run"],
            cwd=PROJECT,
            env={**environment, "PORT": str(port)},
            capture_output=True,
            text=True,
            timeout=240,
        )
    assert answer.returncode != 0
    assert f"error: port {port} is taken" in answer.stderr.splitlines()[0]
    assert processes_of(home) == []


def test_a_web_whose_holder_is_gone_before_it_may_serve_ends(environment: dict[str, str], free_port: int) -> None:
    command = [sys.executable, "-m", "servers.web", "--held", "--port", str(free_port), "config.nothing:application"]
    held = subprocess.Popen(command, cwd=PROJECT, env=environment, stdin=subprocess.PIPE)
    with pytest.raises(subprocess.TimeoutExpired):
        held.wait(3)
    assert held.stdin is not None
    held.stdin.close()
    assert held.wait(30) == 1
