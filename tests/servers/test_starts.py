"""Starts of the embedded servers: after kills, over stale files, at once, by an ordinary user, into a long recovery."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from servers.embedded.child_processes import command_line, read_pid, working_in
from servers.embedded.places import as_user
from servers.embedded.supervisor import servers_of
from servers.home import PROJECT
from tests.servers.conftest import Hold, holding, processes_of, servers_running
from tests.servers.looking import connect, main_process, supervisors, wait_until

RECOVERY = int(os.environ.get("RECOVERY_MEGABYTES") or 200)  # of WAL that the long recovery reads
LONG_BY_ITSELF = 2000  # megabytes that take longer than ten seconds; less is held up


def test_a_start_after_killed_keepers_waits_for_the_same_servers_and_no_others(hold: Hold, home: Path) -> None:
    hold()
    for pid in supervisors(home):
        os.kill(pid, signal.SIGKILL)
    hold()
    assert servers_running(home) == 2
    assert all(server.is_ready() for server in servers_of(home).values())


@pytest.fixture
def stranger(home: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A program of the servers' own user: PostgreSQL takes no other's number for a server."""
    process = subprocess.Popen(["sleep", "60"], **as_user(servers_of(home)["postgres"].place.user))
    yield process
    process.kill()
    process.wait()


@pytest.mark.parametrize("content", ["{pid}\n{data}\n1\n5432\n\n*\n", ""], ids=["names a stranger", "is empty"])
def test_a_pid_file_that_is_not_of_this_server_is_not_believed(
    content: str, hold: Hold, home: Path, stranger: "subprocess.Popen[bytes]"
) -> None:
    holder = hold()
    holder.terminate()
    holder.wait(120)
    place = servers_of(home)["postgres"].place
    owner = place.data.joinpath("postgres").stat()
    for path in (
        place.data / "postgres" / "postmaster.pid",
        place.sockets / ".s.PGSQL.5432.lock",
        place.data / "valkey" / "valkey.pid",
    ):
        path.write_text(content.format(pid=stranger.pid, data=place.data / "postgres"))
        os.chown(path, owner.st_uid, owner.st_gid)
        path.chmod(0o600)
    hold()
    assert servers_running(home) == 2
    assert stranger.poll() is None


@pytest.fixture
def new_home(home: Path, environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """The environment of a home that is not there yet."""
    new = {**environment, "BRANDBOARD_HOME": f"{home}-new"}
    yield new
    reset = [sys.executable, "-m", "servers.reset"]
    assert subprocess.run(reset, cwd=PROJECT, env=new, capture_output=True, text=True).returncode == 0
    assert not Path(f"{home}-new").exists()


def test_starts_at_once_on_a_new_home_make_one_server_each(new_home: dict[str, str]) -> None:
    folder = Path(new_home["BRANDBOARD_HOME"])
    with ExitStack() as stack:
        holders = [stack.enter_context(holding(new_home)) for _ in range(3)]
        assert {read(holder) for holder in holders} == {f"DATABASE_URL={servers_of(folder)['postgres'].url}"}
        assert servers_running(folder) == 2
        assert len(supervisors(folder)) == 2
    assert [holder.returncode for holder in holders] == [0, 0, 0]
    wait_until(lambda: not processes_of(folder))


def test_an_ordinary_user_runs_the_servers_as_himself(new_home: dict[str, str]) -> None:
    # In a user namespace root is an ordinary user: without privileges, but still the owner of the project.
    through = ["unshare", "--user", "--map-user=1000", "--map-group=1000"] if os.geteuid() == 0 else []
    folder = Path(new_home["BRANDBOARD_HOME"])
    with holding(new_home, *through) as holder:
        assert read(holder).startswith("DATABASE_URL="), f"no user namespace to be had? {holder.communicate()[1]}"
        pid = read_pid(folder / "postgres" / "postmaster.pid")  # root, as we are, would look elsewhere
        status = Path(f"/proc/{pid}/status").read_text()
        assert re.search(r"^CapEff:\t0+$", status, re.MULTILINE)
        assert re.search(rf"^Uid:\t{os.geteuid()}\t", status, re.MULTILINE)
        assert [(folder / name).stat().st_mode & 0o777 for name in (".", "postgres", "valkey", "run")] == [0o700] * 4
        assert [
            path for path in folder.rglob("*") if path.lstat().st_mode & 0o077 and path.parent != folder / "run"
        ] == []
    wait_until(lambda: not processes_of(folder))


def read(holder: "subprocess.Popen[str]") -> str:
    assert holder.stdout is not None
    return holder.stdout.readline().strip()


def test_a_recovery_that_takes_longer_than_ten_seconds_is_waited_for_and_said(
    hold: Hold, home: Path, environment: dict[str, str]
) -> None:
    holder = hold()
    main = main_process(home)
    with connect(home) as connection:
        (checkpointer,) = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'"
        ).fetchone()  # type: ignore[misc]
        # Whatever is written from here on has to be read again.
        connection.execute("CHECKPOINT")
        os.kill(int(str(checkpointer)), signal.SIGSTOP)
        connection.execute("CREATE TABLE long_recovery (number bigint, filler text)")
        for part in range(max(1, RECOVERY // 50)):
            connection.execute(
                "INSERT INTO long_recovery SELECT %s, repeat('x', 960) FROM generate_series(1, 60_000)", [part]
            )
        (rows,) = connection.execute("SELECT count(*) FROM long_recovery").fetchone()  # type: ignore[misc]
        (written,) = connection.execute("SELECT sum(size) / 1024 ^ 2 FROM pg_ls_waldir()").fetchone()  # type: ignore[misc]
    for pid in supervisors(home):
        os.kill(pid, signal.SIGKILL)
    for pid in (main, *working_in(servers_of(home)["postgres"].place.data / "postgres")):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    holder.kill()
    holder.wait()
    assert float(str(written)) >= RECOVERY

    began = time.monotonic()
    with holding(environment) as again:
        wait_until(lambda: recovering(home))
        if RECOVERY < LONG_BY_ITSELF:
            # As long as a slow disk would take, for all that anybody else can see.
            (startup,) = recovering(home)
            os.kill(startup, signal.SIGSTOP)
            time.sleep(max(0.0, began + 12 - time.monotonic()))
            assert again.poll() is None
            os.kill(startup, signal.SIGCONT)
        assert read(again).startswith("DATABASE_URL="), again.communicate()[1]
        took = time.monotonic() - began
        with connect(home) as connection:
            assert connection.execute("SELECT count(*) FROM long_recovery").fetchone() == (rows,)
        again.terminate()
        said = again.communicate(timeout=120)[1]
    print(f"{float(str(written)):,.0f} MB of WAL, {took:.1f} s until the servers answered")
    assert took > 10
    assert "waiting for PostgreSQL to start or recover: " in said


def recovering(home: Path) -> list[int]:
    data = servers_of(home)["postgres"].place.data / "postgres"
    return [pid for pid in working_in(data) if command_line(pid).startswith("postgres: startup recovering")]
