"""A partner's page."""

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from contracts.models import Contract
from program.access import partner_for_view
from program.ads.links import click_link, default_ad
from program.frame.recent_figures import recent_clicks
from program.frame.request import ProgramRequest
from reports.home.obligations import owed
from reports.pages.behind import ActionsBehind
from reports.pages.question import today_of
from reports.pages.recent import recent
from reports.queries.filters import read_filters

from .last_actions import last_actions
from .terms import terms_of_partner

MOST_CONTRACTS = 10
MOST_GROUPS = 10


@require_safe
def partner_detail(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """One partner: how it does, what it is paid by, what it is owed, and its contracts."""
    partner = partner_for_view(request.principal, program_id, pk)
    program, now, today = request.program, timezone.now(), today_of(request.program)
    days = read_filters({}, program=program, today=today)
    filters = replace(days, partners=(partner.media_partner_id,))
    figures = recent(program, filters, ActionsBehind(program, filters, partners=[partner.pk]), today)
    groups = list(partner.groups.all())
    partner.program = program
    ad = default_ad(program)
    contracts = Contract.objects.filter(program=program, partner=partner)
    history = contracts.select_related("terms_version__template_terms").defer("terms_version__document")
    context = {
        "partner": partner,
        "ad": ad,
        "link": click_link(partner=partner, ad=ad) if ad and partner.is_active else "",
        "groups": groups[:MOST_GROUPS],
        "more_groups": len(groups[MOST_GROUPS:]),
        "filters": filters,
        "figures": figures,
        "owed": owed(program, today, partner=partner.pk),
        "clicks": recent_clicks(program, "partner", [partner.pk]).get(partner.pk),
        "terms": terms_of_partner(partner, now),
        "all_actions": f"{reverse('tracking:action_list', args=[program.pk])}?partner={partner.pk}",
        "actions": last_actions(program, figures.marks, partner=partner),
        "contracts": [(contract, contract.status(now)) for contract in history.order_by("-id")[:MOST_CONTRACTS]],
        "contract_count": contracts.count(),
    }
    return render(request, "reports/partner_detail.html", context)
