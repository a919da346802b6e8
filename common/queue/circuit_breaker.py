"""A circuit breaker: while a server does not answer, one caller now and then tries it, and no other waits."""

import threading
import time


class Breaker:
    """Remembers that a server failed. While it is down one caller in each `pause` seconds may try it."""

    def __init__(self, pause: float) -> None:
        self.pause = pause
        self.is_away = False
        self._again_at = 0.0
        self._lock = threading.Lock()

    def lets_through(self) -> bool:
        """Tell whether this caller may try the server; it then calls `answered` or `failed`."""
        if not self.is_away:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._again_at:
                return False
            self._again_at = now + self.pause  # the others do not wait with this one
            return True

    def answered(self) -> None:
        self.is_away = False

    def failed(self) -> None:
        with self._lock:
            self._again_at = time.monotonic() + self.pause
            self.is_away = True
