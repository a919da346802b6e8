"""Files of reports: request one, see its progress, download it."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from common.db.edits import Stale
from common.jobs.cancel import cancel_job
from common.jobs.shown import polling, progress_of
from common.queue.notify import notify
from common.refusals import Refused
from common.web.lists import number_in, page_of
from program.access import exception_list_for_view, program_for_view
from program.frame.request import ProgramRequest
from program.models import Program
from reports import tasks
from reports.access import export_for_view
from reports.exports import customers, lists
from reports.exports.files import CONTENT_TYPES
from reports.exports.services import EXPORTS, create_export, retry_export
from reports.exports.setup_files import SETUP_FILES, create_setup_export
from reports.models import Export
from reports.pages.question import read_question
from reports.queries.tables import REPORTS
from tracking.customers.columns import shown_columns

# Of ?state=: which of the files are listed.
LISTED = {"unfinished": Export.UNFINISHED, "failed": (Export.State.FAILED,)}


@require_safe
def export_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    """The reader's own files, newest first. While one is being written, the list polls."""
    return _list(request, program_id)


@require_POST
def export_create(request: ProgramRequest, program_id: int) -> HttpResponse:
    """Queue the report as the page shows it: its address is sent along as `query`."""
    program = program_for_view(request.principal, program_id)
    if request.POST.get("report") == customers.HANDLE:
        return _create_customers(request, program)
    if request.POST.get("report") in SETUP_FILES:
        return _create_setup_file(request, program)
    if request.POST.get("report") in lists.TITLES:
        return _create_of_list(request, program)
    report, format = REPORTS.get(request.POST.get("report", "")), request.POST.get("format", "")
    if report is None or format not in CONTENT_TYPES:
        return HttpResponse("This is not a known report or format.", status=422, content_type="text/plain")
    question = read_question(QueryDict(request.POST.get("query", "")), program, report, sort="")
    if question.errors:
        messages.error(request, f"No file was made. {' '.join(question.errors)}")
        return redirect(f"reports:{report.handle}", program_id)
    export = create_export(
        program=program,
        user_id=request.user.pk,
        report=report,
        filters=question.filters,
        show=question.show,
        sort=question.sort,
        format=format,
    )
    notify(tasks.render_export, export.pk)
    return redirect("reports:export_list", program_id)


def _create_customers(request: ProgramRequest, program: Program) -> HttpResponse:
    query, format = QueryDict(request.POST.get("query", "")), request.POST.get("format", "")
    if format not in CONTENT_TYPES:
        return HttpResponse("This is not a known format.", status=422, content_type="text/plain")
    columns = shown_columns(query.getlist("show"), request.COOKIES)
    try:
        export = customers.create_customers_export(
            program=program, user_id=request.user.pk, query=query, columns=columns, format=format
        )
    except Refused as refused:
        messages.error(request, f"No file was made. {' '.join(each.message for each in refused)}")
        return redirect("tracking:customer_list", program.pk)
    notify(tasks.render_export, export.pk)
    return redirect("reports:export_list", program.pk)


def _create_setup_file(request: ProgramRequest, program: Program) -> HttpResponse:
    format = request.POST.get("format", "")
    if format not in CONTENT_TYPES:
        return HttpResponse("This is not a known format.", status=422, content_type="text/plain")
    export = create_setup_export(program=program, user_id=request.user.pk, handle=request.POST["report"], format=format)
    notify(tasks.render_export, export.pk)
    return redirect("reports:export_list", program.pk)


def _create_of_list(request: ProgramRequest, program: Program) -> HttpResponse:
    """The entries of an exception list (`list`), or the catalog."""
    handle, format = request.POST.get("report", ""), request.POST.get("format", "")
    if format not in CONTENT_TYPES:
        return HttpResponse("This is not a known format.", status=422, content_type="text/plain")
    chosen = None
    if handle == lists.ENTRIES:
        chosen = exception_list_for_view(request.principal, program.pk, number_in(request.POST, "list") or 0)
    export = lists.create_list_export(
        program=program, user_id=request.user.pk, handle=handle, exception_list=chosen, format=format
    )
    notify(tasks.render_export, export.pk)
    return redirect("reports:export_list", program.pk)


@require_POST
def export_retry(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    export = export_for_view(request.principal, program_id, pk)
    if again := retry_export(export=export):
        notify(tasks.render_export, again.pk)
    return redirect("reports:export_list", program_id)


@require_POST
def export_cancel(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    export = export_for_view(request.principal, program_id, pk)
    try:
        cancel_job(EXPORTS, export, user_id=request.user.pk)
    except Stale as stale:
        messages.error(request, str(stale))
        return _list(request, program_id, status=409)
    return redirect("reports:export_list", program_id)


@require_safe
def export_download(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    export = export_for_view(request.principal, program_id, pk)
    if export.state != Export.State.READY or export.content is None:
        why = "was removed" if export.removed_at else "is not ready yet"
        messages.error(request, f"{export.filename} {why}.")
        return redirect("reports:export_list", program_id)
    response = HttpResponse(bytes(export.content), content_type=CONTENT_TYPES[export.format])
    response["Content-Disposition"] = f'attachment; filename="{export.filename}"'
    return response


def _list(request: ProgramRequest, program_id: int, status: int = 200) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    exports = Export.objects.filter(program=program, user=request.user.pk).defer("content")
    exports = exports.select_related("cancelled_by")
    asked = request.GET.get("state", "")
    titles = {handle: report.title for handle, report in REPORTS.items()} | {customers.HANDLE: customers.TITLE}
    titles |= {handle: setup.title for handle, setup in SETUP_FILES.items()}
    titles |= lists.TITLES
    context = page_of(request, exports.filter(state__in=LISTED[asked]) if asked in LISTED else exports)
    for export in context["page"]:
        export.title = titles.get(export.handle, export.handle)
    rows = [(export, progress_of(EXPORTS, export)) for export in context["page"]]
    context |= {
        "listed": asked if asked in LISTED else "",
        "rows": rows,
        **polling([export for export, progress in rows if progress.label]),
    }
    part = "#exports" if request.htmx and not request.htmx.boosted else ""
    return render(request, f"reports/export_list.html{part}", context, status=status)
