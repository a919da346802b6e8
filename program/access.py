"""Access functions: every view takes its program, and the rows of the program, from here, for the principal that asks.
A program of another account does not exist for it: 404, never 403, so that numbers cannot be probed.
"""

from django.core.exceptions import PermissionDenied
from django.db import models
from django.shortcuts import get_object_or_404

from accounts.models import ApiToken, Invitation, Membership
from accounts.team.roles import Act
from program.models import (
    Ad,
    CatalogItem,
    Customer,
    CustomerSegment,
    CustomerTag,
    EventType,
    ExceptionList,
    ExceptionListItem,
    ExchangeRate,
    Partner,
    PartnerGroup,
    Program,
    PromoCode,
    TagAct,
)
from program.principal import Principal


def program_for(principal: Principal, program_id: int, act: Act) -> Program:
    """The program, if it is of the principal's account and their role may do this (accounts/team/roles.py).

    Raises Http404 for a program of another account, and PermissionDenied, with whom to ask, for a role that may not.
    """
    program = principal.program
    if program is None or program.pk != program_id:
        programs = Program.objects.select_related("account")
        program = get_object_or_404(programs, pk=program_id, account=principal.account)
    if not principal.may(act):
        raise PermissionDenied(principal.refusal(act))
    return program


def program_for_view(principal: Principal, program_id: int) -> Program:
    return program_for(principal, program_id, Act.VIEW)


def program_for_edit(principal: Principal, program_id: int) -> Program:
    return program_for(principal, program_id, Act.EDIT)


def program_for_settlement(principal: Principal, program_id: int) -> Program:
    """For roles that may change or reverse actions."""
    return program_for(principal, program_id, Act.SETTLE)


def program_for_administration(principal: Principal, program_id: int) -> Program:
    """For roles that may manage the team, the API tokens and the audit log."""
    return program_for(principal, program_id, Act.ADMINISTER)


def _row[Row: models.Model](rows: "models.QuerySet[Row]", pk: int) -> Row:
    return get_object_or_404(rows, pk=pk)


def event_type_for_view(principal: Principal, program_id: int, pk: int) -> EventType:
    return _row(program_for_view(principal, program_id).eventtype_set.all(), pk)  # each knows its program


def event_type_for_edit(principal: Principal, program_id: int, pk: int) -> EventType:
    return _row(program_for_edit(principal, program_id).eventtype_set.all(), pk)


def partner_for_view(principal: Principal, program_id: int, pk: int) -> Partner:
    return _row(Partner.objects.filter(program=program_for_view(principal, program_id)), pk)


def partner_for_edit(principal: Principal, program_id: int, pk: int) -> Partner:
    return _row(Partner.objects.filter(program=program_for_edit(principal, program_id)), pk)


def partner_group_for_view(principal: Principal, program_id: int, pk: int) -> PartnerGroup:
    return _row(PartnerGroup.objects.filter(program=program_for_view(principal, program_id)), pk)


def partner_group_for_edit(principal: Principal, program_id: int, pk: int) -> PartnerGroup:
    return _row(PartnerGroup.objects.filter(program=program_for_edit(principal, program_id)), pk)


def ad_for_view(principal: Principal, program_id: int, pk: int) -> Ad:
    return _row(Ad.objects.filter(program=program_for_view(principal, program_id)), pk)


def ad_for_edit(principal: Principal, program_id: int, pk: int) -> Ad:
    return _row(Ad.objects.filter(program=program_for_edit(principal, program_id)), pk)


def promo_code_for_view(principal: Principal, program_id: int, pk: int) -> PromoCode:
    codes = PromoCode.objects.select_related("partner", "group")
    return _row(codes.filter(program=program_for_view(principal, program_id)), pk)


def promo_code_for_edit(principal: Principal, program_id: int, pk: int) -> PromoCode:
    codes = PromoCode.objects.select_related("partner", "group")
    return _row(codes.filter(program=program_for_edit(principal, program_id)), pk)


def customer_for_view(principal: Principal, program_id: int, pk: int) -> Customer:
    return _row(Customer.objects.filter(program=program_for_view(principal, program_id)), pk)


def customer_for_edit(principal: Principal, program_id: int, pk: int) -> Customer:
    """A customer who was not erased: of one who was, nothing is known that could be changed."""
    return _row(Customer.objects.known().filter(program=program_for_edit(principal, program_id)), pk)


def customer_for_administration(principal: Principal, program_id: int, pk: int) -> Customer:
    return _row(Customer.objects.filter(program=program_for_administration(principal, program_id)), pk)


def customer_segment_for_edit(principal: Principal, program_id: int, pk: int) -> CustomerSegment:
    return _row(CustomerSegment.objects.filter(program=program_for_edit(principal, program_id)), pk)


def customer_tag_for_view(principal: Principal, program_id: int, pk: int) -> CustomerTag:
    return _row(CustomerTag.objects.filter(program=program_for_view(principal, program_id)), pk)


def customer_tag_for_edit(principal: Principal, program_id: int, pk: int) -> CustomerTag:
    return _row(CustomerTag.objects.filter(program=program_for_edit(principal, program_id)), pk)


def tag_act_for_view(principal: Principal, program_id: int, pk: int) -> TagAct:
    program = program_for_view(principal, program_id)
    return _row(TagAct.objects.filter(program=program).select_related("user", "cancelled_by"), pk)


def tag_act_for_edit(principal: Principal, program_id: int, pk: int) -> TagAct:
    return _row(TagAct.objects.filter(program=program_for_edit(principal, program_id)), pk)


def exception_list_for_view(principal: Principal, program_id: int, pk: int) -> ExceptionList:
    return _row(
        ExceptionList.objects.select_related("program").filter(program=program_for_view(principal, program_id)), pk
    )


def exception_list_for_edit(principal: Principal, program_id: int, pk: int) -> ExceptionList:
    return _row(
        ExceptionList.objects.select_related("program").filter(program=program_for_edit(principal, program_id)), pk
    )


def exception_list_entry_for_edit(principal: Principal, program_id: int, pk: int, entry: int) -> ExceptionListItem:
    """An entry of that list."""
    items = ExceptionListItem.objects.select_related("exception_list__program")
    return _row(items.filter(exception_list=exception_list_for_edit(principal, program_id, pk)), entry)


def catalog_item_for_view(principal: Principal, program_id: int, pk: int) -> CatalogItem:
    return _row(CatalogItem.objects.filter(program=program_for_view(principal, program_id)), pk)


def catalog_item_for_edit(principal: Principal, program_id: int, pk: int) -> CatalogItem:
    return _row(CatalogItem.objects.filter(program=program_for_edit(principal, program_id)), pk)


def exchange_rate_for_administration(principal: Principal, program_id: int, pk: int) -> ExchangeRate:
    """A rate of the program's own."""
    return _row(ExchangeRate.objects.filter(program=program_for_administration(principal, program_id)), pk)


def api_token_for_administration(principal: Principal, program_id: int, pk: int) -> ApiToken:
    """A token of the program's account: tokens belong to the account, for all of its programs."""
    return _row(ApiToken.objects.filter(account=program_for_administration(principal, program_id).account), pk)


def membership_for_administration(principal: Principal, program_id: int, pk: int) -> Membership:
    """A membership of the program's account, removed ones too."""
    account = program_for_administration(principal, program_id).account
    return _row(Membership.objects.select_related("user", "account").filter(account=account), pk)


def invitation_for_administration(principal: Principal, program_id: int, pk: int) -> Invitation:
    """An open invitation into the team of the program's account."""
    account = program_for_administration(principal, program_id).account
    return _row(Invitation.objects.open().select_related("account").filter(account=account), pk)
