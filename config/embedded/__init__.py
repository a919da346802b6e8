"""The local PostgreSQL and Valkey, started by the first who needs them and ended after the last."""

import atexit
import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from config.embedded.keeper import Server, lock, servers_of
from config.embedded.places import EmbeddedError
from config.home import PROJECT, home, make_home

__all__ = ["VARIABLES", "EmbeddedError", "attach", "leave", "url"]

VARIABLES = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL"}
SAY_AFTER = 3.0  # seconds of waiting after which we say what we wait for

_held: dict[str, tuple[Server, IO[str]]] = {}


def url(name: str) -> str:
    """Return the address of a server of this home, whether or not it runs."""
    return servers_of(home())[name].url


def attach() -> None:
    """Have the servers that no variable points elsewhere, until this process ends or calls `leave`.

    Raises EmbeddedError with one line where that cannot be.
    """
    needed = [name for name, variable in VARIABLES.items() if not os.environ.get(variable) and name not in _held]
    if not needed:
        return
    folder = make_home()
    servers = servers_of(folder)
    if not _held:
        atexit.register(leave)
    for name in needed:
        users = lock(folder / f"{name}.users", fcntl.LOCK_SH)
        assert users is not None
        _held[name] = (servers[name], users)
    elsewhere = servers[needed[0]].place.elsewhere
    if elsewhere is not None and not elsewhere.exists():
        print(f"the user of the database cannot reach {folder}: its data goes to {elsewhere}", file=sys.stderr)
    for name in needed:
        _have_running(servers[name])


def leave() -> None:
    """Give the servers up; the last to leave waits until they have ended."""
    while _held:
        _, (server, users) = _held.popitem()
        users.close()
        while _is_ending(server):
            time.sleep(0.02)


def _have_running(server: Server) -> None:
    folder = server.place.home
    ready = folder / f"{server.name}.ready"
    log = server.place.log / f"{server.name}.log"
    log.parent.mkdir(exist_ok=True)
    with (folder / f"{server.name}.start").open("a") as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        keeper = None
        began, said = time.monotonic(), False
        while not (ready.exists() and _has_keeper(server) and server.is_ready()):
            if keeper is None and not _has_keeper(server):
                ready.unlink(missing_ok=True)  # of a keeper that was killed
                keeper = _start_keeper(server, log)
            if keeper is not None and keeper.poll() is not None:
                raise EmbeddedError(_last_line(log) or f"{server.title} does not start: see {log}")
            if not said and time.monotonic() - began > SAY_AFTER:
                print(f"{server.title} is starting or recovering; waiting as long as it takes ({log})", file=sys.stderr)
                said = True
            time.sleep(0.02)


def _start_keeper(server: Server, log: Path) -> "subprocess.Popen[bytes]":
    if log.exists() and log.stat().st_size > 5_000_000:
        log.rename(log.with_suffix(".log.1"))
    environment = {**os.environ, "BRANDBOARD_HOME": str(server.place.home)}
    with log.open("a") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "config.embedded", server.name],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _has_keeper(server: Server) -> bool:
    free = lock(server.place.home / f"{server.name}.keeper", fcntl.LOCK_EX | fcntl.LOCK_NB)
    if free is not None:
        free.close()
    return free is None


def _is_ending(server: Server) -> bool:
    """Tell whether the keeper is still there although nobody uses its server."""
    if not _has_keeper(server):
        return False
    path = server.place.home / f"{server.name}.users"
    alone = lock(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
    if alone is not None:
        alone.close()
        return True  # the keeper will look in a moment
    shared = lock(path, fcntl.LOCK_SH | fcntl.LOCK_NB)
    if shared is not None:
        shared.close()
        return False  # others use it
    return True  # the keeper has the lock: it is at its last work


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1].removeprefix("error: ") if lines else ""
