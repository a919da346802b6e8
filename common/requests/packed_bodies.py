"""Refuses compressed bodies."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from common.web.errors import API

WITH_BODY = {"POST", "PUT", "PATCH", "DELETE"}
PACKED = "Send the body uncompressed: Content-Encoding: {} is not supported."


def encoding_of(request: HttpRequest) -> str:
    """The body's content encoding; "" for none."""
    encoding = str(request.META.get("HTTP_CONTENT_ENCODING", "")).strip().lower()
    return "" if encoding == "identity" else encoding


class PackedBodyMiddleware:
    """Answers 415 to a compressed body, which would be read as nonsense; the API answers in its own form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        encoding = encoding_of(request)
        if encoding and request.method in WITH_BODY and not request.path.startswith(API):
            return HttpResponse(PACKED.format(encoding[:40]), status=415, content_type="text/plain; charset=utf-8")
        return self.get_response(request)
