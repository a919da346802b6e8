"""The local PostgreSQL and Valkey, started by the first who needs them and ended after the last."""

import atexit
import contextlib
import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from servers.embedded.database_roles import SUPERUSER, USER
from servers.embedded.places import ACCOUNT, EmbeddedError, open_way, place_of
from servers.embedded.supervisor import Server, last_output, lock, log_path, servers_of
from servers.embedded.system_account import have_account
from servers.home import PROJECT, home, make_home

__all__ = ["VARIABLES", "EmbeddedError", "attach", "leave", "open_home", "superusers_url", "tend", "url"]

VARIABLES = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL"}
SAY_AFTER = 3.0  # seconds of waiting after which a line says what for …
SAY_EVERY = 10.0  # … and again whenever the server has logged something else
KEEPER_AGAIN_AFTER = 2.0  # seconds between two starts of a killed supervisor

_held: dict[str, tuple[Server, IO[str]]] = {}
_keepers: dict[str, tuple["subprocess.Popen[bytes]", float]] = {}  # started by `tend`, and when


def url(name: str) -> str:
    """Return the address of a server of this home, whether or not it runs."""
    return servers_of(home())[name].url


def superusers_url() -> str:
    """Return the address of the database for its superuser, which only the user that started the servers may use."""
    return url("postgres").replace(f"//{USER}@", f"//{SUPERUSER}@")


def open_home() -> Path:
    """Return the home, made and closed to others, with the account of the servers that root starts in it.

    Raises EmbeddedError or OSError with one line where that fails.
    """
    if all(os.environ.get(variable) for variable in VARIABLES.values()):
        return make_home()
    have_account()
    folder = make_home()
    open_way(place_of(folder))
    return folder


def attach() -> None:
    """Use the servers that no variable points elsewhere, until this process ends or calls `leave`.

    Raises EmbeddedError with one line where that cannot be.
    """
    needed = [name for name, variable in VARIABLES.items() if not os.environ.get(variable) and name not in _held]
    if not needed:
        return
    folder = open_home()
    servers = servers_of(folder)
    if not _held:
        atexit.register(leave)
    for name in needed:
        users = lock(folder / f"{name}.users", fcntl.LOCK_SH)
        assert users is not None
        _held[name] = (servers[name], users)
    elsewhere = servers[needed[0]].place.elsewhere
    if elsewhere is not None and not (elsewhere / "postgres").exists():
        print(f"the account {ACCOUNT} cannot reach {folder}: its data goes to {elsewhere}", file=sys.stderr)
    _have_running([servers[name] for name in needed])


def supervise_until_ended() -> None:
    """Restart the supervisor of each server used here if it was killed. Returns at once, for processes that use them
    for long. Never raises: why a supervisor does not start (a full disk, say) is in its log, and the next call tries
    again.
    """
    for name, (server, _) in _held.items():
        supervisor, started = _keepers.get(name, (None, -KEEPER_AGAIN_AFTER))
        too_soon = time.monotonic() - started < KEEPER_AGAIN_AFTER
        if too_soon or (supervisor is not None and supervisor.poll() is None) or _has_supervisor(server):
            continue
        with contextlib.suppress(OSError):
            one_at_a_time = lock(server.place.home / f"{name}.start", fcntl.LOCK_EX | fcntl.LOCK_NB)
            if one_at_a_time is None:
                continue  # a starting command is doing it
            with one_at_a_time:
                (server.place.home / f"{name}.ready").unlink(missing_ok=True)
                _keepers[name] = (_start_supervisor(server), time.monotonic())


def leave() -> None:
    """Stop using the servers; the last user waits until they have ended."""
    while _held:
        _, (server, users) = _held.popitem()
        users.close()
        while _is_ending(server):
            time.sleep(0.02)


def _have_running(servers: list[Server]) -> None:
    """Start what does not run, all at once, and wait for each. Everybody takes the locks in the same order."""
    starts: list[_Start] = []
    try:
        for server in servers:
            starts.append(_Start(server))
            starts[-1].is_over()
        for start in starts:
            while not start.is_over():
                time.sleep(0.02)
            start.close()
    finally:
        for start in starts:
            start.close()


class _Start:
    """A starting server, as seen by a process that waits for it; one of those processes starts the supervisor."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.ready = server.place.home / f"{server.name}.ready"
        self.supervisor: subprocess.Popen[bytes] | None = None
        self.said: str | None = None
        self.say_at = time.monotonic() + SAY_AFTER
        self.one_at_a_time = lock(server.place.home / f"{server.name}.start", fcntl.LOCK_EX)

    def is_over(self) -> bool:
        """Check once, and do what is due. Raises EmbeddedError where the server does not come up."""
        server = self.server
        if self.ready.exists() and _has_supervisor(server) and server.is_ready():
            return True
        if self.supervisor is None and not _has_supervisor(server):
            self.ready.unlink(missing_ok=True)  # of a supervisor that was killed
            self.supervisor = _start_supervisor(server)
        if self.supervisor is not None and self.supervisor.poll() is not None:
            words = last_output(server).removeprefix("error: ")
            raise EmbeddedError(words or f"{server.title} does not start: see {log_path(server)}")
        if time.monotonic() > self.say_at:
            words = last_output(server)
            if words != self.said:
                where = words or f"see {log_path(server)}"
                print(f"waiting for {server.title} to start or recover: {where}", file=sys.stderr)
            self.say_at, self.said = time.monotonic() + SAY_EVERY, words
        return False

    def close(self) -> None:
        assert self.one_at_a_time is not None
        self.one_at_a_time.close()


def _start_supervisor(server: Server) -> "subprocess.Popen[bytes]":
    log = log_path(server)
    log.parent.mkdir(mode=0o700, exist_ok=True)
    if log.exists() and log.stat().st_size > 5_000_000:
        log.rename(log.with_suffix(".log.1"))
    environment = {**os.environ, "BRANDBOARD_HOME": str(server.place.home)}
    with log.open("a") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "servers.embedded", server.name],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _has_supervisor(server: Server) -> bool:
    free = lock(server.place.home / f"{server.name}.supervisor", fcntl.LOCK_EX | fcntl.LOCK_NB)
    if free is not None:
        free.close()
    return free is None


def _is_ending(server: Server) -> bool:
    """Tell whether the supervisor still runs although no process uses its server."""
    if not _has_supervisor(server):
        return False
    path = server.place.home / f"{server.name}.users"
    alone = lock(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
    if alone is not None:
        alone.close()
        return True  # the supervisor will check in a moment
    shared = lock(path, fcntl.LOCK_SH | fcntl.LOCK_NB)
    if shared is not None:
        shared.close()
        return False  # others use it
    return True  # the supervisor has the lock: it is shutting down
