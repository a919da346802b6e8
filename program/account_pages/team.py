"""Settings → Team. Every member sees who belongs to the account; administrators change it."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Invitation, Membership
from accounts.second_factor import services as second_factor
from accounts.tasks import send_invitation
from accounts.team import invitations
from accounts.team import services as team
from accounts.throttling.link_limits import may_be_mailed
from common.db.edits import Stale
from common.queue.notify import notify
from common.refusals import Refused
from common.web.links import link
from common.web.lists import page_of
from common.web.refusals import to_form
from program.access import (
    invitation_for_administration,
    membership_for_administration,
    program_for_administration,
    program_for_view,
)
from program.account_pages.forms import InvitationForm
from program.frame.request import ProgramRequest
from program.models import Program


@require_safe
def team_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    return _list(request, program_for_view(request.principal, program_id), InvitationForm())


@never_cache
@require_POST
def team_invite(request: ProgramRequest, program_id: int) -> HttpResponse:
    """Invite somebody: by mail, or with a link that is shown on this page only, never stored."""
    program = program_for_administration(request.principal, program_id)
    form = InvitationForm(request.POST)
    if form.is_valid():
        try:
            invitation = invitations.invite(account=program.account, by=request.user, **form.cleaned_data)
        except Refused as refused:
            to_form(form, refused)
        else:
            return _send(request, program, invitation)
    return _list(request, program, form, status=422)


@never_cache
@require_POST
def team_invitation_link(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """A new link, which replaces the earlier one."""
    invitation = invitation_for_administration(request.principal, program_id, pk)
    return _send(request, request.program, invitation)


@require_POST
def team_invitation_revoke(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    invitation = invitation_for_administration(request.principal, program_id, pk)
    invitations.revoke(invitation=invitation)
    messages.success(request, f"The invitation of {invitation.email} was taken back: its link no longer works.")
    return redirect("program:team_list", program_id)


@require_POST
def team_role(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    membership = membership_for_administration(request.principal, program_id, pk)
    try:
        membership = team.change_role(
            membership=membership, role=request.POST.get("role", ""), by=request.user, seen=request.POST.get("seen")
        )
    except Stale:
        name = membership.user.get_username()
        messages.error(request, f"Someone else changed the role of {name} meanwhile. It was not changed.")
        return _list(request, request.program, InvitationForm(), status=409)
    except Refused as refused:
        return _refused(request, refused)
    role = membership.get_role_display().lower()
    messages.success(request, f"{membership.user.get_username()} now has the role {role}.")
    return redirect("program:team_list", program_id)


@require_POST
def team_remove(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    membership = membership_for_administration(request.principal, program_id, pk)
    try:
        team.remove_member(membership=membership, by=request.user)
    except Refused as refused:
        return _refused(request, refused)
    messages.success(request, f"{membership.user.get_username()} was removed and can no longer open this account.")
    return redirect("program:team_list", program_id)


@require_POST
def team_second_factor(request: ProgramRequest, program_id: int) -> HttpResponse:
    """Ask everybody of the account for a second factor, or leave it to each."""
    account = program_for_administration(request.principal, program_id).account
    required = request.POST.get("required") == "yes"
    try:
        account = team.ask_for_second_factor(account=account, required=required, by=request.user)
    except Refused as refused:
        return _refused(request, refused)
    if required:
        messages.success(request, f"Every member of {account.name} now needs a second factor.")
    else:
        messages.success(request, "Each member decides about a second factor.")
    return redirect("program:team_list", program_id)


def _send(request: ProgramRequest, program: Program, invitation: Invitation) -> HttpResponse:
    if not settings.MAIL_IS_SENT:
        path = invitations.renew_link(invitation=invitation, is_mailed=False)
        return _list(request, program, InvitationForm(), invited=invitation, shown=link(path))
    if may_be_mailed(invitation):
        notify(send_invitation, invitation.pk)
        messages.success(request, f"An invitation is being sent to {invitation.email}.")
    else:
        words = f"{invitation.email} was sent three invitations within an hour. No more are sent; try again later."
        messages.error(request, words)
    return redirect("program:team_list", program.id)


def _refused(request: ProgramRequest, refused: Refused) -> HttpResponse:
    for each in refused:
        messages.error(request, each.message)
    status = 409 if refused.has("last") else 422
    return _list(request, request.program, InvitationForm(), status=status)


def _list(
    request: ProgramRequest,
    program: Program,
    form: InvitationForm,
    *,
    invited: Invitation | None = None,
    shown: str = "",
    status: int = 200,
) -> HttpResponse:
    members = Membership.objects.filter(account=program.account).select_related("user")
    members = members.annotate(has_second_factor=second_factor.on_for("user"))
    page = page_of(request, members.order_by("-is_active", "user__username"))
    context = {
        "form": form,
        "roles": Membership.Role.choices,
        "invited": invited,
        "link": shown,
        "invitations": list(Invitation.objects.open().filter(account=program.account).select_related("invited_by")),
        "days": invitations.GOOD_FOR.days,
        "is_mailed": settings.MAIL_IS_SENT,
        "has_own_factor": second_factor.is_on(request.user),
        "without_factor": members.active().filter(~second_factor.on_for("user")).count(),
        **page,
    }
    return render(request, "program/team_list.html", context, status=status)
