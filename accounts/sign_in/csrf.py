"""The answer to a form that was opened before its user logged in again, so that its token is not the session's."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

RELOAD = (
    "You have logged in again since this page was opened, so nothing was saved. "
    "What you typed is still here: copy what you need, then reload the page."
)
MOST_FIELDS = 2_000
# Secrets that must not be shown again, and fields that the new page has itself.
LEFT_OUT = ("csrfmiddlewaretoken", "password", "old_password", "new_password1", "new_password2", "code")


def failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Explain what happened, keep what was typed, and offer to send it again from this session.

    Only to a form that our own page sent, which browsers say by Origin: another site's form must not come back with a
    button that would send it.
    """
    if getattr(request, "htmx", False):
        messages.error(request, RELOAD)
        return HttpResponse(status=403)
    context: dict[str, Any] = {"page": _page(request)}
    if request.method == "POST" and _is_ours(request) and request.user.is_authenticated and not request.FILES:
        fields = [(name, value) for name, values in request.POST.lists() for value in values if name not in LEFT_OUT]
        if len(fields) <= MOST_FIELDS and not _has_secrets(request):
            context["fields"] = fields
            context["address"] = request.get_full_path()
    return render(request, "403_csrf.html", context, status=403)


def _is_ours(request: HttpRequest) -> bool:
    origin = request.headers.get("Origin") or ""
    return origin == f"{request.scheme}://{request.get_host()}"


def _has_secrets(request: HttpRequest) -> bool:
    return any(name in request.POST for name in LEFT_OUT[1:])


def _page(request: HttpRequest) -> str:
    """The page that the form was on; the start page where the browser does not say, or it was another site's."""
    referer = urlsplit(request.headers.get("Referer") or "")
    if not _is_ours(request) or referer.netloc != request.get_host():
        return "/"
    return referer.path + (f"?{referer.query}" if referer.query else "")
