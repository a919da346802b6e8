"""What customers and tags look like in the OpenAPI document."""

from typing import Any, Literal

from ninja import Schema

from program.models.customer import TagColor
from tracking.api.lists import Page
from tracking.api.request_body import LONGEST_KEY

MOST_CUSTOMERS = 10_000  # of one call
MOST_COUNTED = 100_000  # rows of a list
MOST_TAGS = 100  # of one customer in one call


class AskedErasing(Schema):
    """The erasing of a customer that was asked for last and is not done: whether it waits, runs or failed, and why."""

    Status: Literal["QUEUED", "RUNNING", "FAILED"]
    RequestDate: str
    Failure: str


class CustomerAnswer(Schema):
    CustomerId: str
    CampaignId: int
    Name: str
    Email: str
    EmailSha1: str
    EmailSha256: str
    Country: str
    Region: str
    City: str
    PostCode: str
    Tags: list[str]
    CustomerStatus: str
    Orders: int
    FirstOrder: str | None
    LastOrder: str | None
    CreationDate: str
    Erasing: AskedErasing | None
    Uri: str


class Customers(Page):
    Customers: list[CustomerAnswer]


class TagAnswer(Schema):
    Id: int
    CampaignId: int
    Name: str
    EarlierNames: list[str]
    Color: str
    Archived: bool
    CreationDate: str
    CustomersUri: str
    Uri: str


class Tags(Page):
    CustomerTags: list[TagAnswer]


class Done(Schema):
    Status: str = "OK"
    Uri: str


class Erasing(Schema):
    """A worker erases the customer; the address answers, with how far it is, until it is done."""

    Status: Literal["QUEUED", "RUNNING"]
    Uri: str


class Tagged(Schema):
    """How many customers were tagged, and who is not a known customer."""

    Status: str = "OK"
    Assigned: int
    Extended: int
    AlreadyAssigned: int
    PricedOrders: int
    NotFound: list[str]


class Untagged(Schema):
    """Off how many customers it was taken, and who is not a known customer."""

    Status: str = "OK"
    Removed: int
    NotAssigned: int
    NotFound: list[str]


def text(limit: int, **more: Any) -> dict[str, Any]:
    return {"type": "string", "maxLength": limit, **more}


def body(kinds: tuple[str, ...], required: list[str], properties: dict[str, Any], *, once: bool) -> dict[str, Any]:
    """The part of an operation that says what it takes; `once` where it honours an Idempotency-Key."""
    schema = {"type": "object", "required": required, "properties": properties, "additionalProperties": False}
    said: dict[str, Any] = {
        "requestBody": {"required": True, "content": {kind: {"schema": schema} for kind in kinds}},
    }
    if once:
        said["parameters"] = [
            {
                "in": "header",
                "name": "Idempotency-Key",
                "schema": {"type": "string", "maxLength": LONGEST_KEY},
                "description": "Of your choice; the same key with the same request is done once. Kept for a day.",
            }
        ]
    return said


BOTH = ("application/x-www-form-urlencoded", "application/json")
CAMPAIGN = {"type": "integer", "minimum": 1, "description": "Required where the account has several programs."}
TAGS = {
    "type": "array", "items": text(80), "maxItems": MOST_TAGS,
    "description": "Names of tags; in a form one text with commas.",
}  # fmt: skip
WHO = {
    "Name": text(255), "Email": text(254, description="Kept in lower case with its SHA-1 and SHA-256."),
    "EmailSha1": text(40), "EmailSha256": text(64), "Country": text(255), "Region": text(255), "City": text(255),
    "PostCode": text(255), "Tags": TAGS, "CampaignId": CAMPAIGN,
}  # fmt: skip
NEW_CUSTOMER = body(BOTH, ["CustomerId"], {"CustomerId": text(255), **WHO}, once=True)
CHANGED_CUSTOMER = body(BOTH, [], {"CustomerId": text(255), **WHO}, once=False)
TAG = {"Name": text(80), "Color": {"type": "string", "enum": list(TagColor.values)}}
NEW_TAG = body(BOTH, ["Name"], {**TAG, "CampaignId": CAMPAIGN}, once=True)
CHANGED_TAG = body(BOTH, [], {**TAG, "Archived": {"type": "boolean"}}, once=False)
IDS = {"type": "array", "items": text(255), "minItems": 1, "maxItems": MOST_CUSTOMERS}
FROM = {"type": "string", "format": "date-time", "description": "Since when; now by default."}
TAGGED = body(BOTH, ["CustomerIds"], {"CustomerIds": IDS, "From": FROM}, once=True)
UNTAGGED = body(BOTH, ["CustomerIds"], {"CustomerIds": IDS}, once=True)
