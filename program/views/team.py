"""Settings → Team. Everybody sees who belongs to the account; administrators change it."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from config.bell import ring
from program.access import membership_for_administration, program_for_administration, program_for_view
from program.forms import MemberForm
from program.models import Membership, Program
from program.services import second_factor, team
from program.services.edits import Stale
from program.tasks import send_first_link

from .shared import page_of, refuse


@require_safe
def team_list(request: HttpRequest, program_id: int) -> HttpResponse:
    return _list(request, program_for_view(request, program_id), MemberForm())


@never_cache
@require_POST
def team_add(request: HttpRequest, program_id: int) -> HttpResponse:
    """Add a member and show the link to a password: in this one answer, which nothing keeps, and by mail."""
    program = program_for_administration(request, program_id)
    form = MemberForm(request.POST)
    if form.is_valid():
        try:
            membership = team.add_member(account=program.account, **form.cleaned_data)
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            if not team.has_yet_to_sign_in(membership):
                messages.success(request, f"{membership.user.get_username()} is in the team again.")
                return redirect("program:team_list", program_id)
            return _with_link(request, program, membership)
    return _list(request, program, form, status=422)


@never_cache
@require_POST
def team_link(request: HttpRequest, program_id: int, pk: int) -> HttpResponse:
    """Another link for a member who has not chosen a password yet."""
    membership = membership_for_administration(request, program_id, pk)
    return _with_link(request, request.program, membership)  # type: ignore[attr-defined]


@require_POST
def team_role(request: HttpRequest, program_id: int, pk: int) -> HttpResponse:
    membership = membership_for_administration(request, program_id, pk)
    try:
        membership = team.change_role(
            membership=membership, role=request.POST.get("role", ""), by=request.user, seen=request.POST.get("seen")
        )
    except (ValidationError, team.LastAdministrator) as refusal:
        return _refused(request, refusal)
    except Stale:
        name = membership.user.get_username()
        messages.error(request, f"Someone else changed the role of {name} meanwhile. It was left as it is now.")
        return _list(request, request.program, MemberForm(), status=409)  # type: ignore[attr-defined]
    messages.success(request, f"{membership.user.get_username()} is {membership.get_role_display().lower()} now.")
    return redirect("program:team_list", program_id)


@require_POST
def team_remove(request: HttpRequest, program_id: int, pk: int) -> HttpResponse:
    membership = membership_for_administration(request, program_id, pk)
    try:
        team.remove_member(membership=membership, by=request.user)
    except team.LastAdministrator as refusal:
        return _refused(request, refusal)
    messages.success(request, f"{membership.user.get_username()} is removed: the account is closed to them.")
    return redirect("program:team_list", program_id)


@require_POST
def team_second_factor(request: HttpRequest, program_id: int) -> HttpResponse:
    """Ask everybody of the account for a second factor, or leave it to each."""
    account = program_for_administration(request, program_id).account
    required = request.POST.get("required") == "yes"
    try:
        account = team.ask_for_second_factor(account=account, required=required, by=request.user)
    except ValidationError as refusal:
        return _refused(request, refusal)
    if required:
        messages.success(request, f"Everybody of {account.name} needs a second factor now.")
    else:
        messages.success(request, "Each member decides about a second factor.")
    return redirect("program:team_list", program_id)


def _with_link(request: HttpRequest, program: Program, membership: Membership) -> HttpResponse:
    link = request.build_absolute_uri(team.first_link(membership=membership))
    if settings.MAIL_IS_SENT:
        ring(send_first_link, membership.pk, request.get_host(), request.is_secure())
    return _list(request, program, MemberForm(), invited=membership, link=link)


def _refused(request: HttpRequest, refusal: ValidationError | team.LastAdministrator) -> HttpResponse:
    is_form = isinstance(refusal, ValidationError)
    for message in refusal.messages if is_form else [str(refusal)]:  # type: ignore[union-attr]
        messages.error(request, message)
    return _list(request, request.program, MemberForm(), status=422 if is_form else 409)  # type: ignore[attr-defined]


def _list(
    request: HttpRequest,
    program: Program,
    form: MemberForm,
    *,
    invited: Membership | None = None,
    link: str = "",
    status: int = 200,
) -> HttpResponse:
    members = Membership.objects.filter(account=program.account).select_related("user")
    members = members.annotate(has_second_factor=second_factor.on_for("user"))
    page = page_of(request, members.order_by("-is_active", "user__username"))
    for membership in page["page"]:
        membership.awaits_password = team.has_yet_to_sign_in(membership)
    context = {
        "form": form,
        "roles": Membership.Role.choices,
        "invited": invited,
        "link": link,
        "minutes": settings.PASSWORD_RESET_TIMEOUT // 60,
        "is_mailed": settings.MAIL_IS_SENT,
        "has_own_factor": second_factor.is_on(request.user),
        "without_factor": members.active().filter(~second_factor.on_for("user")).count(),
        **page,
    }
    return render(request, "program/team_list.html", context, status=status)
