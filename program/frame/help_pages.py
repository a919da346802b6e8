"""Help: short pages for brand managers, in the words of the product's own pages."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from program.access import program_for_view
from program.frame.request import ProgramRequest

from .help_topics import TOPICS


@require_safe
def help_index(request: ProgramRequest, program_id: int) -> HttpResponse:
    program_for_view(request.principal, program_id)
    return render(request, "help/index.html", {"topics": TOPICS})


@require_safe
def help_topic(request: ProgramRequest, program_id: int, topic: str) -> HttpResponse:
    program_for_view(request.principal, program_id)
    found = next((each for each in TOPICS if each.slug == topic), None)
    if found is None:
        raise Http404("No such page of help.")
    return render(request, f"help/{found.slug}.html", {"topic": found, "topics": TOPICS})
