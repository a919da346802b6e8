"""How many requests a token may make in a minute. Counted in Valkey; where that is down, no request is refused."""

import time

import redis
import structlog
from django.conf import settings
from django.http import HttpRequest

from common.observability.counters import rate_limits
from common.queue.circuit_breaker import Breaker

from .answers import Failure

log = structlog.get_logger(__name__)

WINDOW = 60  # seconds
valkey = Breaker(pause=5.0)


def count_request(request: HttpRequest, token: str) -> None:
    """Count one request of a token and leave the X-RateLimit headers on it. Raises Failure 429."""
    limit = settings.API_REQUESTS_PER_MINUTE
    window, passed = divmod(int(time.time()), WINDOW)
    count = _count(f"rate:{token}:{window}")
    if count is None:
        return
    request.rate_limit = {  # type: ignore[attr-defined]
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(max(0, limit - count)),
        "X-RateLimit-Reset": str(WINDOW - passed),
    }
    if count > limit:
        wait = {"Retry-After": str(WINDOW - passed)}
        raise Failure(429, f"More than {limit:,} requests in a minute; wait {WINDOW - passed} seconds.", headers=wait)


def _count(key: str) -> int | None:
    """How many with this one; None when the server does not answer, which costs a quarter of a second at most."""
    if not valkey.lets_through():
        return None
    try:
        # One round trip: the limiters of `limits` answer yes or no, and the headers would cost two more.
        count = rate_limits().incr(key, 2 * WINDOW)
    except (redis.RedisError, OSError) as error:
        valkey.failed()
        log.warning("requests are not counted", error=str(error))
        return None
    valkey.answered()
    return count
