"""/Ads: what partners link to."""

from typing import Any

from django.http import JsonResponse
from ninja import Router

from accounts.models import Account
from accounts.team.roles import Act
from common.refusals import Refusals, Refused
from program.ads.services import add_ad, change_ad, delete_ad
from program.models import Ad
from tracking.ads.reading import AD_NAMES, read_ad
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

from .schemas import CHANGED_AD, NEW_AD, AdAnswer, Ads

router = Router(tags=["Ads"])
WRITING = {404: Problem, 409: Problem, 413: Problem, 415: Problem, **FAILURES}


@router.get("/{AccountSID}/Ads", response={200: Ads, **FAILURES}, by_alias=True, summary="List ads, by name")
def list_ads(
    request: ApiRequest,
    AccountSID: str,
    CampaignId: CampaignIds = "",
    Page: Pages = 1,
    PageSize: Sizes = 100,
) -> dict[str, Any]:
    account = account_of(request, AccountSID)
    program = needed_program(account, CampaignId)
    ads = ads_of(account).filter(program=program).order_by("name", "pk")
    query = {"CampaignId": str(program.pk)}
    return page_of(request, ads, "Ads", lambda ad: written_ad(account, ad), number=Page, size=PageSize, query=query)


@router.post(
    "/{AccountSID}/Ads",
    response={201: AdAnswer, 422: Problem, **WRITING},
    openapi_extra=NEW_AD,
    summary="Add an ad",
)
def post_ad(request: ApiRequest, AccountSID: str, CampaignId: CampaignIds = "") -> JsonResponse:
    """409 for a name that another ad has. The landing page lies on one of the program's landing domains."""
    account = account_of(request, AccountSID, Act.OFFER)
    params = read_body(request)
    errors = Refusals(one_per_path=True)
    named = taken(params, "CampaignId")
    program = program_of(account, CampaignId if named is None else named, errors)
    said: dict[str, Any] = {}
    try:
        said = dict(read_ad(params, needs=("Name", "LandingPage")).said)
    except Refused as refused:
        errors.extend(refused)
    if errors or program is None:
        raise invalid(errors)
    try:
        kept = done_once(request, lambda: {"id": add_ad(program=program, **said).pk})
    except Refused as refused:
        raise failure_of(refused, AD_NAMES) from None
    answer = written_ad(account, ad_of(account, str(kept["id"])))
    return JsonResponse(answer, status=201, headers={"Location": answer["Uri"]})


@router.get("/{AccountSID}/Ads/{Id}", response={200: AdAnswer, 404: Problem, **FAILURES}, summary="Read an ad")
def get_ad(request: ApiRequest, AccountSID: str, Id: RowIds) -> dict[str, Any]:
    account = account_of(request, AccountSID)
    return written_ad(account, ad_of(account, Id))


@router.put(
    "/{AccountSID}/Ads/{Id}",
    response={200: AdAnswer, **WRITING},
    openapi_extra=CHANGED_AD,
    summary="Change an ad",
)
def put_ad(request: ApiRequest, AccountSID: str, Id: RowIds) -> dict[str, Any]:
    """Changes what is sent and leaves the rest. An ad that is not active leads nowhere."""
    account = account_of(request, AccountSID, Act.OFFER)
    params = read_body(request)
    ad = ad_of(account, Id)
    try:
        change_ad(ad=ad, **read_ad(params).said)
    except Refused as refused:
        raise failure_of(refused, AD_NAMES) from None
    return written_ad(account, ad_of(account, Id))


@router.delete(
    "/{AccountSID}/Ads/{Id}", response={200: Done, 404: Problem, 409: Problem, **FAILURES}, summary="Delete an ad"
)
def delete_one_ad(request: ApiRequest, AccountSID: str, Id: RowIds) -> dict[str, Any]:
    """409 for an ad that has clicks or actions: switch it off instead, with PUT and `Active` false."""
    account = account_of(request, AccountSID, Act.OFFER)
    ad = ad_of(account, Id)
    try:
        delete_ad(ad=ad)
    except Refused as refused:
        raise Failure(409, " ".join(each.message for each in refused)) from None
    return {"Uri": f"/Advertisers/{account.sid}/Ads/{Id}"}


def ads_of(account: Account) -> Any:
    """The ads of all programs of an account."""
    return Ad.objects.filter(program__account=account).select_related("program")


def ad_of(account: Account, number: str) -> Ad:
    """The ad of that number. Raises Failure 404."""
    found: Ad | None = ads_of(account).filter(pk=row_number(number)).first()
    if found is None:
        raise Failure(404, "This is not a known ad.")
    return found


def written_ad(account: Account, ad: Ad) -> dict[str, Any]:
    return {
        "Id": ad.pk,
        "CampaignId": ad.program_id,
        "Name": ad.name,
        "Kind": ad.kind,
        "LandingPage": ad.landing_page,
        "Deal": ad.deal,
        "Sku": ad.sku,
        "Active": ad.is_active,
        "CreationDate": ad.created_at.astimezone(ad.program.zone).isoformat(timespec="seconds"),
        "Uri": f"/Advertisers/{account.sid}/Ads/{ad.pk}",
    }
