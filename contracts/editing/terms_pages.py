"""Template terms: list, edit the head of a draft and what applies to every event type, delete a draft."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.team.roles import Act, may
from common.db.edits import Stale
from common.refusals import Refused
from common.web.edit_forms import status_of
from common.web.lists import number_of, page_of, text_of, texts_in
from common.web.refusals import to_form
from contracts.access import template_terms_for_edit, template_terms_for_view
from contracts.drafts.currency import CurrencyUnconfirmed
from contracts.drafts.sections import set_terms_sections
from contracts.drafts.template_terms import (
    change_template_terms,
    delete_template_terms,
    head_values,
)
from contracts.many_rows.found_rows import RowFilter
from contracts.models import EventPayout, TemplateTerms
from contracts.sections.panels import Panel
from program.access import program_for_view
from program.frame.recent_figures import recent_figures, sorted_with_figures
from program.frame.request import ProgramRequest
from program.models import Program

from .forms import FIELDS, TermsForm
from .payout_ranges import payout_ranges
from .terms_page import answer_panel, terms_context, terms_url

COLUMNS = {
    "name": "name",
    "version": "in_force",
    "partners": "active_contracts",
    "changed": "updated_at",
}


@require_safe
def terms_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    query, joining = text_of(request, "q"), _joining(request)
    if joining and not query and (only := _only_published(program)):
        return redirect(reverse("contracts:terms_join", args=[program_id, only]) + f"?{joining}")
    terms = TemplateTerms.objects.filter(program=program).search(query).with_summary(timezone.now())
    terms = terms.prefetch_related("event_payouts__event_type")
    rows, sort = sorted_with_figures(request, terms, COLUMNS, program, "template_terms")
    paging = page_of(request, rows)
    listed = list(paging["page"])
    ranges, figures = payout_ranges(listed), recent_figures(program, "template_terms", [each.pk for each in listed])
    context = {
        **paging,
        "listed": [(each, ranges.get(each.pk), figures.get(each.pk, ())) for each in listed],
        "query": query,
        "sort": sort,
        "joining": joining,
        "joining_names": texts_in(request.GET, "join") if joining else [],
    }
    return render(request, "contracts/terms_list.html", context)


def _joining(request: ProgramRequest) -> str:
    """The query by which an editor's choice of partners is carried to the page where they join the terms."""
    carried = QueryDict(mutable=True)
    carried.setlist("join", texts_in(request.GET, "join"))
    if start := text_of(request, "start")[:10]:
        carried["start"] = start
    return carried.urlencode() if carried.getlist("join") and may(request.role, Act.EDIT) else ""


def _only_published(program: Program) -> int | None:
    """The terms that there are to join, where they are the only ones."""
    published = TemplateTerms.objects.filter(program=program, versions__isnull=False).order_by().distinct()
    numbers = list(published.values_list("pk", flat=True)[:2])
    return numbers[0] if len(numbers) == 1 else None


@require_safe
def terms_edit(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    template_terms = template_terms_for_view(request.principal, program_id, pk)
    event_payout = chosen_payout(template_terms, number_of(request, "event"))
    number = request.GET.get("page", 1)
    context = terms_context(request, template_terms, event_payout, asked=RowFilter.asked(request.GET), number=number)
    return render(request, "contracts/terms_edit.html", context)


@require_POST
def terms_change(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Save name, labels and currency of the draft; another currency is asked about where there are fixed amounts."""
    template_terms = template_terms_for_edit(request.principal, program_id, pk)
    form = TermsForm(request.POST)
    if form.is_valid():
        try:
            shown = request.POST.get("shown")
            change_template_terms(template_terms=template_terms, seen=form.seen, shown=shown, **form.cleaned_data)
        except CurrencyUnconfirmed as unconfirmed:
            context = {
                "template_terms": template_terms,
                "currency": form.cleaned_data["currency"],
                "sent": {name: request.POST.get(name, "") for name in (*form.fields, "opened_with")},
                "amounts": unconfirmed.amounts,
                "shown": unconfirmed.fingerprint,
                "is_stale": shown is not None,
            }
            status = 409 if shown is not None else 200
            return render(request, "contracts/terms_currency.html", context, status=status)
        except Stale:
            page = reverse("contracts:terms_edit", args=[program_id, pk])
            form.contradict(head_values(template_terms), page=page)
        except Refused as refused:
            to_form(form, refused, FIELDS)
            template_terms.refresh_from_db()
        else:
            messages.success(request, "Name, labels and currency are saved in the draft.")
            return redirect("contracts:terms_edit", program_id, pk)
    context = terms_context(request, template_terms, chosen_payout(template_terms, None), terms_form=form)
    return render(request, "contracts/terms_edit.html", context, status=status_of(request, form))


@require_POST
def terms_section_save(request: ProgramRequest, program_id: int, pk: int, terms_panel: Panel) -> HttpResponse:
    """Save the sections of a panel, all or none, and show the event type that the page showed (`event`)."""
    template_terms = template_terms_for_edit(request.principal, program_id, pk)
    event_payout = chosen_payout(template_terms, number_of(request, "event"))
    page = reverse("contracts:terms_edit", args=[program_id, pk])
    page = terms_url(event_payout, terms_panel.anchor) if event_payout else f"{page}#{terms_panel.anchor}"
    form = terms_panel.form(template_terms, request.POST)
    if form.is_valid():
        values, switches = terms_panel.values(form.cleaned_data), terms_panel.switches(form.cleaned_data)
        try:
            set_terms_sections(template_terms=template_terms, values=values, switches=switches, seen=form.seen)
        except Stale:
            form.contradict(terms_panel.initial(template_terms), stored=terms_panel.stored(template_terms), page=page)
        except Refused as refused:
            to_form(form, refused, terms_panel.fields(form))
        else:
            if event_payout and request.htmx:
                return answer_panel(request, event_payout, terms_panel, terms_panel.form(template_terms))
            messages.success(request, terms_panel.saved)
            return redirect(page)
    if event_payout and request.htmx:
        return answer_panel(request, event_payout, terms_panel, form, status_of(request, form))
    context = terms_context(request, template_terms, event_payout, sent=(terms_panel, form))
    return render(request, "contracts/terms_edit.html", context, status=status_of(request, form))


@require_POST
def terms_delete(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Delete a draft that was never published."""
    template_terms = template_terms_for_edit(request.principal, program_id, pk)
    name = template_terms.name
    try:
        delete_template_terms(template_terms=template_terms)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("contracts:terms_edit", program_id, pk)
    messages.success(request, f"The draft {name} is deleted.")
    return redirect("contracts:terms_list", program_id)


def chosen_payout(template_terms: TemplateTerms, pk: int | None) -> EventPayout | None:
    """The event payout that the page is about: the one asked for, else the first."""
    payouts = template_terms.event_payouts.select_related("event_type")
    chosen = (payouts.filter(pk=pk).first() if pk else None) or payouts.first()
    if chosen is not None:
        chosen.template_terms = template_terms  # one object, so that what is read of its program is read once
    return chosen
