"""What the page of a draft shows: its sections, its lists page by page, the summary in words."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

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
from common.web.edit_forms import EditForm
from common.web.lists import text_in
from contracts.drafts.documents import section_value
from contracts.drafts.ranks import order_token, ranked_ids
from contracts.drafts.template_terms import head_values
from contracts.engine.document.sections.default_payout import DEFAULT_PAYOUT
from contracts.engine.document.terms import OF_TERMS
from contracts.engine.explain.words import RowWords
from contracts.engine.rules.fields import VARIABLES
from contracts.models import EventPayout, TemplateTerms
from contracts.sections.lists.payout_groups import GROUPS
from contracts.sections.lists.ranked_lists import Kind
from contracts.sections.panels import PAGE, Panel, PanelPart
from contracts.sections.registry import ADVANCED, KINDS, PANELS, PARTS
from contracts.sections.whole_terms.custom_terms import CUSTOM_TERMS_PANEL
from program.frame.request import ProgramRequest

from .forms import TermsForm

SIZE = 40
# The number of rows from which a search is offered: the list no longer fits on a screen.
SEARCHED = 8


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of a list, in words; `warnings` are shown beneath it."""

    row: Any
    words: RowWords
    warnings: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class RowList:
    """One page of one list."""

    kind: Kind
    is_on: bool
    items: list[ShownRow]
    page: Page[Any]
    count: int
    query: str
    token: str
    problem: str = ""
    template: ClassVar[str] = "contracts/_rows.html"

    @property
    def is_searched(self) -> bool:
        return self.count > SEARCHED or bool(self.query)

    @property
    def last(self) -> int:
        return self.page.paginator.num_pages


def row_list(event_payout: EventPayout, kind: Kind, *, query: str = "", number: Any = 1, problem: str = "") -> RowList:
    """The page of that number of a list, or of what the query finds in it."""
    rows = kind.model.objects.filter(event_payout=event_payout).order_by("rank", "id")
    ids = ranked_ids(event_payout=event_payout, kind=kind.model)
    found = _search(rows, query) if query else rows
    paginator = Paginator(found, SIZE)
    if not query:
        paginator.count = len(ids)  # a cached property: the ids were just read
    page = paginator.get_page(number)
    currency = event_payout.template_terms.currency
    shown = list(page)
    marks = kind.marks(event_payout=event_payout, groups=shown)
    return RowList(
        kind=kind,
        is_on=event_payout.is_on(kind.section),
        items=[ShownRow(row, kind.words(row, event_payout, currency), marks.get(row.pk, ())) for row in shown],
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
    asked = str(number)
    page = f"&page={asked}" if asked.isascii() and asked.isdigit() and len(asked) < 8 and asked != "1" else ""
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
        "part": row_list(event_payout, kind, query=query, number=number, problem=problem),
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
    terms_form: Form | None = None,
    sent: tuple[Panel, EditForm] | None = None,
) -> dict[str, Any]:
    """Everything on the draft's page; `terms_form` is the head's form as it was sent, `sent` that of a panel."""
    payouts = list(template_terms.event_payouts.select_related("event_type"))
    head = terms_form or locked(TermsForm(initial=head_values(template_terms)), request.role)
    context = {
        "template_terms": template_terms,
        "payouts": payouts,
        "terms_form": head,
        "sent_form": sent[1] if sent else terms_form,
        **state_context(template_terms),
        **contract_context(request, template_terms, sent),
    }
    if event_payout is None:
        return context
    groups = row_list(event_payout, GROUPS, query=query, number=number, problem=problem)
    parts: dict[str, Any] = {GROUPS.slug: groups}
    parts |= {slug: row_list(event_payout, kind) for slug, kind in KINDS.items() if slug not in parts}
    forms = {slug: locked(panel.form(event_payout), request.role) for slug, panel in PANELS.items()}
    if sent:
        forms[sent[0].slug] = sent[1]
    parts |= {slug: panel.part(event_payout, forms[slug]) for slug, panel in PANELS.items()}
    return {
        **context,
        "event_payout": event_payout,
        "parts": [parts[part.slug] for part in PARTS],
        "sections": [section for part in PARTS for section in part.sections],
        **default_context(event_payout),
        **summary_context(event_payout),
    }


def contract_context(
    request: ProgramRequest, template_terms: TemplateTerms, sent: tuple[Panel, EditForm] | None
) -> dict[str, Any]:
    """The sections that apply to every event type; `advanced_line` names those that are set."""

    def shown(panel: Panel) -> PanelPart:
        form = sent[1] if sent and sent[0] is panel else locked(panel.form(template_terms), request.role)
        return panel.part(template_terms, form)

    agreed = [(OF_TERMS[name], value) for panel in ADVANCED for name, value in panel.agreed(template_terms).items()]
    said = [section.short(value, template_terms.currency, PAGE) for section, value in agreed if value != section.absent]
    rest = ["the rest off"] if 0 < len(said) < len(agreed) else []
    is_open = sent is not None and sent[0] in ADVANCED
    return {
        "texts": shown(CUSTOM_TERMS_PANEL),
        "advanced": [shown(panel) for panel in ADVANCED],
        "advanced_line": " · ".join([*said, *rest]),
        "advanced_open": is_open,
    }


def default_context(event_payout: EventPayout) -> dict[str, Any]:
    default = section_value(event_payout, "default_payout")
    figure, per = DEFAULT_PAYOUT.figure(default, event_payout.template_terms.currency, PAGE)
    return {"default_figure": figure, "default_per": per}


def state_context(template_terms: TemplateTerms) -> dict[str, Any]:
    """Draft against the version in force."""
    summary = TemplateTerms.objects.filter(pk=template_terms.pk).with_summary(timezone.now()).get()
    return {"state": summary}


def summary_context(event_payout: EventPayout) -> dict[str, Any]:
    """What a partner would be paid, as the draft stands: what each of its sections says."""
    said = [section.summary(event_payout) for part in PARTS for section in part.sections]
    return {"summary": said, "has_figures": any(each.figures for each in said)}


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
