"""Status checks: ask for one, see how far it is, read what it found."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from common.db.edits import Stale
from common.jobs.cancel import cancel_job
from common.jobs.shown import polling, progress_of
from common.queue.notify import notify
from common.web.lists import number_of, page_of, text_of
from program.access import program_for_settlement, program_for_view
from program.event_types.status_marks import status_marks
from program.frame.request import ProgramRequest
from program.models import EventType, Program
from program.programs import complete_since
from tracking import tasks
from tracking.access import status_check_for_settlement, status_check_for_view
from tracking.models import CheckedStatus, StatusCheck

from .checks import CHECKS, create_check
from .forms import StatusCheckForm
from .shown import by_code, by_partner, counted, matrix, not_judged, totals
from .verdicts import DISAGREES, JUDGED

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_safe
def status_check_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    """The form of a new check, for ?event_type= where it is given, and the earlier ones, newest first."""
    program = program_for_view(request.principal, program_id)
    event_types = list(EventType.objects.filter(program=program))
    asked = number_of(request, "event_type")
    chosen = next((each for each in event_types if each.pk == asked), event_types[0] if event_types else None)
    form = StatusCheckForm.of(event_types, chosen, timezone.localdate(timezone=program.zone))
    return _list(request, program, form)


@require_POST
def status_check_create(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_settlement(request.principal, program_id)
    event_types = list(EventType.objects.filter(program=program))
    form = StatusCheckForm.of(event_types, None, timezone.localdate(timezone=program.zone), request.POST)
    if not form.is_valid():
        return _list(request, program, form, status=422)
    values = form.cleaned_data
    event_type = next(each for each in event_types if str(each.pk) == values.pop("event_type"))
    event_type.program = program
    check = create_check(event_type=event_type, user_id=request.user.pk, **values)
    notify(tasks.make_status_check, check.pk)
    return redirect("tracking:status_check_detail", program_id, check.pk)


@require_safe
def status_check_detail(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    return _detail(request, status_check_for_view(request.principal, program_id, pk))


@require_POST
def status_check_cancel(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    check = status_check_for_settlement(request.principal, program_id, pk)
    try:
        cancel_job(CHECKS, check, user_id=request.user.pk)
    except Stale as stale:
        messages.error(request, str(stale))
        return _detail(request, status_check_for_view(request.principal, program_id, pk), status=409)
    return redirect("tracking:status_check_detail", program_id, pk)


@require_safe
def status_check_download(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """The orders as a file: csv, or ?format=xlsx."""
    check = status_check_for_view(request.principal, program_id, pk)
    format = text_of(request, "format") or "csv"
    content = getattr(check, format) if format in CONTENT_TYPES else None
    if content is None:
        why = "The file was removed." if check.removed_at else f"There is no {format[:10]} file of this check."
        messages.error(request, why)
        return redirect("tracking:status_check_detail", program_id, pk)
    response = HttpResponse(bytes(content), content_type=CONTENT_TYPES[format])
    name = f"status-check-{check.event_type.code}-{check.start}-{check.end}.{format}"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response


def _list(request: ProgramRequest, program: Program, form: StatusCheckForm, status: int = 200) -> HttpResponse:
    checks = StatusCheck.objects.filter(program=program).select_related("event_type", "user", "cancelled_by", "program")
    context = page_of(request, checks.defer("csv", "xlsx"))
    rows = [(check, progress_of(CHECKS, check), counted(check), totals(check)) for check in context["page"]]
    context |= {
        "form": form,
        "rows": rows,
        "complete_since": complete_since(program),
        **polling([check for check, progress, *_ in rows if progress.label]),
    }
    is_part = request.htmx and not request.htmx.boosted
    template = "tracking/status_check_list.html" + ("#checks" if is_part else "")
    return render(request, template, context, status=status)


def _detail(request: ProgramRequest, check: StatusCheck, status: int = 200) -> HttpResponse:
    progress = progress_of(CHECKS, check)
    context = {
        "check": check,
        "progress": progress,
        **polling([check] if progress.label else []),
    }
    if check.state == StatusCheck.State.READY:
        context |= _found(request, check)
    is_part = request.htmx and not request.htmx.boosted
    template = "tracking/status_check_detail.html" + ("#check" if is_part else "")
    return render(request, template, context, status=status)


def _found(request: ProgramRequest, check: StatusCheck) -> dict[str, Any]:
    marks = status_marks(check.program)
    partners, more_partners = by_partner(check)
    codes, more_codes = by_code(check)
    unjudged, more_unjudged = not_judged(check, marks)
    orders, asked = _orders(request, check)
    page = page_of(request, orders)
    return {
        **page,
        "listed": [(row, marks[row.sent], marks[row.by_history]) for row in page["page"]],
        "has_xlsx": StatusCheck.objects.filter(pk=check.pk, xlsx__isnull=False).exists(),
        "counts": counted(check),
        "statuses": JUDGED,
        "matrix": matrix(check, marks),
        "totals": totals(check),
        "partners": partners,
        "more_partners": more_partners,
        "codes": codes,
        "more_codes": more_codes,
        "not_judged": unjudged,
        "more_not_judged": more_unjudged,
        "asked": asked,
        "is_unjudged": asked.get("verdict") == "unjudged",
        "is_narrowed": bool(asked.keys() - {"verdict"}),
    }


def _orders(request: ProgramRequest, check: StatusCheck) -> "tuple[QuerySet[CheckedStatus], dict[str, str]]":
    """The orders that the address asks for, those with most at stake first, and by what it narrows them."""
    rows = CheckedStatus.objects.filter(status_check=check)
    rows = rows.select_related("action__customer", "partner", "earlier").defer("action__context", "earlier__payload")
    asked = {name: text for name in ("sent", "by_history") if (text := text_of(request, name)) in JUDGED}
    if code := text_of(request, "code"):
        asked["code"] = code
    if partner := number_of(request, "partner"):
        asked["partner"] = str(partner)
    rows = rows.filter(**asked)
    if text_of(request, "verdict") == "unjudged":
        return rows.exclude(verdict=DISAGREES).order_by("id"), {**asked, "verdict": "unjudged"}
    return rows.filter(verdict=DISAGREES).by_difference(), asked
