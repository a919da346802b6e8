"""The list of customers, and the segments of it that are kept under a name."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from common.refusals import Refused
from common.web.lists import SIZES, text_in
from program.access import customer_segment_for_edit, program_for_edit, program_for_view
from program.customers.segments import delete_segment, kept_query, rename_segment, save_segment
from program.customers.selection import CustomerFilters
from program.frame.request import ProgramRequest
from program.models import Customer, CustomerSegment, Program

from .columns import COOKIE, COOKIE_DAYS, column_options, in_currency, shown_columns, with_cells
from .filter_bar import chips, currencies_of, fields
from .paging import COUNTED, Order
from .rows import listed


@require_safe
def customer_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    filters, order = CustomerFilters(program, request.GET), Order(request.GET.get("sort", ""))
    asked = request.GET.get("page_size", "")
    size = int(asked) if asked in map(str, SIZES) else SIZES[1]
    page = order.page(filters, size)
    columns, kept = shown_columns(request.GET.getlist("show"), request.COOKIES), kept_query(request.GET)
    headed = in_currency(columns, filters.currency)
    segments = [(segment, segment.query == kept) for segment in CustomerSegment.objects.filter(program=program)]
    in_force = list(chips(filters))
    context = {
        "filters": filters,
        "rows": list(with_cells(listed(filters, page.customers), headed, program.zone)),
        "page": page,
        "count": min(page.found, COUNTED),
        "is_more": page.found > COUNTED,
        "sizes": SIZES,
        "size": size,
        "sort": order.sort,
        "columns": headed,
        "column_options": column_options(columns),
        "filter_fields": fields(filters, currencies_of(program)),
        "chips": in_force,
        "is_filtered": bool(filters.q or in_force or filters.errors),
        "is_empty": not page.found and not _has_customers(program),
        "segments": segments,
        "segment": next((segment for segment, is_current in segments if is_current), None),
        "kept": kept,
    }
    response = render(request, "tracking/customer_list.html", context, status=422 if filters.errors else 200)
    if "show" in request.GET and not context["segment"]:
        keys = ".".join(column.key for column in columns)
        response.set_cookie(
            COOKIE, keys, max_age=86_400 * COOKIE_DAYS, secure=request.is_secure(), httponly=True,
            samesite="Lax",
        )  # fmt: skip
    return response


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
def customer_segment_rename(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    segment = customer_segment_for_edit(request.principal, program_id, pk)
    try:
        rename_segment(segment=segment, name=text_in(request.POST, "name"))
    except Refused as refused:
        words = " ".join(each.message for each in refused)
        messages.error(request, f"The segment was not renamed. {words}")
    else:
        messages.success(request, f"Renamed to {segment.name}.")
    return redirect(_list(program_id, segment.query))


@require_POST
def customer_segment_delete(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    segment = customer_segment_for_edit(request.principal, program_id, pk)
    delete_segment(segment=segment)
    messages.success(request, f"The segment {segment.name} was deleted. Its customers stay.")
    return redirect("tracking:customer_list", program_id)


def _list(program_id: int, query: str) -> str:
    return reverse("tracking:customer_list", args=[program_id]) + (f"?{query}" if query else "")


def _has_customers(program: Program) -> bool:
    return Customer.objects.filter(program=program).exists()
