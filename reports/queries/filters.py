"""A report's dates and filters, read alike from a page's address, an export and the command line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError

from common.refusals import Refusal, Refused
from program.models import Program
from program.models.program import validate_currency
from reports.queries.unknown_values import unknown_values

MAX_DAYS = 366
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
    errors |= unknown_values(program, {parameter: lists[name] for name, parameter in PARAMETERS.items()})
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
