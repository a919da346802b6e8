"""A home of their own, and the product started in it as a stranger would."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from servers.home import PROJECT

Hold = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A home that the database's user reaches, for the tests of one file in turn: making a cluster takes seconds."""
    folder = Path(tempfile.mkdtemp(prefix="brandboard-home-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def environment(home: Path) -> dict[str, str]:
    """What a command of the product sees in that home: nothing of the tests' own servers."""
    hidden = {
        "DEBUG",
        "DATABASE_URL",
        "REDIS_URL",
        "DJANGO_SETTINGS_MODULE",
        "BRANDBOARD_TEST_HOME",
        "PYTEST_XDIST_WORKER",
    }
    inherited = {name: value for name, value in os.environ.items() if name not in hidden}
    return {**inherited, "BRANDBOARD_HOME": str(home)}


def processes_of(home: Path) -> list[str]:
    """Every process that names the home in its command line or environment, but for the callers."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and int(folder.name) != os.getpid():
            try:
                known = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
                words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if str(home).encode() in known:
                found.append(f"{folder.name} {words}")
    return found


def servers_running(home: Path) -> int:
    """How many PostgreSQL main processes and Valkeys run on the home."""
    lines = processes_of(home)
    return len([line for line in lines if "bin/postgres -D" in line or "valkey-server" in line])


@contextmanager
def holding(environment: dict[str, str], *through: str) -> "Iterator[subprocess.Popen[str]]":
    """A process that holds the servers of a home, run through another command if one is given."""
    command = [*through, sys.executable, "-m", "servers.embedded"]
    holder = subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with holder:
        try:
            yield holder
        finally:
            holder.terminate()
            holder.wait(120)


@pytest.fixture
def hold(environment: dict[str, str]) -> Iterator[Hold]:
    """Start a process that holds the servers of the home; it answers once they are ready."""
    with ExitStack() as started:

        def start() -> "subprocess.Popen[str]":
            holder = started.enter_context(holding(environment))
            assert holder.stdout is not None
            assert holder.stdout.readline().startswith("DATABASE_URL=")
            return holder

        yield start


@pytest.fixture
def nothing_left(home: Path) -> Callable[[], list[str]]:
    """Wait for the last process of the home to end; the answer is what is still there after a minute."""

    def left() -> list[str]:
        end = time.monotonic() + 60
        while (found := processes_of(home)) and time.monotonic() < end:
            time.sleep(0.1)
        return found

    return left


@pytest.fixture
def root() -> None:
    """Only root hands the servers to another user. Never a silent skip: the case would be untested."""
    if os.geteuid() != 0:
        pytest.fail("run this test as root: an ordinary user cannot become another one", pytrace=False)


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def database_with_a_user(environment: dict[str, str], tables: dict[str, str]) -> None:
    """A user's row makes it no first start: the demonstration has its own tests."""
    script = """
from tests.tables import have_tables
have_tables()
from accounts.models import User
User.objects.create(username="someone")
"""
    command = [sys.executable, "manage.py", "shell", "--no-imports", "--verbosity=0", "-c", script]
    subprocess.run(command, cwd=PROJECT, env={**environment, **tables}, check=True)


@pytest.fixture
def start_product(
    environment: dict[str, str], free_port: int, database_with_a_user: None
) -> Iterator[Callable[[], "subprocess.Popen[str]"]]:
    """Run `make run` until its address is printed."""
    started: list[subprocess.Popen[str]] = []

    def start() -> "subprocess.Popen[str]":
        make = subprocess.Popen(
            ["make", "run"],
            cwd=PROJECT,
            env={**environment, "PORT": str(free_port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            # A test run in the background may have inherited an ignored SIGINT; a terminal's make has not.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        started.append(make)
        assert make.stdout is not None
        seen = ""
        for line in make.stdout:
            seen += line
            if re.search(rf"http://localhost:{free_port}/", line):
                return make
        raise AssertionError(f"the product did not start: {seen}")

    yield start
    for make in started:
        if make.poll() is None:
            make.terminate()
            make.wait(120)
        if make.stdout is not None:
            make.stdout.close()
