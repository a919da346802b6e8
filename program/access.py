"""The only gate to a brand's rows. Every view takes its program from here, and every row hangs off a program.

A program of another account does not exist for the user: 404, never 403, so that numbers cannot be probed.
"""

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from program.models import (
    ApiToken,
    CatalogItem,
    Customer,
    CustomerTag,
    EventType,
    ExceptionList,
    Membership,
    Partner,
    PartnerGroup,
    Program,
)


def program_for_view(request: HttpRequest, program_id: int) -> Program:
    """The program, if the user is a member of its account. Sets `request.program` and `request.role` for the frame.

    Raises Http404 for a program that is not the user's. That somebody is signed in is LoginRequiredMiddleware's care.
    """
    membership = (
        Membership.objects.filter(user=request.user.pk, account__program=program_id)
        .values_list("role", flat=True)
        .first()
    )
    if membership is None:
        raise Http404("No such program.")
    program = Program.objects.select_related("account").get(id=program_id)
    request.program = program  # type: ignore[attr-defined]
    request.role = membership  # type: ignore[attr-defined]
    return program


def program_for_edit(request: HttpRequest, program_id: int) -> Program:
    """The same for whoever may change it: raises PermissionDenied for a viewer."""
    program = program_for_view(request, program_id)
    if request.role != Membership.Role.EDITOR:  # type: ignore[attr-defined]
        raise PermissionDenied("Your role in this account is viewer: you see everything and change nothing.")
    return program


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
    return _row(Customer.objects.filter(program=program_for_view(request, program_id)), pk)


def customer_for_edit(request: HttpRequest, program_id: int, pk: int) -> Customer:
    return _row(Customer.objects.filter(program=program_for_edit(request, program_id)), pk)


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


def api_token_for_edit(request: HttpRequest, program_id: int, pk: int) -> ApiToken:
    """A token of the program's account: tokens belong to the account, for all of its programs."""
    return _row(ApiToken.objects.filter(account=program_for_edit(request, program_id).account), pk)
