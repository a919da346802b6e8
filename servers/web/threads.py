"""The threads that run Django: a fixed number, and a limited queue of requests."""

import asyncio
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

from servers.web.limits import WAITING

STALLED_AFTER = 4.0  # seconds in which no thread was free, and none began or ended a request


class Busy(Exception):
    """Too many requests already wait for one more to be answered in time."""


class Threads:
    """A fixed number of threads, used from one event loop. Their last activity shows whether they hang."""

    def __init__(self, count: int, loop: asyncio.AbstractEventLoop) -> None:
        self.count, self.loop = count, loop
        self.under_way = 0  # running or waiting; counted by the event loop alone
        self._moved = time.monotonic()
        self._jobs: SimpleQueue[tuple[asyncio.Future[Any], Callable[..., Any], tuple[Any, ...]]] = SimpleQueue()
        for number in range(count):
            threading.Thread(target=self._work, name=f"request-{number}", daemon=True).start()

    def run[Result](self, work: Callable[..., Result], *arguments: Any) -> "asyncio.Future[Result]":
        """Run something in a thread as soon as one is free. Raises Busy where too many wait."""
        if self.under_way >= self.count + WAITING:
            raise Busy
        self.under_way += 1
        future = self.loop.create_future()
        self._jobs.put((future, work, arguments))
        return future

    def are_moving(self) -> bool:
        """Tell whether a thread is free, or has begun or ended something within the last seconds."""
        return self.under_way < self.count or time.monotonic() - self._moved < STALLED_AFTER

    def _work(self) -> None:
        while True:
            future, work, arguments = self._jobs.get()
            self._moved = time.monotonic()
            error = result = None
            try:
                result = work(*arguments)
            except Exception as raised:
                error = raised
            self._moved = time.monotonic()
            self.loop.call_soon_threadsafe(self._settle, future, result, error)
            del future, work, arguments, result, error  # drop references to the request

    def _settle(self, future: "asyncio.Future[Any]", result: Any, error: Exception | None) -> None:
        self.under_way -= 1
        if future.cancelled():
            return
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)
