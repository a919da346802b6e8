"""The product catalog: find SKUs, add, change and delete them. Where terms in force look something up in it, what a
change would do is shown first.
"""

import csv
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.team.roles import locked
from common.db.edits import Gone, Stale
from common.refusals import Refused
from common.web.edit_forms import status_of
from common.web.lists import page_of, text_of
from common.web.refusals import to_form
from program.access import catalog_item_for_edit, catalog_item_for_view, program_for_edit, program_for_view
from program.exception_lists.received import orders_with_skus
from program.frame.request import ProgramRequest
from program.models import CatalogItem, Program
from program.templatetags.brandboard import number

from .forms import CatalogItemForm, CatalogRowsForm
from .services import (
    catalog_item_values,
    catalog_uses,
    change_catalog_item,
    delete_catalog_item,
    read_typed_rows,
    save_catalog_items,
)


@require_safe
def catalog_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    q = text_of(request, "q")
    items = CatalogItem.objects.filter(program=program)
    has_any = bool(q) and items.exists()
    paging = page_of(request, items.matching(q) if q else items)
    has_any = has_any or bool(paging["page"].paginator.count)
    uses = [use for use in catalog_uses(program) if use.is_in_force] if has_any else []
    context = {**paging, "q": q, "has_any": has_any, "uses": uses}
    return render(request, "program/catalog_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def catalog_add(request: ProgramRequest, program_id: int) -> HttpResponse:
    """Rows as they are copied out of a spreadsheet, added or replaced by SKU."""
    program = program_for_edit(request.principal, program_id)
    form = CatalogRowsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["rows"]
        try:
            typed = [row for row in csv.reader(text.splitlines(), delimiter="\t" if "\t" in text else ",") if any(row)]
            rows = read_typed_rows(typed)
            if "confirmed" not in request.POST:
                touched = _touched(program, [row[0] for row in rows])
                if touched["uses"]:
                    context = {"rows": text, "count": len(rows), **touched}
                    return render(request, "program/catalog_confirm.html", context)
            outcome = save_catalog_items(program=program, rows=rows)
        except csv.Error:
            form.add_error(
                "rows", "One of the values is far longer than 255 characters: is a quotation mark not closed?"
            )
        except Refused as refused:
            to_form(form, refused)
        else:
            added, changed = len(outcome.added), len(outcome.changed)
            messages.success(
                request,
                f"{number(added)} added to the catalog, {number(changed)} changed, "
                f"{number(outcome.unchanged)} unchanged.",
            )
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
        except Gone:
            messages.error(request, f"{item.sku} was deleted meanwhile.")
            return redirect("program:catalog_list", program_id)
        except Stale:
            form.contradict(catalog_item_values(item), page=request.path)
        except Refused as refused:
            to_form(form, refused)
        else:
            messages.success(request, f"{item.sku} is saved. It holds for orders that are priced from now on.")
            return redirect("program:catalog_list", program_id)
    context = {"form": form, "item": item, **_touched(request.program, [item.sku])}
    return render(request, "program/catalog_edit.html", context, status=status_of(request, form))


@require_http_methods(["GET", "HEAD", "POST"])
def catalog_delete(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Take a SKU out of the catalog, after showing what rests on it."""
    item = catalog_item_for_edit(request.principal, program_id, pk)
    if request.method != "POST":
        part = "#dialog" if request.htmx and not request.htmx.boosted else ""
        context = {"item": item, **_touched(request.program, [item.sku])}
        return render(request, f"program/catalog_delete.html{part}", context)
    delete_catalog_item(item=item)
    messages.success(request, f"{item.sku} was deleted from the catalog.")
    return redirect("program:catalog_list", program_id)


def _touched(program: Program, skus: Iterable[str]) -> dict[str, Any]:
    """What a change of these SKUs touches: the terms in force that ask for the catalog, and the orders of 30 days."""
    uses = [use for use in catalog_uses(program) if use.is_in_force]
    return {"uses": uses, "orders": orders_with_skus(program, skus) if uses else 0}
