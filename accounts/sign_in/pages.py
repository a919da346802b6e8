"""Logging in, in one step or two, and a new password by e-mail. Django admin logs in here too."""

import time
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import (
    INTERNAL_RESET_SESSION_TOKEN,
    LoginView,
    PasswordChangeView,
    PasswordResetConfirmView,
    PasswordResetView,
)
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django_otp.plugins.otp_static.models import StaticDevice

from accounts.audit.log import record
from accounts.second_factor import services as second_factor
from accounts.sign_in.addresses import prove_email
from accounts.sign_in.forms import AskForLinkForm, ChangePasswordForm, ChoosePasswordForm, CodeForm
from accounts.sign_in.log_in_form import LogInForm
from accounts.sign_in.passwords import AnyTokens, mailed_tokens
from accounts.sign_in.sessions import begin
from accounts.throttling.lock_out import address_is_locked, is_locked, minutes_left, unlock
from common.requests.client_address import address_to_count

FIRST_STEP = "first_step"  # in the session: whose password was right, when, and where to go
SECONDS_FOR_CODE = 600


class LogIn(LoginView):
    """The first step. A user with a second factor is not logged in yet: the session only remembers who they are."""

    form_class = LogInForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.get_user()
        if not second_factor.is_on(user):
            return enter(self.request, user, self.get_success_url())
        self.request.session.cycle_key()
        self.request.session[FIRST_STEP] = {
            "user": user.pk,
            "backend": user.backend,
            "password": user.get_session_auth_hash(),
            "time": int(time.time()),
            "next": self.get_success_url(),
        }
        return redirect("log_in_code")


@sensitive_post_parameters("code")
@csrf_protect
@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def log_in_code(request: HttpRequest) -> HttpResponse:
    """The second step: a code of the app, or a recovery code. Wrong ones are slowed down and, like passwords, lock."""
    user = _after_first_step(request)
    if user is None:
        return redirect("login")
    if is_locked(request, user.get_username()):
        del request.session[FIRST_STEP]
        return _locked_page(request, minutes_left(request, user.get_username(), by_either_name=True))
    by_recovery_code = "recovery" in request.GET
    form = CodeForm(request, user, request.POST or None, recovery=by_recovery_code)
    if request.method == "POST" and form.is_valid():
        first = request.session.pop(FIRST_STEP)
        user.backend = first["backend"]
        user.otp_device = form.device  # django_otp takes it into the session
        if isinstance(form.device, StaticDevice):
            record(event="RECOVERY_CODE_USED", words="used a recovery code", user=user, request=request)
        return enter(request, user, first["next"])
    context = {"form": form, "by_recovery_code": by_recovery_code}
    return render(request, "registration/log_in_code.html", context, status=422 if form.errors else 200)


def enter(request: HttpRequest, user: Any, address: str) -> HttpResponse:
    """Log in, under a new session key, and go where the user was going."""
    login(request, user)
    begin(request)
    return redirect(address)


def locked_out(request: HttpRequest, answer: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """What a locked user name or address gets, whether it exists or not; django-axes answers with it."""
    username = (credentials or {}).get("username") or ""
    return _locked_page(request, minutes_left(request, username))


def _locked_page(request: HttpRequest, minutes: int) -> HttpResponse:
    context = {"minutes": minutes, "everybody": address_is_locked(request)}
    return render(request, "registration/locked_out.html", context, status=429)


class ChangePassword(PasswordChangeView):
    """Every other session of the user ends, since each carries a fingerprint of the old password."""

    form_class = ChangePasswordForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def form_valid(self, form: Any) -> HttpResponse:
        record(event="PASSWORD_CHANGED", words="changed the password", user=form.user, request=self.request)
        return super().form_valid(form)


class AskForLink(PasswordResetView):
    """Where no mail is sent the page says whom to ask, and shows no form."""

    form_class = AskForLinkForm
    success_url = reverse_lazy("password_reset_done")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, is_mailed=settings.MAIL_IS_SENT)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs) if settings.MAIL_IS_SENT else self.get(request, *args, **kwargs)


class ChooseNewPassword(PasswordResetConfirmView):
    """A link is valid once and for an hour: it carries a fingerprint of the password and of the last log-in.

    The user is not logged in by it: a second factor is still asked for.
    """

    form_class = ChoosePasswordForm
    token_generator = AnyTokens()
    success_url = reverse_lazy("password_reset_complete")

    def form_valid(self, form: Any) -> HttpResponse:
        is_mailed = mailed_tokens.check_token(form.user, self.request.session[INTERNAL_RESET_SESSION_TOKEN])
        answer = super().form_valid(form)
        if is_mailed:
            prove_email(user=form.user)
        unlock(form.user.get_username(), address_to_count(self.request))
        words = "chose a new password by a link"
        record(event="PASSWORD_CHANGED", words=words, user=form.user, request=self.request)
        return answer


def _after_first_step(request: HttpRequest) -> Any:
    """The user whose password was right a short while ago and still is; else None."""
    first = request.session.get(FIRST_STEP)
    if first is None:
        return None
    user = get_user_model().objects.filter(pk=first["user"], is_active=True).first()
    is_late = time.time() - first["time"] > SECONDS_FOR_CODE
    if user is None or is_late or first["password"] != user.get_session_auth_hash() or not second_factor.is_on(user):
        del request.session[FIRST_STEP]
        return None
    return user
