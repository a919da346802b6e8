"""What an erased order keeps of what was sent: what its figures need, and nothing that tells of the customer.

A list of what stays, so that a parameter that is added later goes until somebody decides otherwise.
"""

from collections.abc import Mapping
from typing import Any

from contracts.engine.rules.fields import VARIABLES, Variable

OF_ORDER = frozenset({
    "CampaignId", "ActionTrackerId", "EventTypeId", "EventTypeCode", "EventDate", "OrderId", "CurrencyCode", "Amount",
    "OrderDiscount", "OrderDiscountRate", "OrderSubTotalPostDiscount", "OrderShipping", "OrderTax", "CustomerStatus",
    "MediaPartnerId", "MediaId", "OrderPromoCode",
})  # fmt: skip
OF_ITEM = frozenset({
    "ItemSku", "ItemPromoCode", "ItemName", "ItemCategory", "ItemSubCategory", "ItemBrand", "ItemMpn", "ItemQuantity",
    "ItemPrice", "ItemSubTotal", "ItemDiscount", "ItemTotalDiscount", "ItemDiscountRate",
})  # fmt: skip
OF_CHANGE = frozenset({
    "CampaignId", "ActionId", "ActionTrackerId", "EventTypeId", "EventTypeCode", "OrderId", "ModificationDate",
    "Reason", "Amount", "CustomerStatus",
})  # fmt: skip
# Of a step of a journey: by whom the customer was brought and why it is credited, not what their browser said.
OF_STEP = frozenset({"Kind", "Date", "Partner", "Media", "Channel", "Groups", "Ad", "Verdict", "Claim", "More"})
OF_JOURNEY = frozenset({"Steps", "StepsInAll", "Agreements"})
_OF_LINE = ("Sku", "Quantity")  # numbered


def erased_order(payload: Mapping[str, Any], pseudonym: str) -> dict[str, Any]:
    """The payload without what tells of the customer, who is the pseudonym in it."""
    kept = {name: value for name, value in payload.items() if name in OF_ORDER}
    if "CustomerId" in payload:
        kept["CustomerId"] = pseudonym
    if "Items" in payload:
        kept["Items"] = [{name: value for name, value in item.items() if name in OF_ITEM} for item in payload["Items"]]
    return kept


def erased_change(payload: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value for name, value in payload.items() if name in OF_CHANGE or name.rstrip("0123456789") in _OF_LINE
    }


def erased_journey(journey: Mapping[str, Any]) -> dict[str, Any]:
    """A kept journey without its values, click ids and the names of unpaid sources, which addresses of visits bring."""
    kept = {name: value for name, value in journey.items() if name in OF_JOURNEY}
    if "Steps" in journey:
        kept["Steps"] = [_erased_step(step) for step in journey["Steps"]]
    return kept


def _erased_step(step: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in step.items() if name in OF_STEP}
    return kept if step["Partner"] is not None else {**kept, "Media": "", "Channel": ""}


def is_erased(variable: Variable) -> bool:
    """Whether erasing removes what fills this variable. What was looked up for the customer stays with the action: tags
    and order history, which hold no word of the customer's own.
    """
    kept = OF_ITEM if variable.level == "item" else OF_ORDER
    return bool(variable.parameter) and variable.given != "profile" and variable.parameter not in kept


_COUNTED = [variable for variable in VARIABLES.values() if variable.is_counted and is_erased(variable)]
_COUNTED_OF_ORDER = {
    variable.parameter: variable.key
    for variable in _COUNTED
    if variable.level == "order" and variable.given == "payload"
}
_COUNTED_OF_JOURNEY = {variable.parameter: variable.key for variable in _COUNTED if variable.given == "journey"}
_COUNTED_OF_ITEM = {variable.parameter: variable.key for variable in _COUNTED if variable.level == "item"}


def counted_values(payload: Mapping[str, Any], journey: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The variables and values that erasing removes from this order, and that were counted as received; each once.

    `journey` are its derived and its journey's values.
    """
    found = {(key, payload[name]) for name, key in _COUNTED_OF_ORDER.items() if payload.get(name)}
    found |= {(key, journey[name]) for name, key in _COUNTED_OF_JOURNEY.items() if journey.get(name)}
    for item in payload.get("Items") or ():
        found.update((_COUNTED_OF_ITEM[name], value) for name, value in item.items() if name in _COUNTED_OF_ITEM)
    return found
