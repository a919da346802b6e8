"""Access functions: every view takes its program, and the rows of the program, from here. A program of another account
does not exist for the user: 404, never 403, so that numbers cannot be probed.
"""

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import ApiToken, Invitation, Membership
from accounts.team.roles import Act, may, refusal
from program.models import CatalogItem, Customer, CustomerTag, EventType, ExceptionList, Partner, PartnerGroup, Program


def program_for(request: HttpRequest, program_id: int, act: Act) -> Program:
    """The program, if the user is in the team of its account and their role may do it (accounts/team/roles.py).

    Sets `request.program` and `request.role` for the frame. Raises Http404 for a program that is not the user's, and
    PermissionDenied, with whom to ask, for a role that may not. LoginRequiredMiddleware ensures that somebody is signed
    in.
    """
    role = (
        Membership.objects.active()
        .filter(user=request.user.pk, account__program=program_id)
        .values_list("role", flat=True)
        .first()
    )
    if role is None:
        raise Http404("No such program.")
    program = Program.objects.select_related("account").get(id=program_id)
    request.program = program  # type: ignore[attr-defined]
    request.role = role  # type: ignore[attr-defined]
    if not may(role, act):
        raise PermissionDenied(refusal(role, act))
    return program


def program_for_view(request: HttpRequest, program_id: int) -> Program:
    return program_for(request, program_id, Act.VIEW)


def program_for_edit(request: HttpRequest, program_id: int) -> Program:
    return program_for(request, program_id, Act.EDIT)


def program_for_settlement(request: HttpRequest, program_id: int) -> Program:
    """For roles that may change or reverse actions."""
    return program_for(request, program_id, Act.SETTLE)


def program_for_administration(request: HttpRequest, program_id: int) -> Program:
    """For roles that may manage the team, the API tokens and the audit log."""
    return program_for(request, program_id, Act.ADMINISTER)


def _row[Row: models.Model](rows: "models.QuerySet[Row]", pk: int) -> Row:
    return get_object_or_404(rows, pk=pk)


def event_type_for_view(request: HttpRequest, program_id: int, pk: int) -> EventType:
    return _row(EventType.objects.filter(program=program_for_view(request, program_id)), pk)


def event_type_for_edit(request: HttpRequest, program_id: int, pk: int) -> EventType:
    return _row(EventType.objects.filter(program=program_for_edit(request, program_id)), pk)


def partner_for_view(request: HttpRequest, program_id: int, pk: int) -> Partner:
    return _row(Partner.objects.filter(program=program_for_view(request, program_id)), pk)


def partner_for_edit(request: HttpRequest, program_id: int, pk: int) -> Partner:
    return _row(Partner.objects.filter(program=program_for_edit(request, program_id)), pk)


def partner_group_for_view(request: HttpRequest, program_id: int, pk: int) -> PartnerGroup:
    return _row(PartnerGroup.objects.filter(program=program_for_view(request, program_id)), pk)


def partner_group_for_edit(request: HttpRequest, program_id: int, pk: int) -> PartnerGroup:
    return _row(PartnerGroup.objects.filter(program=program_for_edit(request, program_id)), pk)


def customer_for_view(request: HttpRequest, program_id: int, pk: int) -> Customer:
    """With `first_order`, which the customer's page shows."""
    return _row(Customer.objects.filter(program=program_for_view(request, program_id)).with_first_order(), pk)


def customer_for_edit(request: HttpRequest, program_id: int, pk: int) -> Customer:
    return _row(Customer.objects.filter(program=program_for_edit(request, program_id)).with_first_order(), pk)


def customer_tag_for_view(request: HttpRequest, program_id: int, pk: int) -> CustomerTag:
    return _row(CustomerTag.objects.filter(program=program_for_view(request, program_id)), pk)


def customer_tag_for_edit(request: HttpRequest, program_id: int, pk: int) -> CustomerTag:
    return _row(CustomerTag.objects.filter(program=program_for_edit(request, program_id)), pk)


def exception_list_for_view(request: HttpRequest, program_id: int, pk: int) -> ExceptionList:
    return _row(ExceptionList.objects.filter(program=program_for_view(request, program_id)), pk)


def exception_list_for_edit(request: HttpRequest, program_id: int, pk: int) -> ExceptionList:
    return _row(ExceptionList.objects.filter(program=program_for_edit(request, program_id)), pk)


def catalog_item_for_view(request: HttpRequest, program_id: int, pk: int) -> CatalogItem:
    return _row(CatalogItem.objects.filter(program=program_for_view(request, program_id)), pk)


def catalog_item_for_edit(request: HttpRequest, program_id: int, pk: int) -> CatalogItem:
    return _row(CatalogItem.objects.filter(program=program_for_edit(request, program_id)), pk)


def api_token_for_administration(request: HttpRequest, program_id: int, pk: int) -> ApiToken:
    """A token of the program's account: tokens belong to the account, for all of its programs."""
    return _row(ApiToken.objects.filter(account=program_for_administration(request, program_id).account), pk)


def membership_for_administration(request: HttpRequest, program_id: int, pk: int) -> Membership:
    """A membership of the program's account, removed ones too."""
    account = program_for_administration(request, program_id).account
    return _row(Membership.objects.select_related("user", "account").filter(account=account), pk)


def invitation_for_administration(request: HttpRequest, program_id: int, pk: int) -> Invitation:
    """An open invitation into the team of the program's account."""
    account = program_for_administration(request, program_id).account
    return _row(Invitation.objects.open().select_related("account").filter(account=account), pk)
