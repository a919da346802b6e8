"""What exception lists look like in the OpenAPI document."""

from typing import Any

from ninja import Schema

from program.models import ExceptionList
from tracking.api.customers.schemas import BOTH, CAMPAIGN, body, text
from tracking.api.lists import Page

TYPES = [ExceptionList.Kind.CATEGORY.value, ExceptionList.Kind.SKU.value]
STATES = [*ExceptionList.State.values, "DEACTIVATED"]
MULTIPART = "multipart/form-data"


class ActionTracker(Schema):
    Id: int | str
    Name: str


class ListAnswer(Schema):
    Id: int | str
    Name: str
    State: str
    CampaignId: int | str
    Type: str | None = None
    CreatedDate: str
    DeactivationDate: str | None
    ActionTrackers: list[ActionTracker]
    NumberOfItems: int | str
    ItemsUri: str
    Uri: str


class Lists(Page):
    ExceptionLists: list[ListAnswer]


class PromoCodeLists(Page):
    PromoCodeExceptionLists: list[ListAnswer]


class ItemAnswer(Schema):
    Id: int | str
    Value: str
    Name: str
    MatchMode: str
    ListId: int | str
    CreatedDate: str
    Uri: str


class Items(Page):
    Items: list[ItemAnswer]


class Written(Schema):
    """What became of the entries: those that were not on the list, those that were and got a name, were as they are
    said, or are off it now.
    """

    Status: str = "OK"
    Uri: str
    Added: int
    Changed: int
    Unchanged: int
    Removed: int


_TRACKER = {"type": "string", "description": "Of this program; a list is open to rules of all its event types."}
_LIST: dict[str, Any] = {"ActionTrackerId": _TRACKER, "Name": text(80)}
_TYPE = {"type": "string", "enum": TYPES}
NEW_LIST = body(BOTH, ["ActionTrackerId", "Name", "Type"], {**_LIST, "Type": _TYPE, "CampaignId": CAMPAIGN}, once=True)
CHANGED_LIST = body(BOTH, [], {**_LIST, "Type": _TYPE}, once=False)
NEW_PROMO_CODE_LIST = body(BOTH, ["ActionTrackerId", "Name"], {**_LIST, "CampaignId": CAMPAIGN}, once=True)
CHANGED_PROMO_CODE_LIST = body(BOTH, [], _LIST, once=False)
_UPSERT = {"type": "boolean", "default": False, "description": "Whether an entry that is there is changed: else 409."}
_ITEM: dict[str, Any] = {
    "Value": text(500), "Name": text(255), "MatchMode": {"type": "string", "enum": ["EQ", "REGEX"], "default": "EQ"},
    "Upsert": _UPSERT,
}  # fmt: skip
_FILE = {
    "type": "string", "format": "binary",
    "description": "csv, csv.gz, xlsx or xls, up to 5 MB, with the columns Value, Name, MatchMode.",
}  # fmt: skip


def _file(**more: Any) -> dict[str, Any]:
    schema = {"type": "object", "required": ["File"], "properties": {"File": _FILE, **more}}
    return {"schema": {**schema, "additionalProperties": False}}


NEW_ITEMS = body(BOTH, ["Value"], _ITEM, once=True)
NEW_ITEMS["requestBody"]["content"][MULTIPART] = _file(Upsert=_UPSERT)
REPLACED_ITEMS = body((MULTIPART,), ["File"], {}, once=True)
REPLACED_ITEMS["requestBody"]["content"][MULTIPART] = _file()
