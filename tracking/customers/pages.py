"""The list of customers."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common.web.lists import SIZES
from program.access import program_for_view
from program.customers.segments import kept_query
from program.customers.selection import CustomerFilters
from program.frame.request import ProgramRequest
from program.models import Customer, CustomerSegment, Program

from .columns import COOKIE, COOKIE_DAYS, column_options, shown_columns
from .filter_bar import chips, currencies_of, fields
from .paging import COUNTED, Order, counted
from .rows import listed


@require_safe
def customer_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    filters, order = CustomerFilters(program, request.GET), Order(request.GET.get("sort", ""))
    asked = request.GET.get("page_size", "")
    size = int(asked) if asked in map(str, SIZES) else SIZES[1]
    page = order.page(filters, size)
    columns, kept = shown_columns(request.GET.getlist("show"), request.COOKIES), kept_query(request.GET)
    segments = [(segment, segment.query == kept) for segment in CustomerSegment.objects.filter(program=program)]
    count = counted(order.customers(filters)) if page.before or page.after else len(page.customers)
    in_force = list(chips(filters))
    context = {
        "filters": filters,
        "rows": listed(filters, page.customers),
        "page": page,
        "count": min(count, COUNTED),
        "is_more": count > COUNTED,
        "sizes": SIZES,
        "size": size,
        "sort": order.sort,
        "columns": columns,
        "revenue_head": f"Revenue, {filters.currency}",
        "column_options": column_options(columns),
        "filter_fields": fields(filters, currencies_of(program)),
        "chips": in_force,
        "is_filtered": bool(filters.q or in_force or filters.errors),
        "is_empty": not count and not _has_customers(program),
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


def _has_customers(program: Program) -> bool:
    return Customer.objects.filter(program=program).exists()
