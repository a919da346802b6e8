"""Payout groups, adjustments and restrictions of a draft: add, edit, rank, switch, delete; one by one or many."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.db.edits import Gone, Stale
from common.refusals import Refused
from common.requests.form_limits import takes_rows
from common.web.edit_forms import Conflict, status_of
from common.web.lists import number_in, numbers_of
from common.web.refusals import to_form
from contracts.access import event_payout_for_edit, event_payout_for_view, present_payout_for_edit
from contracts.drafts.ranks import move_to, order_token, ranked_ids, reorder_rows
from contracts.drafts.rows import delete_rows, row_values, switch_row
from contracts.drafts.warnings import row_warnings
from contracts.many_rows.found_rows import RowFilter
from contracts.models import EventPayout
from contracts.rule_builder.typed_rules import TypedRules, as_rows, posted_rules, stored_rules
from contracts.sections.lists.ranked_lists import Kind, Preset
from program.frame.request import ProgramRequest

from .forms import PlaceForm, PositionForm
from .row_forms import first_rule, form_context, preset_of, row_context
from .row_lists import page_of_row
from .terms_page import GONE, answer_list, terms_url

WARNED = 5  # more warnings of one row would cover the page
DELETED = (
    "This {noun} is gone: someone else deleted it, or discarded the draft’s changes, after you opened it. Nothing was "
    "saved. What you typed is still here: add it as a new {noun}, or cancel."
)
DISCARDED = (
    "Someone else discarded the draft’s changes after you opened this. Nothing was saved. What you typed is still "
    "here: add it to the draft as it is now, or cancel."
)


@require_safe
def row_list_part(request: ProgramRequest, program_id: int, pk: int, kind: Kind) -> HttpResponse:
    """One page of a list, or what a search finds in it."""
    event_payout = event_payout_for_view(request.principal, program_id, pk)
    number = request.GET.get("page", 1)
    if not request.htmx:
        return redirect(terms_url(event_payout, kind.slug, number))
    return answer_list(request, event_payout, kind, number=number, asked=RowFilter.asked(request.GET))


@require_http_methods(["GET", "HEAD", "POST"])
def row_create(request: ProgramRequest, program_id: int, pk: int, kind: Kind) -> HttpResponse:
    event_payout = _payout_now(request, program_id, pk)
    if request.method != "POST":
        typed = stored_rules([first_rule(request, kind)])
        preset = preset_of(request, kind)
        return _form(
            request, event_payout, kind, None, kind.form(), typed, place=PlaceForm.asked(request.GET), preset=preset
        )
    if event_payout.pk != pk:
        return _offer_as_new(request, event_payout, kind, DISCARDED, is_other=True)
    form, typed = kind.form(request.POST), posted_rules(request.POST)
    place = PlaceForm(request.POST)
    if place.is_valid() and _is_sound(form, typed):
        is_first = kind.is_named and place.cleaned_data["place"] == "first"
        try:
            position = 1 if is_first else None
            row = kind.add(event_payout=event_payout, rules=typed.raw, position=position, **form.values())
        except Refused as refused:
            _refuse(kind, form, typed, refused)
        else:
            said = f"The {kind.noun} is added at rank {row.rank}."
            if is_first:
                said += " It is tried first. Move it down if another group should win."
            messages.success(request, said)
            _warn(request, row)
            if place.cleaned_data["by_tags"] and not request.htmx:
                address = reverse("contracts:terms_publish", args=[program_id, event_payout.template_terms_id])
                return redirect(f"{address}?by_tags={row.pk}")
            return _answer_saved(request, row, kind)
    return _form(request, event_payout, kind, None, form, typed, status=422, place=place)


@require_http_methods(["GET", "HEAD", "POST"])
def row_edit(request: ProgramRequest, program_id: int, pk: int, kind: Kind) -> HttpResponse:
    try:
        row = kind.for_edit(request.principal, program_id, pk)
    except Http404:
        posted = number_in(request.POST, "event_payout")
        event_payout = _payout_now(request, program_id, posted)
        return _offer_as_new(request, event_payout, kind, DELETED, is_other=event_payout.pk != posted)
    event_payout = row.event_payout
    if request.method != "POST":
        form = kind.form(initial=kind.form.initial_of(row))
        form.stored = row_values(row)
        return _form(request, event_payout, kind, row, form, stored_rules(row.rules))
    form, typed = kind.form(request.POST), posted_rules(request.POST)
    if _is_sound(form, typed):
        try:
            kind.change(**{kind.changed: row}, rules=typed.raw, seen=form.seen, **form.values())
        except Gone:
            return _offer_as_new(request, event_payout, kind, DELETED)
        except Stale:
            _contradict(request, kind, row, form, typed)
        except Refused as refused:
            _refuse(kind, form, typed, refused)
        else:
            messages.success(request, f"The {kind.noun} of rank {row.rank} is saved.")
            _warn(request, row)
            return _answer_saved(request, row, kind)
    return _form(request, event_payout, kind, row, form, typed, status=status_of(request, form))


@require_POST
def row_switch(request: ProgramRequest, program_id: int, pk: int, kind: Kind) -> HttpResponse:
    """Switch a row off, which keeps it in the draft and out of what is published, or on again (`on`: yes or no)."""
    row = kind.for_edit(request.principal, program_id, pk)
    on = request.POST.get("on") == "yes"
    try:
        switch_row(row=row, on=on)
    except Stale:
        return answer_list(request, row.event_payout, kind, problem=GONE, status=409)
    messages.success(request, f"The {kind.noun} of rank {row.rank} is switched {'on' if on else 'off'}.")
    return answer_list(request, row.event_payout, kind)


@require_http_methods(["GET", "HEAD", "POST"])
def row_delete(request: ProgramRequest, program_id: int, pk: int, kind: Kind) -> HttpResponse:
    row = kind.for_edit(request.principal, program_id, pk)
    event_payout = row.event_payout
    if request.method != "POST":
        return _ask(request, event_payout, kind, row, "contracts/row_delete.html")
    number = page_of_row(row)
    delete_rows(event_payout=event_payout, kind=kind.model, ids=[row.pk])
    messages.success(request, f"The {kind.noun} of rank {row.rank} is deleted.")
    return answer_list(request, event_payout, kind, number=number, asked=RowFilter())


@require_http_methods(["GET", "HEAD", "POST"])
def row_move(request: ProgramRequest, program_id: int, pk: int, kind: Kind) -> HttpResponse:
    """Move a row to a position of its list, however far."""
    row = kind.for_edit(request.principal, program_id, pk)
    event_payout = row.event_payout
    form = PositionForm(request.POST or None, initial={"position": row.rank})
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        ids = ranked_ids(event_payout=event_payout, kind=kind.model)
        context = {"form": form, "count": len(ids), "token": order_token(ids)}
        return _ask(request, event_payout, kind, row, "contracts/row_move.html", status=status, **context)
    try:
        move_to(row=row, position=form.cleaned_data["position"], seen=request.POST.get("seen"))
    except Stale:
        return answer_list(request, event_payout, kind, problem=GONE, status=409)
    row.refresh_from_db(fields=["rank"])
    messages.success(request, f"Moved to position {row.rank}.")
    return answer_list(request, event_payout, kind, number=page_of_row(row), asked=RowFilter())


@takes_rows
@require_POST
def row_reorder(request: ProgramRequest, program_id: int, pk: int, kind: Kind) -> HttpResponse:
    """Rank the rows of the page shown in the order posted; the rest of a longer list stays where it is."""
    event_payout = event_payout_for_edit(request.principal, program_id, pk)
    ids, seen = numbers_of(request, "row_id"), request.POST.get("seen", "")
    try:
        reorder_rows(event_payout=event_payout, kind=kind.model, ids=ids, seen=seen)
    except Stale:
        return answer_list(request, event_payout, kind, problem=GONE, status=409)
    return answer_list(request, event_payout, kind)


def _payout_now(request: ProgramRequest, program_id: int, pk: int | None) -> EventPayout:
    """The event payout of that number; where a form was sent that names one of before the draft's changes were
    discarded, the one that is paid for the same event type now.
    """
    try:
        return event_payout_for_edit(request.principal, program_id, pk or 0)
    except Http404:
        terms, event_type = (number_in(request.POST, name) for name in ("template_terms", "event_type"))
        return present_payout_for_edit(request.principal, program_id, template_terms=terms, event_type=event_type)


def _offer_as_new(
    request: ProgramRequest, event_payout: EventPayout, kind: Kind, why: str, *, is_other: bool = False
) -> HttpResponse:
    """The list as it is now, and what was typed in a row that it no longer has, as a row to add. Adding it loads the
    whole page again where that shows another (`is_other`) event payout.
    """
    form, typed = kind.form(request.POST), posted_rules(request.POST)
    form.add_error(None, why.format(noun=kind.noun))
    place = PlaceForm(request.POST) if "place" in request.POST else PlaceForm.asked({})
    context = form_context(event_payout, kind, None, form, typed, place)
    context |= {"is_lost": True, "is_sent_whole": is_other}
    if not request.htmx:
        return render(request, "contracts/row_edit.html", context, status=409)
    opened = render_to_string("contracts/row_edit.html#dialog", context, request)
    return answer_list(request, event_payout, kind, opened=opened, status=409)


def _answer_saved(request: ProgramRequest, row: Any, kind: Kind) -> HttpResponse:
    """The page of the list on which a row is, whatever was searched for: it may not be among that."""
    number, asked = page_of_row(row), RowFilter()
    return answer_list(request, row.event_payout, kind, number=number, asked=asked, saved=row.pk)


def _is_sound(form: Form, typed: TypedRules) -> bool:
    return form.is_valid() and typed.is_sound


def _contradict(request: ProgramRequest, kind: Kind, row: Any, form: Any, typed: TypedRules) -> None:
    """Show the stored values of the row, its rules among them."""
    ours, theirs = str(as_rows(typed)), str(stored_rules(row.rules))
    rules = [Conflict("Rules", ours, theirs)] if ours != theirs else []
    stored = row_values(row)
    form.contradict(kind.form.initial_of(row), page=request.path, stored=stored, more=rules)


def _refuse(kind: Kind, form: Form, typed: TypedRules, refused: Refused) -> None:
    """Put each error beside what it is about: a rule, a field, or the form as a whole."""
    to_form(form, typed.refuse(refused), kind.fields)


def _warn(request: ProgramRequest, row: Any) -> None:
    """Show warnings about a row that was saved."""
    for warning in row_warnings(row)[:WARNED]:
        messages.warning(request, f"{warning[:1].upper()}{warning[1:]}.")


def _form(
    request: ProgramRequest,
    event_payout: EventPayout,
    kind: Kind,
    row: Any,
    form: Form,
    typed: TypedRules,
    status: int = 200,
    place: PlaceForm | None = None,
    preset: Preset | None = None,
) -> HttpResponse:
    context = form_context(event_payout, kind, row, form, typed, place) | {"preset": preset}
    return render(request, f"contracts/row_edit.html{_part(request)}", context, status=status)


def _ask(
    request: ProgramRequest,
    event_payout: EventPayout,
    kind: Kind,
    row: Any,
    template: str,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """A question about a row: in the dialog, or as a page of its own."""
    context |= row_context(event_payout, kind, row)
    return render(request, template + _part(request), context, status=status)


def _part(request: ProgramRequest) -> str:
    """The part of a template that is asked for: the dialog, or all of the page."""
    return "#dialog" if request.htmx else ""
