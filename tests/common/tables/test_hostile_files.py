"""Files made to bring their reader down are refused in one sentence, cheaply, and no process is lost or left.

Time is the processor's, of reader and child together: wall-clock time depends on other work of the machine.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from common.tables.workbooks.limits import MEMORY
from servers.home import PROJECT
from tests.common.tables.hostile import HOSTILE, one_cell, workbook

SECONDS = 2.0 + 0.3  # the kernel looks at the limit a few times a second
READ_A_ROW_AND_WAIT = """
import sys, time
from common.tables.read import read_table
rows = read_table(sys.argv[1], "a.xlsx")
next(iter(rows))
print("read", flush=True)
time.sleep(600)
"""
WAIT_FOR_A_SILENT_CHILD = """
import os, subprocess, sys, time
command = [sys.executable, "-m", "common.tables.workbooks.child", ".xls", str(os.getpid())]
subprocess.Popen(command, stdin=int(sys.argv[1]))
print("started", flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """How reading went for each hostile file, all of them one after the other in one process, as a worker does."""
    paths = [write(tmp_path_factory.mktemp("hostile"), name, build()) for name, build, _ in HOSTILE.values()]
    return dict(zip(HOSTILE, read_all(paths), strict=True))


def write(folder: Path, name: str, content: bytes) -> str:
    (folder / name).write_bytes(content)
    return str(folder / name)


def read_all(paths: list[str]) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.common.tables.hostile", *paths]
    answer = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in answer.stdout.splitlines()]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_one_sentence_and_two_seconds(name: str, outcomes: dict[str, Any]) -> None:
    outcome = outcomes[name]
    assert re.search(HOSTILE[name][2], outcome["words"])
    assert "\n" not in outcome["words"]
    assert outcome["seconds"] <= SECONDS
    assert outcome["megabytes"] <= MEMORY / 1024**2
    assert outcome["left"] == ""


def test_a_file_in_proportion_that_needs_more_memory_is_refused_within_the_bound(tmp_path: Path) -> None:
    [outcome] = read_all([write(tmp_path, "a.xlsx", one_cell())])
    assert "more memory" in outcome["words"]
    assert MEMORY / 4 < outcome["megabytes"] * 1024**2 <= MEMORY


@pytest.fixture
def parent() -> Iterator[list[subprocess.Popen[str]]]:
    """Readers to kill; whatever of them is left in the end is ended."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for each in started:
        each.kill()
        each.wait()
        assert each.stdout is not None
        each.stdout.close()


@pytest.fixture
def silent() -> Iterator[int]:
    """The reading end of a pipe that says nothing and does not end: what reads from it never ends."""
    ends = os.pipe()
    yield ends[0]
    for end in ends:
        os.close(end)


def start(parent: list[subprocess.Popen[str]], program: str, argument: str, inherited: int) -> int:
    """Start a reader, wait for its word, and return the id of its child."""
    command = [sys.executable, "-c", program, argument]
    started = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, pass_fds=[inherited])
    parent.append(started)
    assert started.stdout is not None
    assert started.stdout.readline().strip() in ("read", "started")
    return int(Path(f"/proc/{started.pid}/task/{started.pid}/children").read_text())


def is_at_work(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def killed(parent: list[subprocess.Popen[str]], child: int) -> bool:
    """Kill a running reader, and return whether its child ends by itself."""
    time.sleep(0.5)  # into its work
    assert is_at_work(child)
    os.kill(parent[0].pid, signal.SIGKILL)
    parent[0].wait()
    end = time.monotonic() + 20
    while is_at_work(child) and time.monotonic() < end:
        time.sleep(0.1)
    return not is_at_work(child)


def test_a_child_that_writes_ends_with_a_reader_that_is_killed(
    parent: list[subprocess.Popen[str]], silent: int, tmp_path: Path
) -> None:
    path = write(tmp_path, "a.xlsx", workbook(["A"], *([number] for number in range(20_000))))
    assert killed(parent, start(parent, READ_A_ROW_AND_WAIT, path, silent))


def test_a_child_that_has_nothing_to_say_ends_with_a_reader_that_is_killed(
    parent: list[subprocess.Popen[str]], silent: int
) -> None:
    child = start(parent, WAIT_FOR_A_SILENT_CHILD, str(silent), silent)
    has_ended = killed(parent, child)
    if not has_ended:
        os.kill(child, signal.SIGKILL)
    assert has_ended


def test_the_child_ends_when_its_reader_stops_early(tmp_path: Path) -> None:
    program = """
import os, sys
from pathlib import Path
from common.tables.read import read_table
rows = read_table(sys.argv[1], "a.xlsx")
assert next(iter(rows)) == (2, {"A": "0"})
rows.close()
print(repr(Path(f"/proc/self/task/{os.getpid()}/children").read_text()))
"""
    (tmp_path / "a.xlsx").write_bytes(workbook(["A"], *([number] for number in range(20_000))))
    answer = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "a.xlsx")], cwd=PROJECT, capture_output=True, text=True
    )
    assert answer.stdout.strip() == "''", answer.stderr
