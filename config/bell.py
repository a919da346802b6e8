"""Ringing the worker. The row is the queue; a bell that cannot be rung neither delays nor fails a request."""

import time
from typing import Any

import structlog
from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

QUIET_AFTER_FAILURE = 5.0  # seconds in which a broker that did not answer is not asked again; sweeps ring meanwhile

_quiet_until = 0.0


def ring(task: "Task[Any, Any]", *args: object) -> None:
    """Send a task once the present transaction is committed. Never raises for the broker; at most a second late."""
    transaction.on_commit(lambda: _ring_now(task, args), robust=True)


def _ring_now(task: "Task[Any, Any]", args: tuple[object, ...]) -> None:
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    try:
        task.apply_async(args=args, retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        _quiet_until = time.monotonic() + QUIET_AFTER_FAILURE
        log.warning("the bell could not be rung", task=task.name, error=str(error))
