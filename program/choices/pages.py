"""The choices of one kind, as a list that a combobox shows."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common.web.lists import number_of, text_of
from program.access import program_for_view
from program.frame.request import ProgramRequest

from . import codes, rows
from .kinds import MOST, Find, registered

LONGEST = 100  # characters
FURTHEST = 100_000  # choices; nobody scrolls so far
KINDS: dict[str, Find] = {
    "partner": rows.partners,
    "partner-number": rows.partner_numbers,
    "active-partner": rows.active_partners,
    "active-ad": rows.active_ads,
    "ad-number": rows.ad_numbers,
    "partner-group": rows.partner_groups,
    "partner-group-number": rows.partner_group_numbers,
    "partner-country": codes.partner_countries,
    "event-type": rows.event_types,
    "event-type-number": rows.event_type_numbers,
    "active-event-type": rows.active_event_types,
    "customer-status": rows.customer_statuses,
    "customer-tag": rows.customer_tags,
    "open-exception-list-number": rows.open_exception_lists,
    "country": codes.countries,
    "currency": codes.currencies,
}


@require_safe
def choice_list(request: ProgramRequest, program_id: int, choice: str) -> HttpResponse:
    """At most 25 with ?q= in them, from ?start= on."""
    program = program_for_view(request.principal, program_id)
    find = KINDS.get(choice) or registered(choice)
    if find is None:
        raise Http404("There is nothing of this kind to choose from.")
    text = " ".join(text_of(request, "q").split())[:LONGEST]
    start = min(number_of(request, "start") or 0, FURTHEST)
    found = find(program, text, start)
    context = {
        "found": found[:MOST],
        "next": start + MOST if len(found) > MOST else 0,
        "text": text,
        "start": start,
        "takes_other": request.GET.get("other") == "1",
    }
    return render(request, "program/choices.html", context)
