"""The tracking code of an event type, and the orders as they arrive by it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from program.access import event_type_for_view
from program.frame.request import ProgramRequest
from program.models import EventType
from tracking.conversions.words import in_words
from tracking.models import BrowserReport, Conversion

from .codes import codes_of, consent_code, pixel_code, policy, status_codes, tag_code, test_code
from .live import told

WAYS = {"tag": "Tag", "pixel": "Pixel", "api": "API", "file": "File"}
BY_BROWSER = ("tag", "pixel")
MOST_ROWS = 10
MOST_UNDERSTOOD = 8
_UNTOLD = ("CampaignId", "EventTypeId", "EventTypeCode", "ActionTrackerId", "EventDate", "OrderId", "Items")


@dataclass(frozen=True, slots=True)
class Arrived:
    """A report on the live view: what was understood of it, and what was not taken."""

    received_at: datetime
    source: str
    order_id: str
    is_test: bool = False
    conversion: Conversion | None = None
    understood: list[tuple[str, str]] = field(default_factory=list)
    more: int = 0
    refused: list[list[str]] = field(default_factory=list)
    left_out: list[list[str]] = field(default_factory=list)


@require_safe
def tracking_code(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """The code for one way of reporting (`by`), and the live view, which asks for itself again (`live`)."""
    event_type = event_type_for_view(request.principal, program_id, pk)
    by = request.GET.get("by", "")
    by = by if by in WAYS else ("tag" if event_type.reported_by != EventType.Reporters.SERVER else "api")
    context: dict[str, Any] = {"event_type": event_type, "by": by, "arrived": arrived(event_type)}
    if "live" in request.GET:
        return render(request, "tracking/tracking_code.html#live", context)
    base = settings.BASE_URL
    is_refused = event_type.reported_by == EventType.Reporters.SERVER and by in BY_BROWSER
    context |= {
        "tabs": [(f"?by={way}", words) for way, words in WAYS.items()],
        "current": f"?by={by}",
        "codes": codes_of(event_type, by, base_url=base),
        "statuses": status_codes(event_type),
        "is_refused": is_refused,
        "policy": policy(base) if by in BY_BROWSER else "",
        "consent_tag": tag_code(event_type, base, consent=True) if by == "tag" else "",
        "consent_call": consent_code() if by == "tag" else "",
        "test": _test(event_type, by, base),
    }
    return render(request, "tracking/tracking_code.html", context)


def _test(event_type: EventType, by: str, base: str) -> str:
    if by == "tag":
        return test_code(event_type)
    status = status_codes(event_type)[0].code
    return pixel_code(event_type, status, base, is_test=True) if by == "pixel" else ""


def arrived(event_type: EventType) -> list[Arrived]:
    """The newest reports of the event type, those of browsers with what was not taken."""
    conversions = list(
        Conversion.objects.filter(event_type=event_type)
        .defer("derived", "deduplication_period", "idempotency_key")
        .order_by("-id")[:MOST_ROWS]
    )
    reports = BrowserReport.objects.filter(program=event_type.program_id, event_type=event_type)
    of_conversion = {each.conversion_id: each for each in reports.filter(conversion__in=conversions)}
    rows = [_stored(each, of_conversion.get(each.pk)) for each in conversions]
    rows += [_refused(each) for each in reports.filter(conversion=None).order_by("-id")[:MOST_ROWS]]
    return sorted(rows, key=lambda row: row.received_at, reverse=True)[:MOST_ROWS]


def _stored(conversion: Conversion, report: BrowserReport | None) -> Arrived:
    understood = [(in_words(name), str(value)) for name, value in conversion.payload.items() if name not in _UNTOLD]
    if items := len(conversion.payload.get("Items", ())):
        understood.insert(0, ("Items", str(items)))
    return Arrived(
        conversion.received_at,
        conversion.get_source_display(),
        conversion.order_id or conversion.batch_id,
        conversion.is_test,
        conversion,
        understood[:MOST_UNDERSTOOD],
        len(understood[MOST_UNDERSTOOD:]),
        left_out=report.left_out if report else [],
    )


def _refused(report: BrowserReport) -> Arrived:
    understood = told(report)
    return Arrived(
        report.received_at,
        report.get_source_display(),
        report.order_id,
        understood=understood[:MOST_UNDERSTOOD],
        more=len(understood[MOST_UNDERSTOOD:]),
        refused=report.refused,
        left_out=report.left_out,
    )
