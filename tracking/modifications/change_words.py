"""A change of an order as a person reads it: what was sent, without the names that parameters have."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from program.templatetags.brandboard import number
from tracking.models import ActionUpdate, Modification

_SKU = re.compile(r"Sku([0-9]+)")
_LABELS = {
    "ActionId": "Action",
    "OrderId": "Order",
    "EventTypeCode": "Event type",
    "EventTypeId": "Event type, by number",
    "ActionTrackerId": "Event type, by number",
    "CampaignId": "Program",
    "ModificationDate": "Date",
    "DispositionCode": "Reason, as sent",
}
_REASONS = dict(ActionUpdate.Disposition.choices)


def change_in_words(modification: Modification, before: Mapping[str, str]) -> list[tuple[str, str]]:
    """What was to change, and why: pairs of words, such as (SKU 22363, quantity 0).

    `before` has what is known of the order before the change: quantities by SKU, and Amount.
    """
    sent = modification.payload
    pairs = []
    if "Amount" in sent:
        pairs.append(("Amount", f"{_from(before.get('Amount'))}{_figure(sent['Amount'])}, in the order’s currency"))
    for place in sorted(int(match[1]) for name in sent if (match := _SKU.fullmatch(name))):
        sku, quantity = sent[f"Sku{place}"], _figure(sent.get(f"Quantity{place}", ""))
        pairs.append((f"SKU {sku}", f"quantity {_from(before.get(sku))}{quantity}"))
    if "CustomerStatus" in sent:
        pairs.append(("Customer status", sent["CustomerStatus"]))
    return [*pairs, ("Reason", reason_in_words(sent))]


def address_in_words(modification: Modification) -> list[tuple[str, str]]:
    """Which order it is about and when, as it was sent."""
    return [(label, modification.payload[name]) for name, label in _LABELS.items() if name in modification.payload]


def reason_in_words(sent: Mapping[str, str]) -> str:
    code = sent.get("Reason", "")
    return f"{_REASONS[code]} ({code})" if code in _REASONS else code


def _from(text: str | None) -> str:
    return "" if text is None else f"{_figure(text)} → "


def _figure(text: str) -> str:
    try:
        return number(Decimal(text))
    except InvalidOperation:
        return text
