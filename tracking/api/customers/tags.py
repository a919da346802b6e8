"""/CustomerTags: the tags of a program."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.http import JsonResponse
from ninja import Router

from accounts.models import Account
from accounts.team.roles import Act
from common.formats.comparison import compared
from common.queue.notify import notify
from common.refusals import Refusals, Refused
from program import tasks
from program.models import CustomerTag
from program.models.customer import TagColor
from program.tags.deleting import delete_customer_tag
from program.tags.services import (
    archive_customer_tag,
    change_customer_tag,
    create_customer_tag,
)
from tracking.api.answers import Failure, invalid
from tracking.api.credentials import ApiRequest, account_of
from tracking.api.lists import Pages, Sizes, page_of
from tracking.api.openapi import FAILURES, Problem
from tracking.api.request_body import read_body
from tracking.intake import parsing

from .programs import CampaignIds, RowIds, failure_of, needed_program, program_of, row_number, taken
from .repeats import done_once
from .schemas import CHANGED_TAG, NEW_TAG, Done, TagAnswer, Tags
from .written import written_tag

router = Router(tags=["Customer tags"])
YES = ("true", "yes", "1")
FIELDS = {"name": "Name", "color": "Color"}  # of the services' refusals


@router.get(
    "/{AccountSID}/CustomerTags",
    response={200: Tags, **FAILURES},
    by_alias=True,
    summary="List the tags of customers, by name",
)
def list_tags(
    request: ApiRequest,
    AccountSID: str,
    CampaignId: CampaignIds = "",
    Name: str = "",
    Page: Pages = 1,
    PageSize: Sizes = 100,
) -> dict[str, Any]:
    """With `Name` the one tag that has or had this name, in any letter case."""
    account = account_of(request, AccountSID)
    program = needed_program(account, CampaignId)
    tags = tags_of(account).filter(program=program).order_by("name", "pk")
    query = {"CampaignId": str(program.pk)}
    if name := compared(Name.replace("\x00", "")):
        tags = tags.filter(pk__in=tags.filter(names__name_key=name).values("pk"))
        query["Name"] = Name
    return page_of(
        request, tags, "CustomerTags", lambda row: written_tag(account, row), number=Page, size=PageSize, query=query
    )


@router.post(
    "/{AccountSID}/CustomerTags",
    response={201: TagAnswer, 404: Problem, 409: Problem, 413: Problem, 415: Problem, 422: Problem, **FAILURES},
    openapi_extra=NEW_TAG,
    summary="Create a tag",
)
def post_tag(request: ApiRequest, AccountSID: str, CampaignId: CampaignIds = "") -> JsonResponse:
    """409 for a name that a tag of the program has or had."""
    account = account_of(request, AccountSID, Act.TAG)
    params = read_body(request)
    errors = Refusals()
    named = taken(params, "CampaignId")
    program = program_of(account, CampaignId if named is None else named, errors)
    sent = _read(params, ("Name", "Color"), errors)
    if "Name" not in sent and "Name" not in errors:
        errors.add("Name", "Is required.", "required")
    if errors or program is None:
        raise invalid(errors)

    def create() -> dict[str, Any]:
        return {
            "id": create_customer_tag(program=program, name=sent["Name"], color=sent.get("Color", TagColor.GRAY)).pk
        }

    try:
        kept = done_once(request, create)
    except Refused as refused:
        raise failure_of(refused, FIELDS) from None
    answer = written_tag(account, tag_of(account, str(kept["id"])))
    return JsonResponse(answer, status=201, headers={"Location": answer["Uri"]})


@router.get(
    "/{AccountSID}/CustomerTags/{Id}", response={200: TagAnswer, 404: Problem, **FAILURES}, summary="Read a tag"
)
def get_tag(request: ApiRequest, AccountSID: str, Id: RowIds) -> dict[str, Any]:
    account = account_of(request, AccountSID)
    return written_tag(account, tag_of(account, Id))


@router.put(
    "/{AccountSID}/CustomerTags/{Id}",
    response={200: TagAnswer, 404: Problem, 409: Problem, 413: Problem, 415: Problem, **FAILURES},
    openapi_extra=CHANGED_TAG,
    summary="Change a tag",
)
def put_tag(request: ApiRequest, AccountSID: str, Id: RowIds) -> dict[str, Any]:
    """Changes what is sent. Rules that ask for a former name go on meaning this tag, so no other tag
    can be given it: 409. An archived tag counts where it is, and is assigned to nobody else."""
    account = account_of(request, AccountSID, Act.TAG)
    params = read_body(request)
    tag = tag_of(account, Id)
    errors = Refusals()
    sent = _read(params, ("Name", "Color", "Archived"), errors)
    if errors:
        raise invalid(errors)
    try:
        _change(tag, sent)
    except Refused as refused:
        raise failure_of(refused, FIELDS) from None
    return written_tag(account, tag_of(account, Id))


@router.delete(
    "/{AccountSID}/CustomerTags/{Id}",
    response={200: Done, 404: Problem, 409: Problem, **FAILURES},
    summary="Delete a tag",
)
def delete_tag(request: ApiRequest, AccountSID: str, Id: RowIds) -> dict[str, Any]:
    """Takes it off every customer; where those are thousands a worker does, and nobody can use the tag meanwhile. 409,
    with the names of the terms, while terms ask for it that are in force, or were in the last 400 days. What was priced
    keeps its payout."""
    account = account_of(request, AccountSID, Act.TAG)
    tag = tag_of(account, Id)
    try:
        act = delete_customer_tag(tag=tag)
    except Refused as refused:
        raise Failure(409, str(refused)) from None
    if act:
        notify(tasks.delete_tag, act.pk)
    return {"Uri": f"/Advertisers/{account.sid}/CustomerTags/{Id}"}


def tags_of(account: Account) -> Any:
    """The tags of all programs of an account, with what an answer holds."""
    return CustomerTag.objects.filter(program__account=account).select_related("program").prefetch_related("names")


def tag_of(account: Account, number: str) -> CustomerTag:
    """The tag of that number. Raises Failure 404."""
    found: CustomerTag | None = tags_of(account).filter(pk=row_number(number)).first()
    if found is None:
        raise Failure(404, "This is not a known tag.")
    return found


@transaction.atomic
def _change(tag: CustomerTag, sent: Mapping[str, str]) -> None:
    if "Name" in sent or "Color" in sent:
        change_customer_tag(tag=tag, name=sent.get("Name", tag.name), color=sent.get("Color"))
    if "Archived" in sent and (on := sent["Archived"] in YES) != (tag.archived_at is not None):
        archive_customer_tag(tag=tag, on=on)


def _read(params: Mapping[str, Any], takes: Sequence[str], errors: Refusals) -> dict[str, str]:
    """What was sent of a tag, by its parameters as they are spelled."""
    known = {name.casefold(): name for name in takes}
    sent: dict[str, str] = {}
    for name, value in params.items():
        parameter = known.get(name.casefold()) if name.isascii() else None
        if parameter is None:
            errors.add(name[:80], f"Is not known here; use {', '.join(takes)}.")
            continue
        try:
            text = parsing.as_text(value)
            sent[parameter] = text if parameter == "Name" else parsing.read_text(text, 8).lower()
        except Refused as refused:
            errors.add(parameter, str(refused))
    if sent.get("Color", TagColor.GRAY) not in TagColor.values:
        errors.add("Color", f"Send one of {', '.join(TagColor.values)}.")
    if sent.get("Archived", "true") not in parsing.YES_NO:
        errors.add("Archived", "Send true or false.")
    return sent
