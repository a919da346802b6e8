"""/Customers: who they are and which tags they have."""

from collections.abc import Mapping
from typing import Any

from django.http import JsonResponse
from django.utils import timezone
from ninja import Router

from accounts.models import Account
from accounts.team.roles import Act
from common.queue.notify import notify
from common.refusals import Refusal, Refusals, Refused
from program.models import Program
from tracking import tasks
from tracking.api.answers import Failure, invalid
from tracking.api.credentials import ApiRequest, account_of
from tracking.api.lists import Pages, Sizes, page_of
from tracking.api.openapi import FAILURES, Problem
from tracking.api.request_body import read_body
from tracking.erasing.services import erase_customer
from tracking.intake import CustomerData, read_customer
from tracking.intake.customer_data import IDENTITY

from .changes import add, change
from .programs import CampaignIds, RowIds, failure_of, is_other, needed_program, program_of, taken
from .repeats import done_once
from .schemas import CHANGED_CUSTOMER, MOST_COUNTED, NEW_CUSTOMER, CustomerAnswer, Customers, Erasing
from .written import customer_uri, customers_of, known_customer, read_names, written_customer

router = Router(tags=["Customers"])
WRITING = {404: Problem, 413: Problem, 415: Problem, **FAILURES}


@router.get(
    "/{AccountSID}/Customers",
    response={200: Customers, **FAILURES},
    by_alias=True,
    summary="List customers, in the order in which they became known",
)
def list_customers(
    request: ApiRequest,
    AccountSID: str,
    CampaignId: CampaignIds = "",
    Page: Pages = 1,
    PageSize: Sizes = 100,
    AfterId: RowIds = "",
) -> dict[str, Any]:
    """`@total` counts to 100,000; where there are more, go on by `@nextpageuri`, which costs the same at any depth."""
    account = account_of(request, AccountSID)
    program = needed_program(account, CampaignId)
    return page_of(
        request, customers_of(account).filter(program=program).order_by("pk"), "Customers",
        lambda row: written_customer(account, row), number=Page, size=PageSize,
        query={"CampaignId": str(program.pk)}, most=MOST_COUNTED, after=AfterId,
    )  # fmt: skip


@router.post(
    "/{AccountSID}/Customers",
    response={201: CustomerAnswer, 409: Problem, 422: Problem, **WRITING},
    openapi_extra=NEW_CUSTOMER,
    summary="Add a customer",
)
def post_customer(request: ApiRequest, AccountSID: str, CampaignId: CampaignIds = "") -> JsonResponse:
    """Says for the first time who a customer is; one who is known by orders alone is added to. 409 for a customer whose
    details were sent before: change these with PUT."""
    account = account_of(request, AccountSID, Act.TAG)
    params = read_body(request)
    program, data, tags = _read(account, params, CampaignId)

    def act() -> dict[str, Any]:
        return {"id": add(program=program, data=data, tags=tags or (), path="Tags").pk}

    try:
        kept = done_once(request, act)
    except Refused as refused:
        raise failure_of(refused, {"tags": "Tags"}) from None
    customer = known_customer(account, pk=kept["id"])
    place = {"Location": customer_uri(account, customer)}
    return JsonResponse(written_customer(account, customer), status=201, headers=place)


@router.get(
    "/{AccountSID}/Customers/{path:Id}",
    response={200: CustomerAnswer, 404: Problem, **FAILURES},
    summary="Read a customer by CustomerId",
)
def get_customer(request: ApiRequest, AccountSID: str, Id: str, CampaignId: CampaignIds = "") -> dict[str, Any]:
    account = account_of(request, AccountSID)
    program = needed_program(account, CampaignId)
    return written_customer(account, known_customer(account, program=program, customer_id=Id))


@router.put(
    "/{AccountSID}/Customers/{path:Id}",
    response={200: CustomerAnswer, **WRITING},
    openapi_extra=CHANGED_CUSTOMER,
    summary="Change a customer",
)
def put_customer(request: ApiRequest, AccountSID: str, Id: str, CampaignId: CampaignIds = "") -> dict[str, Any]:
    """Changes what is sent and leaves the rest. A blank text clears; `Tags` are all that the customer has from now on.
    The hashes of an Email that stays are not cleared without it."""
    account = account_of(request, AccountSID, Act.TAG)
    params = read_body(request)
    other = taken(params, "CustomerId")
    program, data, tags = _read(account, {**params, "CustomerId": Id}, CampaignId)
    customer = known_customer(account, program=program, customer_id=Id)
    if is_other(other, Id):
        raise invalid([Refusal("CustomerId", "Cannot be changed: orders name it.")])
    try:
        change(customer=customer, data=data, tags=tags, path="Tags")
    except Refused as refused:
        raise failure_of(refused, {"tags": "Tags"}) from None
    return written_customer(account, known_customer(account, pk=customer.pk))


@router.delete(
    "/{AccountSID}/Customers/{path:Id}",
    response={202: Erasing, 404: Problem, **FAILURES},
    summary="Erase a customer",
)
def delete_customer(request: ApiRequest, AccountSID: str, Id: str, CampaignId: CampaignIds = "") -> JsonResponse:
    """Removes what tells who the customer is, everywhere, by a worker; orders keep their figures under a pseudonym. The
    same id, sent later, is a new customer. Read the customer at `Uri` to follow it: 404 once it is done; `Erasing` says
    so where it failed, and why. It may be asked for again."""
    account = account_of(request, AccountSID, Act.TAG)
    program = needed_program(account, CampaignId)
    customer = known_customer(account, program=program, customer_id=Id)
    try:
        erasure = erase_customer(customer=customer, user_id=None)
    except Refused as refused:
        raise Failure(404, str(refused)) from None  # somebody else's erasing was done at this moment
    notify(tasks.erase_customer, erasure.pk)
    return JsonResponse({"Status": erasure.state, "Uri": customer_uri(account, customer)}, status=202)


def _read(account: Account, sent: Mapping[str, Any], campaign: str) -> tuple[Program, CustomerData, list[str] | None]:
    """The customer in a body, the program, and the names of tags where they were sent. Raises Failure 400 with every
    error at once; the program may be named in the address too.
    """
    params = dict(sent)
    errors = Refusals(one_per_path=True)
    named = taken(params, "CampaignId")
    program = program_of(account, campaign if named is None else named, errors)
    tags = taken(params, "Tags")
    names = read_names(tags, errors, "Tags") if tags is not None else None
    data = None
    try:
        data = read_customer(params, now=timezone.now(), takes=("CustomerId", *IDENTITY), beside=("Tags", "CampaignId"))
    except Refused as refused:
        errors.extend(refused)
    if errors or program is None or data is None:
        raise invalid(errors)
    return program, data, names
