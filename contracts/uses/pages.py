"""Advanced commission: every payout by customer tag, and the way to another one."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from common.web.lists import number_of
from contracts.models import EventPayout
from contracts.sections.lists.payout_groups import GROUPS
from contracts.uses.tag_payouts import tag_payouts
from program.access import program_for_edit, program_for_view
from program.frame.request import ProgramRequest
from program.models import CustomerTag, Program


@require_safe
def advanced_commission(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    payouts = _event_payouts(program)
    context = {
        "rows": tag_payouts(program),
        "terms_options": [(each.pk, f"{each.template_terms.name}, {each.event_type.name}") for each in payouts],
        "tag_options": list(CustomerTag.objects.filter(program=program).values_list("pk", "name")),
        "tag": number_of(request, "tag"),
    }
    return render(request, "contracts/advanced_commission.html", context)


@require_safe
def advanced_commission_add(request: ProgramRequest, program_id: int) -> HttpResponse:
    """Lead to a new payout group of the chosen terms (`event_payout`), with the rule on the tag begun."""
    program = program_for_edit(request.principal, program_id)
    event_payout = _event_payouts(program).filter(pk=number_of(request, "event_payout") or 0).first()
    if event_payout is None:
        messages.error(request, "Choose terms first; without any, create them.")
        return redirect("contracts:advanced_commission", program_id)
    address = reverse("contracts:row_create", args=[program_id, event_payout.pk, GROUPS])
    tag = number_of(request, "tag")
    return redirect(f"{address}?preset=customer-tag&by_tags=1" + (f"&tag={tag}" if tag else ""))


def _event_payouts(program: Program) -> QuerySet[EventPayout]:
    payouts = EventPayout.objects.filter(program=program).select_related("template_terms", "event_type")
    return payouts.order_by("template_terms__name", "event_type__name", "pk")
