"""What the page of a draft shows: its sections, its lists, the summary in words."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import reswap, retarget, trigger_client_event

from accounts.team.roles import locked
from common.web.edit_forms import EditForm
from contracts.drafts.documents import section_value
from contracts.drafts.template_terms import head_values
from contracts.engine.document.sections.default_payout import DEFAULT_PAYOUT
from contracts.engine.document.terms import OF_TERMS
from contracts.many_rows.found_rows import RowFilter
from contracts.many_rows.services import change_to_undo
from contracts.models import EventPayout, TemplateTerms
from contracts.sections.lists.payout_groups import GROUPS
from contracts.sections.lists.ranked_lists import Kind
from contracts.sections.panels import PAGE, Panel, PanelPart, Summary
from contracts.sections.registry import ADVANCED, HEADINGS, PARTS, TERMS_PANELS
from contracts.sections.whole_terms.custom_terms import CUSTOM_TERMS_PANEL
from program.frame.request import ProgramRequest

from .forms import TermsForm
from .row_lists import NO_FILTER, row_list

GONE = "Someone else changed this list meanwhile. Nothing was changed; here is the list as it is now."


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
    asked: RowFilter | None = None,
    problem: str = "",
    said: str = "",
    saved: int | None = None,
    opened: str = "",
    status: int = 200,
) -> HttpResponse:
    """After a change: the list as it now is, with the summary; without htmx the page, from the top where that is not
    possible. A `problem` is shown above the list; what is `said`, as a message; the row `saved` takes the focus, and
    `opened` is the form of a row to add.
    """
    if said:
        messages.success(request, said)
    number = request.POST.get("page", 1) if number is None else number
    asked = RowFilter.asked(request.POST) if asked is None else asked
    if not request.htmx:
        if status == 200:
            return redirect(terms_url(event_payout, kind.slug, number))
        terms = event_payout.template_terms
        context = terms_context(request, terms, event_payout, asked=asked, number=number, problem=problem)
        return render(request, "contracts/terms_edit.html", context, status=status)
    template_terms = TemplateTerms.objects.get(pk=event_payout.template_terms_id)
    sums = summaries(event_payout)
    part = row_list(
        event_payout,
        kind,
        asked=asked,
        number=number,
        problem=problem,
        said=sums[kind.slug][0],
        undo=change_to_undo(event_payout, kind.model),
        is_open=True,
        saved=saved,
        opened=opened,
    )
    context = {
        "template_terms": template_terms,
        "event_payout": event_payout,
        "part": part,
        "oob": True,
        **default_context(event_payout),
        **summary_context(sums),
        **state_context(template_terms),
    }
    response = render(request, "contracts/_rows_answer.html", context, status=status)
    retarget(response, f"#{kind.slug}")
    reswap(response, "outerHTML")
    return trigger_client_event(trigger_client_event(response, "dialog-close"), "draft-changed")


def answer_panel(
    request: ProgramRequest, event_payout: EventPayout, panel: Panel, form: EditForm, status: int = 200
) -> HttpResponse:
    """After a panel's fields were sent by themselves: what else on the page follows them, or what is wrong with them.
    The fields stay as they are: somebody may be typing in them.
    """
    said = summaries(event_payout)
    context = {
        "template_terms": event_payout.template_terms,
        "event_payout": event_payout,
        "part": panel.part(event_payout.template_terms if panel.is_of_terms else event_payout, form, said[panel.slug]),
        "advanced_line": advanced_line(event_payout.template_terms),
        "oob": True,
        **default_context(event_payout),
        **summary_context(said),
        **state_context(event_payout.template_terms),
    }
    response = render(request, "contracts/_panel_answer.html", context, status=status)
    return trigger_client_event(response, "draft-changed") if status == 200 else response


def terms_context(
    request: ProgramRequest,
    template_terms: TemplateTerms,
    event_payout: EventPayout | None,
    *,
    asked: RowFilter = NO_FILTER,
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
    }
    if event_payout is None:
        return context
    said = summaries(event_payout)

    def shown(part: Panel | Kind) -> Any:
        if isinstance(part, Panel):
            form = sent[1] if sent and sent[0] is part else locked(part.form(event_payout), request.role)
            return part.part(event_payout, form, said[part.slug])
        if part is GROUPS:
            narrowed: dict[str, Any] = {"asked": asked, "number": number, "problem": problem, "is_open": True}
        else:
            narrowed = {}
        return row_list(event_payout, part, said=said[part.slug][0], **narrowed)

    return {
        **context,
        **contract_context(request, template_terms, said, sent),
        "event_payout": event_payout,
        "side_tabs": [("try", "Try an order"), ("words", "In words"), ("changes", "Changes")],
        "headings": [(title, [shown(part) for part in parts]) for title, parts in HEADINGS.items()],
        **default_context(event_payout),
        **summary_context(said),
    }


def contract_context(
    request: ProgramRequest,
    template_terms: TemplateTerms,
    said: Mapping[str, list[Summary]],
    sent: tuple[Panel, EditForm] | None,
) -> dict[str, Any]:
    """The sections that apply to every event type; `advanced_line` names those that are set."""

    def shown(panel: Panel) -> PanelPart:
        form = sent[1] if sent and sent[0] is panel else locked(panel.form(template_terms), request.role)
        return panel.part(template_terms, form, said[panel.slug])

    return {
        "texts": shown(CUSTOM_TERMS_PANEL),
        "advanced": [shown(panel) for panel in ADVANCED],
        "advanced_line": advanced_line(template_terms),
        "advanced_open": sent is not None and sent[0] in ADVANCED,
    }


def advanced_line(terms: TemplateTerms) -> str:
    """What is set of the advanced settings."""
    agreed = [(OF_TERMS[name], value) for panel in ADVANCED for name, value in panel.agreed(terms).items()]
    said = [section.short(value, terms.currency, PAGE) for section, value in agreed if value != section.absent]
    rest = ["the rest off"] if 0 < len(said) < len(agreed) else []
    return " · ".join([*said, *rest])


def default_context(event_payout: EventPayout) -> dict[str, Any]:
    default = section_value(event_payout, "default_payout")
    figure, per = DEFAULT_PAYOUT.figure(default, event_payout.template_terms.currency, PAGE)
    return {"default_figure": figure, "default_per": per}


def state_context(template_terms: TemplateTerms) -> dict[str, Any]:
    """Draft against the version in force."""
    summary = TemplateTerms.objects.filter(pk=template_terms.pk).with_summary(timezone.now()).get()
    return {"state": summary}


def summaries(event_payout: EventPayout) -> dict[str, list[Summary]]:
    """What the sections of each part say, by its slug, those of the terms as a whole among them. One of these that is
    not set has a line alone.
    """
    said = {part.slug: [section.summary(event_payout) for section in part.sections] for part in PARTS}
    terms = event_payout.template_terms
    for panel in TERMS_PANELS.values():
        each = [(section, section.summary(terms)) for section in panel.sections]
        is_set = [section.agreed(terms) != OF_TERMS[section.section].absent for section, _ in each]
        said[panel.slug] = [
            summary if is_on else replace(summary, sentence="")
            for (_, summary), is_on in zip(each, is_set, strict=True)
        ]
    return said


def summary_context(said: Mapping[str, Sequence[Summary]]) -> dict[str, Any]:
    """What a partner would be paid, as the draft stands."""
    summary = [each for part in said.values() for each in part]
    return {"summary": summary, "has_figures": any(each.figures for each in summary)}
