"""Log rotation for running processes: several write to one file, and none of them loses a line."""

import contextlib
import logging
import os
from pathlib import Path
from typing import TextIO

VARIABLE = "BRANDBOARD_LOG"  # the file that standard output and error of this process go to
LIMIT = 10_000_000  # bytes after which a file is rotated …
KEPT = 5  # … of which so many are kept: log/web.log.1 is the newest


class FollowingHandler(logging.StreamHandler[TextIO]):
    """Writes to standard error, after checking that it still is the current log file."""

    def emit(self, record: logging.LogRecord) -> None:
        follow()
        super().emit(record)


def follow() -> None:
    """Redirect standard output and error to the file of VARIABLE, if it was replaced. A rotated file takes what is
    written until then: no line is lost, and none is written twice.
    """
    path = os.environ.get(VARIABLE)
    if not path or _is_open(path):
        return
    with contextlib.suppress(OSError):  # no space for a new file: the old one stays in use
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.dup2(file, 2)
        os.dup2(file, 1)
        os.close(file)


def _is_open(path: str) -> bool:
    try:
        named = os.stat(path)
    except OSError:
        return False
    ours = os.fstat(2)
    return (named.st_dev, named.st_ino) == (ours.st_dev, ours.st_ino)


def rotate(log: Path, *, limit: int = LIMIT) -> bool:
    """Rename a file that has grown beyond `limit` bytes to .1, .1 to .2 and so on; its writers follow by themselves."""
    if _size(log) <= limit:
        return False
    _shift(log)
    log.rename(_aside(log, 1))
    return True


def copy_aside(log: Path, *, limit: int = LIMIT) -> bool:
    """The same for a file whose writer cannot follow: PostgreSQL and Valkey. It is copied, then emptied.

    They open it for appending, so the next line begins at its new end. What is written in the microseconds between the
    last look and the emptying is lost.
    """
    if _size(log) <= limit:
        return False
    _shift(log)
    with log.open("rb") as source, _aside(log, 1).open("wb") as copy:
        os.fchmod(copy.fileno(), os.fstat(source.fileno()).st_mode & 0o777)
        while part := source.read(1_000_000):
            copy.write(part)
        os.truncate(log, 0)
    return True


def _size(log: Path) -> int:
    try:
        return log.stat().st_size
    except OSError:
        return 0


def _aside(log: Path, number: int) -> Path:
    return log.with_name(f"{log.name}.{number}")


def _shift(log: Path) -> None:
    for number in range(KEPT - 1, 0, -1):
        with contextlib.suppress(FileNotFoundError):
            _aside(log, number).rename(_aside(log, number + 1))
