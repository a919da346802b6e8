"""Exception lists and the product catalog, which rules look things up in."""

import csv

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.team.roles import locked
from common.db.edits import Stale
from common.refusals import Refused
from common.web.edit_forms import status_of
from common.web.lists import page_of, text_of
from common.web.refusals import to_form
from program.access import (
    catalog_item_for_edit,
    catalog_item_for_view,
    exception_list_for_edit,
    exception_list_for_view,
    program_for_edit,
    program_for_view,
)
from program.catalog.forms import CatalogItemForm, CatalogRowsForm, ExceptionListForm
from program.catalog.services import (
    catalog_item_values,
    change_catalog_item,
    create_exception_list,
    delete_catalog_item,
    exception_list_values,
    save_catalog_items,
    set_exception_list_entries,
)
from program.frame.request import ProgramRequest
from program.models import CatalogItem, ExceptionList
from program.uses import Named, terms_using


@require_safe
def exception_list_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    lists = ExceptionList.objects.filter(program=program).annotate(entry_count=Count("items")).order_by("name")
    return render(request, "program/exception_list_list.html", page_of(request, lists))


@require_http_methods(["GET", "HEAD", "POST"])
def exception_list_create(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_edit(request.principal, program_id)
    form = ExceptionListForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_exception_list(program=program, **form.cleaned_data)
        except Refused as refused:
            to_form(form, refused)
        else:
            messages.success(request, f"The list {made.name} was created. Rules can ask for it now.")
            return redirect("program:exception_list_list", program_id)
    return render(request, "program/exception_list_edit.html", {"form": form}, status=status_of(request, form))


@require_http_methods(["GET", "HEAD", "POST"])
def exception_list_edit(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    fetch = exception_list_for_edit if request.method == "POST" else exception_list_for_view
    exception_list = fetch(request.principal, program_id, pk)
    form = locked(ExceptionListForm(request.POST or None, initial=exception_list_values(exception_list)), request.role)
    form.fields["name"].disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            set_exception_list_entries(
                exception_list=exception_list, entries=form.cleaned_data["entries"], seen=form.seen
            )
        except Stale:
            form.contradict(exception_list_values(exception_list), page=request.path)
        except Refused as refused:
            to_form(form, refused)
        else:
            messages.success(
                request, f"The list {exception_list.name} is saved. It holds for orders that are priced from now on."
            )
            return redirect("program:exception_list_edit", program_id, pk)
    uses = terms_using(request.program, Named.EXCEPTION_LIST, [exception_list.name])
    context = {"form": form, "exception_list": exception_list, "uses": uses}
    return render(request, "program/exception_list_edit.html", context, status=status_of(request, form))


@require_safe
def catalog_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    q = text_of(request, "q")
    items = CatalogItem.objects.filter(program=program)
    if q:
        items = items.matching(q)
    return render(request, "program/catalog_list.html", {**page_of(request, items), "q": q})


@require_http_methods(["GET", "HEAD", "POST"])
def catalog_add(request: ProgramRequest, program_id: int) -> HttpResponse:
    """Rows as they are copied out of a spreadsheet, added or replaced by SKU."""
    program = program_for_edit(request.principal, program_id)
    form = CatalogRowsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["rows"]
        try:
            rows = [row for row in csv.reader(text.splitlines(), delimiter="\t" if "\t" in text else ",") if any(row)]
            added, replaced = save_catalog_items(program=program, rows=rows)
        except csv.Error:
            form.add_error(
                "rows", "One of the values is far longer than 255 characters: is a quotation mark not closed?"
            )
        except Refused as refused:
            to_form(form, refused)
        else:
            messages.success(request, f"{added} added to the catalog, {replaced} replaced.")
            return redirect("program:catalog_list", program_id)
    return render(request, "program/catalog_add.html", {"form": form}, status=status_of(request, form))


@require_http_methods(["GET", "HEAD", "POST"])
def catalog_edit(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    fetch = catalog_item_for_edit if request.method == "POST" else catalog_item_for_view
    item = fetch(request.principal, program_id, pk)
    form = locked(CatalogItemForm(request.POST or None, initial=catalog_item_values(item)), request.role)
    form.fields["sku"].disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            change_catalog_item(item=item, values=form.cleaned_data, seen=form.seen)
        except Stale:
            form.contradict(catalog_item_values(item), page=request.path)
        else:
            messages.success(request, f"{item.sku} is saved.")
            return redirect("program:catalog_list", program_id)
    return render(request, "program/catalog_edit.html", {"form": form, "item": item}, status=status_of(request, form))


@require_POST
def catalog_delete(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    item = catalog_item_for_edit(request.principal, program_id, pk)
    delete_catalog_item(item=item)
    messages.success(request, f"{item.sku} was deleted from the catalog.")
    return redirect("program:catalog_list", program_id)
