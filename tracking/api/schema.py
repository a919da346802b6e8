"""What the API takes and answers, for its OpenAPI document; the intake's own table names the parameters."""

from typing import Any

from ninja import Schema
from pydantic import Field

from tracking.intake.parameters import ITEM_PARAMETERS, ORDER_PARAMETERS, Parameter, numbered_name

TYPES = {"moment": "string", "yes_no": "boolean", "id": "integer", "whole": "integer"}
NUMBERS = ("money", "number", "rate")


class BadField(Schema):
    Field: str
    Message: str


class Problem(Schema):
    """Every failure: what is wrong, and with which fields."""

    Status: str = "ERROR"
    Message: str
    Errors: list[BadField] | None = None


class Submission(Schema):
    BatchId: str
    AccountId: int
    SubmissionDate: str
    CampaignId: int
    ActionTrackerId: int
    MediaPartnerId: str
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


class Submissions(Schema):
    page: str = Field(alias="@page")
    numpages: str = Field(alias="@numpages")
    pagesize: str = Field(alias="@pagesize")
    total: str = Field(alias="@total")
    start: str = Field(alias="@start")
    end: str = Field(alias="@end")
    uri: str = Field(alias="@uri")
    firstpageuri: str = Field(alias="@firstpageuri")
    previouspageuri: str = Field(alias="@previouspageuri")
    nextpageuri: str = Field(alias="@nextpageuri")
    lastpageuri: str = Field(alias="@lastpageuri")
    APISubmissions: list[Submission]


def _property(parameter: Parameter) -> dict[str, Any]:
    if parameter.kind == "text":
        return {"type": "string", "maxLength": parameter.limit}
    if parameter.kind in NUMBERS:
        return {"type": "number"}
    written = {"type": TYPES.get(parameter.kind, "string")}
    return {**written, "format": "date-time"} if parameter.kind == "moment" else written


def _conversion() -> dict[str, Any]:
    order = {parameter.name: _property(parameter) for parameter in ORDER_PARAMETERS.values()}
    order["EventDate"]["description"] = "ISO 8601, or NOW."
    items = {numbered_name(parameter, 1): _property(parameter) for parameter in ITEM_PARAMETERS.values()}
    return {
        "type": "object",
        "description": "One of ActionTrackerId, EventTypeId and EventTypeCode names what happened; at least one key "
        "such as MediaPartnerId says who brought the order. Items are numbered: ItemSku1, ItemSku2, ItemText1_3.",
        "required": ["CampaignId", "EventDate", "OrderId"],
        "properties": {**order, **items},
        "additionalProperties": False,
        "patternProperties": {"^Item[A-Za-z]+[1-9][0-9]*(_[0-9]+)?$": {}},
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
