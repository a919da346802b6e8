"""Customers and what tags they carry."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from common.requests.form_limits import takes_rows
from common.web.lists import back_to_list, numbers_of
from program.access import program_for_edit
from program.customers.forms import CustomerTagsForm
from program.customers.services import assign_customer_tags, remove_customer_tags
from program.frame.request import ProgramRequest
from program.models import Customer, CustomerTag


@takes_rows
@require_POST
def customer_assign(request: ProgramRequest, program_id: int) -> HttpResponse:
    """Ask which tags (in a dialog, or on a page of its own), then put them on the ticked customers or take them off."""
    program = program_for_edit(request.principal, program_id)
    customers = list(Customer.objects.filter(program=program, pk__in=numbers_of(request, "row")))
    if not customers:
        messages.error(request, "Tick customers first; nothing was changed.")
        return back_to_list(request, "tracking:customer_list", program_id)
    tags = list(CustomerTag.objects.filter(program=program, pk__in=numbers_of(request, "tags")))
    act = request.POST.get("act")
    if act in ("assign", "remove") and tags:
        if act == "assign":
            count = assign_customer_tags(customers=customers, tags=tags)
            messages.success(request, "1 tag assigned." if count == 1 else f"{count} tags assigned.")
        else:
            count = remove_customer_tags(customers=customers, tags=tags)
            messages.success(request, "1 tag removed." if count == 1 else f"{count} tags removed.")
        return back_to_list(request, "tracking:customer_list", program_id)
    context = {
        "customers": customers,
        "form": CustomerTagsForm(program=program),
        "tag_count": CustomerTag.objects.filter(program=program).count(),
        "query": request.POST.get("query", ""),
        "error": "Choose at least one tag." if act else "",
    }
    part = "#assign" if request.htmx else ""
    return render(request, "program/customer_assign.html" + part, context, status=422 if act else 200)
