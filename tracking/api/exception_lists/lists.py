"""/ExceptionLists and /PromoCodeExceptionLists: the lists themselves."""

from collections.abc import Mapping
from typing import Any

from ninja import Router

from accounts.models import Account
from accounts.team.roles import Act
from common.refusals import Refusals, Refused
from program.exception_lists.services import change_exception_list, create_exception_list, delete_exception_list
from program.models import EventType, ExceptionList, Program
from tracking.api.answers import Failure, invalid
from tracking.api.credentials import ApiRequest, account_of
from tracking.api.customers.programs import (
    CampaignIds,
    RowIds,
    failure_of,
    needed_program,
    program_of,
    row_number,
    taken,
)
from tracking.api.customers.repeats import done_once
from tracking.api.customers.schemas import Done
from tracking.api.lists import Pages, Sizes, page_of
from tracking.api.openapi import FAILURES, Problem
from tracking.api.request_body import read_body
from tracking.intake import parsing

from .resources import LISTS, PROMO_CODE_LISTS, Resource, trackers_by_program, trackers_of
from .schemas import (
    CHANGED_LIST,
    CHANGED_PROMO_CODE_LIST,
    NEW_LIST,
    NEW_PROMO_CODE_LIST,
    STATES,
    TYPES,
    ListAnswer,
    Lists,
    PromoCodeLists,
)

WRITING = {404: Problem, 409: Problem, 413: Problem, 415: Problem, **FAILURES}
NAMES = {"name": "Name", "kind": "Type"}  # of the services' refusals


def _add_routes(router: Router, resource: Resource) -> None:
    """The operations of one of the two resources."""
    is_typed = not resource.numbers_are_texts
    address = f"/{{AccountSID}}/{resource.name}"

    @router.get(
        address,
        response={200: Lists if is_typed else PromoCodeLists, **FAILURES},
        by_alias=True,
        exclude_unset=True,
        summary="List exception lists, by name" if is_typed else "List exception lists of promo codes, by name",
        operation_id=f"list_{resource.name}",
    )
    def list_lists(
        request: ApiRequest,
        AccountSID: str,
        CampaignId: CampaignIds = "",
        State: str = "",
        Type: str = "",
        Page: Pages = 1,
        PageSize: Sizes = 100,
    ) -> dict[str, Any]:
        """Of all programs of the account, or of one; with `State` or `Type` only those. A list here is active or
        closed, and none is deactivated."""
        account = account_of(request, AccountSID)
        program = needed_program(account, CampaignId) if CampaignId else None
        filters, query = _filters(State, Type if is_typed else "", program)
        lists = resource.lists_of(account).filter(**filters).order_by("name", "pk")
        trackers = trackers_by_program(account)
        return page_of(
            request,
            lists.none() if State == "DEACTIVATED" else lists,
            resource.name,
            lambda row: resource.written(account, row, trackers[row.program_id]),
            number=Page,
            size=PageSize,
            query=query,
        )

    @router.post(
        address,
        response={200: Done, 422: Problem, **WRITING},
        openapi_extra=NEW_LIST if is_typed else NEW_PROMO_CODE_LIST,
        summary="Create an exception list" if is_typed else "Create an exception list of promo codes",
        operation_id=f"create_{resource.name}",
    )
    def post_list(request: ApiRequest, AccountSID: str, CampaignId: CampaignIds = "") -> dict[str, Any]:
        """409 for a name that a list of the program has or had, whatever it holds."""
        account = account_of(request, AccountSID, Act.LIST)
        params = read_body(request)
        errors = Refusals(one_per_path=True)
        named = taken(params, "CampaignId")
        program = program_of(account, CampaignId if named is None else named, errors)
        said = _read(params, errors, is_typed=is_typed, needs=("ActionTrackerId", "Name", "Type"))
        _check_tracker(program, said, errors)
        if errors or program is None:
            raise invalid(errors)
        kind = said.get("Type", resource.kinds[0])
        try:
            kept = done_once(
                request, lambda: {"id": create_exception_list(program=program, name=said["Name"], kind=kind).pk}
            )
        except Refused as refused:
            raise failure_of(refused, NAMES) from None
        return {"Uri": resource.uri(account, kept["id"])}

    @router.get(
        f"{address}/{{ListId}}",
        response={200: ListAnswer, 404: Problem, **FAILURES},
        exclude_unset=True,
        summary="Read an exception list" if is_typed else "Read an exception list of promo codes",
        operation_id=f"read_{resource.name}",
    )
    def get_list(request: ApiRequest, AccountSID: str, ListId: RowIds) -> dict[str, Any]:
        account = account_of(request, AccountSID)
        found = resource.list_of(account, ListId)
        return resource.written(account, found, trackers_of(found.program))

    @router.put(
        f"{address}/{{ListId}}",
        response={200: Done, **WRITING},
        openapi_extra=CHANGED_LIST if is_typed else CHANGED_PROMO_CODE_LIST,
        summary="Change an exception list" if is_typed else "Change an exception list of promo codes",
        operation_id=f"change_{resource.name}",
    )
    def put_list(request: ApiRequest, AccountSID: str, ListId: RowIds) -> dict[str, Any]:
        """Changes what is sent. Rules that ask for a former name go on meaning this list, so no other list can be given
        it: 409."""
        account = account_of(request, AccountSID, Act.LIST)
        params = read_body(request)
        found = resource.list_of(account, ListId)
        errors = Refusals(one_per_path=True)
        said = _read(params, errors, is_typed=is_typed)
        _check_tracker(found.program, said, errors)
        if errors:
            raise invalid(errors)
        try:
            change_exception_list(exception_list=_plain(found), name=said.get("Name"), kind=said.get("Type"))
        except Refused as refused:
            raise failure_of(refused, NAMES) from None
        return {"Uri": resource.uri(account, found.pk)}

    @router.delete(
        f"{address}/{{ListId}}",
        response={200: Done, 404: Problem, 409: Problem, **FAILURES},
        summary="Delete an exception list" if is_typed else "Delete an exception list of promo codes",
        operation_id=f"delete_{resource.name}",
    )
    def delete_list(request: ApiRequest, AccountSID: str, ListId: RowIds) -> dict[str, Any]:
        """With its entries. 409, with the names of the terms, while terms ask for it that are in force, or were in the
        last 400 days. What was priced keeps its payout."""
        account = account_of(request, AccountSID, Act.LIST)
        found = resource.list_of(account, ListId)
        try:
            delete_exception_list(exception_list=_plain(found))
        except Refused as refused:
            raise Failure(409, str(refused)) from None
        return {"Uri": resource.uri(account, row_number(ListId))}


def _filters(state: str, kind: str, program: Program | None) -> tuple[dict[str, Any], dict[str, str]]:
    """What narrows the list, and how its other pages say so. Raises Failure 400."""
    errors = Refusals()
    if state and state not in STATES:
        errors.add("State", f"Send one of {', '.join(STATES)}.")
    if kind and kind not in TYPES:
        errors.add("Type", f"Send one of {', '.join(TYPES)}.")
    if errors:
        raise invalid(errors)
    filters: dict[str, Any] = {"kind": kind} if kind else {}
    if state:
        filters["closed_at__isnull"] = state == ExceptionList.State.ACTIVE
    if program:
        filters["program"] = program
    sent = {"CampaignId": str(program.pk) if program else "", "State": state, "Type": kind}
    return filters, {name: value for name, value in sent.items() if value}


def _read(
    params: Mapping[str, Any], errors: Refusals, *, is_typed: bool, needs: tuple[str, ...] = ()
) -> dict[str, str]:
    takes = ("ActionTrackerId", "Name", "Type") if is_typed else ("ActionTrackerId", "Name")
    known = {name.casefold(): name for name in takes}
    said: dict[str, str] = {}
    for name, value in params.items():
        parameter = known.get(name.casefold())
        if parameter is None:
            errors.add(name[:80], f"Is not known here; use {', '.join(takes)}.")
            continue
        try:
            said[parameter] = parsing.as_text(value)
        except Refused as refused:
            errors.add(parameter, str(refused))
    if said.get("Type") and said["Type"] not in TYPES:
        errors.add("Type", f"Send one of {', '.join(TYPES)}.")
    for name in needs:
        if name in takes and not said.get(name):
            errors.add(name, "Is required.", "required")
    return {name: value for name, value in said.items() if value}


def _check_tracker(program: Program | None, said: Mapping[str, str], errors: Refusals) -> None:
    """A list is open to rules of every event type, so which one is named makes no difference; but it has to be one."""
    number = said.get("ActionTrackerId", "")
    if program is None or not number:
        return
    if not EventType.objects.filter(program=program, pk=row_number(number)).exists():
        errors.add("ActionTrackerId", "This is not a known event type of this program.", "unknown")


def _plain(found: ExceptionList) -> ExceptionList:
    """The list as services take it: of an annotated one the rows cannot be locked."""
    return ExceptionList.objects.select_related("program").get(pk=found.pk)


def known(account: Account, resource: Resource, number: str) -> ExceptionList:
    """The list of that number, as services take it. Raises Failure 404."""
    return _plain(resource.list_of(account, number))


router, promo_code_router = Router(tags=["Exception lists"]), Router(tags=["Exception lists of promo codes"])
_add_routes(router, LISTS)
_add_routes(promo_code_router, PROMO_CODE_LISTS)
