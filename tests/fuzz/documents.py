"""A body of PayoutPreview with everything in it, and what becomes of a document when one part of it is another."""

import copy
from collections.abc import Iterator
from typing import Any

NEW = {"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["New"]}
LISTED = {"Variable": "LIST_ITEM_SKU", "Operator": "IN_LIST", "Values": ["Winter"]}
PAYOUT: dict[str, Any] = {
    "EventTypeCode": "SALE", "PayoutLevel": "ITEM", "DefaultPayoutRate": "10",
    "PayoutGroups": [
        {"Rank": 1, "Name": "New", "Rules": [NEW], "PayoutRate": "15",
         "Limits": [{"Type": "PAYABLE_ITEMS", "Value": 2}]},
        {"Rank": 2, "Name": "Winter", "Rules": [LISTED], "Payout": "5"},
    ],
    "PayoutAdjustments": [{"Rules": [NEW], "Direction": "INCREASE", "Rate": "5"}],
    "PayoutRestrictions": [{"Rules": [LISTED], "ZeroPayoutHideReport": False}],
    "Locking": {"Basis": "TRACKED", "Period": "DAY", "MonthOffset": 0, "DayOffset": 15},
    "PayoutScheduling": {"Basis": "LOCKED", "Period": "END_OF_MONTH"},
}  # fmt: skip
ORDER: dict[str, Any] = {
    "OrderId": "A1", "EventTypeCode": "SALE", "EventDate": "2026-01-05T10:00:00Z", "CurrencyCode": "USD",
    "CustomerStatus": "first-time", "OrderPromoCode": "AB1", "CustomerTags": ["vip"], "OrderDiscount": "1.5",
    "Items": [{"ItemSku": "S1", "ItemPrice": "10", "ItemQuantity": 2, "ItemCategory": "Shoes", "ItemText1": "a"}],
    "Counters": {"CONTRACT": {"Payout": "80.00", "Actions": 3}},
}  # fmt: skip
PREVIEW: dict[str, Any] = {
    "Terms": {"Name": "Standard", "Currency": "GBP", "Labels": ["a"], "EventPayouts": [PAYOUT]},
    "Conversions": [ORDER],
    "Context": {
        "TimeZone": "Europe/London", "DefaultCurrency": "GBP",
        "CustomerStatusMapping": {"SALE": {"New": ["first-time"]}},
        "ExceptionLists": {"Winter": [{"Value": "S2", "MatchMode": "EQ"}, {"Value": "a.*", "MatchMode": "REGEX"}]},
        "Catalog": {"S1": {"Manufacturer": "Red", "Category": "shoe"}},
        "ExchangeRates": [{"Date": "2026-01-04", "From": "USD", "To": "GBP", "Rate": "0.75"}],
    },
}  # fmt: skip
HUGE = 10**4_000
OTHERS: list[Any] = [
    None, True, 5, -1, HUGE, 1.5, float("nan"), float("inf"), "", "x", "\x00", "\ud800", "1e400", "9999-12-31",
    [], {}, [None], [[]], {"": 1}, {"x": {}}, "x" * 5_000,
]  # fmt: skip

type Path = tuple[str | int, ...]


def paths(document: Any, before: Path = ()) -> Iterator[Path]:
    """The path of every part of a document, itself included."""
    yield before
    parts = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, part in parts:
        yield from paths(part, (*before, key))


def replaced(document: Any, path: Path, other: Any) -> Any:
    """A copy of the document in which one part is another."""
    if not path:
        return other
    changed = copy.deepcopy(document)
    held = changed
    for key in path[:-1]:
        held = held[key]
    held[path[-1]] = other
    return changed
