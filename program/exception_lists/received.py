"""The orders of the last 30 days that carried values: how many a change of lists or the catalog would have touched."""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from django.db.models import Sum
from django.utils import timezone

from common.formats.comparison import compared
from common.patterns import patterns_of
from program.models import ExceptionList, ExceptionListItem, Program, ReceivedValue

from .entries import Entry

DAYS = 30  # with today
SKU = ("ITEM_SKU",)
# What the values of a list of each kind are received as; super categories are `category_subcategory` of a line.
_VARIABLES = {
    ExceptionList.Kind.SKU.value: SKU,
    ExceptionList.Kind.CATEGORY.value: ("ITEM_CATEGORY", "LIST_ITEM_SUPER_CATEGORY"),
    ExceptionList.Kind.PROMO_CODE.value: ("ORDER_PROMO_CODE", "ITEM_PROMO_CODE"),
}


def orders_with_entries(exception_list: ExceptionList, entries: Iterable[Entry]) -> int:
    """How many orders carried a value that meets one of the entries; an order with several counts for each."""
    keys, patterns = set(), []
    for entry in entries:
        if entry.match_mode == ExceptionListItem.MatchMode.EQ:
            keys.add(entry.key)
        else:
            patterns.append(entry.value)
    return _orders(exception_list.program, _VARIABLES[exception_list.kind], keys, patterns)


def orders_with_skus(program: Program, skus: Iterable[str]) -> int:
    """How many orders carried one of the SKUs, which the catalog compares exactly; one with several counts for each."""
    wanted = set(skus)
    return sum(orders for sku, orders in _received(program, SKU) if sku in wanted) if wanted else 0


def _orders(program: Program, variables: Sequence[str], keys: Collection[str], patterns: Sequence[str]) -> int:
    if not (keys or patterns):
        return 0
    asked = patterns_of(tuple(patterns))
    found = 0
    for value, orders in _received(program, variables):
        form = compared(value)
        if form in keys or (patterns and asked.matching(form)):
            found += orders
    return found


def _received(program: Program, variables: Sequence[str]) -> Iterable[tuple[str, int]]:
    """The values that were received, each with its orders of these days."""
    since = timezone.localdate(timezone=program.zone) - timedelta(days=DAYS - 1)
    rows = ReceivedValue.objects.filter(program=program, variable__in=variables).since(since)
    return rows.values_list("value").annotate(Sum("orders")).order_by()
