"""Ringing the worker. The row is the queue; a bell that cannot be rung neither delays nor fails a request."""

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

broker = Breaker(pause=5.0)  # sweeps ring what it misses
# kombu makes the redis client's errors its own while it sends; the client's own may come while it connects.
BROKER_ERRORS = (OperationalError, redis.ConnectionError, redis.TimeoutError, OSError)

_lock = threading.Lock()
_notified: dict[tuple[object, ...], float] = {}  # when each bell of `ring_soon` and `ring_in` was rung last
_due: set[tuple[object, ...]] = set()  # those that a timer will ring


def notify(task: "Task[Any, Any] | str", *args: object) -> None:
    """Send a task once the present transaction is committed. Never raises for the broker; at most a second late.

    A room rings a higher one by the task's name, which it does not import. Not `robust`: Django would then swallow
    our own mistakes too, an argument that is no JSON for one.
    """
    transaction.on_commit(lambda: _notify_now(task, args))


def notify_soon(task: "Task[Any, Any] | str", *args: object, within: float = 1.0) -> None:
    """Like `ring`, for bells that come in crowds: the first rings at once, all others of the next moment ring as one.

    That one rings after the last of them is committed, so no row waits longer than `within`. Where this process dies
    before, a sweep rings.
    """
    transaction.on_commit(lambda: _notify_with_others(task, args, within))


def notify_later(seconds: float, task: "Task[Any, Any] | str", *args: object) -> None:
    """Ring after so many seconds; where this process is about to ring the same, that one does for both."""
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
        _due.discard(key)  # before it rings: what is committed from here on gets a bell of its own
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
