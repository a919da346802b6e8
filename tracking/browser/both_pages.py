"""Browser and server: the orders whose two reports differ, and those that only one of the two has sent."""

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.web.lists import page_of
from program.access import program_for_view
from program.frame.request import ProgramRequest
from program.models import EventType, Program
from tracking.models import ActionUpdate, Conversion
from tracking.models.conversion import BROWSERS

DAYS = 30
TABS = {
    "differ": "Amounts differ",
    "refused": "Not replaced",
    "browser": "Only the browser",
    "server": "Only your server",
}
SETTLING = timedelta(minutes=15)  # in which the other of the two may still come


@require_safe
def browser_and_server(request: ProgramRequest, program_id: int) -> HttpResponse:
    """One tab of the list (`tab`), of the last 30 days."""
    program = program_for_view(request.principal, program_id)
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "differ"
    context = {
        **page_of(request, _rows(program, tab)),
        "tab": tab,
        "tabs": [(f"?tab={key}", words) for key, words in TABS.items()],
        "current": f"?tab={tab}",
        "days": DAYS,
        "both": EventType.objects.filter(program=program, reported_by=EventType.Reporters.BOTH).exists(),
    }
    return render(request, "tracking/browser_and_server.html", context)


def _rows(program: Program, tab: str) -> Any:
    now = timezone.now()
    since = now - timedelta(days=DAYS)
    if tab == "differ":
        updates = ActionUpdate.objects.filter(program=program, replaced__isnull=False, created_at__gte=since)
        rows = updates.exclude(before__isnull=False, delta_amount=0, delta_payout=0)
        return rows.select_related("action__event_type", "replaced").order_by("-id")
    conversions = Conversion.objects.filter(program=program, is_test=False, received_at__gte=since)
    conversions = conversions.select_related("event_type").order_by("-id")
    if tab == "refused":
        return conversions.unpriced().filter(state=Conversion.State.DUPLICATE, reason=Conversion.Reason.NOT_REPLACED)
    conversions = conversions.filter(event_type__reported_by=EventType.Reporters.BOTH, received_at__lte=now - SETTLING)
    conversions = conversions.exclude(state=Conversion.State.DUPLICATE)
    if tab == "browser":
        return conversions.filter(source__in=BROWSERS).exclude(order_id="")
    reported = Conversion.objects.filter(event_type=OuterRef("event_type"), order_id=OuterRef("order_id"))
    return conversions.exclude(source__in=BROWSERS).filter(~Exists(reported.filter(source__in=BROWSERS)))
