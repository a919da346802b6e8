"""The page of an invitation: the holder of the link joins with an existing log-in, or creates one."""

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.models import Invitation
from accounts.sign_in.forms import NewLogInForm
from accounts.sign_in.pages import enter
from accounts.sign_in.request import UserRequest
from accounts.team import invitations
from common.refusals import Refused
from common.web.refusals import to_form

BACKEND = "accounts.second_factor.required.Backend"


@sensitive_post_parameters("password1", "password2")
@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show the same page whether or not the address has a log-in; ask who is logged in whether to join as that user."""
    found = invitations.invitation_of(token)
    if found is None:
        return render(request, "registration/invitation_gone.html", status=404)
    if not request.user.is_authenticated:
        return _make_log_in(request, found, token)
    user = cast(UserRequest, request).user
    if user.owes_second_factor:
        return redirect("second_factor_on")
    if request.method != "POST":
        return render(request, "registration/invitation.html", {"invitation": found})
    invitations.accept(token=token, user=user)
    messages.success(request, f"You are in the team of {found.account.name} now.")
    return redirect(settings.LOGIN_REDIRECT_URL)


def _make_log_in(request: HttpRequest, found: Invitation, token: str) -> HttpResponse:
    form = NewLogInForm(request.POST or None, initial={"username": found.email if found.is_mailed else ""})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            user: Any = invitations.accept_as_new(
                token=token, username=said["username"], name=said["name"], password=said["password1"]
            )
        except Refused as refused:
            to_form(form, refused)
        else:
            user.backend = BACKEND
            return enter(request, user, settings.LOGIN_REDIRECT_URL)
    context = {"invitation": found, "form": form}
    return render(request, "registration/invitation.html", context, status=422 if form.errors else 200)
