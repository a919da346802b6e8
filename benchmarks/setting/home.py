"""A home of its own for one run: the embedded servers with all their durability, the schema, and nothing at the end."""

import contextlib
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import django
import psycopg

from servers import embedded

PATIENCE = 3_600.0
UNWANTED = ("DATABASE_URL", "REDIS_URL", "DATABASE_POOL", "DEBUG")


@contextlib.contextmanager
def own_home(**environment: str) -> Iterator[Path]:
    """Servers and schema in a temporary folder; both are gone afterwards, also when the run is told to stop."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    for name in UNWANTED:
        os.environ.pop(name, None)
    home = Path(tempfile.mkdtemp(prefix="brandboard-bench-"))
    os.environ |= {"BRANDBOARD_HOME": str(home), "DJANGO_SETTINGS_MODULE": "config.settings", **environment}
    try:
        embedded.attach()
        with psycopg.connect(embedded.superusers_url(), autocommit=True) as superuser:
            superuser.execute("GRANT SET ON PARAMETER session_replication_role TO brandboard")
            superuser.execute("GRANT pg_checkpoint TO brandboard")
        django.setup()
        from django.core.management import call_command  # noqa: PLC0415 (settings read the home)

        call_command("migrate", verbosity=0)
        yield home
    finally:
        _forget_connections()
        embedded.leave()
        shutil.rmtree(home, ignore_errors=True)


def _forget_connections() -> None:
    from django.conf import settings  # noqa: PLC0415 (not before the home is set)

    if settings.configured:
        from django.db import connections  # noqa: PLC0415

        connections.close_all()


def _stop(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(happened: Callable[[], bool], *, every: float = 0.02) -> float:
    """Seconds until something is so, looked for every 20 ms; ends the run where it takes an hour."""
    started = time.perf_counter()
    while not happened():
        if time.perf_counter() - started > PATIENCE:
            sys.exit("nothing has moved for an hour")
        time.sleep(every)
    return time.perf_counter() - started


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
