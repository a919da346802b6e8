"""The list of actions."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from program.access import program_for_view
from program.frame.request import ProgramRequest
from tracking.models import Action

from .action_filters import ActionFilters
from .columns import column_options, headed, shown_columns


@require_safe
def action_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    filters = ActionFilters(request, program)
    sums, columns, chips = filters.sums(), shown_columns(request), list(filters.chips())
    count = sum(row.count for row in sums)
    currency = sums[0].currency if len(sums) == 1 else ""
    context = {
        **filters.page(count),
        **filters.options(),
        "filters": filters,
        "sort": filters.sort,
        "chips": chips,
        "sums": sums,
        "currency": currency,
        "columns": headed(columns, currency),
        "column_options": column_options(columns),
        "is_empty": not count and not chips and not Action.objects.filter(program=program).exists(),
    }
    is_part = request.htmx and not request.htmx.boosted
    template = "tracking/action_list.html" + ("#actions" if is_part else "")
    return render(request, template, context, status=422 if filters.errors else 200)
