"""/PromoCodes: codes that credit a partner, or that only some partners may use."""

from typing import Any

from django.http import JsonResponse
from ninja import Router

from accounts.models import Account
from accounts.team.roles import Act
from common.formats.comparison import compared
from common.refusals import Refusals, Refused
from program.models import PromoCode
from program.promo_codes.services import add_promo_code, change_promo_code, delete_promo_code
from tracking.ads.reading import PROMO_CODE_NAMES, read_promo_code
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

from .schemas import CHANGED_PROMO_CODE, NEW_PROMO_CODE, PromoCodeAnswer, PromoCodes

router = Router(tags=["Promo codes"])
WRITING = {404: Problem, 409: Problem, 413: Problem, 415: Problem, **FAILURES}


@router.get(
    "/{AccountSID}/PromoCodes",
    response={200: PromoCodes, **FAILURES},
    by_alias=True,
    summary="List promo codes, by code",
)
def list_promo_codes(
    request: ApiRequest,
    AccountSID: str,
    CampaignId: CampaignIds = "",
    Code: str = "",
    Page: Pages = 1,
    PageSize: Sizes = 100,
) -> dict[str, Any]:
    """With `Code` the one that equals it as orders are compared, in any letter case."""
    account = account_of(request, AccountSID)
    program = needed_program(account, CampaignId)
    codes = codes_of(account).filter(program=program).order_by("code", "pk")
    query = {"CampaignId": str(program.pk)}
    if key := compared(Code.replace("\x00", "")):
        codes = codes.filter(code_key=key)
        query["Code"] = Code
    return page_of(
        request, codes, "PromoCodes", lambda row: written_code(account, row), number=Page, size=PageSize, query=query
    )


@router.post(
    "/{AccountSID}/PromoCodes",
    response={201: PromoCodeAnswer, 422: Problem, **WRITING},
    openapi_extra=NEW_PROMO_CODE,
    summary="Add a promo code",
)
def post_promo_code(request: ApiRequest, AccountSID: str, CampaignId: CampaignIds = "") -> JsonResponse:
    """409 for a code that equals another one of the program; the message says whose that is. A code that credits names
    its partner; a reserved one a partner or a group."""
    account = account_of(request, AccountSID, Act.OFFER)
    params = read_body(request)
    errors = Refusals(one_per_path=True)
    named = taken(params, "CampaignId")
    program = program_of(account, CampaignId if named is None else named, errors)
    said: dict[str, str] = {}
    try:
        said = read_promo_code(params, needs=("Code",))
    except Refused as refused:
        errors.extend(refused)
    if errors or program is None:
        raise invalid(errors)
    try:
        kept = done_once(request, lambda: {"id": add_promo_code(program=program, **said).pk})
    except Refused as refused:
        raise failure_of(refused, PROMO_CODE_NAMES) from None
    answer = written_code(account, code_of(account, str(kept["id"])))
    return JsonResponse(answer, status=201, headers={"Location": answer["Uri"]})


@router.get(
    "/{AccountSID}/PromoCodes/{Id}",
    response={200: PromoCodeAnswer, 404: Problem, **FAILURES},
    summary="Read a promo code",
)
def get_promo_code(request: ApiRequest, AccountSID: str, Id: RowIds) -> dict[str, Any]:
    account = account_of(request, AccountSID)
    return written_code(account, code_of(account, Id))


@router.put(
    "/{AccountSID}/PromoCodes/{Id}",
    response={200: PromoCodeAnswer, **WRITING},
    openapi_extra=CHANGED_PROMO_CODE,
    summary="Change a promo code",
)
def put_promo_code(request: ApiRequest, AccountSID: str, Id: RowIds) -> dict[str, Any]:
    """Changes what is sent and leaves the rest; a partner or a group that is sent alone takes the other's place.
    It counts for orders that are priced from then on."""
    account = account_of(request, AccountSID, Act.OFFER)
    params = read_body(request)
    code = code_of(account, Id)
    try:
        change_promo_code(promo_code=code, **read_promo_code(params))
    except Refused as refused:
        raise failure_of(refused, PROMO_CODE_NAMES) from None
    return written_code(account, code_of(account, Id))


@router.delete(
    "/{AccountSID}/PromoCodes/{Id}", response={200: Done, 404: Problem, **FAILURES}, summary="Delete a promo code"
)
def delete_one_promo_code(request: ApiRequest, AccountSID: str, Id: RowIds) -> dict[str, Any]:
    """What it credited stays; orders that are priced from then on are credited without it."""
    account = account_of(request, AccountSID, Act.OFFER)
    delete_promo_code(code=code_of(account, Id))
    return {"Uri": f"/Advertisers/{account.sid}/PromoCodes/{Id}"}


def codes_of(account: Account) -> Any:
    """The promo codes of all programs of an account."""
    return PromoCode.objects.filter(program__account=account).select_related("program", "partner", "group")


def code_of(account: Account, number: str) -> PromoCode:
    """The promo code of that number. Raises Failure 404."""
    found: PromoCode | None = codes_of(account).filter(pk=row_number(number)).first()
    if found is None:
        raise Failure(404, "This is not a known promo code.")
    return found


def written_code(account: Account, code: PromoCode) -> dict[str, Any]:
    return {
        "Id": code.pk,
        "CampaignId": code.program_id,
        "Code": code.code,
        "Use": code.use,
        "PartnerId": code.partner.media_partner_id if code.partner else None,
        "Group": code.group.name if code.group else None,
        "CreationDate": code.created_at.astimezone(code.program.zone).isoformat(timespec="seconds"),
        "Uri": f"/Advertisers/{account.sid}/PromoCodes/{code.pk}",
    }
