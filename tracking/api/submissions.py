"""GET /APISubmissions: the state of reported conversions."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from ninja import Router

from accounts.models import Account
from tracking.intake.parameters import ITEM_PARAMETERS, PARTNER_KEYS, numbered_name
from tracking.intake.parsing import ID_DIGITS
from tracking.models import Claim, Conversion
from tracking.models.conversion import Source

from .answers import Failure
from .credentials import ApiRequest, account_of
from .lists import Pages, Sizes, page_of
from .openapi import FAILURES, Problem, Submission, Submissions

router = Router(tags=["API submissions"])
State, Reason = Conversion.State, Conversion.Reason
VALIDATION = {Reason.DUPLICATE, Reason.REPLACED, Reason.DIFFERS, Reason.NOT_REPLACED, Reason.EVENT_TYPE_NOT_ACTIVE}
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
    return page_of(request, rows, "APISubmissions", lambda row: _written(account, row), number=Page, size=PageSize)


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
        "MediaPartnerId": _partner(row.payload),
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


def _partner(payload: dict[str, Any]) -> int | str:
    """The partner that was named, as a number where the id is one, as on the platform; "" where none was."""
    named = str(next((payload[key] for key in PARTNER_KEYS if key in payload), ""))
    is_number = named.isascii() and named.isdigit() and len(named) <= ID_DIGITS and named[0] != "0"
    return int(named) if is_number else named


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
