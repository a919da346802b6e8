"""User menu → Security: the user's own password and second factor."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe
from django_otp import login as verified_by

from accounts.audit.log import record
from accounts.second_factor import services as second_factor
from accounts.sign_in.forms import PasswordAndCodeForm, SwitchOnForm
from accounts.sign_in.request import UserRequest
from common.refusals import Refused
from common.web.refusals import to_form

KEY = "second_factor_key"  # in the session, encrypted: what the page shows, not in use until one of its codes was typed


@require_safe
def security(request: UserRequest) -> HttpResponse:
    is_on = second_factor.is_on(request.user)
    context = {
        "is_on": is_on,
        "left": second_factor.recovery_codes_left(user=request.user) if is_on else 0,
        "asked_by": second_factor.asked_by(user=request.user),
        "is_mailed": settings.MAIL_IS_SENT,
    }
    return render(request, "program/security.html", context)


@sensitive_post_parameters("password", "code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor_on(request: UserRequest) -> HttpResponse:
    """Show the secret, ask for a code of it, and answer with the recovery codes: on this page only, never stored."""
    if second_factor.is_on(request.user):
        return redirect("security")
    key = request.session.setdefault(KEY, second_factor.new_key(user=request.user))
    form = SwitchOnForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            app, codes = second_factor.switch_on(user=request.user, key=key, code=form.cleaned_data["code"])
        except Refused as refused:
            to_form(form, refused)
        else:
            del request.session[KEY]
            _end_other_sessions(request, form.cleaned_data["password"])
            verified_by(request, app)
            record(event="SECOND_FACTOR_ON", words="switched the second factor on", user=request.user, request=request)
            return _show_once(request, codes, "The second factor is on")
    context = {
        "form": form,
        "key": second_factor.key_in_words(user=request.user, key=key),
        "asked_by": second_factor.asked_by(user=request.user),
        "picture": mark_safe(second_factor.qr_code(user=request.user, key=key)),  # noqa: S308 (of our own making)
    }
    return render(request, "program/second_factor_on.html", context, status=422 if form.errors else 200)


@sensitive_post_parameters("password", "code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor_off(request: UserRequest) -> HttpResponse:
    if not second_factor.is_on(request.user):
        return redirect("security")
    asked_by = second_factor.asked_by(user=request.user)
    form = PasswordAndCodeForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        second_factor.switch_off(user=request.user)
        record(event="SECOND_FACTOR_OFF", words="switched the second factor off", user=request.user, request=request)
        if asked_by:
            return redirect("second_factor_on")
        messages.success(request, "The second factor is off: your password alone logs you in.")
        return redirect("security")
    context = {"form": form, "asked_by": asked_by}
    return render(request, "program/second_factor_off.html", context, status=422 if form.errors else 200)


@sensitive_post_parameters("password", "code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def recovery_codes(request: UserRequest) -> HttpResponse:
    """Make ten new recovery codes; those made before are void."""
    if not second_factor.is_on(request.user):
        return redirect("security")
    form = PasswordAndCodeForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        codes = second_factor.replace_recovery_codes(user=request.user)
        record(event="RECOVERY_CODES", words="made new recovery codes", user=request.user, request=request)
        return _show_once(request, codes, "Your new recovery codes")
    return render(request, "program/recovery_codes.html", {"form": form}, status=422 if form.errors else 200)


def _show_once(request: UserRequest, codes: list[str], heading: str) -> HttpResponse:
    # A user who was redirected here continues to the page they wanted; others return.
    onward = settings.LOGIN_REDIRECT_URL if request.user.owes_second_factor else reverse("security")
    context = {"codes": "\n".join(codes), "heading": heading, "onward": onward}
    return render(request, "program/recovery_codes_made.html", context)


def _end_other_sessions(request: UserRequest, password: str) -> None:
    """Earlier sessions were opened without a code. They carry a fingerprint of the stored password, which a new salt
    changes.
    """
    request.user.set_password(password)
    request.user.save(update_fields=["password"])
    update_session_auth_hash(request, request.user)
