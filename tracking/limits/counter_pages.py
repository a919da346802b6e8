"""The counters of limits of template terms: what each holds, of how much, and when it begins again."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.web.filters import FilterField, chip_of
from common.web.lists import page_of, text_of
from contracts.access import template_terms_for_view
from program.frame.request import ProgramRequest

from .counter_rows import counters_of, present, shown_counters

BY = [("ALL", "Partners"), ("CUSTOMER", "Customers"), ("CLICK", "Clicks")]


@require_safe
def limit_counters(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    terms = template_terms_for_view(request.principal, program_id, pk)
    now = timezone.now()
    q, is_every = text_of(request, "q")[:100], request.GET.get("periods") == "all"
    by = request.GET.get("by", "ALL")
    by = by if by in dict(BY) else "ALL"
    rows = counters_of(terms, now)
    counted = {kind: rows.filter(limit_by=kind) for kind, _ in BY}
    listed = counted[by] if is_every else counted[by].filter(present(terms.program, now))
    if q:
        listed = listed.filter(partner__name__icontains=q) | listed.filter(partner__media_partner_id__iexact=q)
    periods = FilterField("periods", "Periods", options=[("all", "Past ones, too")], value="all" if is_every else "")
    paging = page_of(request, listed)
    context = {
        **paging,
        "template_terms": terms,
        "rows": shown_counters(terms, list(paging["page"]), terms.program, now),
        "by": by,
        "tabs": [(kind, label) for kind, label in BY if kind == by or kind == "ALL" or counted[kind].exists()],
        "q": q,
        "filter_fields": [periods],
        "chips": chip_of(request.GET, periods),
        "is_filtered": bool(q),
    }
    return render(request, "tracking/limit_counters.html", context)
