"""Health checks for supervisors and balancers: the process answers, and it can do its work."""

from collections.abc import Callable
from functools import lru_cache

import redis
from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse
from django.urls import resolve
from django.views.decorators.cache import never_cache

from common.observability import counters

PATIENCE = "2s"  # for the database's answer; a connection is waited for no longer (settings: the pool's timeout)
OK, AWAY, MISSING = "ok", "away", "missing"


@login_not_required
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 "ok": the process is alive. Checks nothing else, so that an outage of a server restarts no process."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200, or 503 where the database or the broker does not answer or a migration is missing; a line for each.

    With `?of=web` the broker is left out: without it orders are still taken, and wait for a worker.
    """
    database, migrations = _database()
    states = {"database": database, "migrations": migrations}
    if request.GET.get("of") != "web":
        states["broker"] = _broker()
    is_ready = all(state == OK for state in states.values())
    lines = "".join(f"{name}: {state}\n" for name, state in states.items())
    return HttpResponse(lines, status=200 if is_ready else 503, content_type="text/plain")


class HealthMiddleware:
    """Answers health checks before the Host is checked: machines use an IP address instead of a host name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info not in ("/healthz", "/readyz", "/metrics"):
            return self.get_response(request)
        match = request.resolver_match = resolve(request.path_info)
        answer: HttpResponse = match.func(request)
        return answer


def _database() -> tuple[str, str]:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [PATIENCE])
            cursor.execute("SELECT to_regclass('django_migrations')")
            if cursor.fetchone() == (None,):
                return OK, MISSING
            cursor.execute("SELECT app, name FROM django_migrations")
            applied = set(cursor.fetchall())
    except Error:
        return AWAY, AWAY
    return OK, OK if _wanted() <= applied else MISSING


@lru_cache(maxsize=1)
def _wanted() -> frozenset[tuple[str, str]]:
    """The migrations of this release. A database that is ahead of it, as during an upgrade, counts as ready."""
    return frozenset(MigrationLoader(None).graph.nodes)


def _broker() -> str:
    try:
        counters.server().ping()
    except (redis.RedisError, OSError):
        return AWAY
    return OK
