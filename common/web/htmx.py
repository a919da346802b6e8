"""Two things that htmx needs of every answer: messages as an event, and an expired log-in as a full page."""

import json
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect

from common.requests.typed import HtmxRequest

Answer = Callable[[HtmxRequest], HttpResponse]


class MessagesMiddleware:
    """Sends messages along with a part of a page as the event "messages"; a full page shows them itself."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HtmxRequest) -> HttpResponse:
        response = self.get_response(request)
        leaves = 300 <= response.status_code < 400 or "HX-Redirect" in response or "HX-Refresh" in response
        if not request.htmx or leaves:
            return response
        messages = [{"message": str(message), "tags": message.tags} for message in get_messages(request)]
        if messages:
            triggers = _triggers(response.get("HX-Trigger", ""))
            response["HX-Trigger"] = json.dumps({**triggers, "messages": messages})
        return response


class LoginRedirectMiddleware:
    """Turns the redirect to the log-in page into one of the whole window, not of the part that asked."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HtmxRequest) -> HttpResponse:
        response = self.get_response(request)
        login = resolve_url(settings.LOGIN_URL)
        if response.status_code != 302 or not response["Location"].startswith(login):
            return response
        if "HX-History-Restore-Request" in request.headers:
            return HttpResponse(status=401)  # it reads no header; app.js then loads the full page
        if not request.htmx:
            return response
        page = request.htmx.current_url_abs_path or "/"
        return HttpResponseClientRedirect(redirect_to_login(page)["Location"])


def _triggers(header: str) -> dict[str, object]:
    if not header:
        return {}
    if header.startswith("{"):
        return dict(json.loads(header))
    return {name.strip(): None for name in header.split(",")}
