"""Which customers a filter means: what the list shows, and what is done to “all that match”."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import F, Q
from django.http import QueryDict
from django.utils.functional import cached_property

from common.currencies import CURRENCY_DIGITS
from common.db.statements import AnyOf
from common.refusals import Refused
from common.web.lists import MOST_VALUES, text_in, texts_in
from program.models import Customer, CustomerTag, Partner, Program
from program.models.customer import CustomerQuerySet, CustomerRevenue
from program.partners.countries import NAMES_BY_CODE, country_name

from .search import searched

OTHER = "OTHER"
MOST_DIGITS = 15  # of an amount before the point, and after it
LONGEST_SEARCH = 255
FILTERS = {
    "q", "tag", "tag_all", "tag_none", "partner", "status", "country", "currency", "first_from", "first_to",
    "last_from", "last_to", "revenue_from", "revenue_to",
}  # fmt: skip
OF_THE_LIST = {"sort", "show", "page_size", "after", "before"}


class CustomerFilters:
    """The filters in the address of the list. What cannot be read is left out and reported in `errors`."""

    def __init__(self, program: Program, query: QueryDict) -> None:
        self.program, self.query = program, query
        self.errors: list[str] = []
        self.q = text_in(query, "q")[:LONGEST_SEARCH]
        self._check_sizes()
        self.tags = self._rows("tag", "Tag", CustomerTag.objects)
        self.all_tags = self._rows("tag_all", "Every tag", CustomerTag.objects)
        self.no_tags = self._rows("tag_none", "No tag", CustomerTag.objects)
        self.partners = self._rows("partner", "Partner", Partner.objects)
        self.statuses = {text: "Other" if text == OTHER else text for text in texts_in(query, "status")}
        self.countries = {text: country_name(text) for text in texts_in(query, "country")}
        self.first = self._days("first", "First order")
        self.last = self._days("last", "Last order")
        self.currency = self._currency()
        self.least, self.most = self._amount("revenue_from"), self._amount("revenue_to")
        for text in self.countries:
            if text not in NAMES_BY_CODE:
                self._tell("Country", f"“{text[:40]}” is not a valid country; use two letters, such as GB.")

    @property
    def is_filtered(self) -> bool:
        return bool(self.q or self.condition or self.errors)

    def customers(self) -> CustomerQuerySet:
        """Those that match, without an order."""
        customers = Customer.objects.known().filter(self.condition, program=self.program).order_by()
        return searched(customers, self.q) if self.q else customers

    @cached_property
    def condition(self) -> Q:
        """All filters but the search."""
        found = Q()
        if self.tags or self.all_tags or self.no_tags:
            found &= self._with_tags()
        if self.statuses:
            named = [text for text in self.statuses if text != OTHER]
            others = Q(status="", last_order__isnull=False) if OTHER in self.statuses else Q()
            found &= (Q(status__in=named) | others) if named else others
        if self.partners:
            found &= Q(partner_ids__overlap=_numbers(self.partners))
        if self.countries:
            found &= Q(country__in=list(self.countries))
        found &= self._between("first_order", self.first) & self._between("last_order", self.last)
        if self.least is not None or self.most is not None:
            found &= self._with_revenue()
        return found

    def _with_tags(self) -> Q:
        """Who carries the tags. Where nobody can, that is said: the planner would look for them among all customers."""
        some = [text for text in self.tags if text not in self.no_tags]
        if (self.tags and not some) or self.all_tags.keys() & self.no_tags.keys():
            return Q(AnyOf(F("pk"), []))
        found = Q()
        if some and not self.all_tags.keys() & set(some):
            found &= Q(tag_ids__overlap=_numbers(some))
        if self.all_tags:
            found &= Q(tag_ids__contains=_numbers(self.all_tags))
        if self.no_tags:
            found &= ~Q(tag_ids__overlap=_numbers(self.no_tags))
        return found

    def _with_revenue(self) -> Q:
        """Who has a revenue between the two."""
        revenues = CustomerRevenue.objects.filter(program=self.program, currency=self.currency)
        if self.least is not None:
            revenues = revenues.filter(revenue__gte=self.least)
        if self.most is not None:
            revenues = revenues.filter(revenue__lte=self.most)
        return Q(pk__in=revenues.order_by().values("customer"))

    def _between(self, field: str, days: tuple[date | None, date | None]) -> Q:
        """On one of these days, in the program's time zone."""
        start, end = days
        found = Q()
        if start:
            found &= Q(**{f"{field}__gte": self._midnight(start)})
        if end:
            found &= Q(**{f"{field}__lt": self._midnight(end + timedelta(days=1))})
        return found

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.program.zone)

    def _rows(self, name: str, label: str, rows: Any) -> Mapping[str, str]:
        """Rows of the program by their numbers, with their names; an unknown one is an error."""
        asked = texts_in(self.query, name)
        numbers = [text for text in asked if text.isascii() and text.isdigit() and len(text) < 18]
        named = rows.filter(program=self.program, pk__in=numbers).values_list("pk", "name") if numbers else ()
        found = {str(pk): words for pk, words in named}
        for text in asked:
            if text not in found:
                self._tell(label, f"“{text[:40]}” is not a known number.")
        return {text: found[text] for text in asked if text in found}

    def _days(self, name: str, label: str) -> tuple[date | None, date | None]:
        start, end = self._day(f"{name}_from", label), self._day(f"{name}_to", label)
        if start and end and start > end:
            self._tell(label, "The first day is after the last. Swap them.")
            return None, None
        return start, end

    def _day(self, name: str, label: str) -> date | None:
        text = text_in(self.query, name)
        if not text:
            return None
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = date.min
        if 1900 <= day.year <= 9000:
            return day
        self._tell(label, f"“{text[:40]}” is not a valid date. Write it as 2026-11-21.")
        return None

    def _currency(self) -> str:
        text = text_in(self.query, "currency").upper()
        if text and text not in CURRENCY_DIGITS:
            self._tell("Currency", f"“{text[:40]}” is not a valid currency; use three letters, such as GBP.")
            return self.program.currency
        return text or self.program.currency

    def _amount(self, name: str) -> Decimal | None:
        text = text_in(self.query, name)
        if not text:
            return None
        try:
            amount = Decimal(text)
        except InvalidOperation:
            amount = Decimal("NaN")
        if is_storable(amount):
            return amount
        self._tell("Revenue", f"“{text[:40]}” is not a valid amount. Write it as 200 or 199.50.")
        return None

    def _check_sizes(self) -> None:
        """Report what is cut: the rest would mean more customers than was asked."""
        if len(text_in(self.query, "q")) > LONGEST_SEARCH:
            self._tell("Search", f"Write at most {LONGEST_SEARCH} characters.")
        for name in self.query:
            if name in FILTERS and len(set(self.query.getlist(name))) > MOST_VALUES:
                self._tell(name.replace("_", " ").capitalize(), f"Choose at most {MOST_VALUES} of them.")

    def _tell(self, label: str, words: str) -> None:
        self.errors.append(f"{label}: {words}")


def is_storable(amount: Decimal) -> bool:
    """Whether the database can compare it: it takes neither every exponent nor what is not a number."""
    return amount.is_finite() and abs(amount.adjusted()) < MOST_DIGITS


def _numbers(texts: Iterable[str]) -> list[int]:
    return [int(text) for text in texts]


def customers_matching(program: Program, query: QueryDict) -> CustomerQuerySet:
    """The customers of the program that match the filters in the address of the list. Raises Refused where one of them
    cannot be read: without it more would match than was meant.
    """
    filters = CustomerFilters(program, query)
    if unknown := sorted(set(query) - FILTERS - OF_THE_LIST):
        raise Refused(f"“{unknown[0][:40]}” is not a filter of customers.")
    if filters.errors:
        raise Refused(" ".join(filters.errors))
    return filters.customers()
