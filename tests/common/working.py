"""Waiting for a real worker, and holding it in the middle of its work."""

import time
from contextlib import contextmanager

from django.db import connection


@contextmanager
def locked(table):
    """The table locked by somebody else, so that a worker that needs it waits in the middle of its transaction."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
    try:
        yield
    finally:
        other.close()


def wait_until(there, seconds=90):
    until = time.monotonic() + seconds
    while not there() and time.monotonic() < until:
        time.sleep(0.1)
    assert there()


def is_in(job, *states):
    job.refresh_from_db(fields=["state", "progress"])
    return job.state in states


def wait_for(job, state):
    wait_until(lambda: is_in(job, state))


def waiting_for(table):
    """Whether a worker waits for the locked table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass", [table])
        return cursor.fetchone()[0] > 0
