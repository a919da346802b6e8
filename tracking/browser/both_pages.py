"""Browser and server: the orders whose two reports differ, those that only one of the two has sent, and the browser's
reports that were refused.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Value
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.web.lists import page_of
from program.access import program_for_view
from program.frame.request import ProgramRequest
from program.models import EventType, Program
from tracking.models import ActionUpdate, BrowserReport, Conversion
from tracking.models.conversion import BROWSERS

from .live import told

DAYS = 30
MOST_TOLD = 6
TABS = {
    "differ": "Amounts differ",
    "refused": "Not replaced",
    "browser": "Only the browser",
    "server": "Only your server",
    "reports": "Refused reports",
}
SETTLING = timedelta(minutes=15)  # in which the other of the two may still come


@require_safe
def browser_and_server(request: ProgramRequest, program_id: int) -> HttpResponse:
    """One tab of the list (`tab`), of the last 30 days; of refused reports the last 7."""
    program = program_for_view(request.principal, program_id)
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "differ"
    listed = page_of(request, _rows(program, tab))
    if tab == "differ":
        listed["page"].object_list = _differing(list(listed["page"].object_list))
    elif tab == "reports":
        reports = [(report, told(report)) for report in listed["page"].object_list]
        listed["page"].object_list = [(report, said[:MOST_TOLD], len(said[MOST_TOLD:])) for report, said in reports]
    context = {
        **listed,
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
        updates = updates.exclude(before__isnull=False, delta_amount=0, delta_payout=0).order_by()
        reports = (
            Conversion.objects.filter(program=program, is_test=False, received_at__gte=since).unpriced().order_by()
        )
        reports = reports.filter(state=Conversion.State.DUPLICATE, reason=Conversion.Reason.DIFFERS)
        told = updates.values_list("created_at", "pk", Value(1)), reports.values_list("received_at", "pk", Value(0))
        return told[0].union(told[1], all=True).order_by("-created_at", "-pk")
    if tab == "reports":
        return BrowserReport.objects.refused().filter(program=program).select_related("event_type")
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


def _differing(rows: list[tuple[datetime, int, int]]) -> list[ActionUpdate | Conversion]:
    """The updates by which a server's order replaced a browser's, and the reports that no update tells of."""
    updates = ActionUpdate.objects.select_related("action__event_type").in_bulk(
        [pk for _, pk, is_update in rows if is_update]
    )
    reports = Conversion.objects.select_related("event_type").in_bulk(
        [pk for _, pk, is_update in rows if not is_update]
    )
    return [updates[pk] if is_update else reports[pk] for _, pk, is_update in rows]
