"""Exception lists: list, create, rename, close, delete."""

from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.db.edits import Stale, refuse_changed
from common.formats.comparison import compared
from common.refusals import Refused
from common.web.edit_forms import status_of
from common.web.lists import page_of, text_of
from common.web.refusals import to_form
from program.access import exception_list_for_edit, program_for_edit, program_for_view
from program.frame.request import ProgramRequest
from program.models import ExceptionList
from program.uses import Named, TermsUse, terms_using

from .forms import ExceptionListForm, NewExceptionListForm
from .services import (
    change_exception_list,
    close_exception_list,
    create_exception_list,
    delete_exception_list,
    exception_list_values,
    names_of,
    terms_keeping,
    uses_of,
)
from .usage import usage_of


@require_safe
def exception_list_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    q = text_of(request, "q")
    lists = ExceptionList.objects.filter(program=program)
    has_any = bool(q) and lists.exists()
    if q:
        lists = lists.filter(names__name_key__contains=compared(q)).distinct()
    paging = page_of(request, lists.order_by(F("closed_at").asc(nulls_first=True), "name"))
    rows = usage_of(program, list(paging["page"]))
    context = {**paging, "rows": rows, "q": q, "has_any": has_any or bool(rows)}
    return render(request, "program/exception_list_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def exception_list_create(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_edit(request.principal, program_id)
    form = NewExceptionListForm(request.POST or None, initial={"kind": ExceptionList.Kind.SKU})
    if request.method == "POST" and form.is_valid():
        try:
            made = create_exception_list(program=program, **form.cleaned_data)
        except Refused as refused:
            to_form(form, refused)
        else:
            messages.success(request, f"The list {made.name} was created. Rules can ask for it now.")
            return redirect("program:exception_list_detail", program_id, made.pk)
    return render(request, "program/exception_list_create.html", {"form": form}, status=status_of(request, form))


@require_http_methods(["GET", "HEAD", "POST"])
def exception_list_edit(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Rename a list, or say what it holds. Terms that ask for the new name already are asked about first."""
    exception_list = exception_list_for_edit(request.principal, program_id, pk)
    form = ExceptionListForm(request.POST or None, initial=exception_list_values(exception_list))
    if request.method == "POST" and form.is_valid():
        name = " ".join(form.cleaned_data["name"].split())
        try:
            if "confirmed" not in request.POST and (uses := _asking_already(exception_list, name, form.seen)):
                context = {"exception_list": exception_list, "form": form, **form.cleaned_data, "uses": uses}
                return render(request, "program/exception_list_rename.html", context)
            change_exception_list(exception_list=exception_list, seen=form.seen, **form.cleaned_data)
        except Stale:
            form.contradict(exception_list_values(exception_list), page=request.path)
        except Refused as refused:
            to_form(form, refused)
        else:
            messages.success(request, f"The list {exception_list.name} is saved.")
            return redirect("program:exception_list_detail", program_id, pk)
    if request.method == "POST":
        exception_list.refresh_from_db()
    (usage,) = usage_of(request.program, [exception_list])
    context = {"exception_list": exception_list, "form": form, "usage": usage}
    part = "#dialog" if request.htmx and not request.htmx.boosted else ""
    return render(request, f"program/exception_list_edit.html{part}", context, status=status_of(request, form))


@require_POST
def exception_list_close(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Close a list, or open it again (`on`: yes or no)."""
    exception_list = exception_list_for_edit(request.principal, program_id, pk)
    close_exception_list(exception_list=exception_list, on=request.POST.get("on") != "no")
    if exception_list.closed_at:
        words = f"{exception_list.name} is closed: its entries stay as they are, and rules go on finding them."
    else:
        words = f"The entries of {exception_list.name} can be changed again."
    messages.success(request, words)
    return redirect("program:exception_list_detail", program_id, pk)


@require_http_methods(["GET", "HEAD", "POST"])
def exception_list_delete(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Delete a list, after showing which terms ask for it; closing is offered where published ones do."""
    exception_list = exception_list_for_edit(request.principal, program_id, pk)
    if request.method != "POST":
        return _delete(request, exception_list, status=200)
    try:
        delete_exception_list(exception_list=exception_list)
    except Refused as refused:
        messages.error(request, str(refused))
        return _delete(request, exception_list, status=409)
    messages.success(request, f"The list {exception_list.name} was deleted.")
    return redirect("program:exception_list_list", program_id)


def _asking_already(exception_list: ExceptionList, name: str, seen: str | None) -> list[TermsUse]:
    """The terms that ask for the new name while no list has it: from then on they mean this one. Raises Stale as the
    change would.
    """
    refuse_changed(exception_list_values(exception_list), seen)
    if compared(name) in map(compared, names_of(exception_list)):
        return []
    return terms_using(exception_list.program, Named.EXCEPTION_LIST, [name])


def _delete(request: ProgramRequest, exception_list: ExceptionList, status: int) -> HttpResponse:
    uses = uses_of(exception_list)
    keeping, _ = terms_keeping(exception_list)
    lately = [] if any(use.is_in_force for use in uses) else keeping
    context: dict[str, Any] = {
        "exception_list": exception_list,
        "uses": [] if lately else uses,
        "lately": lately,
        "is_kept": bool(keeping),
        "entries": exception_list.items.count(),
    }
    part = "#dialog" if request.htmx and not request.htmx.boosted else ""
    return render(request, f"program/exception_list_delete.html{part}", context, status=status)
