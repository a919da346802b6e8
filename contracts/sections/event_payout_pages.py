"""One event type of a draft: its default payout, its sections' switches, its dates."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.db.edits import Gone, Stale
from common.refusals import Refused
from common.web.edit_forms import status_of
from common.web.refusals import to_form
from contracts.access import event_payout_for_edit, event_payout_for_view, template_terms_for_edit
from contracts.drafts.template_terms import (
    add_event_payout,
    check_schedule,
    remove_event_payout,
    schedule_values,
    set_default_payout,
    set_schedule,
    switch_section,
)
from contracts.models import EventPayout
from contracts.sections.forms import EventPayoutForm, PayoutForm, ScheduleForm
from program.frame.request import ProgramRequest
from program.models import EventType

from .kinds import Kind
from .refusals import FIELDS
from .terms_page import answer_list, dates_of, terms_context, terms_url


@require_http_methods(["GET", "HEAD", "POST"])
def event_payout_create(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Let the draft pay for one more event type."""
    template_terms = template_terms_for_edit(request.principal, program_id, pk)
    form = EventPayoutForm(request.POST or None)
    free = EventType.objects.filter(program=program_id, is_active=True)
    free = free.exclude(eventpayout__template_terms=template_terms)
    form.fields["event_type"].queryset = free  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        event_type = form.cleaned_data["event_type"]
        try:
            event_payout = add_event_payout(template_terms=template_terms, event_type=event_type, **form.payouts())
        except Refused as refused:
            to_form(form, refused, FIELDS)
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
def default_payout_set(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    event_payout = event_payout_for_edit(request.principal, program_id, pk)
    form = PayoutForm.of(event_payout, request.POST)
    if form.is_valid():
        try:
            set_default_payout(event_payout=event_payout, seen=form.seen, **form.payouts())
        except Gone:
            return _gone(request, event_payout)
        except Stale:
            present = PayoutForm.of(event_payout)
            form.contradict(present.initial, stored=present.stored, page=terms_url(event_payout, "default-payout"))
        except Refused as refused:
            to_form(form, refused, FIELDS)
        else:
            messages.success(request, "The default payout is saved in the draft.")
            # Every list shows payouts by the level, so the whole page is rendered again.
            return redirect(terms_url(event_payout, "default-payout"))
    return _again(request, event_payout, form, payout_form=form)


@require_POST
def schedule_set(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Save locking and paying, both or none."""
    event_payout = event_payout_for_edit(request.principal, program_id, pk)
    form = ScheduleForm.of(event_payout, request.POST)
    if form.is_valid():
        try:
            set_schedule(event_payout=event_payout, values=form.cleaned_data, seen=form.seen)
        except Gone:
            return _gone(request, event_payout)
        except Stale:
            form.contradict(schedule_values(event_payout), page=terms_url(event_payout, "action-locking"))
        except Refused as refused:
            to_form(form, refused, FIELDS)
        else:
            messages.success(request, "Locking and paying are saved in the draft.")
            return redirect(terms_url(event_payout, "action-locking"))
    return _again(request, event_payout, form, schedule_form=form)


@require_safe
def schedule_dates(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """The dates that the typed sentences give for an order of today; 422 for what could not be saved either."""
    event_payout = event_payout_for_view(request.principal, program_id, pk)
    form = ScheduleForm.of(event_payout, request.GET)
    context: dict[str, object] = {"event_payout": event_payout}
    if form.is_valid():
        wanted = form.wanted(event_payout)
        try:
            check_schedule(event_payout=event_payout, wanted=wanted)
        except Refused as refused:
            to_form(form, refused, FIELDS)
        else:
            context["dates"] = dates_of(wanted, event_payout.template_terms.program.time_zone)
            return render(request, "contracts/_dates.html", context)
    context["problems"] = [f"{field.label}: {error}" for field in form for error in field.errors]
    return render(request, "contracts/_dates.html", context, status=422)


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


def _again(request: ProgramRequest, event_payout: EventPayout, form: Form, **forms: Any) -> HttpResponse:
    """The page again, with what was typed and its errors."""
    context = terms_context(request, event_payout.template_terms, event_payout, **forms)
    return render(request, "contracts/terms_edit.html", context, status=status_of(request, form))


def _gone(request: ProgramRequest, event_payout: EventPayout) -> HttpResponse:
    messages.error(request, "Someone else removed this event type from the draft meanwhile. Nothing was saved.")
    return redirect("contracts:terms_edit", event_payout.program_id, event_payout.template_terms_id)
