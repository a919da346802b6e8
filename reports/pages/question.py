"""The controls of a report's page: its address parsed, filters that can be added, chips to remove them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from common.db.statements import fetch
from common.refusals import Refused
from common.web.filters import FilterField, chip_of, chips_of
from program.models import Program
from program.partners.countries import country_name
from program.templatetags.brandboard import day
from reports.queries.figures import currencies
from reports.queries.filters import LABELS, Filters, read_filters
from reports.queries.status_codes import statuses_of
from reports.queries.tables import Report

from .behind import ActionsBehind

COMPARISONS = ("previous", "year", "none")
_PARTNERS = (
    "SELECT media_partner_id, name, id FROM program_partner WHERE program_id = %s AND media_partner_id = ANY(%s)"
    " ORDER BY name, id"
)
_EVENT_TYPES = "SELECT code, name, id FROM program_eventtype WHERE program_id = %s AND code = ANY(%s) ORDER BY name"
# Filter → the kind of its choices, in the order of the bar.
KINDS = {
    "partner": "partner",
    "partner_group": "partner-group",
    "partner_country": "partner-country",
    "event_type": "event-type",
    "customer_status": "status-code",
}


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


def narrowing(request: HttpRequest, program: Program, filters: Filters) -> dict[str, Any]:
    """What the filter bar shows: fields for filters that can be added, chips for those in force.

    Only rows that a filter names are looked up. `behind` leads from a figure to its actions: it names rows by numbers.
    """
    partners = fetch(_PARTNERS, (program.pk, list(filters.partners))) if filters.partners else []
    event_types = fetch(_EVENT_TYPES, (program.pk, list(filters.event_types))) if filters.event_types else []
    there = currencies(program, filters)
    offered = sorted({*there, filters.currency} - {""})
    currency = FilterField("currency", "Currency", options=[(code, code) for code in offered], value=filters.currency)
    words = {
        "partner": {code: name for code, name, _ in partners},
        "partner_group": {name: name for name in filters.partner_groups},
        "partner_country": {code: country_name(code) for code in filters.countries},
        "event_type": {code: name for code, name, _ in event_types},
        "customer_status": _codes_in_words(program, filters),
    }
    fields = [FilterField(name, LABELS[name], kind) for name, kind in KINDS.items()]
    if len(offered) > 1 or filters.currency:
        fields.append(currency)
    chips = [chip for name in KINDS for chip in chips_of(request.GET, name, LABELS[name], words[name])]
    return {
        "filter_fields": fields,
        "chips": chips + chip_of(request.GET, currency),
        "currencies": there,
        "behind": ActionsBehind(
            program,
            filters,
            partners=[pk for _, _, pk in partners],
            event_types=[pk for _, _, pk in event_types],
        ),
    }


def _codes_in_words(program: Program, filters: Filters) -> dict[str, str]:
    meant = statuses_of(program, filters.status_codes)
    return {code: f"{code} ({meant[code]})" if code in meant else code for code in filters.status_codes}


def comparisons(filters: Filters, chosen: str) -> list[tuple[str, str, bool]]:
    """The choices of the comparison, with the days they stand for, and whether it is the one chosen."""
    before, year = filters.previous(), filters.year_before()
    offered = [
        ("previous", f"Compared with {day(before.start)} – {day(before.end)}"),
        ("year", f"Compared with {day(year.start)} – {day(year.end)}"),
        ("none", "No comparison"),
    ]
    return [(key, words, key == chosen) for key, words in offered]
