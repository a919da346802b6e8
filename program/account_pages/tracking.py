"""Settings: to which domains click links may lead, what is kept of visitors, and whether browsers say who they are."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.team.roles import Act, may
from common.db.edits import Stale
from common.refusals import Refused
from common.web.edit_forms import status_of
from common.web.refusals import to_form
from program.access import program_for_administration, program_for_view
from program.account_pages.forms import TrackingForm
from program.frame.request import ProgramRequest
from program.frame.unfilled import unfilled_variables
from program.programs import change_tracking, tracking_values


@require_http_methods(["GET", "HEAD", "POST"])
def tracking_edit(request: ProgramRequest, program_id: int) -> HttpResponse:
    """Landing domains, IP addresses and who may identify customers, which administrators change; and how long what is
    kept of visitors stays.
    """
    fetch = program_for_administration if request.method == "POST" else program_for_view
    program = fetch(request.principal, program_id)
    form = TrackingForm(request.POST or None, initial=tracking_values(program))
    if not may(request.role, Act.ADMINISTER):
        for field in form.fields.values():
            field.disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            change_tracking(program=program, seen=form.seen, **form.cleaned_data)
        except Stale:
            program.refresh_from_db()
            form.contradict(tracking_values(program), page=request.path)
        except Refused as refused:
            to_form(form, refused)
        else:
            messages.success(request, "Links and visitors are saved.")
            return redirect("program:tracking_edit", program_id)
    context = {
        "form": form,
        "has_domains": bool(program.landing_domains),
        "click_days": settings.CLICK_RETENTION_DAYS,
        "file_days": settings.KEEP_FILES_DAYS,
        "region_file": _region_file(),
    }
    return render(request, "program/tracking_edit.html", context, status=status_of(request, form))


def _region_file() -> str:
    """Whether this installation has a file of regions: used, broken or none."""
    if not settings.REGION_DATABASE:
        return "none"
    return "broken" if unfilled_variables() else "used"
