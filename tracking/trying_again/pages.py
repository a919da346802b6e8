"""Trying held orders again: what they would become first, then some or all, by a worker where they are many."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from common.queue.notify import notify
from common.requests.form_limits import takes_rows
from common.web.lists import back_to_list, numbers_of, text_in, text_of
from program.access import program_for_edit
from program.frame.request import ProgramRequest
from program.templatetags.brandboard import number
from tracking.access import conversion_for_edit
from tracking.conversions.advice import advice_for
from tracking.conversions.lists import filtered
from tracking.conversions.reasons import ready
from tracking.models import Conversion
from tracking.pricing.batch import retry_conversions
from tracking.tasks import price, retry_many

from .many import begin_retry, held
from .preview import MOST, preview_of


@require_safe
def conversion_retry_preview(request: ProgramRequest, program_id: int) -> HttpResponse:
    """What the held orders that the list's filters show would become now: the newest, where they are many."""
    program = program_for_edit(request.principal, program_id)
    reason, q, is_test = text_of(request, "reason")[:30], text_of(request, "q")[:64], request.GET.get("test") == "1"
    rows = held(program, reason, q, is_test=is_test)
    total = rows.count()
    preview = preview_of(list(rows.order_by("-pk").values_list("pk", flat=True)[:MOST]))
    context = {
        "total": total,
        "most": MOST,
        "preview": preview,
        "staying": [(row, advice_for(row.reason, program.pk) if row.for_another else None) for row in preview.staying],
        "label": dict(Conversion.Reason.choices).get(reason, ""),
        "reason": reason,
        "q": q,
        "is_test": is_test,
        "query": request.GET.urlencode(),
    }
    return render(request, "tracking/conversion_retry.html", context)


@takes_rows
@require_POST
def conversion_retry(request: ProgramRequest, program_id: int) -> HttpResponse:
    """Have the ticked conversions priced again, or all that the list's filters show: those that it can help, or every
    one, which a worker queues where they are many.
    """
    program = program_for_edit(request.principal, program_id)
    reason, q = text_in(request.POST, "reason")[:30], text_in(request.POST, "q")[:64]
    is_test = request.POST.get("test") == "1"
    if "everyone" in request.POST:
        if retry := begin_retry(program, reason=reason, q=q, is_test=is_test):
            notify(retry_many, retry.pk)
            messages.success(request, f"{number(retry.orders)} will be tried again by the worker, the newest first.")
        return redirect(f"{reverse('tracking:conversion_list', args=[program_id])}?state=WAITING")
    ids = numbers_of(request, "row")
    if "all" in request.POST:
        rows: Any = filtered(program, "", reason, q, is_test=is_test)
        ids = list(ready(rows).values_list("pk", flat=True))
    count = retry_conversions(ids, program=program)
    if count:
        notify(price, program.pk)
        messages.success(
            request,
            "1 will be tried again by the worker." if count == 1 else f"{count} will be tried again by the worker.",
        )
    else:
        messages.error(request, "Tick conversions that could not be priced; nothing was changed.")
    return back_to_list(request, "tracking:conversion_list", program_id)


@require_POST
def conversion_retry_one(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    conversion = conversion_for_edit(request.principal, program_id, pk)
    if retry_conversions([conversion.pk], program=request.program):
        notify(price, program_id)
    return redirect("tracking:conversion_detail", program_id, pk)
