"""The orders of the last 30 days that carried values: how many a change of lists or the catalog would have touched."""

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import timedelta

from django.db.models import Sum
from django.utils import timezone

from common.formats.comparison import compared
from common.patterns import Patterns
from program.models import ExceptionList, ExceptionListItem, Program, ReceivedValue

from .entries import Entry

DAYS = 30  # with today
PATIENCE = 3.0  # seconds that a page waits for the count
SKU = ("ITEM_SKU",)
# What the values of a list of each kind are received as; super categories are `category_subcategory` of a line.
_VARIABLES = {
    ExceptionList.Kind.SKU.value: SKU,
    ExceptionList.Kind.CATEGORY.value: ("ITEM_CATEGORY", "LIST_ITEM_SUPER_CATEGORY"),
    ExceptionList.Kind.PROMO_CODE.value: ("ORDER_PROMO_CODE", "ITEM_PROMO_CODE"),
}


def orders_with_entries(
    exception_list: ExceptionList, entries: Iterable[Entry], *, patience: float = PATIENCE
) -> int | None:
    """How many orders carried a value that meets one of the entries; an order with several counts for each. None where
    counting takes longer than that many seconds.
    """
    keys: set[str] = set()
    patterns: list[str] = []
    for entry in entries:
        if entry.match_mode == ExceptionListItem.MatchMode.EQ:
            keys.add(entry.key)
        else:
            patterns.append(entry.value)
    return orders_with_keys(exception_list, keys, patterns, patience=patience)


def orders_with_keys(
    exception_list: ExceptionList, keys: Collection[str], patterns: Sequence[str], *, patience: float = PATIENCE
) -> int | None:
    """The same by the keys of entries that are compared whole, and regular expressions."""
    if not (keys or patterns):
        return 0
    asked = Patterns(patterns)

    def is_met(value: str) -> bool:
        form = compared(value)
        return form in keys or bool(patterns and asked.matching(form))

    return _orders(exception_list.program, _VARIABLES[exception_list.kind], is_met, patience)


def orders_with_skus(program: Program, skus: Iterable[str], *, patience: float = PATIENCE) -> int | None:
    """How many orders carried one of the SKUs, which the catalog compares exactly; as above."""
    wanted = set(skus)
    return _orders(program, SKU, wanted.__contains__, patience) if wanted else 0


def _orders(program: Program, variables: Sequence[str], is_met: Callable[[str], bool], patience: float) -> int | None:
    """Of these days, by the values that were received."""
    until = time.monotonic() + patience
    since = timezone.localdate(timezone=program.zone) - timedelta(days=DAYS - 1)
    rows = ReceivedValue.objects.filter(program=program, variable__in=variables).since(since)
    found = 0
    for value, orders in rows.values_list("value").annotate(Sum("orders")).order_by().iterator():
        if time.monotonic() > until:
            return None
        if is_met(value):
            found += orders
    return found
