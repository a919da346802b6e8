"""The list of actions, and one action with the explanation of its payout."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from program.access import program_for_view
from program.views.shared import number_of
from tracking.access import action_for_view
from tracking.models import Action, Upload
from tracking.services.explaining import explain_action
from tracking.services.locking import locks_at

from .action_columns import column_options, shown_columns
from .action_filters import ActionFilters
from .explanation import arranged, receipt, told

UNITS = 20  # lines of an order paid by item that one page explains
GROUPS = 100
UPDATES = 20


@require_safe
def action_list(request: HttpRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request, program_id)
    filters = ActionFilters(request, program)
    sums, columns, chips = filters.sums(), shown_columns(request), list(filters.chips())
    count = sum(row.count for row in sums)
    context = {
        **filters.page(count),
        **filters.options(),
        "filters": filters,
        "sort": filters.sort,
        "chips": chips,
        "sums": sums,
        "currency": sums[0].currency if len(sums) == 1 else "",
        "columns": columns,
        "column_options": column_options(columns),
        "is_empty": not count and not chips and not Action.objects.filter(program=program).exists(),
    }
    is_part = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    return render(request, "tracking/action_list.html" + ("#actions" if is_part else ""), context)


@require_safe
def action_detail(request: HttpRequest, program_id: int, pk: int) -> HttpResponse:
    action = action_for_view(request, program_id, pk)
    explanation = explain_action(action)
    # Never the files themselves, which hang on their rows.
    updates = action.updates.select_related("modification__upload", "user").defer("modification__upload__content")
    updates = list(updates.order_by("-number"))
    units = Paginator(explanation["Units"], UNITS).get_page(request.GET.get("page"))
    categories = dict(action.items.values_list("index", "category"))
    context = {
        "action": action,
        "explanation": explanation,
        "receipt": receipt(action, explanation, categories),
        "units": arranged(action, explanation, list(units)),
        "page": units,
        "by_item": bool(explanation["Units"]) and explanation["Units"][0]["Line"] is not None,
        "locks_at": locks_at(action),
        "updates": updates if request.GET.get("updates") == "all" else updates[:UPDATES],
        "updates_count": len(updates),
        "updates_sum": sum(update.delta_payout for update in updates),
        "upload": Upload.objects.defer("content").filter(pk=action.conversion.upload_id).first(),
    }
    return render(request, "tracking/action_detail.html", context)


@require_safe
def action_groups(request: HttpRequest, program_id: int, pk: int) -> HttpResponse:
    """Every payout group that was tried for the order, or for one line of it, with the rule that failed."""
    action = action_for_view(request, program_id, pk)
    explanation = explain_action(action)
    unit = _unit(explanation["Units"], number_of(request, "line"))
    page = Paginator(unit["Groups"], GROUPS).get_page(request.GET.get("page"))
    line = next((line for line in explanation["Lines"] if line["Index"] == unit["Line"]), None)
    groups = [told(group, explanation) for group in page]
    context = {"action": action, "explanation": explanation, "line": line, "page": page, "groups": groups}
    return render(request, "tracking/action_groups.html", context)


def _unit(units: list[dict[str, Any]], line: int | None) -> dict[str, Any]:
    """The unit of that line (from 1), or of the whole order."""
    index = None if line is None else line - 1
    for unit in units:
        if unit["Line"] == index:
            return unit
    raise Http404("There is no such line.")
