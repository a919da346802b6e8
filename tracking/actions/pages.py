"""The list of actions."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.team.roles import Act, may
from program.access import program_for_view
from program.event_types.status_marks import status_marks
from program.frame.request import ProgramRequest
from program.models import Program
from program.templatetags.brandboard import SIGNS
from tracking.models import Action
from tracking.templatetags.moments import zone_name

from .action_filters import ActionFilters
from .columns import OVER_CAP_FIRST, SHOWN_FIRST, column_options, headed, shown_columns
from .filter_rows import OVER_CAP
from .paging import paged
from .paid_by import paid_by
from .state_tabs import state_tabs, sums_by_state, sums_of


@require_safe
def action_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    filters = ActionFilters(request, program)
    by_state = sums_by_state(filters)
    is_over_cap = filters.state == OVER_CAP
    usual = OVER_CAP_FIRST if is_over_cap else SHOWN_FIRST
    sums, columns, chips = sums_of(by_state, filters.states), shown_columns(request, usual), list(filters.chips())
    options = filters.options()
    count = sum(row.count for row in sums)
    currency = sums[0].currency if len(sums) == 1 else ""
    listed = paged(filters, count)
    context = {
        **listed,
        **options,
        "filters": filters,
        "sort": filters.sort,
        "chips": chips,
        "tabs": state_tabs(filters, by_state),
        "rows": _rows(program, listed["page"]),
        "sums": sums,
        "currency": currency,
        "unit": SIGNS.get(currency, f"{currency} "),
        "columns": headed(columns, currency, _zone(program, listed["page"]), is_over_cap=is_over_cap),
        "column_options": column_options(columns),
        "list_query": _list_query(request),
        "is_approvable": is_over_cap and may(request.role, Act.SETTLE),
        "is_empty": not count and not options["is_filtered"] and not Action.objects.filter(program=program).exists(),
    }
    is_part = request.htmx and not request.htmx.boosted
    template = "tracking/action_list.html" + ("#actions" if is_part else "")
    return render(request, template, context, status=422 if filters.errors else 200)


def _rows(program: Program, actions: Sequence[Action]) -> list[tuple[Action, Any, str]]:
    """Each with what pays it and the mark of its customer status."""
    paid = paid_by(actions)
    marks = status_marks(program)
    return [(action, paid[action.pk], marks[action.customer_status_category]) for action in actions]


def _zone(program: Program, actions: Sequence[Action]) -> str:
    """The zone of all moments of the page: as clocks name it, where it is one all the time, else its own name."""
    names = {zone_name(action.event_date.astimezone(program.zone)) for action in actions}
    return names.pop() if len(names) == 1 else program.time_zone


def _list_query(request: ProgramRequest) -> str:
    """What an action's page keeps of the list: its filters and order."""
    query = request.GET.copy()
    query.pop("page", None)
    return f"?{query.urlencode()}" if query else ""
