"""GET /APISubmissions: the state of reported conversions."""

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Q
from ninja import Router
from pydantic import WithJsonSchema

from accounts.models import Account
from common.refusals import Refusals
from tracking.intake.parameters import ITEM_PARAMETERS, PARTNER_KEYS, numbered_name
from tracking.models import Claim, Conversion
from tracking.models.conversion import Source

from .answers import Failure, invalid
from .credentials import ApiRequest, account_of
from .openapi import FAILURES, Problem, Submission, Submissions

router = Router(tags=["API submissions"])
LARGEST_PAGE = 1_000
LAST_PAGE = 1_000_000
# For the document only: `_page` refuses other values with its own messages.
Pages = Annotated[int, WithJsonSchema({"type": "integer", "minimum": 1, "maximum": LAST_PAGE})]
Sizes = Annotated[int, WithJsonSchema({"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE})]
State, Reason = Conversion.State, Conversion.Reason
VALIDATION = {Reason.DUPLICATE, Reason.EVENT_TYPE_NOT_ACTIVE}
OURS = {Reason.GIVEN_UP, Reason.ERROR, Reason.CUSTOMER_ERASED}


@router.get(
    "/{AccountSID}/APISubmissions",
    response={200: Submissions, **FAILURES},
    by_alias=True,
    summary="List submissions, newest first",
)
def list_submissions(request: ApiRequest, AccountSID: str, Page: Pages = 1, PageSize: Sizes = 100) -> dict[str, Any]:
    account = account_of(request, AccountSID)
    rows = _submissions(account)
    return _page(request, rows, "APISubmissions", lambda row: _written(account, row), number=Page, size=PageSize)


@router.get(
    "/{AccountSID}/APISubmissions/{BatchId}",
    response={200: Submission, 404: Problem, **FAILURES},
    summary="Read one submission",
)
def get_submission(request: ApiRequest, AccountSID: str, BatchId: str) -> dict[str, Any]:
    account = account_of(request, AccountSID)
    number = BatchId.removeprefix("A-")
    row = None
    if BatchId.startswith("A-") and number.isascii() and number.isdigit() and len(number) <= 18:
        row = _submissions(account).filter(pk=int(number)).first()
    if row is None:
        raise Failure(404, "This is not a known submission.")
    return _written(account, row)


def _page(
    request: ApiRequest, rows: Any, name: str, written: Callable[[Any], dict[str, Any]], *, number: int, size: int
) -> dict[str, Any]:
    """One page of rows under `name`. Raises Failure 400 for an invalid page."""
    errors = Refusals()
    if not 1 <= number <= LAST_PAGE:
        errors.add("Page", "Send a page from 1.")
    if not 1 <= size <= LARGEST_PAGE:
        errors.add("PageSize", f"Send a number from 1 to {LARGEST_PAGE}.")
    if errors:
        raise invalid(errors)
    paginator = Paginator(rows, size)
    total, pages = paginator.count, paginator.num_pages
    start = (number - 1) * size
    shown = list(rows[start : start + size]) if start < total else []

    def address(page: int) -> str:
        return f"{request.path}?Page={page}&PageSize={size}"

    return {
        "@page": str(number),
        "@numpages": str(pages),
        "@pagesize": str(size),
        "@total": str(total),
        "@start": str(start),
        "@end": str(start + len(shown) - 1 if shown else start),
        "@uri": address(number),
        "@firstpageuri": address(1),
        "@previouspageuri": address(number - 1) if number > 1 else "",
        "@nextpageuri": address(number + 1) if number < pages else "",
        "@lastpageuri": address(pages),
        name: [written(row) for row in shown],
    }


def _submissions(account: Account) -> Any:
    rows = Conversion.objects.filter(program__account=account, source=Source.API)
    rows = rows.annotate(in_hand=Q(pk__in=Claim.objects.numbers()))
    return rows.select_related("program", "event_type").order_by("-id")


def _written(account: Account, row: Any) -> dict[str, Any]:
    zone = row.program.zone
    done = row.state != State.WAITING
    return {
        "BatchId": row.batch_id,
        "AccountId": account.pk,
        "SubmissionDate": row.received_at.astimezone(zone).isoformat(timespec="seconds"),
        "CampaignId": row.program_id,
        "ActionTrackerId": row.event_type_id,
        "MediaPartnerId": next((row.payload[key] for key in PARTNER_KEYS if key in row.payload), ""),
        "EventCode": row.event_type.code,
        "OrderId": row.order_id,
        "Payload": _payload(row.payload),
        "Type": "Conversion",
        "Status": "Complete" if done else "In Progress" if row.in_hand else "Queued",
        "CompletionDate": row.processed_at.astimezone(zone).isoformat(timespec="seconds")
        if done and row.processed_at
        else None,
        "ErrorType": _error_type(row.reason),
        "ErrorReason": row.reason or None,
        "ErrorDetail": row.detail or None,
        "Uri": f"/Advertisers/{account.sid}/APISubmissions/{row.batch_id}",
    }


def _error_type(reason: str) -> str | None:
    if not reason:
        return None
    if reason in VALIDATION:
        return "Validation"
    return "Processing Error" if reason in OURS else "Contract Error"


def _payload(payload: dict[str, Any]) -> str:
    """The payload as a form would send it, with numbered items."""
    pairs = [(name, value) for name, value in payload.items() if name != "Items"]
    for number, item in enumerate(payload.get("Items", ()), 1):
        pairs += [(numbered_name(ITEM_PARAMETERS[name.casefold()], number), value) for name, value in item.items()]
    return urlencode(pairs)
