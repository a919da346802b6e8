"""Servers and supervisors that are killed while in use, and the user they run as."""

import contextlib
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis

from servers.embedded.child_processes import command_line
from servers.embedded.supervisor import servers_of
from servers.home import PROJECT
from tests.servers.conftest import holding, servers_running
from tests.servers.looking import connect, is_another, main_process, supervisors, wait_until


@pytest.fixture(scope="module")
def held(home: Path, environment: dict[str, str]) -> Iterator[None]:
    """Somebody holds the servers of the home through all of these tests."""
    with holding(environment) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().startswith("DATABASE_URL=")
        yield


def test_a_killed_database_comes_back_with_what_was_committed(held: None, home: Path) -> None:
    with connect(home) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    pid = main_process(home)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: is_another(home, "postgres", pid))
    with connect(home) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


def test_a_killed_database_comes_back_although_a_statement_of_the_old_one_goes_on(held: None, home: Path) -> None:
    pid = main_process(home)
    with connect(home) as connection, ThreadPoolExecutor(1) as aside:
        busy = connection.info.backend_pid
        aside.submit(connection.execute, "DO $$ BEGIN LOOP END LOOP; END $$")
        try:
            time.sleep(0.5)
            os.kill(pid, signal.SIGKILL)
            time.sleep(0.5)
            assert command_line(busy), "the backend saw that its main process is gone: this test shows nothing"
            wait_until(lambda: is_another(home, "postgres", pid))
            assert not command_line(busy)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(busy, signal.SIGKILL)


def test_a_killed_broker_comes_back_with_its_queue(held: None, home: Path) -> None:
    pid = main_process(home, "valkey")
    with redis.Redis.from_url(servers_of(home)["valkey"].url) as broker:
        broker.lpush("queue", "bell")
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: is_another(home, "valkey", pid))
        assert broker.lrange("queue", 0, -1) == [b"bell"]


def test_killed_keepers_are_followed_by_others_while_somebody_holds_the_servers(held: None, home: Path) -> None:
    before = {name: main_process(home, name) for name in ("postgres", "valkey")}
    killed = supervisors(home)
    assert len(killed) == 2
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: all(is_another(home, name, pid) for name, pid in before.items()))
    assert servers_running(home) == 2
    assert len(supervisors(home)) == 2


def test_a_second_keeper_gives_way(held: None, home: Path, environment: dict[str, str]) -> None:
    second = subprocess.run([sys.executable, "-m", "servers.embedded", "postgres"], cwd=PROJECT, env=environment,
                            capture_output=True, text=True)  # fmt: skip
    assert (second.returncode, second.stderr) == (1, f"error: PostgreSQL of {home} already has a supervisor\n")
    assert servers_running(home) == 2


def test_root_hands_the_servers_to_an_account_of_their_own_in_closed_folders(
    root: None, held: None, home: Path
) -> None:
    account = pwd.getpwnam("brandboard").pw_uid
    for name in ("postgres", "valkey"):
        pid = main_process(home, name)
        status = Path(f"/proc/{pid}/status").read_text().splitlines()
        assert next(line for line in status if line.startswith("Uid:")).split()[1:] == [str(account)] * 4
        assert next(line for line in status if line.startswith("Groups:")).split()[1:] == []
        folder = (servers_of(home)[name].place.data / name).stat()
        assert (folder.st_uid, folder.st_mode & 0o777) == (account, 0o700)
