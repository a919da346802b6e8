"""Looking at the servers of a home from outside."""

import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from servers.embedded.supervisor import servers_of
from tests.servers.conftest import processes_of


def connect(home: Path) -> "psycopg.Connection[tuple[object, ...]]":
    """As the superuser."""
    url = servers_of(home)["postgres"].url.replace("//brandboard@", "//postgres@")
    return psycopg.connect(url, autocommit=True)


def main_process(home: Path, name: str = "postgres") -> int:
    pid = servers_of(home)[name].left_behind()
    assert pid is not None
    return pid


def supervisors(home: Path) -> list[int]:
    ends = ("embedded postgres", "embedded valkey")
    return [int(line.split()[0]) for line in processes_of(home) if line.rstrip().endswith(ends)]


def wait_until(is_so: Callable[[], object], seconds: float = 120, what: str = "it did not come about in time") -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def is_another(home: Path, name: str, pid: int) -> bool:
    """Whether a server answers whose main process is not that one."""
    server = servers_of(home)[name]
    return server.left_behind() not in (None, pid) and server.is_ready()
