"""Enqueues tasks. The row is the queue; a task that cannot be enqueued neither delays nor fails a request."""

import threading
import time
from typing import Any

import redis
import structlog
from celery import Task, current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from common.queue.circuit_breaker import Breaker

log = structlog.get_logger(__name__)

broker = Breaker(pause=5.0)  # sweeps enqueue what it misses
# kombu wraps the redis client's errors while it sends; the client's own may be raised while it connects.
BROKER_ERRORS = (OperationalError, redis.ConnectionError, redis.TimeoutError, OSError)

_lock = threading.Lock()
_notified: dict[tuple[object, ...], float] = {}  # when each task of `notify_soon` and `notify_later` was last enqueued
_due: set[tuple[object, ...]] = set()  # those that a timer will enqueue


def notify(task: "Task[Any, Any] | str", *args: object) -> None:
    """Send a task once the present transaction is committed. Never raises for the broker; at most a second late.

    An app enqueues a task of a higher app by name, without importing it. Not `robust`: Django would then swallow our
    own errors too, such as an argument that is not JSON.
    """
    transaction.on_commit(lambda: _notify_now(task, args))


def notify_soon(task: "Task[Any, Any] | str", *args: object, within: float = 1.0) -> None:
    """Like `notify`, for bursts: the first task is enqueued at once, all others of the next moment as one. That one is
    enqueued after the last of them is committed, so no row waits longer than `within`. If this process dies before, a
    sweep enqueues it.
    """
    transaction.on_commit(lambda: _notify_with_others(task, args, within))


def notify_later(seconds: float, task: "Task[Any, Any] | str", *args: object) -> None:
    """Enqueue a task after so many seconds; one that this process is already about to enqueue serves for both."""
    key = _key(task, args)
    with _lock:
        if key not in _due:
            _notify_on_commit(seconds, key, task, args)


def _notify_with_others(task: "Task[Any, Any] | str", args: tuple[object, ...], within: float) -> None:
    key = _key(task, args)
    with _lock:
        if key in _due:
            return
        passed = time.monotonic() - _notified.get(key, -within)
        if passed < within:
            _notify_on_commit(within - passed, key, task, args)
            return
        _notified[key] = time.monotonic()
    _notify_now(task, args)


def _key(task: "Task[Any, Any] | str", args: tuple[object, ...]) -> tuple[object, ...]:
    return (task if isinstance(task, str) else task.name, *args)


def _notify_on_commit(
    seconds: float, key: tuple[object, ...], task: "Task[Any, Any] | str", args: tuple[object, ...]
) -> None:
    """To be called under the lock."""
    _due.add(key)
    timer = threading.Timer(seconds, _notify_due, (key, task, args))
    timer.daemon = True
    timer.start()


def _notify_due(key: tuple[object, ...], task: "Task[Any, Any] | str", args: tuple[object, ...]) -> None:
    with _lock:
        _due.discard(key)  # before it is enqueued: what is committed from here on gets its own task
        _notified[key] = time.monotonic()
    _notify_now(task, args)


def _notify_now(task: "Task[Any, Any] | str", args: tuple[object, ...]) -> None:
    if not broker.lets_through():
        return
    name = task if isinstance(task, str) else task.name
    try:
        current_app.send_task(name, args=args, retry=False, ignore_result=True)
    except BROKER_ERRORS as error:
        broker.failed()
        log.warning("the task could not be enqueued", task=name, error=str(error))
    else:
        broker.answered()
