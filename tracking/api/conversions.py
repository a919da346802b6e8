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
from program.models import EventType, Program
from tracking.conversions.checks import EventTypes, check_conversion
from tracking.conversions.insert import insert_as_of
from tracking.conversions.store import IdempotencyKeyReused, store_conversion
from tracking.intake import ConversionData, EventKey, FieldErrors, read_conversion
from tracking.intake.parameters import EVENT_KEYS
from tracking.models.conversion import Source, batch_id
from tracking.tasks import price

from .answers import Failure, invalid
from .bodies import read_body
from .credentials import ApiRequest, RememberedCredentials, account_of, is_remembered, prove
from .known import Known, known_program
from .schema import CONVERSION_BODY, FAILURES, Problem

router = Router(tags=["Conversions"])
LONGEST_KEY = 255


class NotAsItWas(Exception):
    """The account's audit log has grown since its token was looked up, or a constraint refuses the order."""


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
        except (Failure, NotAsItWas):  # answered only if the token is still valid and the error still applies
            prove(request)
    return _stored(request, AccountSID)


def _stored(request: ApiRequest, sid: str) -> JsonResponse:
    """Store the order and answer. Raises NotAsItWas where the token is remembered and nothing was stored."""
    account = account_of(request, sid, Act.REPORT)
    params = read_body(request)
    key = _idempotency_key(request)
    program, event_type, data, event_types = _read(request.token, params)
    if is_remembered(request):
        number = insert_as_of(program, event_type, data, idempotency_key=key, position=request.token.audit_position)
        if number is None:
            raise NotAsItWas
        answer, is_duplicate = batch_id(number), False
    else:
        try:
            stored = store_conversion(
                program, data, source=Source.API, idempotency_key=key, event_types=event_types
            )  # fmt: skip
        except IdempotencyKeyReused as error:
            raise Failure(422, str(error), [("Idempotency-Key", str(error))]) from None
        answer, is_duplicate = stored.answer.batch_id, stored.is_duplicate
    count("brandboard_api_conversions", "duplicate" if is_duplicate else "taken")
    notify_soon(price, program.pk)
    place = f"/Advertisers/{account.sid}/APISubmissions/{answer}"
    return JsonResponse({"Status": "QUEUED", "QueuedUri": place})  # passed as it is: `Queued` describes it


def _idempotency_key(request: ApiRequest) -> str | None:
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > LONGEST_KEY:
        raise invalid([("Idempotency-Key", f"Is {len(key)} characters long; send at most {LONGEST_KEY}.")])
    if "\x00" in key:
        raise invalid([("Idempotency-Key", "Contains a NUL character; remove it.")])
    return key or None


type Read = tuple[Program, EventType, ConversionData, EventTypes]


def _read(token: ApiToken, params: Mapping[str, Any]) -> Read:
    """The conversion in the body, its program and event type. Raises Failure 400 with every error in the body and its
    names. Another account's program counts as unknown.
    """
    known = _known(token, _sent(params, "CampaignId"))
    errors: dict[str, str] = {}
    data = None
    zone = known[0].time_zone if known else "UTC"
    try:
        data = read_conversion(params, now=timezone.now(), time_zone=zone, currencies=CURRENCY_DIGITS)
    except FieldErrors as bad:
        errors.update(bad.errors)
    if known is None:
        errors.setdefault("CampaignId", "This is not a known program of this account.")
        raise invalid(errors.items())
    program, event_types = known
    try:
        if data is not None:
            return program, check_conversion(program, data, event_types=event_types), data, event_types
        if key := _event_key(params):
            event_types.of(key)
    except FieldErrors as bad:
        errors = {**dict(bad.errors), **errors}
    raise invalid(errors.items())


def _sent(params: Mapping[str, Any], name: str) -> str:
    """A parameter's value as text, whatever the letter case of its name; "" where it is absent or not one value."""
    value = next((value for key, value in params.items() if key.casefold() == name.casefold()), None)
    return "" if value is None or isinstance(value, list | dict | bool) else str(value).strip()


def _known(token: ApiToken, campaign_id: str) -> Known | None:
    if not (campaign_id.isascii() and campaign_id.isdigit() and len(campaign_id) <= 18):
        return None
    return known_program(token, int(campaign_id))


def _event_key(params: Mapping[str, Any]) -> EventKey | None:
    """The event type that a body names although something else in it is wrong: every error is reported at once."""
    keys = [EventKey(name, sent) for name in EVENT_KEYS if (sent := _sent(params, name))]
    return keys[0] if len(keys) == 1 and len(keys[0].value) <= 64 else None
