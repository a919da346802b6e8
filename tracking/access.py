"""Access functions of the tracking app, each by program."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.team.roles import Act
from program.access import program_for, program_for_edit, program_for_settlement, program_for_view
from program.principal import Principal

from .models import Action, Conversion, CustomerFile, Modification, StatusCheck, Step, Upload
from .steps.found import step_of


def action_for_view(principal: Principal, program_id: int, pk: int) -> Action:
    """The action with all that its page and its explanation read."""
    actions = Action.objects.select_related(
        "program", "conversion", "event_type", "partner", "customer", "contract", "terms_version__template_terms", "ad"
    )
    return get_object_or_404(actions, program=program_for_view(principal, program_id), pk=pk)


def conversion_for_view(principal: Principal, program_id: int, pk: int) -> Conversion:
    return get_object_or_404(Conversion, program=program_for_view(principal, program_id), pk=pk)


def conversion_for_edit(principal: Principal, program_id: int, pk: int) -> Conversion:
    return get_object_or_404(Conversion, program=program_for_edit(principal, program_id), pk=pk)


def step_for_view(principal: Principal, program_id: int, click_id: str) -> Step:
    """The click, impression or visit of that click id."""
    step = step_of(program_for_view(principal, program_id), click_id)
    if step is None:
        raise Http404("No click of this program has this id.")
    return step


def modification_for_view(principal: Principal, program_id: int, pk: int) -> Modification:
    return get_object_or_404(Modification, program=program_for_view(principal, program_id), pk=pk)


def upload_for_view(principal: Principal, program_id: int, pk: int) -> Upload:
    """The upload without its content, which pages do not need."""
    return get_object_or_404(
        Upload.objects.select_related("user", "cancelled_by", "program", "exception_list__program").defer("content"),
        program=program_for_view(principal, program_id),
        pk=pk,
    )


def upload_for_edit(principal: Principal, program_id: int, pk: int) -> Upload:
    """The upload, for roles that may send a file of its kind."""
    upload = upload_for_view(principal, program_id, pk)
    program_for(principal, program_id, act_of(upload.kind))
    return upload


def status_check_for_view(principal: Principal, program_id: int, pk: int) -> StatusCheck:
    checks = StatusCheck.objects.select_related("program", "event_type", "user", "cancelled_by").defer("csv", "xlsx")
    return get_object_or_404(checks, program=program_for_view(principal, program_id), pk=pk)


def status_check_for_settlement(principal: Principal, program_id: int, pk: int) -> StatusCheck:
    program_for_settlement(principal, program_id)
    return status_check_for_view(principal, program_id, pk)


def act_of(kind: str) -> Act:
    """The right needed to upload a file of this kind: finance reverses actions, but adds no orders."""
    rights = {
        Upload.Kind.MODIFICATIONS.value: Act.SETTLE,
        Upload.Kind.CONVERSIONS.value: Act.REPORT,
        Upload.Kind.EXCHANGE_RATES.value: Act.ADMINISTER,
    }
    return rights.get(kind, Act.EDIT)


def customer_file_for_download(principal: Principal, program_id: int, pk: int) -> CustomerFile:
    """A file of everything known of a customer, for who asked for it alone."""
    files = CustomerFile.objects.select_related("customer").filter(user=principal.user_id or 0)
    return get_object_or_404(files, program=program_for_edit(principal, program_id), pk=pk)


def upload_of(row: Conversion | Modification) -> Upload | None:
    """The file that a row came with, without its content; access to the row was already checked."""
    return Upload.objects.defer("content").filter(id=row.upload_id).first() if row.upload_id else None
