"""Advisory locks: of a database session, held across transactions and freed by PostgreSQL when a worker dies; and of a
transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

# First key of the pair; the second is a program's number, or 0.
CLAIMING = 0x7C1A
APPLYING = 0x7A99
ROLLING_UP = 20_101_201


@contextmanager
def session_lock(key: int, number: int = 0) -> Iterator[None]:
    """Hold the lock inside the block, waiting for it first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [key, number])
    try:
        yield
    finally:
        _release(key, number)


@contextmanager
def session_lock_if_free(key: int, number: int = 0) -> Iterator[bool]:
    """Hold the lock inside the block if nobody else does; tells whether it is held."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [key, number])
        (held,) = cursor.fetchone()
    try:
        yield held
    finally:
        if held:
            _release(key, number)


def lock_until_end(key: int, number: int = 0) -> None:
    """Hold the lock until the transaction ends, waiting for it first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [key, number])


def lock_if_free_until_end(key: int, number: int = 0) -> bool:
    """Hold the lock until the transaction ends if nobody else does; tells whether it is held."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [key, number])
        (held,) = cursor.fetchone()
    return bool(held)


def _release(key: int, number: int) -> None:
    # A connection that broke has lost its locks already; one that is only not usable now keeps the first error.
    if connection.connection is None or connection.connection.closed or connection.needs_rollback:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [key, number])
