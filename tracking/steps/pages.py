"""Clicks, impressions and visits: the list, and one of them."""

from collections.abc import Iterable

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from common.web.lists import SIZES, text_of
from program.access import program_for_view
from program.frame.request import ProgramRequest
from program.models import Program
from tracking.access import step_for_view
from tracking.clicks.parameters import carried
from tracking.journeys.click_ids import LENGTH
from tracking.models import Step
from tracking.templatetags.moments import zone_name

from .filters import USUAL_DAYS, StepFilters
from .found import step_of
from .orders import credited_orders, held_orders
from .paging import COUNTED, counted, page_of
from .rows import listed


@require_safe
def click_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    """The newest first, of some days; a click id in ?q= leads to its page, whatever the days."""
    program = program_for_view(request.principal, program_id)
    q = text_of(request, "q")[:LENGTH]
    if q and step_of(program, q):
        return redirect("tracking:click_detail", program_id, q)
    filters = StepFilters(program, request.GET)
    asked = request.GET.get("page_size", "")
    size = int(asked) if asked in map(str, SIZES) else SIZES[1]
    page = page_of(filters, size)
    count = counted(filters) if page.before or page.after else len(page.steps)
    chips = list(filters.chips())
    context = {
        "filters": filters,
        "q": q,
        "rows": listed(program, page.steps),
        "zone": _zone(program, page.steps),
        "page": page,
        "count": min(count, COUNTED),
        "is_more": count > COUNTED,
        "sizes": SIZES,
        "size": size,
        "filter_fields": filters.fields(),
        "chips": chips,
        "clear": filters.clear(),
        "usual_days": USUAL_DAYS,
        "is_filtered": bool(chips),
        "presets": filters.presets(),
        "typed_start": text_of(request, "start_date")[:40],
        "typed_end": text_of(request, "end_date")[:40],
    }
    return render(request, "tracking/click_list.html", context, status=422 if filters.errors else 200)


@require_safe
def click_detail(request: ProgramRequest, program_id: int, click_id: str) -> HttpResponse:
    """What is kept of it, and its orders."""
    step = step_for_view(request.principal, program_id, click_id)
    (row,) = listed(request.program, [step])
    context = {
        "row": row,
        "step": step,
        "carried": carried(step.facts),
        "channel": step.facts.get("Channel", ""),
        "credited": credited_orders(step) if step.partner_id else [],
        "held": held_orders(step) if step.kind == Step.Kind.CLICK else [],
    }
    return render(request, "tracking/click_detail.html", context)


def _zone(program: Program, steps: Iterable[Step]) -> str:
    """The zone of all moments of the page: as clocks name it, where it is one all the time, else its own name."""
    names = {zone_name(step.at.astimezone(program.zone)) for step in steps}
    return names.pop() if len(names) == 1 else program.time_zone
