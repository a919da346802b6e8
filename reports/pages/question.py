"""The controls of a report's page: its address parsed, filters to choose from, chips to remove them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from common.db.statements import fetch
from common.refusals import Refused
from program.models import Program
from program.templatetags.brandboard import day
from reports.queries.figures import currencies, status_codes
from reports.queries.filters import LABELS, PARAMETERS, Filters, read_filters
from reports.queries.tables import Report

from .behind import ActionsBehind

COMPARISONS = ("previous", "year", "none")
_PARTNERS = "SELECT media_partner_id, name, country, id FROM program_partner WHERE program_id = %s ORDER BY name, id"
_GROUPS = "SELECT name, name FROM program_partnergroup WHERE program_id = %s ORDER BY name"
_EVENT_TYPES = "SELECT code, name, id FROM program_eventtype WHERE program_id = %s ORDER BY name"


@dataclass(frozen=True, slots=True)
class Question:
    """One page's parsed address. `errors` says what is not valid: the filters are then those that are valid, not all
    that were sent (`is_refused`), and `start` and `end` the days as typed.
    """

    filters: Filters
    start: str
    end: str
    compared: Filters | None
    comparison: str
    show: tuple[str, ...]
    sort: str
    errors: tuple[str, ...] = ()
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class Preset:
    label: str
    start: date
    end: date


def today_of(program: Program) -> date:
    return timezone.now().astimezone(program.zone).date()


def read_question(query: QueryDict, program: Program, report: Report, *, sort: str) -> Question:
    values = dict(query.lists())
    errors: list[str] = []
    try:
        filters = read_filters(values, program=program, today=today_of(program))
    except Refused as refused:
        errors += _named(refused)
        bad = {each.path for each in refused}
        bad |= {"start_date", "end_date"} if bad & {"start_date", "end_date"} else set()
        readable = {name: texts for name, texts in values.items() if name not in bad}
        filters = read_filters(readable, program=program, today=today_of(program))
    is_refused = bool(errors)
    try:
        show = report.read_show(values.get("show", []))
    except Refused as refused:
        errors += _named(refused)
        show = ()
    comparison = query.get("compare", "")
    comparison = comparison if comparison in COMPARISONS else COMPARISONS[0]
    compared = {"previous": filters.previous(), "year": filters.year_before()}.get(comparison)
    return Question(
        filters=filters,
        start=query.get("start_date") or filters.start.isoformat(),
        end=query.get("end_date") or filters.end.isoformat(),
        compared=compared,
        comparison=comparison,
        show=show,
        sort=query.get("sort") or sort,
        errors=tuple(errors),
        is_refused=is_refused,
    )


def _named(refused: Refused) -> list[str]:
    """Each error with its filter's name on the page."""
    names = {**LABELS, "start_date": "From", "end_date": "To", "show": "Columns"}
    return [f"{names[each.path]}: {each.message}" for each in refused]


def presets(today: date) -> list[Preset]:
    """Days up to and with today, months and years; none ends after today."""
    yesterday = today - timedelta(days=1)
    month = today.replace(day=1)
    last_month_end = month - timedelta(days=1)
    new_year = month.replace(month=1)
    return [
        Preset("Today", today, today),
        Preset("Yesterday", yesterday, yesterday),
        Preset("7 days", today - timedelta(days=6), today),
        Preset("30 days", today - timedelta(days=29), today),
        Preset("90 days", today - timedelta(days=89), today),
        Preset("This month", month, today),
        Preset("Last month", last_month_end.replace(day=1), last_month_end),
        Preset("This year", new_year, today),
        Preset("Last year", new_year.replace(year=today.year - 1), new_year - timedelta(days=1)),
    ]


def choices(program: Program, filters: Filters) -> dict[str, Any]:
    """What the filter bar offers: (value, words, is chosen) of every filter, and the currencies that have figures.

    `behind` leads from a figure to its actions: it names rows by numbers that were read here.
    """
    partners = fetch(_PARTNERS, (program.pk,))
    groups = fetch(_GROUPS, (program.pk,))
    event_types = fetch(_EVENT_TYPES, (program.pk,))
    codes: dict[str, str] = {}
    for code, status in status_codes(program, filters):
        codes.setdefault(code.casefold(), f"{code} ({status})")
    chosen_codes = {code.casefold() for code in filters.status_codes}
    countries = sorted({country for _, _, country, _ in partners} - {""})
    return {
        "partner_options": _options(((code, name) for code, name, _, _ in partners), filters.partners),
        "country_options": _options(((code, code) for code in countries), filters.countries),
        "group_options": _options(groups, filters.partner_groups),
        "event_type_options": _options(((code, name) for code, name, _ in event_types), filters.event_types),
        "code_options": _options(sorted(codes.items()), chosen_codes),
        "currencies": [(code, code) for code in currencies(program, filters)],
        "behind": ActionsBehind(
            program,
            filters,
            partners=[pk for code, _, _, pk in partners if code in filters.partners] if filters.partners else (),
            event_types=[pk for code, _, pk in event_types if code in filters.event_types],
        ),
    }


def _options(pairs: Iterable[tuple[str, str]], chosen: Iterable[str]) -> list[tuple[str, str, bool]]:
    """The chosen first, so that they are seen in a long list; one that no longer exists can still be removed."""
    known, wanted = list(pairs), set(chosen)
    strays = [(value, value) for value in sorted(wanted - {value for value, _ in known})]
    return sorted(
        ((value, words, value in wanted) for value, words in strays + known), key=lambda option: not option[2]
    )


def chips(request: HttpRequest, filters: Filters, offered: dict[str, Any]) -> list[dict[str, str]]:
    """A chip for each value of each filter in force, with the address of the page without it."""
    words = {
        "partner": "partner_options",
        "partner_country": "country_options",
        "partner_group": "group_options",
        "event_type": "event_type_options",
        "customer_status": "code_options",
    }
    found = []
    for name, parameter in PARAMETERS.items():
        spoken = {value: label for value, label, _ in offered[words[parameter]]}
        for value in getattr(filters, name):
            found.append(
                {
                    "label": LABELS[parameter],
                    "value": spoken.get(value) or spoken.get(value.casefold(), value),
                    "remove": _without(request.GET, parameter, value),
                }
            )
    return found


def _without(query: QueryDict, parameter: str, value: str) -> str:
    left = query.copy()
    left.setlist(parameter, [each for each in left.getlist(parameter) if each.strip().casefold() != value.casefold()])
    left.pop("page", None)
    return f"?{left.urlencode()}"


def comparisons(filters: Filters) -> list[tuple[str, str]]:
    """The choices of the comparison, with the days they stand for."""
    before, year = filters.previous(), filters.year_before()
    return [
        ("previous", f"Compared with {day(before.start)} – {day(before.end)}"),
        ("year", f"Compared with {day(year.start)} – {day(year.end)}"),
        ("none", "No comparison"),
    ]
