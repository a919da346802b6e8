"""Settings: the index of all, and the program's own."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.team.roles import Act, may
from common.db.edits import Stale
from common.refusals import Refused
from common.web.edit_forms import status_of
from common.web.refusals import to_form
from program.access import program_for_administration, program_for_view
from program.account_pages.forms import ProgramForm
from program.frame.navigation import settings_for
from program.frame.request import ProgramRequest
from program.programs import change_program, program_values
from program.uses import has_orders


@require_safe
def settings_index(request: ProgramRequest, program_id: int) -> HttpResponse:
    program_for_view(request.principal, program_id)
    sections = settings_for(program_id, request.role)
    return render(request, "program/settings_index.html", {"sections": sections})


@require_http_methods(["GET", "HEAD", "POST"])
def program_edit(request: ProgramRequest, program_id: int) -> HttpResponse:
    """The program's name, time zone and currency. Administrators change them."""
    fetch = program_for_administration if request.method == "POST" else program_for_view
    program = fetch(request.principal, program_id)
    is_fixed = has_orders(program)
    form = ProgramForm.of(program, request.POST or None, is_fixed=is_fixed)
    if not may(request.role, Act.ADMINISTER):
        for field in form.fields.values():
            field.disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            program = change_program(program=program, seen=form.seen, **form.cleaned_data)
        except Stale:
            program.refresh_from_db()
            form.contradict(program_values(program), page=request.path)
        except Refused as refused:
            to_form(form, refused)
        else:
            messages.success(request, f"{program.name} is saved.")
            return redirect("program:program_edit", program_id)
    context = {"form": form, "is_fixed": is_fixed}
    return render(request, "program/program_edit.html", context, status=status_of(request, form))
