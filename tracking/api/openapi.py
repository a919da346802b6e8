"""What the API takes and answers, for its OpenAPI document; the intake's own table names the parameters."""

from typing import Any

from ninja import Schema

from tracking.intake.parameters import ITEM_PARAMETERS, ORDER_PARAMETERS, Parameter, numbered_name
from tracking.intake.parsing import ID_DIGITS, MONEY_DIGITS, WHOLE_DIGITS

from .lists import Page

OTHERS: dict[str, dict[str, Any]] = {
    "moment": {"type": "string", "format": "date-time"},
    "yes_no": {"type": "boolean"},
    "currency": {"type": "string", "pattern": "^[A-Za-z]{3}$"},
    "hash": {"type": "string", "pattern": "^([0-9a-fA-F]{40}|[0-9a-fA-F]{64})$"},
}


class BadField(Schema):
    Field: str
    Message: str


class Problem(Schema):
    """Every failure: what is wrong, and with which fields."""

    Status: str = "ERROR"
    Message: str
    Errors: list[BadField] | None = None


# Failures that any authenticated request may get.
FAILURES = dict.fromkeys((400, 401, 403, 429, 503), Problem)


class Submission(Schema):
    BatchId: str
    AccountId: int
    SubmissionDate: str
    CampaignId: int
    ActionTrackerId: int
    MediaPartnerId: int | str
    EventCode: str
    OrderId: str
    Payload: str
    Type: str
    Status: str
    CompletionDate: str | None
    ErrorType: str | None
    ErrorReason: str | None
    ErrorDetail: str | None
    Uri: str


class Submissions(Page):
    APISubmissions: list[Submission]


def _property(parameter: Parameter) -> dict[str, Any]:
    match parameter.kind:
        case "text" | "key" | "order_id" | "customer_id":
            return {"type": "string", "maxLength": parameter.limit}
        case "money":
            return {"type": "number", "minimum": 0, "exclusiveMaximum": 10**MONEY_DIGITS}
        case "number":
            return {"type": "number", "exclusiveMinimum": -(10**MONEY_DIGITS), "exclusiveMaximum": 10**MONEY_DIGITS}
        case "rate":
            return {"type": "number", "minimum": 0, "maximum": 100}
        case "whole":
            return {"type": "integer", "minimum": 0, "exclusiveMaximum": 10**WHOLE_DIGITS}
        case "id":
            return {"type": "integer", "minimum": 0, "exclusiveMaximum": 10**ID_DIGITS}
    return OTHERS[parameter.kind]


def _numbered() -> dict[str, Any]:
    """The parameters of any item by a pattern of their names: `ItemSku2`, `ItemText2_50`."""
    found: dict[str, tuple[Parameter, list[str]]] = {}
    for parameter in ITEM_PARAMETERS.values():
        base, _, free_number = numbered_name(parameter, 1).partition("1")
        found.setdefault(base, (parameter, []))[1].append(free_number)
    return {
        f"^{base}[1-9][0-9]{{0,5}}{f'({"|".join(numbers)})' if any(numbers) else ''}$": _property(parameter)
        for base, (parameter, numbers) in found.items()
    }


def _conversion() -> dict[str, Any]:
    order = {parameter.name: _property(parameter) for parameter in ORDER_PARAMETERS.values()}
    order["EventDate"] = {**order["EventDate"], "description": "ISO 8601, or NOW."}
    items = {numbered_name(parameter, 1): _property(parameter) for parameter in ITEM_PARAMETERS.values()}
    return {
        "type": "object",
        "description": "One of ActionTrackerId, EventTypeId and EventTypeCode names the event type; at least one key "
        "such as MediaPartnerId names the partner. Items are numbered: ItemSku1, ItemSku2, ItemText1_3.",
        "required": ["CampaignId", "EventDate", "OrderId"],
        "properties": {**order, **items},
        "additionalProperties": False,
        "patternProperties": _numbered(),
    }


_CONVERSION = _conversion()
CONVERSION_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": _CONVERSION} for kind in ("application/x-www-form-urlencoded", "application/json")
        },
    },
    "parameters": [
        {
            "in": "header",
            "name": "Idempotency-Key",
            "schema": {"type": "string", "maxLength": 255},
            "description": "Of your choice; the same key with the same order is stored once.",
        }
    ],
}
