"""How often something is done again that takes longer the more there is: it rests in proportion to what it took."""

import time
from collections.abc import Hashable, Iterator
from contextlib import contextmanager


class BackOff:
    """Rests of this process, by what was done."""

    def __init__(self, *, times: float, longest: float) -> None:
        """A rest is so many times as long as the work took, and at most so many seconds."""
        self.times, self.longest = times, longest
        self._until: dict[Hashable, float] = {}

    def rest(self, key: Hashable) -> float:
        """Seconds that are left of its rest; 0 where it may be done."""
        return max(0.0, self._until.get(key, 0.0) - time.monotonic())

    @contextmanager
    def timed(self, key: Hashable) -> Iterator[None]:
        """What is done within sets the length of the next rest, also where it fails."""
        began = time.monotonic()
        try:
            yield
        finally:
            ended = time.monotonic()
            self._until[key] = ended + min(self.times * (ended - began), self.longest)
