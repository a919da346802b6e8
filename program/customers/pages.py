"""Customers and what tags they carry."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.team.roles import locked
from common.db.edits import Stale
from common.requests.form_limits import takes_rows
from common.web.edit_forms import status_of
from common.web.filters import FilterField, chips_of, chosen_rows
from common.web.lists import back_to_list, numbers_of, page_of, sorted_by, text_of
from program.access import customer_for_edit, customer_for_view, program_for_edit, program_for_view
from program.customers.forms import CustomerTagsForm
from program.customers.selection import customers_matching
from program.customers.services import assign_customer_tags, customer_values, remove_customer_tags, set_customer_tags
from program.frame.request import ProgramRequest
from program.models import Customer, CustomerTag


@require_safe
def customer_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    customers = customers_matching(program, request.GET)
    q = text_of(request, "q")
    tags = chosen_rows(request.GET, "tag", CustomerTag.objects.filter(program=program))
    columns = {"id": "customer_id", "first_order": "first_order"}
    rows, sort = sorted_by(request, customers.with_current_tags(), columns)
    context = {
        **page_of(request, rows),
        "sort": sort,
        "q": q,
        "is_filtered": bool(q or tags),
        "filter_fields": [FilterField("tag", "Tag", "customer-tag")],
        "chips": chips_of(request.GET, "tag", "Tag", tags),
    }
    return render(request, "program/customer_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def customer_detail(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    fetch = customer_for_edit if request.method == "POST" else customer_for_view
    customer = fetch(request.principal, program_id, pk)
    program = request.program
    data = request.POST if request.method == "POST" else None  # without a tick it is empty
    form = CustomerTagsForm(data, program=program, initial=customer_values(customer))
    if form.is_valid():
        try:
            set_customer_tags(customer=customer, tags=list(form.cleaned_data["tags"]), seen=form.seen)
        except Stale:
            form.contradict(customer_values(customer), page=request.path)
        else:
            messages.success(request, f"The tags of {customer.customer_id} are saved.")
            return redirect("program:customer_detail", program_id, pk)
    context = {"customer": customer, "form": locked(form, request.role)}
    return render(request, "program/customer_detail.html", context, status=status_of(request, form))


@takes_rows
@require_POST
def customer_assign(request: ProgramRequest, program_id: int) -> HttpResponse:
    """Ask which tags (in a dialog, or on a page of its own), then put them on the ticked customers or take them off."""
    program = program_for_edit(request.principal, program_id)
    customers = list(Customer.objects.filter(program=program, pk__in=numbers_of(request, "row")))
    if not customers:
        messages.error(request, "Tick customers first; nothing was changed.")
        return back_to_list(request, "program:customer_list", program_id)
    tags = list(CustomerTag.objects.filter(program=program, pk__in=numbers_of(request, "tags")))
    act = request.POST.get("act")
    if act in ("assign", "remove") and tags:
        if act == "assign":
            count = assign_customer_tags(customers=customers, tags=tags)
            messages.success(request, "1 tag assigned." if count == 1 else f"{count} tags assigned.")
        else:
            count = remove_customer_tags(customers=customers, tags=tags)
            messages.success(request, "1 tag removed." if count == 1 else f"{count} tags removed.")
        return back_to_list(request, "program:customer_list", program_id)
    context = {
        "customers": customers,
        "form": CustomerTagsForm(program=program),
        "tag_count": CustomerTag.objects.filter(program=program).count(),
        "query": request.POST.get("query", ""),
        "error": "Choose at least one tag." if act else "",
    }
    part = "#assign" if request.htmx else ""
    return render(request, "program/customer_assign.html" + part, context, status=422 if act else 200)
