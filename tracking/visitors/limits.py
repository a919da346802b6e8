"""How much a stranger may have stored: so many requests a minute from one address to one program, and so many browsers
a day that it says are a customer's. Counted in Valkey; where that is down, nobody is limited.
"""

import hashlib
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
DAY = 24 * 3600
# Browsers that one address says are one customer's, and in all: that of an office or a mobile network has many users.
CLAIMS_OF_CUSTOMER = 5
CLAIMS_OF_ADDRESS = 1_000
valkey = Breaker(pause=5.0)


def is_within_limit(request: HttpRequest, program_id: int) -> bool:
    """Count one more request from its address to the program; False where it is one too many."""
    key = f"strangers:{program_id}:{address_to_count(request)}"
    return _counted(key, seconds=WINDOW) <= settings.STRANGER_REQUESTS_PER_MINUTE


def may_claim(request: HttpRequest, program_id: int, customer: str) -> bool:
    """Count one more browser that the request's address says is this customer's; False where it is one too many."""
    key = f"claims:{program_id}:{address_to_count(request)}"
    named = hashlib.blake2s(customer.encode(), digest_size=16).hexdigest()
    return (
        _counted(f"{key}:{named}", seconds=DAY) <= CLAIMS_OF_CUSTOMER
        and _counted(key, seconds=DAY) <= CLAIMS_OF_ADDRESS
    )  # fmt: skip


def _counted(key: str, *, seconds: int) -> int:
    """How often it was counted in this window, with this time; 0 where nothing can be counted."""
    if not valkey.lets_through():
        return 0
    try:
        count = rate_limits().incr(f"{key}:{int(time.time()) // seconds}", 2 * seconds)
    except (redis.RedisError, OSError) as error:
        valkey.failed()
        log.warning("strangers' requests are not counted", error=str(error))
        return 0
    valkey.answered()
    return count
