"""Requests with their own credentials, or none, are answered before sessions and users are loaded."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

PLACES = ("/Advertisers/", "/v1/", "/healthz", "/readyz", "/metrics", "/c/", "/i/", "/xconv/", "/tag.js", "/t/")


class SessionlessMiddleware:
    """Calls views of PLACES directly: the page middleware would be a tenth of the work and do nothing. Middleware after
    this one does not see them: they are exempt from CSRF and log-in by themselves.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PLACES):
            return self.get_response(request)
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        request.resolver_match = match
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        return response
