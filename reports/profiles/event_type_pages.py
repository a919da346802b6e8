"""An event type's page."""

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from program.access import event_type_for_view
from program.event_types.mapping_form import told_statuses
from program.event_types.received_codes import received_codes
from program.frame.request import ProgramRequest
from program.models import EventType
from program.uses import statuses_of
from reports.home.obligations import owed
from reports.pages.behind import ActionsBehind
from reports.pages.question import today_of
from reports.pages.recent import recent
from reports.queries.filters import read_filters

from .last_actions import last_actions
from .terms import terms_of_event_type


@require_safe
def event_type_detail(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """One event type: how it does, what pays for it, what is owed for it, and which codes its orders are sent with."""
    event_type = event_type_for_view(request.principal, program_id, pk)
    program, today = request.program, today_of(request.program)
    days = read_filters({}, program=program, today=today)
    filters = replace(days, event_types=(event_type.code,))
    figures = recent(program, filters, ActionsBehind(program, filters, event_types=[event_type.pk]), today)
    terms, more_terms = terms_of_event_type(event_type, timezone.now())
    mapped = event_type.statuses()
    context = {
        "event_type": event_type,
        "filters": filters,
        "figures": figures,
        "owed": owed(program, today, event_type=event_type.pk),
        "terms": terms,
        "more_terms": more_terms,
        "all_actions": f"{reverse('tracking:action_list', args=[program.pk])}?event_type={event_type.pk}",
        "actions": last_actions(program, figures.marks, event_type=event_type),
        "statuses": [(status, figures.marks[status], codes, more) for status, codes, more in told_statuses(mapped)],
        **_unmapped(event_type, mapped),
    }
    return render(request, "reports/event_type_detail.html", context)


def _unmapped(event_type: EventType, mapped: dict[str, list[str]]) -> dict[str, int]:
    """How many codes that were received in 30 days have no status, the orders with them, and those without a code."""
    received = received_codes(event_type)
    meanings = statuses_of(mapped, [each.code for each in received.codes])
    unmapped = [each.orders for each in received.codes if not meanings[each.code]]
    return {"unmapped": len(unmapped), "unmapped_orders": sum(unmapped), "without_code": received.without}
