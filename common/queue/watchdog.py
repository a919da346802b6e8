"""A watchdog that ends a hanging worker."""

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
    """Ends a worker that was told to end, or lost its broker connection, and still runs after a while. Its main process
    then waits for its children, while a child may wait for the main process to read a result: a deadlock. Their work is
    in the rows, and the next worker claims it.
    """

    requires = frozenset({"celery.worker.components:Pool"})  # and so stopped before the pool

    def stop(self, worker: Any) -> None:
        timer = threading.Timer(SECONDS_TO_END, self._end, [worker])
        timer.daemon = True
        timer.start()

    def _end(self, worker: Any) -> None:
        pool = getattr(worker.pool, "_pool", None)
        children = [child.pid for child in pool._pool] if pool is not None else []
        log.error("the worker did not end by itself and is being killed", children=children)
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        os._exit(1)
