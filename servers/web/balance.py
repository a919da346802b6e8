"""Balances connections among web processes, which accept them from one queue. Many long-lived connections may all be
accepted by the process that ran first. One that answers more than its share closes a few of them after their answer;
their clients reconnect to a process that is less busy.
"""

import asyncio
import mmap

EVERY = 0.5  # seconds between two comparisons of what all have answered
AT_ONCE = 2  # connections that are closed after such a comparison
TOO_MANY = 1.3  # times the mean
WORTH_IT = 25  # answers between two comparisons below which no request has to wait


class Answers:
    """How many requests each process has answered, in memory that all of them share."""

    def __init__(self, processes: int) -> None:
        self._counts = memoryview(mmap.mmap(-1, 8 * processes)).cast("Q")

    def add(self, index: int) -> None:
        self._counts[index] += 1

    def all(self) -> list[int]:
        return self._counts.tolist()


class Balance:
    """The connections that one process closes."""

    def __init__(self, answers: Answers, index: int) -> None:
        self._answers, self._index = answers, index
        self._before = answers.all()
        self._to_close = 0

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Compare what all have answered, now and repeatedly."""
        counts = self._answers.all()
        since = [now - before for now, before in zip(counts, self._before, strict=True)]
        self._before = counts
        self._to_close = AT_ONCE if is_too_much(since, self._index) else 0
        loop.call_later(EVERY, self.watch, loop)

    def answer(self) -> bool:
        """Count a request, and tell whether its connection is to be closed after it."""
        self._answers.add(self._index)
        if not self._to_close:
            return False
        self._to_close -= 1
        return True


def is_too_much(answered: list[int], index: int) -> bool:
    """Tell whether one of several processes has answered so much more than the mean that others should."""
    return answered[index] >= WORTH_IT and answered[index] > TOO_MANY * sum(answered) / len(answered)
