"""How many links are mailed in an hour, to one mail address and for one network address.

Counted by `limits` in Valkey, where counts expire by themselves. Where that is down no task can be enqueued either, so
nothing is sent.
"""

import hashlib
import unicodedata

import redis
import structlog
from django.http import HttpRequest
from limits import RateLimitItemPerHour
from limits.strategies import MovingWindowRateLimiter

from accounts.models import Invitation
from common.observability.counters import rate_limits
from common.requests.client_address import address_to_count

log = structlog.get_logger(__name__)

TO_ONE_EMAIL = 3
FOR_ONE_NETWORK = 10


def may_be_sent(request: HttpRequest, email: str) -> bool:
    """Count one more link that is asked for; False where it would be one too many.

    The limit does not look up the address, so that it reveals no more than the page does.
    """
    # Normalised as the form that looks up users does: other spellings of one address are the same.
    email = unicodedata.normalize("NFKC", email).casefold()
    try:
        network = _takes_place("network", address_to_count(request) or "", FOR_ONE_NETWORK)
        allowed = network and _takes_place("email", email, TO_ONE_EMAIL)
    except (redis.RedisError, OSError) as error:
        log.warning("links for a new password are not counted", error=str(error))
        return True
    if not allowed:
        log.warning("no link for a new password is sent", limit="e-mail address" if network else "network address")
    return allowed


def may_be_mailed(invitation: Invitation) -> bool:
    """Count one more mail about an invitation; False where it would be one too many of its account to the address."""
    try:
        return _takes_place("invitation", f"{invitation.account_id} {invitation.email}", TO_ONE_EMAIL)
    except (redis.RedisError, OSError) as error:
        log.warning("invitations that are mailed are not counted", error=str(error))
        return True


def _takes_place(kind: str, value: str, limit: int) -> bool:
    """Take one of so many slots, each free again after an hour; a refused request extends no wait."""
    digest = hashlib.sha256(value.encode()).hexdigest()
    limiter = MovingWindowRateLimiter(rate_limits())
    return limiter.hit(RateLimitItemPerHour(limit), "password-link", kind, digest)
