"""The page of unpaid sources and their channels."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from common.refusals import Refused
from common.requests.form_limits import takes_rows
from common.web.lists import back_to_list, page_of, text_of
from program.access import program_for_edit, program_for_view
from program.frame.request import ProgramRequest
from program.models import Channel

from .services import listed_sources, set_channels


@require_safe
def media_source_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    q = text_of(request, "q")
    sources: Any = [source for source in listed_sources(program) if q.casefold() in source.name.casefold()]
    context = {**page_of(request, sources), "q": q, "channels": Channel.choices}
    return render(request, "program/media_source_list.html", context)


@takes_rows
@require_POST
def media_source_save(request: ProgramRequest, program_id: int) -> HttpResponse:
    """Give the sources of the page the channels that were chosen, where they are others than it showed."""
    program = program_for_edit(request.principal, program_id)
    sent = zip(*(request.POST.getlist(name) for name in ("source", "channel", "was")), strict=False)
    try:
        changed = set_channels(
            program=program, channels={source: channel for source, channel, was in sent if channel != was}
        )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        words = (
            f"{changed} channel{'' if changed == 1 else 's'} saved. They count for orders that are priced from now on."
        )
        messages.success(request, words if changed else "Nothing was changed.")
    return back_to_list(request, "program:media_source_list", program_id)
