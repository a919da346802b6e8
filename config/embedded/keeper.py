"""The keeper: one process per server and home that starts it, restarts it, and ends it when nobody uses it any more.

Users hold a shared lock on `<server>.users`; the kernel drops it however a user ends, so even kill -9 leaves nothing
running. The keeper holds `<server>.keeper` for its life: there are never two on one folder.
"""

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Protocol

from config.embedded.places import EmbeddedError, Place, as_user, place_of
from config.embedded.postgres import Postgres
from config.embedded.processes import dies_with_parent, stop
from config.embedded.valkey import Valkey

LOOK_EVERY = 0.1  # seconds between two looks at the users and the server


class Server(Protocol):
    """A program that the keeper can run."""

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
    def is_ready(self) -> bool: ...


def servers_of(home: Path) -> dict[str, Server]:
    """Return the servers that a home can have, by name."""
    place = place_of(home)
    return {"postgres": Postgres(place), "valkey": Valkey(place)}


def lock(path: Path, how: int) -> IO[str] | None:
    """Open a file and lock it; None where the lock is not to be had without waiting."""
    file = path.open("a")
    try:
        fcntl.flock(file, how)
    except BlockingIOError:
        file.close()
        return None
    return file


def keep(server: Server) -> None:
    """Run a server until its last user is gone or we are told to stop."""
    home = server.place.home
    mine = _lock_soon(home / f"{server.name}.keeper")
    if mine is None:
        raise EmbeddedError(f"{server.title} of {home} has a keeper already")
    ready = home / f"{server.name}.ready"
    ready.unlink(missing_ok=True)
    asked_to_stop: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, frame: asked_to_stop.append(number))

    process = None
    unused = None
    try:
        server.prepare()
        process = _start(server)
        while not asked_to_stop and unused is None:
            if process.poll() is not None:
                if not ready.exists():
                    raise EmbeddedError(f"{server.title} does not start: see {_log_path(server)}")
                ready.unlink()
                print(f"{server.title} ended with {process.returncode}; starting it again", flush=True)
                time.sleep(1)
                process = _start(server)
            if not ready.exists() and server.is_ready():
                ready.write_text(f"{process.pid}\n")
            unused = lock(home / f"{server.name}.users", fcntl.LOCK_EX | fcntl.LOCK_NB)
            time.sleep(LOOK_EVERY)
    finally:
        ready.unlink(missing_ok=True)
        if process is not None:
            running = process
            stop(running.pid, server.stop_signal, server.stop_seconds, lambda: running.poll() is None)


def _lock_soon(path: Path) -> IO[str] | None:
    # Whoever asks whether there is a keeper holds the lock for a moment.
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


def _log_path(server: Server) -> Path:
    return server.place.log / f"{server.name}.log"
