"""/metrics: figures of the database and the broker as they are now, and what all processes counted, for Prometheus."""

from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from itertools import groupby
from typing import Any

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from common.observability import counters
from common.queue.queues import FILES, PRICING
from reports.metrics.gauges import WORDS, figures

QUEUES = (PRICING, FILES)  # the lists of messages that no worker has received
TAKEN = "unacked"  # the hash of messages that workers have received
PROXIED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_VIA")


@login_not_required
@never_cache
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with every figure, also while the database or the broker is down: brandboard_up shows that."""
    if not _may_read(request):
        headers = {"WWW-Authenticate": "Bearer"} if settings.METRICS_TOKEN else {}
        return HttpResponse(status=401 if headers else 403, headers=headers)
    registry = CollectorRegistry()
    registry.register(_Figures())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _may_read(request: HttpRequest) -> bool:
    """Requests with METRICS_TOKEN; where none is set, requests of this machine alone, and none through a proxy."""
    if settings.METRICS_TOKEN:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and constant_time_compare(token.strip(), settings.METRICS_TOKEN)
    if any(header in request.META for header in PROXIED):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


class _Figures:
    """The collector interface of prometheus_client."""

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("brandboard_up", "1 where it answers.", labels=["part"])
        yield from _asked(up, "database", _of_database)
        yield from _asked(up, "broker", _of_broker)
        yield up

    def describe(self) -> Iterable[Metric]:
        """Nothing in advance: registering must not query the database."""
        return []


def _asked(up: GaugeMetricFamily, part: str, read: Any) -> list[Metric]:
    try:
        found = list(read())
    except (Error, redis.RedisError, OSError):
        up.add_metric([part], 0)
        return []
    up.add_metric([part], 1)
    return found


def _of_database() -> Iterator[Metric]:
    for name, group in groupby(figures(), key=lambda figure: figure.name):
        rows = list(group)
        family = GaugeMetricFamily(name, WORDS[name], labels=[label for label, _ in rows[0].labels])
        for row in rows:
            family.add_metric([value for _, value in row.labels], row.value)
        yield family


def _of_broker() -> Iterator[Metric]:
    pipeline = counters.server().pipeline()
    for queue in QUEUES:
        pipeline.llen(queue)
    pipeline.hlen(TAKEN)
    *queued, taken = pipeline.execute()
    messages = GaugeMetricFamily("brandboard_messages", "Celery's messages, by state.", labels=["state"])
    messages.add_metric(["queued"], sum(queued))
    messages.add_metric(["taken"], taken)
    yield messages
    yield from _counted(counters.sums())


def _counted(sums: dict[counters.Field, float]) -> Iterator[Metric]:
    for name, metric in counters.METRICS.items():
        found = {(labels, part): number for (each, labels, part), number in sums.items() if each == name}
        if metric.is_timed:
            yield _histogram(name, metric, found)
            continue
        family = CounterMetricFamily(name, metric.words, labels=metric.labels)
        for (labels, _), number in sorted(found.items()):
            family.add_metric(labels, number)
        yield family


def _histogram(
    name: str, metric: counters.Metric, found: dict[tuple[tuple[str, ...], str], float]
) -> HistogramMetricFamily:
    family = HistogramMetricFamily(name, metric.words, labels=metric.labels)
    for labels in sorted({labels for labels, _ in found}):
        below, buckets = 0.0, []
        for bound in [*map(str, counters.BUCKETS), "+Inf"]:
            below += found.get((labels, bound), 0)
            buckets.append((bound, below))
        family.add_metric(labels, buckets, found.get((labels, "sum"), 0))
    return family
