"""Counters of all processes: requests, priced conversions, tasks. Summed up in Valkey, for all processes of all hosts.

Each process keeps its counts in memory and adds them to the sums every few seconds, so counting costs a request no
round trip, and a server that is down costs nothing: what was counted meanwhile is added when it is back. The sums start
again at 0 when Valkey is emptied, and a killed process loses its last seconds; exact figures are read from the database
instead (reports/metrics/gauges.py).
"""

import json
import threading
import time
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

import redis
from django.conf import settings
from limits.storage import RedisStorage

SUMS = "brandboard:counters"  # a hash: [metric, labels, bucket or "sum"] as JSON → number
SECONDS_BETWEEN = 5.0
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


@dataclass(frozen=True)
class Metric:
    """A counter or, with `is_timed`, a histogram of seconds."""

    words: str
    labels: tuple[str, ...] = ()
    is_timed: bool = False


METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}  # that a request is counted under; else OTHER
METRICS = {
    "brandboard_requests": Metric("Requests answered.", ("route", "method", "status")),
    "brandboard_request_seconds": Metric("Time to answer a request.", ("route", "method"), is_timed=True),
    "brandboard_api_conversions": Metric(
        "Conversions that the API stored. Refused ones count as requests, by route and status.",
        ("outcome",),
    ),
    "brandboard_browser_reports": Metric(
        "Orders that browsers reported by the tag or the pixel, by result.", ("source", "outcome")
    ),
    "brandboard_conversions": Metric("Conversions processed by the worker, by result.", ("outcome",)),
    "brandboard_pricing_batch_seconds": Metric("Time to price and write one batch of conversions.", is_timed=True),
    "brandboard_clicks": Metric(
        "Clicks and impressions, by what became of them: stored, spooled while the database is away, lost where the "
        "spool is full, or limited: led on and not recorded, since their address sends too many.",
        ("kind", "outcome"),
    ),
    "brandboard_tasks": Metric("Tasks that ended in workers.", ("task", "outcome")),
}

type Field = tuple[str, tuple[str, ...], str]

_lock = threading.Lock()
_one_at_a_time = threading.Lock()
_counts: defaultdict[Field, float] = defaultdict(float)


def count(name: str, *labels: str, by: float = 1) -> None:
    """Add to a counter; `labels` are the values, in the metric's order."""
    with _lock:
        _counts[name, labels, ""] += by


def observe(name: str, *labels: str, seconds: float) -> None:
    """Record how long something took."""
    place = bisect_left(BUCKETS, seconds)
    bucket = str(BUCKETS[place]) if place < len(BUCKETS) else "+Inf"
    with _lock:
        _counts[name, labels, bucket] += 1
        _counts[name, labels, "sum"] += seconds


def tell() -> bool:
    """Add what was counted since the last call to the sums; False, keeping it, where Valkey does not answer."""
    with _lock:
        told = dict(_counts)
        _counts.clear()
    if not told:
        return True
    try:
        pipeline = server().pipeline()
        for field, number in told.items():
            pipeline.hincrbyfloat(SUMS, json.dumps(field), number)
        pipeline.execute()
    except (redis.RedisError, OSError):
        with _lock:
            for field, number in told.items():
                _counts[field] += number
        return False
    return True


def sums() -> dict[Field, float]:
    """The sums of all processes. Raises redis.RedisError or OSError where Valkey does not answer."""
    stored: dict[bytes, bytes] = server().hgetall(SUMS)  # type: ignore[assignment]
    found: dict[Field, float] = {}
    for field, number in stored.items():
        name, labels, part = json.loads(field)
        found[name, tuple(labels), part] = float(number)
    return found


def keep_telling() -> None:
    """Flush every few seconds from a thread, as long as this process lives. For web processes and workers."""

    def tell_for_ever() -> None:
        while True:
            time.sleep(SECONDS_BETWEEN)
            tell()

    threading.Thread(target=tell_for_ever, name="counters", daemon=True).start()


def server() -> redis.Redis:
    """A client of the broker's server, with a request's short timeout."""
    return _clients()[0]


def rate_limits() -> RedisStorage:
    """Where `limits` counts what may be asked so many times: in the same server, for all processes of all hosts."""
    return _clients()[1]


def _clients() -> tuple[redis.Redis, RedisStorage]:
    # Of two made at once one would be dropped, and would close its connections while the other thread uses them.
    with _one_at_a_time:
        return made_clients()


@lru_cache(maxsize=1)
def made_clients() -> tuple[redis.Redis, RedisStorage]:
    """Both clients, made by the first who needs one; see `server` and `rate_limits`."""
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.25, socket_connect_timeout=0.25)
    return client, RedisStorage("redis://", connection_pool=client.connection_pool)  # the pool says where
