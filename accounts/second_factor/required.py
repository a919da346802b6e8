"""Where an account requires a second factor, members without one can open only the page to switch it on."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from accounts.second_factor.services import owed
from accounts.sign_in.request import UserRequest
from accounts.throttling.lock_out import is_locked

OPEN = {"second_factor_on", "logout", "admin:logout"}


class Backend(ModelBackend):
    """Django's backend, with whether a second factor is still required: part of the query that every request makes."""

    def authenticate(self, request: Any, username: Any = None, password: Any = None, **more: Any) -> Any:
        """Refuse the right password where a log-in is locked by its other name, after the same work and as silently as
        a wrong one: to say so would tell which address belongs to which name.
        """
        is_refused = username is not None and is_locked(request, username)
        user = super().authenticate(request, username, password, **more)
        return None if is_refused else user

    def get_user(self, user_id: Any) -> Any:
        statement, values = _of_user()
        user = next(iter(get_user_model().objects.raw(statement, [*values, user_id])), None)
        return user if user is not None and self.user_can_authenticate(user) else None


@cache
def _of_user() -> tuple[str, tuple[Any, ...]]:
    """The query as SQL, without its last value, the user: composing it took nearly a tenth of a page's time."""
    users = get_user_model().objects.annotate(owes_second_factor=owed()).filter(pk=0)
    statement, values = users.query.sql_with_params()
    return statement, values[:-1]


class RequiredFactorMiddleware:
    """Comes after LoginRequiredMiddleware, which opens only public pages without a log-in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: UserRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        is_public = not getattr(view, "login_required", True)
        match = request.resolver_match
        if is_public or (match and match.view_name in OPEN) or not request.user.owes_second_factor:
            return None
        if request.htmx:
            return HttpResponseClientRedirect(reverse("second_factor_on"))
        return redirect("second_factor_on")
