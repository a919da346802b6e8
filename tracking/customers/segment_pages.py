"""Saving the filters of the list of customers as a segment, and deleting one."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from common.refusals import Refused
from common.web.lists import text_in
from program.access import customer_segment_for_edit, program_for_edit
from program.customers.segments import delete_segment, save_segment
from program.customers.selection import CustomerFilters
from program.frame.request import ProgramRequest


@require_POST
def customer_segment_create(request: ProgramRequest, program_id: int) -> HttpResponse:
    """Keep the list as its page shows it: its address is sent along as `query`."""
    program = program_for_edit(request.principal, program_id)
    query = QueryDict(request.POST.get("query", ""))
    try:
        if errors := CustomerFilters(program, query).errors:
            raise Refused(" ".join(errors))
        segment = save_segment(
            program=program, user_id=request.user.pk, name=text_in(request.POST, "name"), query=query
        )
    except Refused as refused:
        messages.error(request, f"No segment was saved. {' '.join(each.message for each in refused)}")
        return redirect(_list(program_id, query.urlencode()))
    messages.success(request, f"The segment {segment.name} was saved.")
    return redirect(_list(program_id, segment.query))


@require_POST
def customer_segment_delete(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    segment = customer_segment_for_edit(request.principal, program_id, pk)
    delete_segment(segment=segment)
    messages.success(request, f"The segment {segment.name} was deleted. Its customers stay.")
    return redirect("tracking:customer_list", program_id)


def _list(program_id: int, query: str) -> str:
    return reverse("tracking:customer_list", args=[program_id]) + (f"?{query}" if query else "")
