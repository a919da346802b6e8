"""Ringing the worker. The row is the queue; a bell that cannot be rung neither delays nor fails a request."""

import time
from typing import Any

import redis
import structlog
from celery import Task, current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

QUIET_AFTER_FAILURE = 5.0  # seconds in which a broker that did not answer is not asked again; sweeps ring meanwhile
# kombu makes the redis client's errors its own while it sends; the client's own may come while it connects.
BROKER_ERRORS = (OperationalError, redis.ConnectionError, redis.TimeoutError, OSError)

_quiet_until = 0.0


def ring(task: "Task[Any, Any] | str", *args: object) -> None:
    """Send a task once the present transaction is committed. Never raises for the broker; at most a second late.

    A room rings a higher one by the task's name, which it does not import. Not `robust`: Django would then swallow
    our own mistakes too, an argument that is no JSON for one.
    """
    transaction.on_commit(lambda: _ring_now(task, args))


def _ring_now(task: "Task[Any, Any] | str", args: tuple[object, ...]) -> None:
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    name = task if isinstance(task, str) else task.name
    try:
        current_app.send_task(name, args=args, retry=False, ignore_result=True)
    except BROKER_ERRORS as error:
        _quiet_until = time.monotonic() + QUIET_AFTER_FAILURE
        log.warning("the bell could not be rung", task=name, error=str(error))
