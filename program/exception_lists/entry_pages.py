"""The entries of an exception list: its page, and adding, changing and deleting them. Where terms in force ask for the
list, what a change would do is shown before it is confirmed.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from common.db.edits import Gone, Stale, refuse_changed
from common.formats.comparison import compared
from common.refusals import Refused
from common.web.edit_forms import status_of
from common.web.lists import page_of, text_of
from common.web.refusals import to_form
from program.access import (
    exception_list_entry_for_edit,
    exception_list_for_edit,
    exception_list_for_view,
)
from program.frame.request import ProgramRequest
from program.models import ExceptionList, ExceptionListItem
from program.templatetags.brandboard import number

from .entries import Closed, Entry, add_entries, change_entry, delete_entry, entry_values, read_entries, read_entry
from .forms import EntriesForm, EntryForm
from .received import orders_with_entries
from .services import in_force
from .usage import usage_of

FROM_NOW_ON = "It holds for orders that are priced from now on."


@require_safe
def exception_list_detail(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """One list with its entries, by value; `q` is looked for in values and names."""
    exception_list = exception_list_for_view(request.principal, program_id, pk)
    q = text_of(request, "q")
    items = ExceptionListItem.objects.filter(exception_list=exception_list).order_by("match_mode", "value_key")
    if q:
        items = items.filter(Q(value_key__contains=compared(q)) | Q(value__icontains=q) | Q(name__icontains=q))
    (usage,) = usage_of(request.program, [exception_list])
    context = {**page_of(request, items), "exception_list": exception_list, "usage": usage, "q": q}
    return render(request, "program/exception_list_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def exception_list_entry_create(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Add entries, one or many lines."""
    exception_list = exception_list_for_edit(request.principal, program_id, pk)
    form = EntriesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            entries = read_entries(form.cleaned_data["entries"])
            if asked := _asked_first(request, exception_list, entries, verb=_counted("Add", entries)):
                return asked
            outcome = add_entries(exception_list=exception_list, entries=entries)
        except Refused as refused:
            to_form(form, refused)
        else:
            known = f" {number(outcome.unchanged)} were on it already." if outcome.unchanged else ""
            added = len(outcome.added) + len(outcome.changed)
            messages.success(request, f"{number(added)} added to {exception_list.name}.{known} {FROM_NOW_ON}")
            return redirect("program:exception_list_detail", program_id, pk)
    return _form(request, exception_list, None, form)


@require_http_methods(["GET", "HEAD", "POST"])
def exception_list_entry_edit(request: ProgramRequest, program_id: int, pk: int, entry: int) -> HttpResponse:
    item = exception_list_entry_for_edit(request.principal, program_id, pk, entry)
    form = EntryForm(request.POST or None, initial=entry_values(item))
    if request.method == "POST" and form.is_valid():
        before = read_entry(item.value, item.match_mode)
        try:
            after = read_entry(**form.cleaned_data)
            refuse_changed(entry_values(item), form.seen)
            changes_rules = (before.match_mode, before.key) != (after.match_mode, after.key)
            if changes_rules and (
                asked := _asked_first(request, item.exception_list, [before, after], verb="Save entry", item=item)
            ):
                return asked
            change_entry(item=item, entry=after, seen=form.seen)
        except Gone:
            messages.error(request, f"{before.value} was deleted meanwhile.")
            return redirect("program:exception_list_detail", program_id, pk)
        except Stale:
            item.refresh_from_db()
            form.contradict(entry_values(item), page=request.path)
        except Refused as refused:
            to_form(form, refused)
        else:
            messages.success(request, f"{item.value} is saved.{f' {FROM_NOW_ON}' if changes_rules else ''}")
            return redirect("program:exception_list_detail", program_id, pk)
    return _form(request, item.exception_list, item, form)


@require_http_methods(["GET", "HEAD", "POST"])
def exception_list_entry_delete(request: ProgramRequest, program_id: int, pk: int, entry: int) -> HttpResponse:
    """Take an entry off the list, after showing what rests on it."""
    item = exception_list_entry_for_edit(request.principal, program_id, pk, entry)
    if request.method == "POST":
        try:
            delete_entry(item=item)
        except Closed as closed:
            messages.error(request, str(closed))
        else:
            messages.success(request, f"{item.value} is off the list {item.exception_list.name}. {FROM_NOW_ON}")
        return redirect("program:exception_list_detail", program_id, pk)
    touched = _touched(item.exception_list, [read_entry(item.value, item.match_mode)])
    part = "#dialog" if request.htmx and not request.htmx.boosted else ""
    context = {"item": item, "exception_list": item.exception_list, **touched}
    return render(request, f"program/exception_list_entry_delete.html{part}", context)


def _touched(exception_list: ExceptionList, entries: Iterable[Entry]) -> dict[str, Any]:
    """What a change of these entries touches: the terms in force, and the orders of the last 30 days."""
    uses = in_force(exception_list)
    return {"uses": uses, "orders": orders_with_entries(exception_list, entries) if uses else 0}


def _asked_first(
    request: ProgramRequest,
    exception_list: ExceptionList,
    entries: list[Entry],
    *,
    verb: str,
    item: ExceptionListItem | None = None,
) -> HttpResponse | None:
    """The page that says what the change does to terms in force; None where none do, or it is confirmed."""
    if "confirmed" in request.POST:
        return None
    touched = _touched(exception_list, entries)
    if not touched["uses"]:
        return None
    sent = [(name, request.POST[name]) for name in request.POST if name != "csrfmiddlewaretoken"]
    context = {"exception_list": exception_list, "item": item, "verb": verb, "sent": sent, **touched}
    context |= {"entries": entries[:10], "more": max(0, len(entries) - 10)} if item is None else {}
    return render(request, "program/exception_list_confirm.html", context)


def _counted(verb: str, entries: list[Entry]) -> str:
    return f"{verb} {'1 entry' if len(entries) == 1 else f'{number(len(entries))} entries'}"


def _form(
    request: ProgramRequest, exception_list: ExceptionList, item: ExceptionListItem | None, form: Any
) -> HttpResponse:
    context = {"exception_list": exception_list, "item": item, "form": form}
    part = "#dialog" if request.htmx and not request.htmx.boosted else ""
    return render(request, f"program/exception_list_entry_edit.html{part}", context, status=status_of(request, form))
