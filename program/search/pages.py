"""Search as a page, and as the part of it that the search dialog shows while one types."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from common.web.lists import text_of
from program.access import program_for_view
from program.frame.request import ProgramRequest
from program.models import Program

from . import rows, ways
from .sources import Found, Hit, found_by

LONGEST = 100  # characters; longer than any id


@require_safe
def search(request: ProgramRequest, program_id: int) -> HttpResponse:
    """What matches ?q=. A page is only shown where the words name no single order, partner or customer exactly."""
    program = program_for_view(request.principal, program_id)
    text = " ".join(text_of(request, "q").split())[:LONGEST]
    found = _found(program, text, request.role)
    is_part = bool(request.htmx)
    exact = _exact(found)
    if exact and not is_part:
        return redirect(exact.url)
    context = {"text": text, "found": found, "is_empty": bool(text) and not found}
    return render(request, "program/search.html" + ("#results" if is_part else ""), context)


def _found(program: Program, text: str, role: str) -> list[Found]:
    """Of every kind what matches; without a text, where one could go and what one could do."""
    kinds: list[Found | None] = []
    if text:
        kinds += [
            found_by("orders", program, text),
            rows.partners(program, text),
            rows.customers(program, text),
            found_by("clicks", program, text),
            found_by("terms", program, text),
            rows.ads(program, text),
            rows.promo_codes(program, text),
        ]
    kinds += [ways.pages(program, text, role), ways.tasks(program, text, role)]
    return [found for found in kinds if found and found.hits]


def _exact(found: list[Found]) -> Hit | None:
    """The one thing that is called just that; of an order and a customer of the same id, the order."""
    for kind in found:
        exact = [hit for hit in kind.hits if hit.is_exact]
        if exact:
            return exact[0] if len(exact) == 1 else None
    return None
