"""One event type of a draft: its default payout, its sections' switches, its dates."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from common.db.edits import Gone, Stale
from common.refusals import Refused
from common.web.edit_forms import status_of
from common.web.refusals import to_form
from contracts.access import event_payout_for_edit, template_terms_for_edit
from contracts.drafts.sections import set_sections, switch_section
from contracts.drafts.template_terms import add_event_payout, remove_event_payout
from contracts.models import EventPayout
from contracts.sections.default_payout import DEFAULT
from contracts.sections.lists.ranked_lists import Kind
from contracts.sections.panels import Panel
from program.frame.request import ProgramRequest
from program.models import EventType

from .forms import EventPayoutForm
from .terms_page import answer_list, answer_panel, terms_context, terms_url


@require_http_methods(["GET", "HEAD", "POST"])
def event_payout_create(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Let the draft pay for one more event type."""
    template_terms = template_terms_for_edit(request.principal, program_id, pk)
    form = EventPayoutForm(request.POST or None)
    free = EventType.objects.filter(program=program_id, is_active=True)
    free = free.exclude(eventpayout__template_terms=template_terms)
    form.offer(free)
    if request.method == "POST" and form.is_valid():
        event_type = form.cleaned_data["event_type"]
        try:
            default = DEFAULT.value(form.cleaned_data)
            event_payout = add_event_payout(
                template_terms=template_terms,
                event_type=event_type,
                payout_level=default.level,
                payout=default.payout,
                payout_rate=default.payout_rate,
            )
        except Refused as refused:
            to_form(form, refused, {"EventTypeCode": "event_type", **DEFAULT.fields})
        else:
            messages.success(request, f"The draft now pays for {event_type.name}.")
            return redirect(terms_url(event_payout))
    context = {"template_terms": template_terms, "form": form, "free": free}
    status = 422 if request.method == "POST" else 200
    return render(request, "contracts/event_payout_create.html", context, status=status)


@require_POST
def event_payout_remove(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    event_payout = event_payout_for_edit(request.principal, program_id, pk)
    remove_event_payout(event_payout=event_payout)
    messages.success(request, f"The draft no longer pays for {event_payout.event_type.name}.")
    return redirect("contracts:terms_edit", program_id, event_payout.template_terms_id)


@require_POST
def section_save(request: ProgramRequest, program_id: int, pk: int, panel: Panel) -> HttpResponse:
    """Save the sections of a panel, all or none."""
    event_payout = event_payout_for_edit(request.principal, program_id, pk)
    form, level = panel.form(event_payout, request.POST), event_payout.payout_level
    if form.is_valid():
        values, switches = panel.values(form.cleaned_data), panel.switches(form.cleaned_data)
        try:
            set_sections(event_payout=event_payout, values=values, switches=switches, seen=form.seen)
        except Gone:
            return _gone(request, event_payout)
        except Stale:
            page = terms_url(event_payout, panel.anchor)
            form.contradict(panel.initial(event_payout), stored=panel.stored(event_payout), page=page)
        except Refused as refused:
            to_form(form, refused, panel.fields(form))
        else:
            if not request.htmx:
                messages.success(request, panel.saved)
                return redirect(terms_url(event_payout, panel.anchor))
            if event_payout.payout_level != level:  # every list shows payouts by it
                return HttpResponseClientRefresh()
            return answer_panel(request, event_payout, panel, panel.form(event_payout))
    if request.htmx:
        return answer_panel(request, event_payout, panel, form, status_of(request, form))
    context = terms_context(request, event_payout.template_terms, event_payout, sent=(panel, form))
    return render(request, "contracts/terms_edit.html", context, status=status_of(request, form))


@require_POST
def section_switch(request: ProgramRequest, program_id: int, pk: int, kind: Kind) -> HttpResponse:
    """Switch a whole list on or off; its rows stay in the draft."""
    event_payout = event_payout_for_edit(request.principal, program_id, pk)
    on = request.POST.get("on") == "yes"
    try:
        switch_section(event_payout=event_payout, section=kind.section, on=on)
    except Stale:
        return _gone(request, event_payout)
    messages.success(request, f"{kind.title} are switched {'on' if on else 'off'} in the draft.")
    return answer_list(request, event_payout, kind)


def _gone(request: ProgramRequest, event_payout: EventPayout) -> HttpResponse:
    messages.error(request, "Someone else removed this event type from the draft meanwhile. Nothing was saved.")
    return redirect("contracts:terms_edit", event_payout.program_id, event_payout.template_terms_id)
