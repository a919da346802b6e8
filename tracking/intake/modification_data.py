"""Reading a modification: an action's new amount, item quantities or customer status, and why."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from common.refusals import Refusals, Refused
from tracking.intake import parsing
from tracking.intake.canonical_values import printable
from tracking.intake.conversion_data import EventKey, told_as_not_sent
from tracking.intake.parameters import EVENT_KEYS, NOT_SENT

REASONS = frozenset({
    "ORDER_UPDATE", "ITEM_RETURNED", "ITEM_OUT_OF_STOCK", "CONS_FRAUD", "CONS_ERROR", "CONS_INFO_INVALID",
    "ORDER_ERROR", "PUB_ACT_DISPUTE", "ADV_ACT_DISPUTE", "NOT_COMPLIANCE_TERMS", "TEST_ACTION", "REJECTED",
    "PARTNER_NOT_ACTIVE", "CREDITED_DIFFERENT_MP", "MP_RETURNED", "OTHER",
})  # fmt: skip
DEFAULT_REASON = "ORDER_UPDATE"

_LIMITS = {"ActionId": 64, "OrderId": 64, "EventTypeCode": 64, "CustomerStatus": 40}
_KEYS = ("ActionId", "EventTypeCode")
_PLAIN = (
    *_LIMITS, "CampaignId", "ActionTrackerId", "EventTypeId", "ModificationDate", "Reason", "DispositionCode", "Amount",
)  # fmt: skip
_NAMES = {name.casefold(): name for name in _PLAIN}
_ITEM = re.compile(r"(?:item)?(sku|quantity)([1-9][0-9]{0,4})?")
_CHANGES = ("amount", "item", "sku", "quantity", "customerstatus")  # how the names begin of what says a change
_INSTEAD = {
    "category": "A modification does not change the category of an item; leave it out.",
    "itemsubtotaldelta": "Send the new Quantity of the item instead; the amount follows from it.",
}


@dataclass(frozen=True, slots=True)
class ItemChange:
    """The new quantity of the line with this SKU; SKUs are compared exactly."""

    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class ModificationData:
    """A well-formed modification: which action, when, why, and at least one change."""

    campaign_id: int | None
    action_id: str | None
    event_key: EventKey | None
    order_id: str | None
    modification_date: datetime  # aware, UTC
    reason: str
    amount: Decimal | None  # the new sale amount, in the order's currency
    items: tuple[ItemChange, ...]
    customer_status: str | None
    payload: dict[str, str]  # what was sent, by parameter


def read_modification(params: Mapping[str, object], *, now: datetime, time_zone: str = "UTC") -> ModificationData:
    """Read a modification, or raise Refused with every bad field.

    The action is named by ActionId, or by OrderId and its event type. Items come as `Sku`, `Quantity`, `Sku2`,
    `Quantity2` (the API) or `ItemSku`, `ItemQuantity` (files). A ModificationDate without offset is in `time_zone`;
    without one the change is made `now`.
    """
    errors = Refusals(one_per_path=True)
    dropped: dict[str, str] = {}
    sent, skus, quantities = _sort(params, errors, dropped)
    for name in ("CampaignId", "ActionTrackerId", "EventTypeId"):
        try:
            if name in sent:
                sent[name] = str(parsing.read_whole(sent[name], digits=parsing.ID_DIGITS))
        except Refused as refused:
            errors.add(name, str(refused))
    event_key = _check_action(sent, errors)
    reason = _reason(sent, errors)
    items = _items(skus, quantities, errors, prefix=_prefix(params))
    modification_date, amount, campaign_id = now, None, None
    try:
        text = sent.get("ModificationDate", "NOW")
        modification_date = parsing.read_past_moment(text, now=now, time_zone=time_zone)
    except Refused as refused:
        errors.add("ModificationDate", str(refused))
    try:
        if "Amount" in sent:
            amount = parsing.read_number(sent["Amount"])
            sent["Amount"] = sent["Amount"] if amount else "0"
    except Refused as refused:
        errors.add("Amount", str(refused))
    if "Amount" in sent and (skus or quantities):
        errors.add("Amount", "Send the new Amount or the items that change, not both.")
    if not ("Amount" in sent or skus or quantities or "CustomerStatus" in sent or _is_change_refused(errors)):
        unsaid = "".join(f" “{text}” as {name} counts as not sent." for name, text in dropped.items())
        errors.add("Amount", f"Send what changes: Amount, an item's Sku and Quantity, or CustomerStatus.{unsaid}")
    errors.raise_any()
    if "CampaignId" in sent:
        campaign_id = int(sent["CampaignId"])
    if dropped:
        sent[NOT_SENT] = told_as_not_sent(dropped)
    numbered = {f"{name}{number}": text for name, of in (("Sku", skus), ("Quantity", quantities))
                for number, text in of.items()}  # fmt: skip
    return ModificationData(
        campaign_id=campaign_id,
        action_id=sent.get("ActionId"),
        event_key=event_key,
        order_id=sent.get("OrderId"),
        modification_date=modification_date,
        reason=reason,
        amount=amount,
        items=items,
        customer_status=sent.get("CustomerStatus"),
        payload=sent | numbered,
    )


def _is_change_refused(errors: Refusals) -> bool:
    """Whether something that changes was sent and reported as bad, which says more than that there is nothing."""
    return any(each.path.casefold().startswith(_CHANGES) for each in errors)


def _sort(
    params: Mapping[str, object], errors: Refusals, dropped: dict[str, str]
) -> tuple[dict[str, str], dict[int, str], dict[int, str]]:
    """Return plain parameters by name, SKUs by number and quantities by number, blanks left out.

    A placeholder as customer status goes to `dropped`.
    """
    sent: dict[str, str] = {}
    skus: dict[int, str] = {}
    quantities: dict[int, str] = {}
    for name, value in params.items():
        try:
            text = parsing.as_text(value)
            if not text:
                continue
            if known := _NAMES.get(name.casefold()):
                if known == "OrderId":
                    sent[known] = parsing.read_order_id(text, _LIMITS[known])
                elif known == "CustomerStatus" and parsing.is_placeholder(text):
                    dropped[known] = text
                elif known in _KEYS:
                    sent[known] = parsing.read_id(text, _LIMITS[known])
                else:
                    sent[known] = parsing.read_text(text, _LIMITS.get(known, 255))
            elif match := _ITEM.fullmatch(name.casefold()):
                number = int(match[2] or 1)
                into = skus if match[1] == "sku" else quantities
                text = parsing.read_id(text, 255) if into is skus else parsing.read_text(text, 255)
                if into.setdefault(number, text) != text:
                    raise Refused("Was sent twice with different values; send it once.")
            else:
                raise Refused(
                    _INSTEAD.get(name.casefold(), "Is not a known parameter of a modification; leave it out.")
                )
        except Refused as refused:
            errors.add(printable(name), str(refused))
    return sent, skus, quantities


def _check_action(sent: dict[str, str], errors: Refusals) -> EventKey | None:
    keys = [key for key in EVENT_KEYS if key in sent]
    if len(keys) > 1:
        errors.add(keys[1], f"Names the event type a second time; send {keys[0]} or {keys[1]}, not both.")
    if "ActionId" not in sent:
        if "OrderId" not in sent:
            errors.add("OrderId", "Name the action that changes: send OrderId and its event type, or ActionId.")
        elif not keys:
            errors.add(
                "EventTypeId", "Name the event type of the order: EventTypeId, ActionTrackerId or EventTypeCode."
            )
    return EventKey(keys[0], sent[keys[0]]) if keys else None


def _reason(sent: dict[str, str], errors: Refusals) -> str:
    """Return the reason code; DispositionCode is used where Reason is missing, as in the API."""
    name = "Reason" if "Reason" in sent else "DispositionCode"
    reason = sent.get(name, DEFAULT_REASON).upper()
    if reason not in REASONS:
        errors.add(name, f"Is not a known reason code; send one of {', '.join(sorted(REASONS))}.")
    return reason


def _prefix(params: Mapping[str, object]) -> str:
    """How the sender spells the fields of an item: errors use the same names."""
    return "Item" if any(name.casefold().startswith("item") for name in params) else ""


def _items(
    skus: dict[int, str], quantities: dict[int, str], errors: Refusals, *, prefix: str
) -> tuple[ItemChange, ...]:
    sku_field, quantity_field = f"{prefix}Sku", f"{prefix}Quantity"
    items: dict[str, ItemChange] = {}
    for number in sorted(skus | quantities):
        suffix = "" if number == 1 else str(number)
        if number not in skus:
            errors.add(f"{sku_field}{suffix}", "Name the item that the quantity belongs to.")
        elif number not in quantities:
            errors.add(f"{quantity_field}{suffix}", "Send the item's new quantity; 0 returns the item.")
        elif skus[number] in items:
            errors.add(f"{sku_field}{suffix}", "Is listed twice in this modification; send each item once.")
        else:
            try:
                quantity = parsing.read_whole(quantities[number])
                items[skus[number]] = ItemChange(skus[number], quantity)
                quantities[number] = str(quantity)
            except Refused as refused:
                errors.add(f"{quantity_field}{suffix}", str(refused))
    return tuple(items.values())
