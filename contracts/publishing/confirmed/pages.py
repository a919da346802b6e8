"""How far a worker is with what was confirmed, and then what it came to."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from common.db.edits import Stale
from common.jobs.cancel import cancel_job
from common.jobs.shown import polling, progress_of
from contracts.access import publishing_for_edit
from contracts.models import Publishing
from program.frame.request import ProgramRequest

from .jobs import PUBLISHINGS, tags_of


@require_safe
def publishing_detail(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """The page polls while a worker has to do anything."""
    job = publishing_for_edit(request.principal, program_id, pk)
    is_live = job.state in PUBLISHINGS.live
    if request.htmx and not request.htmx.boosted and not is_live:
        return HttpResponseClientRefresh()
    context = {
        "job": job,
        "template_terms": job.template_terms,
        "joins": job.kind == Publishing.Kind.JOIN,
        "progress": progress_of(PUBLISHINGS, job),
        "by_tags": tags_of(job),
        **polling([job] if is_live else []),
    }
    part = "#publishing" if request.htmx and not request.htmx.boosted else ""
    return render(request, "contracts/publishing_detail.html" + part, context)


@require_POST
def publishing_cancel(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Cancel what a worker has not written yet."""
    job = publishing_for_edit(request.principal, program_id, pk)
    try:
        cancel_job(PUBLISHINGS, job, user_id=request.user.pk)
    except Stale:
        messages.info(request, "It was over already. Nothing was cancelled.")
    return redirect("contracts:publishing_detail", program_id, pk)
