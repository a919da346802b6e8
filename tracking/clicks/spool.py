"""The spool: steps that came while the database was away, in files of the home, one of each web process. A line is
durable before its visitor is answered; the process that drains a file stores its lines and removes it.
"""

import fcntl
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import structlog
from django.conf import settings

log = structlog.get_logger(__name__)

FOLDER = "spool"  # in the home
WRITTEN, TAKEN = ".steps", ".taken"
MOST_BYTES = 256 * 1024 * 1024  # of one process: some 300,000 clicks

_lock = threading.Lock()
_own = secrets.token_hex(8)


def append(line: str) -> bool:
    """Write a line so that it outlives this process and the machine's power; False where the spool is full."""
    content = f"\n{line}\n".encode()  # after a line that was cut off, too
    try:
        with _lock, _own_file() as file:
            if os.fstat(file).st_size + len(content) > MOST_BYTES:
                log.error("the spool is full: a click is lost", folder=str(folder()))
                return False
            _write(file, content)
    except OSError as error:
        log.error("a click cannot be spooled and is lost", error=str(error))
        return False
    return True


def is_empty() -> bool:
    try:
        return next(folder().iterdir(), None) is None
    except FileNotFoundError:
        return True


def taken_files() -> list[Path]:
    """The files that wait to be drained, each out of its writer's reach; one that a process writes to is closed now."""
    for path in folder().glob(f"*{WRITTEN}"):
        with suppress(FileNotFoundError), _locked(path) as file:
            if file is not None:  # under a name of its own: one that was taken before may not be drained yet
                path.rename(path.with_name(f"{path.stem}-{secrets.token_hex(8)}{TAKEN}"))
    return sorted(folder().glob(f"*{TAKEN}"))


@contextmanager
def taken(path: Path) -> Iterator[list[str] | None]:
    """The whole lines of a file, which is removed at the end of the block; None where another process drains it."""
    try:
        file = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        yield None
        return
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        if not _is_at(path, file):
            yield None
            return
        yield [line for line in path.read_text(errors="replace").split("\n") if line]
        path.unlink()
    finally:
        os.close(file)


def folder() -> Path:
    return Path(settings.HOME) / FOLDER


@contextmanager
def _own_file() -> Iterator[int]:
    """This process's file, locked. The process that drains it renames it under the same lock."""
    path = folder() / f"{os.getpid()}-{_own}{WRITTEN}"
    while True:
        folder().mkdir(mode=0o700, exist_ok=True)
        with _locked(path, os.O_CREAT) as file:
            if file is None:
                continue  # it was taken between its opening and its locking
            if os.fstat(file).st_size == 0:
                _make_durable(folder())
            yield file
            return


@contextmanager
def _locked(path: Path, flags: int = 0) -> Iterator[int | None]:
    """The file, locked; None where it is not there any more by then."""
    file = os.open(path, os.O_RDWR | os.O_APPEND | flags, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file if _is_at(path, file) else None
    finally:
        os.close(file)


def _is_at(path: Path, file: int) -> bool:
    try:
        return path.stat().st_ino == os.fstat(file).st_ino
    except FileNotFoundError:
        return False


def _write(file: int, content: bytes) -> None:
    while content:
        content = content[os.write(file, content) :]
    os.fsync(file)


def _make_durable(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
