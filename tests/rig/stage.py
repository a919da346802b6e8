"""The product as `make run` runs it, in a home of its own, and the ways in which its processes are made to die."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import django
import psycopg
import redis

from servers import embedded
from servers.home import PROJECT
from tests.servers.conftest import processes_of
from tests.servers.looking import is_another, main_process, wait_until

PATIENCE = 60.0


class Stage:
    """One home: its processes are found by it, however they were started."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = 0
        self.make: subprocess.Popen[bytes] | None = None

    def set(self, orders: int) -> None:
        """Servers, a brand with terms and clicks for so many orders, and the product."""
        embedded.attach()
        django.setup()
        from tests.rig.brand import make_brand  # noqa: PLC0415 (models need Django to be set up)

        self.sid, self.secret = make_brand(orders)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        with (self.home / "make.log").open("w") as log:
            self.make = subprocess.Popen(
                ["make", "--silent", "run"],
                cwd=PROJECT,
                env={**os.environ, "PORT": str(self.port)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(self._is_up, 120, "the product does not start")

    def strike(self) -> None:
        """End everything; nothing of the home may be left running."""
        if self.make is not None:
            self.make.terminate()
            self.make.wait(60)
        embedded.leave()

    def last_output(self) -> str:
        """The ends of the logs."""
        logs = [self.home / "make.log", *sorted((self.home / "log").glob("*.log"))]
        return "\n".join(f"== {log.name}\n" + "\n".join(log.read_text().splitlines()[-15:]) for log in logs)

    def workers(self) -> list[int]:
        """The Celery worker and its children."""
        commands = [line for line in processes_of(self.home) if "celery" in line and " worker " in line]
        return [int(line.split()[0]) for line in commands]

    def kill_server(self, name: str) -> None:
        """kill -9, and return when the next one answers."""
        pid = main_process(self.home, name)
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: is_another(self.home, name, pid), PATIENCE, f"{name} is not started again")

    def kill_a_worker(self, pid: int) -> bool:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    def kill_amid_writing(self, seconds: float = 15.0) -> bool:
        """kill -9 all workers while one has written and not committed; False where that was not seen in time."""
        end = time.monotonic() + seconds
        with psycopg.connect(embedded.url("postgres"), autocommit=True) as database:
            while time.monotonic() < end:
                writing = database.execute(
                    "SELECT 1 FROM pg_stat_activity WHERE backend_xid IS NOT NULL"
                    """ AND query ~ '^(COPY "tracking_|UPDATE "tracking_conversion)' AND pid <> pg_backend_pid()"""
                ).fetchone()
                if writing:
                    for pid in self.workers():
                        self.kill_a_worker(pid)
                    return True
        return False

    def flush_the_queue(self, seconds: float = 10.0) -> int:
        """FLUSHALL while tasks are queued; returns how many were lost."""
        end = time.monotonic() + seconds
        broker = redis.Redis.from_url(embedded.url("valkey"))
        while not (waiting := broker.llen("pricing")) and time.monotonic() < end:
            time.sleep(0.005)
        broker.flushall()
        return int(waiting)

    def _is_up(self) -> bool:
        assert self.make is not None
        assert self.make.poll() is None, "the product does not start"
        return "Brandboard runs" in (self.home / "make.log").read_text()
