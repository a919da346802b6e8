"""The filters of the list of actions that name rows or values: read from the address, each with its condition."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from common.currencies import CURRENCY_DIGITS
from common.web.lists import texts_in
from contracts.engine.orders.countries import country_code
from program.models import Customer, CustomerTag, EventType, Partner, PartnerGroup, Program
from program.models.event_type import CustomerStatusMapping
from program.models.partner import PartnerGroupMember
from program.partners.countries import country_name
from tracking.customer_tags.orders import priced_with
from tracking.models import Action, Upload

OTHER = "OTHER"
STATUSES = ("New", "Existing", "Re-Engaged")
# What reports count as Actions: pending and approved.
NOT_REVERSED = "NOT_REVERSED"
# Of the reversed ones those that are outside of their terms, and can be approved until they lock.
OVER_CAP = "OVER_CAP"
STATES = [*Action.State.choices, (NOT_REVERSED, "Not reversed"), (OVER_CAP, "Over cap")]
# The filters that can be added on the page, with the kind of their choices.
FIELDS = (
    ("partner", "Partner", "partner-number"),
    ("partner_group", "Partner group", "partner-group"),
    ("partner_country", "Partner country", "partner-country"),
    ("event_type", "Event type", "event-type-number"),
    ("status", "Customer status", "customer-status"),
    ("customer_status", "Status code", "status-code"),
    ("customer_tag", "Customer tag", "customer-tag"),
    ("currency", "Currency", "currency"),
)
Tell = Callable[[str, str], None]
# The values that were asked for → those that there are, with their words, by value.
Find = Callable[[Sequence[str]], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A filter in force: its values are alternatives."""

    name: str
    label: str
    values: Mapping[str, str]
    condition: Q


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A filter of the address that takes values, which `find` knows; `stray` is the message for an unknown one."""

    name: str
    label: str
    find: Find
    condition: Callable[[list[str]], Q]
    stray: str

    def read(self, request: HttpRequest, tell: Tell) -> Narrowed | None:
        """The filter as it was asked for; nothing where it was not, or names nothing, which is reported."""
        asked = texts_in(request.GET, self.name)
        if not asked:
            return None
        found = self.find(asked)
        for text in asked:
            if text not in found:
                tell(self.label, self.stray.format(text[:40]))
        return Narrowed(self.name, self.label, found, self.condition(list(found))) if found else None


def narrowings(program: Program) -> list[Narrowing]:
    """Every filter by values. Only what is asked for is looked up."""
    return [
        Narrowing(
            "partner", "Partner", _rows(Partner.objects.filter(program=program), "name"),
            lambda values: Q(partner__in=values), "“{}” is not a known partner number.",
        ),
        Narrowing(
            "partner_country", "Partner country", _countries(program),
            lambda values: Q(partner__country__in=values), "“{}” is not a valid country; use two letters, such as GB.",
        ),
        Narrowing(
            "partner_group", "Partner group", _groups(program),
            lambda values: Q(partner__in=_members(program, values)), "“{}” is not a known partner group.",
        ),
        Narrowing(
            "event_type", "Event type", _rows(EventType.objects.filter(program=program), "name"),
            lambda values: Q(event_type__in=values), "“{}” is not a known event type number.",
        ),
        Narrowing(
            "customer_status", "Status code", _codes(program), _of_codes,
            "“{}” is not a known status code: no order and no mapping has it.",
        ),
        Narrowing(
            "customer", "Customer", _rows(Customer.objects.filter(program=program), str),
            lambda values: Q(customer__in=values), "“{}” is not a known customer number.",
        ),
        Narrowing(
            "customer_tag", "Customer tag", _rows(CustomerTag.objects.filter(program=program), "name"),
            lambda values: priced_with(map(int, values)), "“{}” is not a known customer tag number.",
        ),
        Narrowing(
            "upload", "Uploaded file", _rows(Upload.objects.filter(program=program), "filename"),
            lambda values: Q(conversion__upload__in=values), "“{}” is not a known uploaded file number.",
        ),
        Narrowing(
            "currency", "Currency", _currencies, lambda values: Q(currency__in=values),
            "“{}” is not a valid currency; use three letters, such as GBP.",
        ),
    ]  # fmt: skip


def _rows(rows: Any, words: str | Callable[[Any], str]) -> Find:
    """Rows of the program by their number, in the words of a column, or of the row itself."""

    def find(texts: Sequence[str]) -> Mapping[str, str]:
        numbers = [text for text in texts if text.isascii() and text.isdigit() and len(text) < 18]
        if not numbers:
            return {}
        named = rows.filter(pk__in=numbers)
        if isinstance(words, str):
            there = {str(pk): name for pk, name in named.values_list("pk", words)}
        else:
            there = {str(row.pk): words(row) for row in named}
        return {text: there[text] for text in texts if text in there}

    return find


def _countries(program: Program) -> Find:
    def find(texts: Sequence[str]) -> Mapping[str, str]:
        strays = [text for text in texts if country_code(text) != text]
        borne = Partner.objects.filter(program=program, country__in=strays) if strays else Partner.objects.none()
        found = set(borne.values_list("country", flat=True)) | (set(texts) - set(strays))
        return {text: country_name(text) for text in texts if text in found}

    return find


def _groups(program: Program) -> Find:
    def find(texts: Sequence[str]) -> Mapping[str, str]:
        found = set(PartnerGroup.objects.filter(program=program, name__in=texts).values_list("name", flat=True))
        return {text: text for text in texts if text in found}

    return find


def _members(program: Program, names: list[str]) -> Any:
    return PartnerGroupMember.objects.filter(program=program, group__name__in=names).values("partner")


def _codes(program: Program) -> Find:
    """A code is known when an order brought it or the mapping has it, in any letter case."""

    def find(texts: Sequence[str]) -> Mapping[str, str]:
        mapped = CustomerStatusMapping.objects.filter(program=program).values_list("code", flat=True)
        known = {code.casefold() for code in (*mapped, *STATUSES, "Return", "Returning")}
        return {
            text: text
            for text in texts
            if text.casefold() in known or Action.objects.filter(_of_codes([text]), program=program).exists()
        }

    return find


def _of_codes(codes: list[str]) -> Q:
    condition = Q()
    for code in codes:
        condition |= Q(customer_status__iexact=code)
    return condition


def _currencies(texts: Sequence[str]) -> Mapping[str, str]:
    return {text: text for text in texts if text in CURRENCY_DIGITS}
