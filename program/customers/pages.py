"""Customers and what tags they carry."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.team.roles import locked
from common.db.edits import Stale
from common.web.edit_forms import status_of
from common.web.filters import FilterField, chips_of, chosen_rows
from common.web.lists import page_of, sorted_by, text_of
from program.access import customer_for_edit, customer_for_view, program_for_view
from program.customers.selection import customers_matching
from program.frame.request import ProgramRequest
from program.models import CustomerTag
from program.tags.assigning.forms import CustomerTagsForm
from program.tags.assigning.services import customer_values, set_customer_tags


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
            tags = list(form.cleaned_data["tags"])
            set_customer_tags(customer=customer, tags=tags, seen=form.seen, by=request.user.pk)
        except Stale:
            form.contradict(customer_values(customer), page=request.path)
        else:
            messages.success(request, f"The tags of {customer.customer_id} are saved.")
            return redirect("program:customer_detail", program_id, pk)
    context = {"customer": customer, "form": locked(form, request.role)}
    return render(request, "program/customer_detail.html", context, status=status_of(request, form))
