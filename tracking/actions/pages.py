"""The list of actions, and one action with the explanation of its payout."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common.web.lists import number_of
from program.access import program_for_view
from program.frame.request import ProgramRequest
from tracking.access import action_for_view, upload_of
from tracking.actions.explain_shown import explain_groups, explain_shown
from tracking.actions.locking import locks_at
from tracking.models import Action

from .action_filters import ActionFilters, Counted
from .columns import column_options, headed, shown_columns
from .receipt import arranged, receipt, told

UNITS = 20  # lines of an order paid by item that one page explains
GROUPS = 100
UPDATES = 20


@require_safe
def action_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    filters = ActionFilters(request, program)
    sums, columns, chips = filters.sums(), shown_columns(request), list(filters.chips())
    options = filters.options()
    count = sum(row.count for row in sums)
    currency = sums[0].currency if len(sums) == 1 else ""
    context = {
        **filters.page(count),
        **options,
        "filters": filters,
        "sort": filters.sort,
        "chips": chips,
        "sums": sums,
        "currency": currency,
        "columns": headed(columns, currency),
        "column_options": column_options(columns),
        "is_empty": not count and not options["is_filtered"] and not Action.objects.filter(program=program).exists(),
    }
    is_part = request.htmx and not request.htmx.boosted
    template = "tracking/action_list.html" + ("#actions" if is_part else "")
    return render(request, template, context, status=422 if filters.errors else 200)


@require_safe
def action_detail(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    action = action_for_view(request.principal, program_id, pk)
    number = number_of(request, "page") or 1
    explanation = explain_shown(action, start=(number - 1) * UNITS, stop=number * UNITS)
    if not explanation["Units"] and explanation["UnitsCount"]:
        raise Http404("The order has no such lines.")
    # Without the files' contents, which are columns of their rows.
    rows = action.updates.select_related("modification__upload").defer("modification__upload__content")
    updates = list(rows.order_by("-number"))
    page = Counted(range(explanation["UnitsCount"]), UNITS, explanation["UnitsCount"]).get_page(number)
    categories = dict(action.items.values_list("index", "category"))
    context = {
        "action": action,
        "explanation": explanation,
        "receipt": receipt(action, explanation, categories),
        "units": arranged(action, explanation, explanation["Units"]),
        "page": page,
        "by_item": bool(explanation["Units"]) and explanation["Units"][0]["Line"] is not None,
        "locks_at": locks_at(action),
        "updates": updates if request.GET.get("updates") == "all" else updates[:UPDATES],
        "updates_count": len(updates),
        "updates_sum": sum(update.delta_payout for update in updates),
        "upload": upload_of(action.conversion),
    }
    return render(request, "tracking/action_detail.html", context)


@require_safe
def action_groups(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Every payout group that was tried for the order, or for one line of it, with the rule that failed."""
    action = action_for_view(request.principal, program_id, pk)
    asked, number = number_of(request, "line"), number_of(request, "page") or 1
    index = None if asked is None else asked - 1
    try:
        explanation, count = explain_groups(action, line=index, start=(number - 1) * GROUPS, stop=number * GROUPS)
    except ValueError:
        raise Http404("The order has no such line.") from None
    (unit,) = explanation["Units"]
    context = {
        "action": action,
        "explanation": explanation,
        "line": next((line for line in explanation["Lines"] if line["Index"] == index), None),
        "page": Counted(range(count), GROUPS, count).get_page(number),
        "groups": [told(group, explanation) for group in unit["Groups"]],
    }
    return render(request, "tracking/action_groups.html", context)
