"""Send a test order: processed by the same intake and worker as a real one, but in no report."""

import secrets
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from common.currencies import CURRENCY_DIGITS
from common.queue.notify import notify
from common.refusals import Refused
from common.web.lists import number_of, text_of
from program.access import program_for_edit
from program.frame.request import ProgramRequest
from program.models import EventType, Partner, Program
from tracking.conversions.new_conversions import store_conversion
from tracking.intake import read_conversion
from tracking.models import Conversion
from tracking.models.conversion import Source
from tracking.tasks import price
from tracking.try_payout.forms import PARAMETERS, TestOrderForm, written_again


@require_http_methods(["GET", "HEAD", "POST"])
def order_try(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_edit(request.principal, program_id)
    event_types = list(EventType.objects.filter(program=program, is_active=True))
    partners = Partner.objects.filter(program=program)

    def partner_name(code: str) -> str:
        return partners.filter(media_partner_id=code.replace("\x00", "")).values_list("name", flat=True).first() or code

    if request.method == "POST":
        form = TestOrderForm(request.POST, event_types=event_types, partner_name=partner_name)
        stored = _store(program, form)
        if stored:
            notify(price, program.pk)
            return redirect("tracking:conversion_detail", program_id, stored.pk)
    else:
        first = partners.filter(is_active=True).order_by("name").first()
        initial = {"event_type": event_types[0].pk if event_types else "", **_initial(request, program, first)}
        form = TestOrderForm(event_types=event_types, partner_name=partner_name, initial=initial)
    context = {
        "form": form,
        "event_types": event_types,
        "has_partners": bool(form.is_bound or form.initial["partner"]),
    }
    return render(request, "tracking/order_try.html", context, status=422 if request.method == "POST" else 200)


def _store(program: Program, form: TestOrderForm) -> Conversion | None:
    """The stored conversion, or None with all errors in place, the form's own and those of the intake."""
    is_valid = form.is_valid()
    sent = {"CampaignId": str(program.pk), **form.sent()}
    now = timezone.now()
    try:
        data = read_conversion(sent, now=now, time_zone=program.time_zone, currencies=CURRENCY_DIGITS)
        if is_valid:
            return store_conversion(program, data, source=Source.MANUAL, is_test=True).conversion
    except Refused as refused:
        form.refuse(refused)
    return None


def _initial(request: ProgramRequest, program: Program, first: Partner | None) -> dict[str, Any]:
    """An order id that is free, and the values of the test order that is sent again, if any."""
    initial = {
        "order_id": f"TEST-{secrets.token_hex(4).upper()}",
        "currency": program.currency,
        "partner": text_of(request, "partner")[:64] or (first.media_partner_id if first else ""),
    }
    again = Conversion.objects.filter(program=program, is_test=True, pk=number_of(request, "again") or 0).first()
    if again is None:
        return {**initial, "amount": "100.00", "customer_status": "New"}
    kept = {field: again.payload[name] for field, name in PARAMETERS.items() if name in again.payload}
    fresh = {"order_id": initial["order_id"], "event_date": "", "event_type": again.event_type_id}
    return {**initial, **kept, **written_again(again.payload), **fresh}
