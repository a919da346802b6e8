"""The filter bar of the list of customers: its fields, and a chip for each value in force."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.http import QueryDict

from common.db.statements import fetch
from common.web.filters import Chip, FilterField, chips_of, without
from program.customers.selection import CustomerFilters
from program.models import Program
from program.templatetags.brandboard import day, money

_CURRENCIES = """
WITH RECURSIVE found AS (
    (SELECT currency FROM program_customerrevenue WHERE program_id = %(program)s ORDER BY currency LIMIT 1)
    UNION ALL
    SELECT (SELECT currency FROM program_customerrevenue
            WHERE program_id = %(program)s AND currency > found.currency ORDER BY currency LIMIT 1)
    FROM found WHERE found.currency IS NOT NULL
) SELECT currency FROM found WHERE currency IS NOT NULL
"""


def currencies_of(program: Program) -> list[str]:
    """Those in which its customers ordered, read from one place of the index to the next."""
    return [currency for (currency,) in fetch(_CURRENCIES, {"program": program.pk})]


def fields(filters: CustomerFilters, currencies: list[str]) -> list[FilterField]:
    """What can be filtered by. A currency is to be chosen where there is another than the program's."""
    own = filters.program.currency
    others = [(code, code) for code in sorted({*currencies, filters.currency} - {own})]
    asked = filters.query
    typed = [
        ("first_from", "First order from", "date"),
        ("first_to", "First order to", "date"),
        ("last_from", "Last order from", "date"),
        ("last_to", "Last order to", "date"),
        ("revenue_from", f"Revenue from, {filters.currency}", "amount"),
        ("revenue_to", f"Revenue to, {filters.currency}", "amount"),
    ]
    chosen = "" if filters.currency == own else filters.currency
    return [
        FilterField("tag", "Any of these tags", "customer-tag"),
        FilterField("tag_all", "All of these tags", "customer-tag"),
        FilterField("tag_none", "None of these tags", "customer-tag"),
        FilterField("status", "Customer status", "customer-status"),
        FilterField("partner", "Partner", "partner-number"),
        FilterField("country", "Country", "country"),
        *([FilterField("currency", "Currency", options=others, value=chosen, blank=own)] if others else []),
        *(FilterField(name, label, value=asked.get(name, "")[:40], input=input) for name, label, input in typed),
    ]


def chips(filters: CustomerFilters) -> Iterator[Chip]:
    """One for each value in force; the search has a field of its own, which shows it."""
    query = filters.query
    yield from chips_of(query, "tag", "Tag", filters.tags)
    yield from chips_of(query, "tag_all", "Tag also", filters.all_tags)
    for number, words in filters.no_tags.items():
        yield Chip("Tag", f"not {words}", without(query, "tag_none", number), "tag_none", [number])
    yield from chips_of(query, "status", "Customer status", filters.statuses)
    yield from chips_of(query, "partner", "Partner", filters.partners)
    yield from chips_of(query, "country", "Country", filters.countries)
    for name, label, days in (("first", "First order", filters.first), ("last", "Last order", filters.last)):
        if any(days):
            yield Chip(label, _span(*map(_day, days)), _without(query, f"{name}_from", f"{name}_to"))
    amounts = [_amount(amount, filters.currency) for amount in (filters.least, filters.most)]
    if any(amounts):
        yield Chip("Revenue", _span(*amounts), _without(query, "revenue_from", "revenue_to"))
    if filters.currency != filters.program.currency:
        yield Chip("Currency", filters.currency, without(query, "currency"))
    if query.get("sort", "").removeprefix("-") == "revenue":
        yield Chip("Sort", f"by revenue, with orders in {filters.currency}", without(query, "sort"))


def _span(start: str, end: str) -> str:
    if start and end:
        return f"{start} – {end}"
    return f"from {start}" if start else f"to {end}"


def _day(value: date | None) -> str:
    return day(value) if value else ""


def _amount(value: Decimal | None, currency: str) -> str:
    return money(value, currency) if value is not None else ""


def _without(query: QueryDict, first: str, second: str) -> str:
    return without(QueryDict(without(query, first)[1:]), second)
