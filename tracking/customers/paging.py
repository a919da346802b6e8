"""Pages of the list of customers. Each begins behind the last row of the one before, which its address names, so that
a page far back is read like the first: from its place in the index of the list's order.

The customers that match are counted first. Few of them are then named by their numbers: in the list's order the
planner might look for them among all customers.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from django.db.models import F, OrderBy, Q, QuerySet

from common.db.statements import AnyOf
from common.web.lists import read_moment, text_in
from program.customers.selection import CustomerFilters, is_storable
from program.models import Customer
from program.models.customer import CustomerQuerySet

COUNTED = 10_000  # customers, above which a count reads “10,000+”
FEW = 2_000  # customers; the first 50 of more are soon found among the newest of a million
# By what of the address: the field, how it is read from an address, and whether it may be missing.
SORTS: dict[str, tuple[str, Any, bool]] = {
    "last_order": ("last_order", read_moment, True),
    "first_order": ("first_order", read_moment, True),
    "orders": ("orders", int, False),
    "revenue": ("revenues__revenue", Decimal, False),
    "customer_id": ("customer_id", str, False),
}
DEFAULT = "-last_order"


class Place(NamedTuple):
    """A row's place in an order: its value, None where it has none, and its number."""

    value: Any
    pk: int


class Page(NamedTuple):
    """The customers of a page, the places from which the pages before and after it are read, and how many customers
    match: one more than 10,000 where there are more.
    """

    customers: list[Customer]
    found: int
    before: str
    after: str


class Order:
    """The order of the list as the address asks for it. What has no value comes after everything, or, the other way
    round, before it; ties are the newer row first, or the older one.
    """

    def __init__(self, sort: str) -> None:
        self.sort = sort if sort.removeprefix("-") in SORTS else DEFAULT
        self.field, self._read, self.may_lack = SORTS[self.sort.removeprefix("-")]
        self.descends = self.sort.startswith("-")

    def page(self, filters: CustomerFilters, size: int) -> Page:
        """The page that ?after= or ?before= names, else the first."""
        after, before = (self._place(text_in(filters.query, name)) for name in ("after", "before"))
        is_back = before is not None and after is None
        place, descends = (before if is_back else after), self.descends != is_back
        counted = list(self.counted(filters))
        numbers = list(self._numbers(self.matching(filters, counted), place, descends, size + 1))
        has_more, numbers = len(numbers) > size, numbers[:size]
        if is_back:
            numbers.reverse()
        # Only the numbers are read in the list's order: its index holds them, and no other row is looked at.
        found = {customer.pk: customer for customer in self._with_value(filters, numbers)}
        rows = [found[number] for number in numbers if number in found]
        has_before, has_after = (has_more, True) if is_back else (place is not None, has_more)
        return Page(
            rows,
            len(counted),
            self._named(rows[0]) if rows and has_before else "",
            self._named(rows[-1]) if rows and has_after else "",
        )

    def counted(self, filters: CustomerFilters) -> QuerySet[Customer, int]:
        """The numbers of those of the list, without an order; one more than 10,000 where there are more."""
        return self._listed(filters.customers(), filters).values_list("pk", flat=True)[: COUNTED + 1]

    def matching(self, filters: CustomerFilters, counted: list[int]) -> CustomerQuerySet:
        """Those of the list, of whom these were counted."""
        if filters.is_filtered and len(counted) <= FEW:
            return self._listed(Customer.objects.filter(AnyOf(F("pk"), counted)), filters)
        return self._listed(filters.customers(), filters)

    def all(self, filters: CustomerFilters) -> CustomerQuerySet:
        """All customers of the list, in its order."""
        return self.ordered(self._listed(filters.customers(), filters))

    def ordered(self, customers: CustomerQuerySet) -> CustomerQuerySet:
        return customers.order_by(*self._by(self.descends))

    def _listed(self, customers: CustomerQuerySet, filters: CustomerFilters) -> CustomerQuerySet:
        """By revenue the list has those with orders in the chosen currency alone."""
        if self.field != "revenues__revenue":
            return customers
        return customers.filter(revenues__program=filters.program, revenues__currency=filters.currency)

    def _with_value(self, filters: CustomerFilters, numbers: list[int]) -> CustomerQuerySet:
        """These customers, each with the value that it is sorted by."""
        customers = Customer.objects.filter(pk__in=numbers)
        if self.field != "revenues__revenue":
            return customers
        return customers.filter(revenues__currency=filters.currency).annotate(revenue=F("revenues__revenue"))

    def _numbers(self, customers: CustomerQuerySet, place: Place | None, descends: bool, count: int) -> Iterator[int]:
        by_order = customers.order_by(*self._by(descends)).values_list("pk", flat=True)
        if place is None:
            yield from by_order[:count]
            return
        for part in self._parts(place, descends):
            found = list(by_order.filter(part)[:count])
            yield from found
            count -= len(found)
            if not count:
                return

    def _parts(self, place: Place, descends: bool) -> Iterator[Q]:
        """What lies behind the place: of those with a value and of those without, in the order in which they come."""
        way = "lt" if descends else "gt"
        if place.value is not None:
            behind = Q(**{f"{self.field}__{way}": place.value}) | Q(**{self.field: place.value, f"pk__{way}": place.pk})
            yield behind & Q(**{f"{self.field}__{way}e": place.value})  # from there on the index is read
            if self.may_lack and descends:
                yield Q(**{f"{self.field}__isnull": True})
            return
        yield Q(**{f"{self.field}__isnull": True, f"pk__{way}": place.pk})
        if not descends:
            yield Q(**{f"{self.field}__isnull": False})

    def _by(self, descends: bool) -> list[OrderBy]:
        if descends:
            return [F(self.field).desc(nulls_last=self.may_lack or None), F("pk").desc()]
        return [F(self.field).asc(nulls_first=self.may_lack or None), F("pk").asc()]

    def _named(self, row: Customer) -> str:
        value = getattr(row, self.sort.removeprefix("-"))
        text = "" if value is None else value.isoformat() if isinstance(value, datetime) else str(value)
        return f"{text}~{row.pk}"

    def _place(self, text: str) -> Place | None:
        """The place that an address names; None where it names none."""
        value, _, number = text.rpartition("~")
        if not (number.isascii() and number.isdigit() and len(number) < 18) or (not value and not self.may_lack):
            return None
        try:
            read = self._read(value) if value else None
        except (ValueError, InvalidOperation):
            return None
        if isinstance(read, Decimal) and not is_storable(read):
            return None
        return Place(read, int(number))
