"""Contracts: which partner works under which version of which terms, and when."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from contracts.models import Contract, TemplateTerms
from program.access import program_for_view
from program.views.shared import number_of, page_of, sorted_by, text_of

COLUMNS = {
    "-made": "created_at",
    "made": "created_at",
    "partner": "partner__name",
    "terms": "terms_version__template_terms__name",
    "start": "period__startswith",
    "end": "period__endswith",
}
STATUSES = [("ACTIVE", "Active"), ("UPCOMING", "Upcoming"), ("EXPIRED", "Expired")]
KINDS = {"ACTIVE": "ok", "UPCOMING": "info", "EXPIRED": ""}


@require_safe
def contract_list(request: HttpRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request, program_id)
    now = timezone.now()
    contracts = Contract.objects.filter(program=program)
    chosen: dict[str, Any] = {
        "q": text_of(request, "q"),
        "terms": number_of(request, "terms"),
        "status": request.GET.get("status", ""),
    }
    if chosen["q"]:
        contracts = contracts.filter(partner__name__icontains=chosen["q"]) | contracts.filter(
            partner__media_partner_id__iexact=chosen["q"]
        )
    if chosen["terms"]:
        contracts = contracts.filter(terms_version__template_terms=chosen["terms"])
    by_status = {
        "ACTIVE": Contract.objects.active,
        "UPCOMING": Contract.objects.upcoming,
        "EXPIRED": Contract.objects.expired,
    }
    if chosen["status"] in by_status:
        contracts = contracts & by_status[chosen["status"]](now)
    rows, sort = sorted_by(request, contracts, COLUMNS)
    rows = rows.select_related("partner", "terms_version__template_terms").defer("terms_version__document")
    paging = page_of(request, rows)
    listed = [(contract, contract.status(now), KINDS[contract.status(now)]) for contract in paging["page"]]
    context = {
        **paging,
        "listed": listed,
        "sort": sort,
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        "terms_options": TemplateTerms.objects.filter(program=program).values_list("pk", "name"),
        "status_options": STATUSES,
    }
    return render(request, "contracts/contract_list.html", context)
