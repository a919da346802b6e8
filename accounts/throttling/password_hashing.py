"""Password hashes, two at a time: each takes 100 MB and a core, so they are limited. With the embedded servers two on
the machine, else two in each web process. A request that waits too long, or finds too many waiting, is told to try
again: each one that waits holds a thread of the web server.
"""

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.contrib.auth import hashers
from django.http import HttpRequest, HttpResponse
from django.template import loader

AT_ONCE = 2
WAITING = 4  # of one process, beside those that compute
SECONDS = 2.0
LOOK_EVERY = 0.02


class TooManyHashes(Exception):
    """Too many passwords are being checked to take another."""


_rooms = threading.BoundedSemaphore(AT_ONCE + WAITING)
_places = threading.BoundedSemaphore(AT_ONCE)


@contextmanager
def turn() -> Iterator[None]:
    """Hold one of the slots to compute a hash. Raises TooManyHashes after two seconds, or at once if too many wait."""
    if not _rooms.acquire(blocking=False):
        raise TooManyHashes
    try:
        end = time.monotonic() + SECONDS
        if not _places.acquire(timeout=SECONDS):
            raise TooManyHashes
        try:
            with _place_on_machine(settings.PASSWORD_PLACES, end):
                yield
        finally:
            _places.release()
    finally:
        _rooms.release()


@contextmanager
def _place_on_machine(folder: Path | None, end: float) -> Iterator[None]:
    """Hold one of the two locks that all processes of a home share; the kernel releases the lock of a killed one."""
    if folder is None:
        yield
        return
    while (held := _free_lock(folder)) is None:
        if time.monotonic() > end:
            raise TooManyHashes
        time.sleep(LOOK_EVERY)
    with held:
        yield


def _free_lock(folder: Path) -> IO[bytes] | None:
    for number in range(AT_ONCE):
        file = os.fdopen(os.open(folder / f"password.{number}", os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
        else:
            return file
    return None


class Argon2(hashers.Argon2PasswordHasher):
    def encode(self, password: str, salt: str) -> str:
        with turn():
            return str(super().encode(password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        with turn():
            return bool(super().verify(password, encoded))


class PBKDF2(hashers.PBKDF2PasswordHasher):
    """For passwords from before Argon2; Django's `verify` is an `encode`."""

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        with turn():
            return str(super().encode(password, salt, iterations))


class TooManyHashesMiddleware:
    """Answers 503 with Retry-After where no slot was free to check a password; no failure is counted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, TooManyHashes):
            return None
        # Without the context processors: they would query the user.
        page = loader.get_template("registration/too_many_hashes.html").render({"request": request})
        return HttpResponse(page, status=503, headers={"Retry-After": "5"})
