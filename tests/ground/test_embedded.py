"""The embedded servers: shared by the commands of a home, gone with the last of them."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.embedded.keeper import servers_of
from config.home import PROJECT
from tests.ground.conftest import processes_of

Hold = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture
def hold(environment: dict[str, str]) -> Iterator[Hold]:
    """Start a process that holds the servers of the home; it answers once they are ready."""
    started: list[subprocess.Popen[str]] = []

    def start() -> "subprocess.Popen[str]":
        holder = subprocess.Popen(
            [sys.executable, "-m", "config.embedded"], cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True
        )
        started.append(holder)
        assert holder.stdout is not None
        assert holder.stdout.readline().startswith("DATABASE_URL=")
        return holder

    yield start
    for holder in started:
        if holder.poll() is None:
            holder.terminate()
            holder.wait(120)
        assert holder.stdout is not None
        holder.stdout.close()


def servers_running(home: Path) -> int:
    """How many PostgreSQL main processes and Valkeys run on the home."""
    lines = processes_of(home)
    return len([line for line in lines if "bin/postgres -D" in line or "valkey-server" in line])


def test_two_holders_share_and_the_last_one_stops_the_servers(
    hold: Hold, home: Path, nothing_left: Callable[[], list[str]]
) -> None:
    first, second = hold(), hold()
    assert servers_running(home) == 2
    first.terminate()
    first.wait(120)
    time.sleep(0.5)
    assert servers_running(home) == 2
    second.terminate()
    second.wait(120)
    assert nothing_left() == []


def test_a_killed_holder_leaves_nothing_running(hold: Hold, home: Path, nothing_left: Callable[[], list[str]]) -> None:
    holder = hold()
    holder.kill()
    assert nothing_left() == []


def test_a_killed_database_comes_back_while_it_is_in_use(hold: Hold, home: Path) -> None:
    hold()
    postgres = servers_of(home)["postgres"]
    pid = postgres.left_behind()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    end = time.monotonic() + 60
    while time.monotonic() < end and not (postgres.is_ready() and postgres.left_behind() != pid):
        time.sleep(0.1)
    assert postgres.is_ready()
    assert postgres.left_behind() != pid


def test_killed_keepers_are_followed_by_new_ones_on_the_same_data(hold: Hold, home: Path) -> None:
    hold()
    for line in processes_of(home):
        if line.rstrip().endswith(("embedded postgres", "embedded valkey")):
            os.kill(int(line.split()[0]), signal.SIGKILL)
    hold()
    assert servers_running(home) == 2
    assert all(server.is_ready() for server in servers_of(home).values())


def test_a_pid_file_that_names_a_stranger_is_not_believed(hold: Hold, home: Path) -> None:
    first = hold()
    first.terminate()
    first.wait(120)
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        data = servers_of(home)["postgres"].place.data / "postgres"  # type: ignore[attr-defined]
        (data / "postmaster.pid").write_text(f"{stranger.pid}\n{data}\n1\n5432\n\n*\n")
        (data / "postmaster.pid").chmod(0o644)
        hold()
        assert servers_running(home) == 2
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_the_sockets_are_closed_to_others_and_reset_removes_everything(
    hold: Hold, home: Path, environment: dict[str, str]
) -> None:
    holder = hold()
    place = servers_of(home)["valkey"].place
    assert place.sockets.stat().st_mode & 0o777 == 0o700
    reset = [sys.executable, "-m", "config.reset"]
    refused = subprocess.run(reset, cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert (refused.returncode, refused.stderr) == (1, f"error: Brandboard runs on {home}; stop it first\n")
    holder.terminate()
    holder.wait(120)
    subprocess.run(reset, cwd=PROJECT, env=environment, check=True)
    assert not home.exists()
    assert not place.sockets.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the servers to another user")
def test_a_home_that_the_databases_user_cannot_reach_keeps_its_data_elsewhere(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    environment = {**os.environ, "BRANDBOARD_HOME": str(closed / "home")}
    for name in ("DATABASE_URL", "REDIS_URL", "BRANDBOARD_TEST_HOME", "DJANGO_SETTINGS_MODULE"):
        environment.pop(name, None)
    place = servers_of(closed / "home")["postgres"].place
    try:
        assert place.elsewhere is not None
        command = [sys.executable, "manage.py", "migrate", "contenttypes", "--verbosity=0"]
        answer = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)
        assert answer.returncode == 0, answer.stderr
        assert str(place.elsewhere) in answer.stderr
        subprocess.run([sys.executable, "-m", "config.reset"], cwd=PROJECT, env=environment, check=True)
        assert not place.elsewhere.exists()
    finally:
        shutil.rmtree(place.data, ignore_errors=True)
