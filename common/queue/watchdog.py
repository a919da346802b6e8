"""Ending a worker that cannot end."""

import contextlib
import os
import signal
import threading
from typing import Any

import structlog
from celery import bootsteps

SECONDS_TO_END = 15.0  # `make run` kills after 20

log = structlog.get_logger(__name__)


class Watchdog(bootsteps.StartStopStep):
    """Ends a worker that was told to end, or gave its broker up, and still is there after a while.

    Its main process then waits for its children, and a child may wait for the main process to take an answer: neither
    ever ends. What they had in hand is in its rows, and the next worker takes it up.
    """

    requires = frozenset({"celery.worker.components:Pool"})  # and so told to stop before the pool is

    def stop(self, worker: Any) -> None:
        timer = threading.Timer(SECONDS_TO_END, self._end, [worker])
        timer.daemon = True
        timer.start()

    def _end(self, worker: Any) -> None:
        pool = getattr(worker.pool, "_pool", None)
        children = [child.pid for child in pool._pool] if pool is not None else []
        log.error("the worker did not end by itself and is ended", children=children)
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        os._exit(1)
