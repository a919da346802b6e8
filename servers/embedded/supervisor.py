"""The supervisor: one process per server and home that starts it, restarts it, and ends it when no process uses it any
more.

Users hold a shared lock on `<server>.users`; the kernel drops it however a user ends, so even kill -9 leaves nothing
running. The supervisor holds `<server>.supervisor` while it runs: there are never two on one folder.
"""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Protocol

from servers.embedded.child_processes import dies_with_parent, stop
from servers.embedded.places import EmbeddedError, Place, as_user, place_of
from servers.embedded.postgres import Postgres
from servers.embedded.valkey import Valkey

LOOK_EVERY = 0.1  # seconds between two checks of the users and the server
AGAIN_AFTER = 1.0  # seconds before a server that ended is started again; doubled each time it does not come up …
AGAIN_AT_MOST = 5.0  # … up to this, so that it is back soon after a full disk has space again


class Server(Protocol):
    """A program that the supervisor can run."""

    name: str
    title: str
    stop_signal: signal.Signals
    stop_seconds: float
    place: Place

    @property
    def url(self) -> str: ...
    def prepare(self) -> None: ...
    def command(self) -> list[str]: ...
    def left_behind(self) -> int | None: ...
    def clear(self) -> None: ...
    def set_up(self) -> bool: ...
    def is_ready(self) -> bool: ...


def servers_of(home: Path) -> dict[str, Server]:
    """Return the servers that a home can have, by name."""
    place = place_of(home)
    return {"postgres": Postgres(place), "valkey": Valkey(place)}


def lock(path: Path, how: int) -> IO[str] | None:
    """Open a file and lock it; None where another process holds the lock."""
    file = path.open("a")
    try:
        fcntl.flock(file, how)
    except BlockingIOError:
        file.close()
        return None
    return file


def keep(server: Server) -> None:
    """Run a server until its last user is gone or we are told to stop.

    One that never came up is an error at once, which the waiting process reports. One that did is started again for as
    long as it is used.
    """
    home = server.place.home
    mine = _lock_soon(home / f"{server.name}.supervisor")
    if mine is None:
        raise EmbeddedError(f"{server.title} of {home} already has a supervisor")
    ready = home / f"{server.name}.ready"
    ready.unlink(missing_ok=True)
    asked_to_stop: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, frame: asked_to_stop.append(number))

    process: subprocess.Popen[bytes] | None = None
    unused = None
    was_ready = False
    start_at, pause = 0.0, AGAIN_AFTER
    try:
        server.prepare()
        while not asked_to_stop and unused is None:
            if process is None and time.monotonic() >= start_at:
                process = _start(server)
            elif process is not None and process.poll() is not None:
                if not was_ready:
                    raise EmbeddedError(_why_not(server))
                ready.unlink(missing_ok=True)
                _say(f"{server.title} ended with {process.returncode}; starting it again")
                process, start_at, pause = None, time.monotonic() + pause, min(2 * pause, AGAIN_AT_MOST)
            elif process is not None and not ready.exists() and server.set_up():
                was_ready, pause = True, AGAIN_AFTER
                with contextlib.suppress(OSError):  # no space: the next check tries again
                    ready.touch()
            unused = lock(home / f"{server.name}.users", fcntl.LOCK_EX | fcntl.LOCK_NB)
            time.sleep(LOOK_EVERY if was_ready else LOOK_EVERY / 5)
    finally:
        ready.unlink(missing_ok=True)
        if process is not None:
            running = process
            stop(running.pid, server.stop_signal, server.stop_seconds, lambda: running.poll() is None)


def last_output(server: Server) -> str:
    """Return the last line of a server's log, "" where there is none."""
    try:
        with log_path(server).open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - 4000))
            lines = log.read().decode(errors="replace").splitlines()
    except OSError:
        return ""
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def log_path(server: Server) -> Path:
    return server.place.log / f"{server.name}.log"


def _why_not(server: Server) -> str:
    return f"{server.title} does not start: {last_output(server) or 'no message'} ({log_path(server)})"


def _say(words: str) -> None:
    # Our log may lie on a disk that is full: which does not stop the server.
    with contextlib.suppress(OSError):
        print(words, flush=True)


def _lock_soon(path: Path) -> IO[str] | None:
    # A process that checks for a supervisor holds the lock for a moment.
    for _ in range(250):
        file = lock(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if file is not None:
            return file
        time.sleep(0.02)
    return None


def _start(server: Server) -> subprocess.Popen[bytes]:
    orphan = server.left_behind()
    if orphan is not None:
        stop(orphan, server.stop_signal, server.stop_seconds, lambda: server.left_behind() is not None)
    server.clear()
    return subprocess.Popen(
        server.command(),
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=sys.stdout,
        stderr=sys.stdout,
        start_new_session=True,
        preexec_fn=dies_with_parent(server.stop_signal),
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        **as_user(server.place.user),
    )
