"""How much a stranger may have stored: so many requests a minute from one address to one program. Counted in Valkey;
where that is down, nobody is limited.
"""

import time

import redis
import structlog
from django.conf import settings
from django.http import HttpRequest

from common.observability.counters import rate_limits
from common.queue.circuit_breaker import Breaker
from common.requests.client_address import address_to_count

log = structlog.get_logger(__name__)

WINDOW = 60  # seconds
valkey = Breaker(pause=5.0)


def is_within_limit(request: HttpRequest, program_id: int) -> bool:
    """Count one more request from its address to the program; False where it is one too many."""
    if not valkey.lets_through():
        return True
    minute = int(time.time()) // WINDOW
    try:
        count = rate_limits().incr(f"strangers:{program_id}:{address_to_count(request)}:{minute}", 2 * WINDOW)
    except (redis.RedisError, OSError) as error:
        valkey.failed()
        log.warning("strangers' requests are not counted", error=str(error))
        return True
    valkey.answered()
    return count <= settings.STRANGER_REQUESTS_PER_MINUTE
