"""Settings → Tracking → Event Types."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.team.roles import locked
from common.db.edits import Stale
from common.refusals import Refused
from common.web.edit_forms import status_of
from common.web.refusals import to_form
from program.access import event_type_for_edit, event_type_for_view, program_for_edit, program_for_view
from program.event_types.forms import EventTypeForm
from program.event_types.mapping_form import told_statuses
from program.event_types.services import change_event_type, create_event_type, event_type_values
from program.event_types.status_marks import status_marks
from program.frame.request import ProgramRequest
from program.models import EventType
from program.programs import complete_since
from program.templatetags.brandboard import day


@require_safe
def event_type_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    event_types = (
        EventType.objects.filter(program=program).annotate(code_count=Count("customerstatusmapping")).order_by("code")
    )
    return render(request, "program/event_type_list.html", {"event_types": event_types})


@require_http_methods(["GET", "HEAD", "POST"])
def event_type_create(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_edit(request.principal, program_id)
    form = EventTypeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            event_type = create_event_type(program=program, **form.cleaned_data)
        except Refused as refused:
            to_form(form, refused)
        else:
            messages.success(request, f"{event_type.name} was created. Template terms can pay for it now.")
            return redirect("reports:event_type_detail", program.pk, event_type.pk)
    return render(request, "program/event_type_edit.html", {"form": form}, status=status_of(request, form))


@require_http_methods(["GET", "HEAD", "POST"])
def event_type_edit(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    fetch = event_type_for_edit if request.method == "POST" else event_type_for_view
    event_type = fetch(request.principal, program_id, pk)
    was_on = event_type.works_out_status
    form = locked(EventTypeForm.of(event_type, request.POST or None), request.role)
    if request.method == "POST" and form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "code"}
        try:
            change_event_type(event_type=event_type, seen=form.seen, **values)
        except Stale:
            form.contradict(event_type_values(event_type), page=request.path)
        except Refused as refused:
            to_form(form, refused)
        else:
            messages.success(request, _saved(event_type, was_on=was_on))
            return redirect("reports:event_type_detail", program_id, pk)
    marks = status_marks(request.program)
    context = {
        "form": form,
        "event_type": event_type,
        "statuses": [(name, marks[name], codes, more) for name, codes, more in told_statuses(event_type.statuses())],
        "kept": 0 if event_type.has_status_mapping else event_type.customerstatusmapping_set.count(),
        "complete_since": complete_since(request.program),
        "is_advanced": "advanced" in request.GET or form.has_advanced_errors(),
    }
    return render(request, "program/event_type_edit.html", context, status=status_of(request, form))


def _saved(event_type: EventType, *, was_on: bool) -> str:
    if was_on or not event_type.works_out_status:
        return f"{event_type.name} is saved."
    since = complete_since(event_type.program)
    known = f"which are complete since {day(since)}" if since else "of which there is none yet"
    return (
        f"{event_type.name} is saved. An order without a customer status now gets it from its customer’s earlier "
        f"orders, {known}."
    )
