"""Back-off of repeated work that grows with its data: it pauses in proportion to what it took."""

import time
from collections.abc import Hashable, Iterator
from contextlib import contextmanager


class BackOff:
    """Pauses of this process, by kind of work."""

    def __init__(self, *, times: float, longest: float) -> None:
        """A pause is so many times as long as the work took, and at most so many seconds."""
        self.times, self.longest = times, longest
        self._until: dict[Hashable, float] = {}

    def rest(self, key: Hashable) -> float:
        """Seconds left of its pause; 0 where it may be done."""
        return max(0.0, self._until.get(key, 0.0) - time.monotonic())

    @contextmanager
    def timed(self, key: Hashable) -> Iterator[None]:
        """The time spent within sets the length of the next pause, also on failure."""
        began = time.monotonic()
        try:
            yield
        finally:
            ended = time.monotonic()
            self._until[key] = ended + min(self.times * (ended - began), self.longest)
