"""What a report is asked: dates and filters, read alike from a page's address, an export and the command line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Q

from program.models import Program
from program.models.account import validate_currency
from program.models.partner import PartnerGroupMember

MAX_DAYS = 366


@dataclass(frozen=True, slots=True)
class Filters:
    """Days are the program's, both ends included. An empty tuple filters nothing."""

    start: date
    end: date
    partners: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    partner_groups: tuple[str, ...] = ()
    event_types: tuple[str, ...] = ()
    status_codes: tuple[str, ...] = ()
    currency: str = ""

    @property
    def days(self) -> list[date]:
        return [self.start + timedelta(days=n) for n in range((self.end - self.start).days + 1)]

    def before(self) -> "Filters":
        """The same question about as many days right before."""
        length = self.end - self.start
        end = self.start - timedelta(days=1)
        return self.on(end - length, end)

    def on(self, start: date, end: date) -> "Filters":
        return Filters(start, end, *(getattr(self, name) for name in LISTS), currency=self.currency)

    def cells(self) -> Q:
        """The condition on DailyPerformance; its currency apart, which the report settles."""
        condition = Q(day__range=(self.start, self.end))
        if self.partners:
            condition &= Q(partner__media_partner_id__in=self.partners)
        if self.countries:
            condition &= Q(partner__country__in=self.countries)
        if self.partner_groups:
            # A partner in two of the groups is still one partner: asked by id, not joined.
            members = PartnerGroupMember.objects.filter(group__name__in=self.partner_groups)
            condition &= Q(partner_id__in=members.values("partner_id"))
        if self.event_types:
            condition &= Q(event_type__code__in=self.event_types)
        if self.status_codes:
            condition &= Q(customer_status__in=self.status_codes)
        return condition

    def parameters(self) -> dict[str, Any]:
        """As in an address: what `read_filters` reads back."""
        values: dict[str, Any] = {"start_date": self.start.isoformat(), "end_date": self.end.isoformat()}
        for name in LISTS:
            if getattr(self, name):
                values[PARAMETERS[name]] = list(getattr(self, name))
        if self.currency:
            values["currency"] = self.currency
        return values

    def query_string(self) -> str:
        return urlencode(self.parameters(), doseq=True)


LISTS = ("partners", "countries", "partner_groups", "event_types", "status_codes")
PARAMETERS = {
    "partners": "partner",
    "countries": "partner_country",
    "partner_groups": "partner_group",
    "event_types": "event_type",
    "status_codes": "customer_status",
}


def read_filters(values: Mapping[str, Sequence[str]], *, program: Program, today: date) -> Filters:
    """Filters from lists of text by parameter. Without dates: the 30 days that end yesterday.

    Raises ValidationError naming the parameter and what to do.
    """
    errors: dict[str, str] = {}
    end = _day(values, "end_date", today - timedelta(days=1), errors)
    start = _day(values, "start_date", end - timedelta(days=29), errors)
    if not errors and start > end:
        errors["start_date"] = "The first day is after the last. Swap them."
    elif not errors and (end - start).days >= MAX_DAYS:
        errors["start_date"] = f"A report covers at most {MAX_DAYS} days. Choose a shorter range."
    currency = next((text.strip().upper() for text in values.get("currency", []) if text.strip()), "")
    if currency:
        try:
            validate_currency(currency)
        except ValidationError as error:
            errors["currency"] = error.message
    if errors:
        raise ValidationError(errors)
    lists = {
        name: tuple(sorted({text.strip() for text in values.get(parameter, []) if text.strip()}))
        for name, parameter in PARAMETERS.items()
    }
    return Filters(start=start, end=end, currency=currency, **lists)


def _day(values: Mapping[str, Sequence[str]], name: str, default: date, errors: dict[str, str]) -> date:
    text = next((text.strip() for text in values.get(name, []) if text.strip()), "")
    if not text:
        return default
    try:
        return date.fromisoformat(text)
    except ValueError:
        errors[name] = f"“{text}” is no day. Write it as 2026-11-21."
        return default
