"""What the page of a draft shows: its lists page by page, the summary in words, the dates of an order of today."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import reswap, retarget, trigger_client_event

from accounts.team.roles import locked
from common.web.lists import text_in
from contracts.drafts.documents import locking_document, scheduling_document
from contracts.drafts.ranks import order_token, ranked_ids
from contracts.drafts.template_terms import head_values
from contracts.drafts.warnings import row_marks
from contracts.engine.document.terms import Locking, PayoutScheduling
from contracts.engine.pricing.schedule import OPEN_ENDED_DAYS, clearing_date, lock_instant
from contracts.engine.rules.fields import VARIABLES
from contracts.models import EventPayout, TemplateTerms
from contracts.sections.forms import PayoutForm, ScheduleForm, TermsForm
from program.frame.request import ProgramRequest

from .kinds import GROUPS, KINDS, Kind
from .words import RowWords, default_words, row_words

SIZE = 100
SUMMARY = 8
# The number of rows from which a search is offered: the list no longer fits on a screen.
SEARCHED = 8


@dataclass(frozen=True, slots=True)
class RowList:
    """One page of one list. `items` are (position in the whole list from 1, row in words)."""

    kind: Kind
    is_on: bool
    items: list[tuple[int, RowWords]]
    page: Page[Any]
    count: int
    query: str
    token: str
    problem: str = ""

    @property
    def is_searched(self) -> bool:
        return self.count > SEARCHED or bool(self.query)

    @property
    def last(self) -> int:
        return self.page.paginator.num_pages


@dataclass(frozen=True, slots=True)
class Dates:
    """What happens to an order of today: local days, and the moment it locks."""

    tracked: date
    period_ends: date | None
    period: str
    locks: datetime
    paid: date
    is_open_ended: bool
    open_ended_days: int = OPEN_ENDED_DAYS


def row_list(event_payout: EventPayout, kind: Kind, *, query: str = "", number: Any = 1, problem: str = "") -> RowList:
    """The page of that number of a list, or of what the query finds in it."""
    rows = kind.model.objects.filter(event_payout=event_payout).order_by("rank", "id")
    ids = ranked_ids(event_payout=event_payout, kind=kind.model)
    places = {pk: place for place, pk in enumerate(ids, 1)}
    found = _search(rows, query) if query else rows
    paginator = Paginator(found, SIZE)
    if not query:
        paginator.count = len(ids)  # a cached property: the ids were just read
    page = paginator.get_page(number)
    currency = event_payout.template_terms.currency
    shown = list(page)
    marks = row_marks(event_payout=event_payout, groups=shown) if kind is GROUPS else {}
    return RowList(
        kind=kind,
        is_on=getattr(event_payout, f"has_{kind.section}"),
        items=[
            (places.get(row.pk, row.rank), row_words(row, event_payout, currency, marks.get(row.pk, ())))
            for row in shown
        ],
        page=page,
        count=len(ids),
        query=query,
        token=order_token(ids),
        problem=problem,
    )


def page_of_row(row: Any) -> int:
    """The number of the page on which a row stands."""
    before: int = type(row).objects.filter(event_payout=row.event_payout_id, rank__lt=row.rank).count()
    return before // SIZE + 1


def terms_url(event_payout: EventPayout, anchor: str = "", number: Any = 1) -> str:
    """The draft's page at that event type and section."""
    terms = event_payout.template_terms
    url = reverse("contracts:terms_edit", args=[terms.program_id, terms.pk])
    page = f"&page={number}" if str(number).isascii() and str(number).isdigit() and str(number) != "1" else ""
    return f"{url}?event={event_payout.pk}{page}{'#' + anchor if anchor else ''}"


def answer_list(
    request: ProgramRequest,
    event_payout: EventPayout,
    kind: Kind,
    *,
    number: Any = None,
    query: str | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """After a change: the list as it now is, with the summary; without htmx the page, from the top where that is not
    possible. A `problem` is shown above the list."""
    number = request.POST.get("page", 1) if number is None else number
    query = text_in(request.POST, "q") if query is None else query
    if not request.htmx:
        if status == 200:
            return redirect(terms_url(event_payout, kind.slug, number))
        terms = event_payout.template_terms
        context = terms_context(request, terms, event_payout, query=query, number=number, problem=problem)
        return render(request, "contracts/terms_edit.html", context, status=status)
    template_terms = TemplateTerms.objects.get(pk=event_payout.template_terms_id)
    context = {
        "template_terms": template_terms,
        "event_payout": event_payout,
        "list": row_list(event_payout, kind, query=query, number=number, problem=problem),
        "oob": True,
        **default_context(event_payout),
        **summary_context(event_payout),
        **state_context(template_terms),
    }
    response = render(request, "contracts/_rows_answer.html", context, status=status)
    retarget(response, f"#{kind.slug}")
    reswap(response, "outerHTML")
    return trigger_client_event(response, "dialog-close")


def terms_context(
    request: ProgramRequest,
    template_terms: TemplateTerms,
    event_payout: EventPayout | None,
    *,
    query: str = "",
    number: Any = 1,
    problem: str = "",
    **forms: Form,
) -> dict[str, Any]:
    """Everything on the draft's page; `forms` are those that were sent, by their name on the page."""
    payouts = list(template_terms.event_payouts.select_related("event_type"))
    if "terms_form" not in forms:
        forms["terms_form"] = locked(TermsForm(initial=head_values(template_terms)), request.role)
    context = {"template_terms": template_terms, "payouts": payouts, **state_context(template_terms), **forms}
    if event_payout is None:
        return context
    for name, kind_of_form in (("payout_form", PayoutForm), ("schedule_form", ScheduleForm)):
        if name not in forms:
            context[name] = locked(kind_of_form.of(event_payout), request.role)
    lists = [
        row_list(event_payout, kind, query=query, number=number, problem=problem)
        if kind is GROUPS
        else row_list(event_payout, kind)
        for kind in KINDS.values()
    ]
    return {
        **context,
        "event_payout": event_payout,
        "lists": lists,
        "dates": dates_of(event_payout),
        **default_context(event_payout),
        **summary_context(event_payout),
    }


def default_context(event_payout: EventPayout) -> dict[str, Any]:
    figure, per = default_words(event_payout, event_payout.template_terms.currency)
    return {"default_figure": figure, "default_per": per}


def state_context(template_terms: TemplateTerms) -> dict[str, Any]:
    """Draft against the version in force."""
    summary = TemplateTerms.objects.filter(pk=template_terms.pk).with_summary(timezone.now()).get()
    return {"state": summary}


def summary_context(event_payout: EventPayout) -> dict[str, Any]:
    """What a partner would be paid, as the draft stands."""
    groups: list[RowWords] = []
    more = 0
    if event_payout.has_payout_groups:
        active = event_payout.payout_groups.filter(is_active=True).order_by("rank")
        currency = event_payout.template_terms.currency
        groups = [row_words(row, event_payout, currency) for row in active[: SUMMARY + 1]]
        if len(groups) > SUMMARY:
            more, groups = active.count() - SUMMARY, groups[:SUMMARY]
    counts = {
        name: getattr(event_payout, name).filter(is_active=True).count() if getattr(event_payout, f"has_{name}") else 0
        for name in ("payout_adjustments", "payout_restrictions")
    }
    return {"summary_groups": groups, "summary_more": more, "summary_counts": counts}


def dates_of(event_payout: EventPayout, zone: str = "") -> Dates:
    """When an order of this moment locks and is paid, by the event payout as it stands."""
    zone = zone or event_payout.template_terms.program.time_zone
    now = timezone.now()
    locking = None
    if event_payout.has_locking:
        raw = locking_document(event_payout)
        locking = Locking(raw["Period"], int(raw["MonthOffset"]), int(raw["DayOffset"]))
    scheduling = None
    if event_payout.has_scheduling:
        raw = scheduling_document(event_payout)
        scheduling = PayoutScheduling(raw["Period"], int(raw["MonthOffset"]), int(raw["DayOffset"]))
    locks = lock_instant(now, locking, zone)
    today = timezone.localtime(now, ZoneInfo(zone)).date()
    ends = None
    if locking is not None:
        begins = Locking(locking.period)
        ends = timezone.localtime(lock_instant(now, begins, zone), ZoneInfo(zone)).date() - timedelta(days=1)
    return Dates(
        tracked=today,
        period_ends=ends,
        period=event_payout.get_locking_period_display(),
        locks=locks,
        paid=clearing_date(locks, scheduling, zone),
        is_open_ended=locking is None,
    )


def _search(rows: "QuerySet[Any]", query: str) -> "QuerySet[Any]":
    """Rows whose name, or one of whose conditions, contains the text: in a value as written, or a variable's name."""
    escaped = json.dumps(query)[1:-1]
    wanted = Q(rules_text__icontains=query) | Q(rules_text__icontains=escaped)
    for variable in VARIABLES.values():
        if query.casefold() in variable.label.casefold():
            wanted |= Q(rules__contains=[{"Variable": variable.key}])
    if any(field.name == "name" for field in rows.model._meta.fields):
        wanted |= Q(name__icontains=query)
    found: QuerySet[Any] = rows.annotate(rules_text=Cast("rules", TextField())).filter(wanted)
    return found
