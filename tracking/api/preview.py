"""POST /PayoutPreview: what any terms would pay for any orders, and why. Stores nothing, so any token may ask."""

import string
import time
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from ninja import Router, Schema

from common.refusals import Refusal, Refused
from tracking.try_payout.try_orders import try_orders

from .answers import Failure, invalid
from .credentials import ApiRequest, account_of
from .openapi import FAILURES, BadField, Problem
from .request_body import read_document

router = Router(tags=["Payout preview"])
MOST_ORDERS = 1_000
LOOKED_UP = ("sku", "promocode", "category")
MOST_MATCHED = 10_000_000  # characters of values that lists are matched with, times regular expressions
MOST_TRACED = 100_000  # lines times payout groups: each group above the winner is explained
MOST_SECONDS = 5.0  # of processor time, in a process that other requests share
TOO_MUCH = f"Pricing these orders took more than {MOST_SECONDS:g} seconds of processor time: send fewer at once."


class Item(Schema):
    Sku: str
    SaleAmount: str
    Payout: str
    Group: Any = None


class Answer(Schema):
    """What one order would be paid; or its errors."""

    OrderId: str | None = None
    Amount: str | None = None
    Payout: str | None = None
    Group: Any = None
    Restricted: bool | None = None
    Items: list[Item] | None = None
    Trace: list[str] | None = None
    Errors: list[BadField] | None = None


BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["Terms", "Conversions"],
                    "properties": {
                        "Terms": {"type": "object", "description": "A terms document."},
                        "Conversions": {"type": "array", "items": {"type": "object"}, "maxItems": MOST_ORDERS},
                        "Context": {"type": "object", "description": "Status mapping, lists, catalog, rates."},
                    },
                }
            }
        },
    }
}


@router.post(
    "/{AccountSID}/PayoutPreview",
    response={200: list[Answer], 413: Problem, 415: Problem, **FAILURES},
    openapi_extra=BODY,
    exclude_unset=True,
    summary="Price orders by a terms document, storing nothing",
)
def preview_payout(request: ApiRequest, AccountSID: str) -> list[dict[str, Any]]:
    account_of(request, AccountSID)
    body = read_document(request)
    orders, context = body.get("Conversions"), body.get("Context") or {}
    if not isinstance(orders, list):
        raise invalid([Refusal("Conversions", "Send a list of orders, each an object of parameters.")])
    if not isinstance(context, Mapping):
        raise invalid([Refusal("Context", "Send an object.")])
    if len(orders) > MOST_ORDERS or _lines(orders) * _groups(body.get("Terms")) > MOST_TRACED:
        raise Failure(
            413, f"Send at most {MOST_ORDERS:,} orders, and fewer lines where the terms have very many groups."
        )
    if _characters(orders) * _patterns(context) > MOST_MATCHED:
        raise Failure(413, "Send fewer orders at once, because the lists hold very many regular expressions.")
    end = time.thread_time() + MOST_SECONDS
    answers = []
    try:
        for answer in try_orders(body.get("Terms"), orders, context, now=timezone.now()):
            answers.append(answer)
            if time.thread_time() > end:
                raise Failure(413, TOO_MUCH)
    except Refused as refused:
        raise invalid(refused) from None
    except ValueError as error:
        raise invalid([Refusal("Context", str(error))]) from None
    return answers


def _groups(terms: object) -> int:
    """How many payout groups a document holds at most in one event payout; anything else counts as none."""
    payouts = terms.get("EventPayouts") if isinstance(terms, Mapping) else None
    rows = payouts if isinstance(payouts, list) else []
    held = [row.get("PayoutGroups") for row in rows if isinstance(row, Mapping)]
    return max((len(groups) for groups in held if isinstance(groups, list)), default=0)


def _lines(orders: list[Any]) -> int:
    """How many lines the orders have, one without items among them."""
    lines = 0
    for order in orders:
        if isinstance(order, Mapping):
            items = order.get("Items")
            numbered = {name.strip(string.ascii_letters) for name in order if name.casefold().startswith("item")}
            lines += max(1, len(items) if isinstance(items, list) else 0, len(numbered))
    return lines


def _patterns(context: Mapping[str, Any]) -> int:
    """How many regular expressions the lists of a context hold."""
    lists = context.get("ExceptionLists")
    held = [entries for entries in lists.values() if isinstance(entries, list)] if isinstance(lists, Mapping) else []
    return sum(isinstance(entry, Mapping) and entry.get("MatchMode") == "REGEX" for rows in held for entry in rows)


def _characters(orders: list[Any]) -> int:
    """How many characters the promo codes, SKUs and categories of orders have."""
    rows = [order for order in orders if isinstance(order, Mapping)]
    lists = [value for row in rows for value in row.values() if isinstance(value, list)]
    rows += [item for items in lists for item in items if isinstance(item, Mapping)]
    return sum(
        len(value)
        for row in rows
        for name, value in row.items()
        if isinstance(value, str) and any(word in name.casefold() for word in LOOKED_UP)
    )
