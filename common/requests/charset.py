"""Refuses bodies in another encoding than UTF-8, before anything reads them."""

import codecs
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse

from common.web.errors import API

WORDS = "Send this in UTF-8: other encodings are not supported. Nothing was stored."
READ = {"utf-8", "ascii"}


class CharsetMiddleware:
    """Answers 415 to a Content-Type with another charset.

    Django would read forms and queries by any codec that Python knows, and fail over the NUL characters of UTF-16.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        charset = (request.content_params or {}).get("charset")
        if charset is None:
            return self.get_response(request)
        if _is_read(charset):
            request.encoding = "utf-8"  # Django reads a form under this spelling only
            return self.get_response(request)
        if request.path_info.startswith(API):
            return JsonResponse({"Status": "ERROR", "Message": WORDS}, status=415)
        return HttpResponse(WORDS, status=415, content_type="text/plain; charset=utf-8")


def _is_read(charset: str) -> bool:
    try:
        return codecs.lookup(charset).name in READ
    except (LookupError, ValueError):  # an unknown codec, or a name with a NUL in it
        return False
