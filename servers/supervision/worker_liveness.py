"""Whether the main loops of the worker and of beat still run, not only their processes."""

import time
from typing import Any

from celery import bootsteps
from celery.beat import PersistentScheduler

from servers.supervision.liveness import EVERY

STALLED_AFTER = 10.0  # seconds without an iteration of a loop that iterates every one or two


class _Loop:
    """When a loop last ran; `waits` while it waits for the broker, which has no time limit."""

    def __init__(self) -> None:
        self.turned, self.waits = time.monotonic(), True

    def turn(self) -> None:
        self.turned, self.waits = time.monotonic(), False

    def is_well(self) -> bool:
        return self.waits or time.monotonic() - self.turned < STALLED_AFTER


_consumer, _beat = _Loop(), _Loop()
consumer_is_well, beat_is_well = _consumer.is_well, _beat.is_well


class ConsumerLives(bootsteps.StartStopStep):
    """Records every iteration of the worker's loop while it is connected to its broker."""

    requires = frozenset({"celery.worker.consumer.tasks:Tasks"})

    def __init__(self, consumer: Any, **options: Any) -> None:
        self._timer: Any = None

    def start(self, consumer: Any) -> None:
        _consumer.turn()
        self._timer = consumer.timer.call_repeatedly(EVERY, _consumer.turn)

    def stop(self, consumer: Any) -> None:
        _consumer.waits = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    shutdown = stop


class Scheduler(PersistentScheduler):
    """Beat's own, which also records when it last checked the schedule: at least every three seconds."""

    def tick(self, *arguments: Any, **options: Any) -> Any:
        _beat.turn()
        return super().tick(*arguments, **options)

    def _ensure_connected(self) -> Any:
        _beat.waits = True
        try:
            return super()._ensure_connected()
        finally:
            _beat.turn()
