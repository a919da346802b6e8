"""Request logging: an id that is logged and returned, the route, the status, and how long it took."""

import logging
import time
from typing import cast

import structlog
from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware

from common.observability.counters import METHODS, count, observe
from common.web.errors import is_outage, note_outage


class NotedRequestMiddleware(RequestMiddleware):
    """Logs requests, counts them, and answers each with its X-Request-ID, which its tasks log too."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = cast(HttpResponse, super().__call__(request))  # and not a coroutine: everything here is WSGI
        response["X-Request-ID"] = request.noted_id  # type: ignore[attr-defined]
        route = route_of(request)
        method = request.method if request.method in METHODS else "OTHER"
        count("brandboard_requests", route, str(method), str(response.status_code))
        observe("brandboard_request_seconds", route, str(method), seconds=time.perf_counter() - began)
        return response

    def prepare(self, request: HttpRequest) -> None:
        structlog.contextvars.clear_contextvars()
        super().prepare(request)
        request.noted_id = structlog.contextvars.get_contextvars()["request_id"]  # type: ignore[attr-defined]

    def _process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """An outage is not an error of the code: it is logged with the 503, with the reason and without a traceback."""
        if is_outage(exception):
            note_outage(exception)
        else:
            super()._process_exception(request, exception)

    def _log_level_for_status_code(self, status_code: int) -> int:
        level: int = super()._log_level_for_status_code(status_code)
        return logging.WARNING if status_code == 503 else level

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Without the query, which holds what users search for."""
        return f"{request.method} {request.path}"

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        """Only where the user is already loaded: a log line does not justify a query."""
        user = getattr(request, "_cached_user", None)
        if user is not None and user.pk:
            structlog.contextvars.bind_contextvars(user_id=user.pk)


def route_of(request: HttpRequest) -> str:
    """The pattern of the address: their number does not depend on the requests."""
    match = request.resolver_match
    return f"/{match.route}" if match else "(none)"
