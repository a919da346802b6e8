"""A session ends a while after its last use, not after its log-in, at the cost of one write in five minutes."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

SEEN = "seen"  # when the session was last written for being used
SECONDS_BETWEEN_WRITES = 300


def begin(request: HttpRequest) -> None:
    """Restart the idle time of a session."""
    request.session[SEEN] = int(time.time())


class IdleSessionMiddleware:
    """SESSION_SAVE_EVERY_REQUEST would write on every page; this writes, and renews the cookie, now and then."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code < 500 and request.session.accessed:  # a database that is down is not queried again
            seen = request.session.get(SEEN)
            if seen is not None and time.time() - seen > SECONDS_BETWEEN_WRITES:
                begin(request)
        return response


class NoStoreMiddleware:
    """Keeps answers that depend on who is logged in out of every cache: after log-out, Back requests the page again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.session.accessed:
            patch_cache_control(response, no_store=True, private=True)
        return response
