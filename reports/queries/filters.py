"""A report's dates and filters, read alike from a page's address, an export and the command line."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from common.refusals import Refusal, Refused
from contracts.engine.orders.countries import country_code
from program.models import EventType, Partner, PartnerGroup, Program
from program.models.event_type import CustomerStatusMapping
from program.models.program import validate_currency
from reports.models import DailyTotal

MAX_DAYS = 366
Texts = Iterable[str]
UNMAPPED = {"new", "existing", "return", "returning"}  # codes that are recognised without any mapping
# Field of Filters → parameter of the address, an export and the command.
PARAMETERS = {
    "partners": "partner",
    "countries": "partner_country",
    "partner_groups": "partner_group",
    "event_types": "event_type",
    "status_codes": "customer_status",
}
LABELS = {
    "partner": "Partner",
    "partner_country": "Partner country",
    "partner_group": "Partner group",
    "event_type": "Event type",
    "customer_status": "Status code",
    "currency": "Currency",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """Days are the program's, both ends included. An empty tuple filters nothing; values of one filter are ORed."""

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

    @property
    def is_narrowed(self) -> bool:
        return any(getattr(self, name) for name in PARAMETERS)

    @property
    def names_partners(self) -> bool:
        """Whether the report is limited to some partners."""
        return bool(self.partners or self.countries or self.partner_groups)

    def previous(self) -> "Filters":
        """The same question about as many days right before."""
        end = self.start - timedelta(days=1)
        return replace(self, start=end - (self.end - self.start), end=end)

    def year_before(self) -> "Filters":
        """The same question about the same dates a year earlier; 29 February becomes the 28th."""
        return replace(self, start=_year_before(self.start), end=_year_before(self.end))

    def parameters(self) -> dict[str, list[str]]:
        """As in an address: what `read_filters` reads back."""
        values = {"start_date": [self.start.isoformat()], "end_date": [self.end.isoformat()]}
        for name, parameter in PARAMETERS.items():
            if chosen := getattr(self, name):
                values[parameter] = list(chosen)
        if self.currency:
            values["currency"] = [self.currency]
        return values


def read_filters(values: Mapping[str, Sequence[str]], *, program: Program, today: date) -> Filters:
    """Filters from lists of text by parameter. Without dates: the 30 days that end with today in the program's zone,
    so that a new order is included.

    Raises Refused naming each bad parameter and what to do.
    """
    errors: dict[str, str] = {}
    end = _day(values, "end_date", today, errors)
    start = _day(values, "start_date", end - timedelta(days=29), errors)
    if not errors and start > end:
        errors["start_date"] = "The first day is after the last. Swap them."
    elif not errors and (end - start).days >= MAX_DAYS:
        errors["start_date"] = f"A report covers at most {MAX_DAYS} days. Choose a shorter range."
    currency = next(iter(_texts(values, "currency")), "").upper()
    if currency:
        try:
            validate_currency(currency)
        except ValidationError as error:
            errors["currency"] = error.messages[0]
    lists: dict[str, Any] = {name: _texts(values, parameter) for name, parameter in PARAMETERS.items()}
    lists["countries"] = tuple(code.upper() for code in lists["countries"])
    errors |= _unknown_values(program, {parameter: lists[name] for name, parameter in PARAMETERS.items()})
    if errors:
        raise Refused(*(Refusal(name, message) for name, message in errors.items()))
    return Filters(start=start, end=end, currency=currency, **lists)


def _texts(values: Mapping[str, Sequence[str]], parameter: str) -> tuple[str, ...]:
    """What was sent, trimmed, once each; PostgreSQL's text cannot hold NUL."""
    return tuple(sorted({text.strip().replace("\x00", "") for text in values.get(parameter, [])} - {""}))


def _day(values: Mapping[str, Sequence[str]], name: str, default: date, errors: dict[str, str]) -> date:
    text = next(iter(_texts(values, name)), "")
    if not text:
        return default
    try:
        day = date.fromisoformat(text)
    except ValueError:
        errors[name] = f"“{text}” is not a valid date. Write it as 2026-11-21."
        return default
    if day.year < 1970 or day.year > 9000:  # the days before and after must be valid, too
        errors[name] = f"“{text}” is outside the range of dates. Choose another day."
        return default
    return day


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def _unknown_values(program: Program, asked: Mapping[str, Texts]) -> dict[str, str]:
    """Messages by parameter with a value unknown in this program: an empty report could be mistaken for an answer.

    Empty parameters cost no query.
    """
    errors = {}
    for parameter, (strays, words) in _CHECKS.items():
        texts = list(asked.get(parameter, ()))
        if texts and (found := strays(program, texts)):
            errors[parameter] = words.format(text=found[0], program=program.pk)
    return errors


def _partners(program: Program, texts: list[str]) -> list[str]:
    rows = Partner.objects.filter(program=program, media_partner_id__in=texts)
    return _without(texts, rows.values_list("media_partner_id", flat=True))


def _groups(program: Program, texts: list[str]) -> list[str]:
    return _without(texts, PartnerGroup.objects.filter(program=program, name__in=texts).values_list("name", flat=True))


def _event_types(program: Program, texts: list[str]) -> list[str]:
    return _without(texts, EventType.objects.filter(program=program, code__in=texts).values_list("code", flat=True))


def _countries(program: Program, texts: list[str]) -> list[str]:
    """A country without partners has an empty report; another text only where a partner has it as country."""
    strays = [text for text in texts if country_code(text) != text]
    if not strays:
        return []
    return _without(
        strays, Partner.objects.filter(program=program, country__in=strays).values_list("country", flat=True)
    )


def _status_codes(program: Program, texts: list[str]) -> list[str]:
    """A code is known when an order sent it, when the mapping has it, or by itself; in any letter case."""
    mapped = CustomerStatusMapping.objects.filter(program=program).values_list("code", flat=True)
    known = UNMAPPED | {code.casefold() for code in mapped}
    strays = [text for text in texts if text.casefold() not in known]
    if not strays:
        return []
    sent = Q(pk__in=[])
    for text in strays:
        sent |= Q(customer_status__iexact=text)
    rows = DailyTotal.objects.filter(sent, program=program).values_list("customer_status", flat=True).distinct()
    received = {code.casefold() for code in rows.order_by()}
    return [text for text in strays if text.casefold() not in received]


def _without(texts: Texts, known: Texts) -> list[str]:
    return sorted(set(texts) - set(known))


_CHECKS: dict[str, tuple[Callable[[Program, list[str]], list[str]], str]] = {
    "partner": (_partners, "“{text}” is not a known partner of program {program}."),
    "partner_country": (_countries, "“{text}” is not a valid country; use two letters, such as GB."),
    "partner_group": (_groups, "“{text}” is not a known partner group of program {program}."),
    "event_type": (_event_types, "“{text}” is not a known event type of program {program}."),
    "customer_status": (_status_codes, "“{text}” is not a known status code: no order and no mapping has it."),
}
