"""What a browser sends, by the names of the API's parameters: the pixel's short names, and the tag's items. What
anybody could make up is left out, with why.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from tracking.intake.parameters import (
    ALIASES,
    EVENT_KEYS,
    JOURNEY_PARAMETERS,
    PARTNER_KEYS,
    numbered_item_parameter,
    order_parameter,
)

TAGS = "CustomerTags"
PIXEL = {
    "oid": "OrderId", "custid": "CustomerId", "cs": "CustomerStatus", "custemail": "CustomerEmail",
    "odsc": "OrderDiscount", "rebate": "OrderDiscount", "pmoc": "OrderPromoCode", "currcd": "CurrencyCode",
    "tax": "OrderTax", "ship": "OrderShipping", "amount": "Amount", "oabd": "Amount",
    "st": "OrderSubTotalPostDiscount", "note": "Note", "gp": "GiftPurchase", "pt": "PaymentType",
    "custct": "CustomerCity", "custctry": "CustomerCountry", "custrgn": "CustomerRegion",
    "postcode": "CustomerPostCode", "sitecat": "SiteCategory", "sitever": "SiteVersion",
    "hrau": "HearAboutUs", "li": "LocationId", "ln": "LocationName", "lt": "LocationType",
    "irclickid": "ClickId", "clickid": "ClickId", "cpid": "CustomProfileId", "consent": "TrackingConsent", "tags": TAGS,
    **{f"num{number}": f"Numeric{number}" for number in range(1, 11)},
    **{f"str{number}": f"Text{number}" for number in range(1, 51)},
    **{f"mny{number}": f"Money{number}" for number in range(1, 4)},
    **{f"date{number}": f"Date{number}" for number in range(1, 11)},
}  # fmt: skip
PIXEL_ITEM = {
    "sku": "ItemSku", "amt": "ItemSubTotal", "prc": "ItemPrice", "qty": "ItemQuantity", "cat": "ItemCategory",
    "scat": "ItemSubCategory", "nme": "ItemName", "brd": "ItemBrand", "dsc": "ItemTotalDiscount",
}  # fmt: skip
TAG = {"tags": TAGS, "promocode": "OrderPromoCode", "discount": "OrderDiscount"}
ITEM_OF_TAG = {"discount": "ItemTotalDiscount"}
LONGEST_NAME = 80

_OWN = "Your server alone may say it: anybody can make a browser send it."
_FORGED = {
    **{name.casefold(): f"Names who is credited. {_OWN}" for name in PARTNER_KEYS},
    **{name.casefold(): f"Is worked out by us, from clicks and earlier orders. {_OWN}" for name in
       (parameter.name for parameter in JOURNEY_PARAMETERS.values())},
    "eventdate": "A browser’s order is dated when it arrives.",
    "campaignid": "Stands in the address.",
    **{key.casefold(): "Stands in the address." for key in EVENT_KEYS},
    "ipaddress": "Is read from the request.",
    "useragent": "Is read from the request.",
}  # fmt: skip
del _FORGED[TAGS.casefold()]


class LeftOut(NamedTuple):
    """A field that was not taken, and why."""

    field: str
    why: str


class Read(NamedTuple):
    """A browser's parameters by the API's names, the tags that it names, and what was left out."""

    params: dict[str, Any]
    tags: list[str]
    left_out: list[LeftOut]


def read_pixel(query: Mapping[str, str]) -> Read:
    """The parameters of a pixel: short names, or the API's own."""
    return _sorted({_of_pixel(name): value for name, value in query.items()})


def read_tag(body: Mapping[str, Any]) -> Read:
    """The order that the tag sends: the API's names in any letter case, `items` by short ones."""
    params = {TAG.get(name.casefold(), name): value for name, value in body.items()}
    return _sorted({name: _items(value) if name.casefold() == "items" else value for name, value in params.items()})


def _of_pixel(name: str) -> str:
    key = name.casefold()
    if key in PIXEL:
        return PIXEL[key]
    stem = key.rstrip("0123456789")
    return PIXEL_ITEM[stem] + key[len(stem) :] if stem in PIXEL_ITEM and stem != key else name


def _items(value: Any) -> Any:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return value
    return [{_of_item(name): given for name, given in item.items()} for item in value]


def _of_item(name: str) -> str:
    key = name.casefold()
    if key in ITEM_OF_TAG:
        return ITEM_OF_TAG[key]
    return name if key.startswith("item") else f"Item{name}"


def _sorted(params: Mapping[str, Any]) -> Read:
    taken: dict[str, Any] = {}
    tags: list[str] = []
    left_out: list[LeftOut] = []
    for name, value in params.items():
        key = ALIASES.get(name.casefold(), name).casefold()
        if key in _FORGED:
            left_out.append(LeftOut(name[:LONGEST_NAME], _FORGED[key]))
        elif key == TAGS.casefold():
            tags = _texts(value)
        elif key != "items" and order_parameter(name) is None and numbered_item_parameter(name) is None:
            left_out.append(LeftOut(name[:LONGEST_NAME], "Is not a known parameter of a conversion."))
        else:
            taken[name] = value
    return Read(taken, tags, left_out)


def _texts(value: Any) -> list[str]:
    """Tags from a list, or from a text with commas; at most twenty."""
    parts = value if isinstance(value, list) else str(value or "").split(",")
    return [text for part in parts[:20] if isinstance(part, str) and (text := part.strip()[:80])]
