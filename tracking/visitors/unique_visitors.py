"""By what clicks of one visitor are told to be one: the profile, where the browser keeps one; else a hash of its
address and agent under a random salt.

Each day has another salt. It lies in Valkey for all processes and is gone there when the day has ended, so that
nobody can find an address by trying all of them against yesterday's hashes.
"""

import hashlib
import secrets
import threading
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

import redis
import structlog
from django.http import HttpRequest
from django.utils import timezone

from common.observability.counters import server
from common.queue.circuit_breaker import Breaker
from common.requests.client_address import address_to_count

from .profiles import Profile

log = structlog.get_logger(__name__)

KEY = "brandboard:visitors:{day}"
GRACE = timedelta(minutes=1)  # for clocks that differ
valkey = Breaker(pause=5.0)


class _Salt(NamedTuple):
    day: date
    value: bytes
    is_shared: bool


_lock = threading.Lock()
_salt: _Salt | None = None


def visitor_of(request: HttpRequest, profile: Profile, program_id: int) -> str:
    """The profile of a browser that keeps one, or the day's hash."""
    if profile.is_known:
        return profile.id
    known = f"{program_id} {address_to_count(request)} {request.META.get('HTTP_USER_AGENT', '')}"
    return hashlib.blake2s(known.encode("utf-8", "replace"), key=_todays_salt(), digest_size=16).hexdigest()


def _todays_salt() -> bytes:
    """The salt of all processes; while Valkey does not answer, one of this process alone."""
    global _salt
    today = timezone.now().astimezone(UTC).date()
    known = _salt
    if known is not None and known.day == today and (known.is_shared or not valkey.lets_through()):
        return known.value
    with _lock:
        if known is not _salt and _salt is not None and _salt.day == today:
            return _salt.value  # another thread has just found it
        try:
            _salt = _Salt(today, _shared(today), is_shared=True)
            valkey.answered()
        except (redis.RedisError, OSError) as error:
            valkey.failed()
            log.warning("visitors are told apart by each web process for itself", error=str(error))
            own = known.value if known is not None and known.day == today else secrets.token_bytes(32)
            _salt = _Salt(today, own, is_shared=False)
        return _salt.value


def _shared(today: date) -> bytes:
    """Today's salt in Valkey, made by the first who asks, who has Valkey write its file again, without yesterday's."""
    client, key, fresh = server(), KEY.format(day=today), secrets.token_bytes(32)
    end = datetime.combine(today + timedelta(days=1), time(), UTC) + GRACE
    seconds = max(1, int((end - timezone.now()).total_seconds()))
    if client.set(key, fresh, nx=True, ex=seconds):
        client.delete(KEY.format(day=today - timedelta(days=1)))
        with suppress(redis.ResponseError):  # one is being written, or the server does not know the command
            client.bgrewriteaof()
        return fresh
    found = client.get(key)
    return found if isinstance(found, bytes) else fresh
