"""POST /Conversions: an order is reported. Answered once it is stored; a worker prices it."""

from collections.abc import Mapping
from typing import Any

from django.http import JsonResponse
from django.utils import timezone
from ninja import Router, Schema

from accounts.models import ApiToken
from accounts.team.roles import Act
from common.currencies import CURRENCY_DIGITS
from common.observability.counters import count
from common.queue.notify import notify_soon
from common.refusals import Refusal, Refused
from program.models import Program
from tracking.conversions.event_types import Accepted, EventTypes, accepted_by, check_conversion
from tracking.conversions.new_conversions import NotAsOf, store_conversion
from tracking.intake import ConversionData, EventKey, read_conversion
from tracking.intake.parameters import EVENT_KEYS
from tracking.models.conversion import Source
from tracking.tasks import price

from .answers import Failure, invalid
from .credentials import ApiRequest, RememberedCredentials, account_of, is_remembered, prove
from .openapi import CONVERSION_BODY, FAILURES, Problem
from .request_body import idempotency_key, read_body

router = Router(tags=["Conversions"])


class Queued(Schema):
    Status: str
    QueuedUri: str


@router.post(
    "/{AccountSID}/Conversions",
    response={200: Queued, 413: Problem, 415: Problem, 422: Problem, **FAILURES},
    openapi_extra=CONVERSION_BODY,
    auth=RememberedCredentials(),
    summary="Report a conversion",
)
def post_conversion(request: ApiRequest, AccountSID: str) -> JsonResponse:
    """Stores one order and answers where its progress can be read. An order id that came before within the event
    type's de-duplication window is answered as the first was; so is a repeated `Idempotency-Key`."""
    if is_remembered(request):
        try:
            return _stored(request, AccountSID)
        except (Failure, NotAsOf):  # answered only if the token is still valid and the error still applies
            prove(request)
    return _stored(request, AccountSID)


def _stored(request: ApiRequest, sid: str) -> JsonResponse:
    """Store the order and answer. Raises NotAsOf where the token is remembered and nothing was stored."""
    account = account_of(request, sid, Act.REPORT)
    params = read_body(request)
    key = idempotency_key(request)
    program, data, event_types = _read(request.token, params)
    try:
        stored = store_conversion(
            program, data, source=Source.API, idempotency_key=key, event_types=event_types,
            as_of=request.token.audit_position if is_remembered(request) else None,
        )  # fmt: skip
    except Refused as refused:
        raise _unstored(refused) from None
    count("brandboard_api_conversions", "duplicate" if stored.is_duplicate else "taken")
    notify_soon(price, program.pk)
    place = f"/Advertisers/{account.sid}/APISubmissions/{stored.batch_id}"
    return JsonResponse({"Status": "QUEUED", "QueuedUri": place})  # passed as it is: `Queued` describes it


def _unstored(refused: Refused) -> Failure:
    """422 for an Idempotency-Key of another conversion, with its message; 400 for anything else."""
    return Failure(422, next(iter(refused)).message, refused) if refused.has("taken") else invalid(refused)


def _read(token: ApiToken, params: Mapping[str, Any]) -> tuple[Program, ConversionData, EventTypes]:
    """The conversion in the body, its program and event type. Raises Failure 400 with every error in the body and its
    names. Another account's program counts as unknown.
    """
    known = _accepted(token, _sent(params, "CampaignId"))
    errors: dict[str, Refusal] = {}
    data = None
    zone = known[0].time_zone if known else "UTC"
    try:
        data = read_conversion(params, now=timezone.now(), time_zone=zone, currencies=CURRENCY_DIGITS)
    except Refused as refused:
        errors = {each.path: each for each in refused}
    if known is None:
        unknown = Refusal("CampaignId", "This is not a known program of this account.", "unknown")
        errors.setdefault("CampaignId", unknown)
        raise invalid(errors.values())
    program, event_types = known
    try:
        if data is not None:
            check_conversion(program, data, event_types=event_types)
            return program, data, event_types
        if key := _event_key(params):
            event_types.of(key)
    except Refused as refused:
        errors = {**{each.path: each for each in refused}, **errors}
    raise invalid(errors.values())


def _sent(params: Mapping[str, Any], name: str) -> str:
    """A parameter's value as text, whatever the letter case of its name; "" where it is absent or not one value."""
    value = next((value for key, value in params.items() if key.casefold() == name.casefold()), None)
    return "" if value is None or isinstance(value, list | dict | bool) else str(value).strip()


def _accepted(token: ApiToken, campaign_id: str) -> Accepted | None:
    if not (campaign_id.isascii() and campaign_id.isdigit() and len(campaign_id) <= 18):
        return None
    return accepted_by(token, int(campaign_id))


def _event_key(params: Mapping[str, Any]) -> EventKey | None:
    """The event type that a body names although something else in it is wrong: every error is reported at once."""
    keys = [EventKey(name, sent) for name in EVENT_KEYS if (sent := _sent(params, name))]
    return keys[0] if len(keys) == 1 and len(keys[0].value) <= 64 else None
