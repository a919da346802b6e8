"""Payout groups as files: ask for one, or send one, see what it would do, and decide."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from common.db.edits import Stale
from common.jobs.cancel import cancel_job
from common.jobs.shown import polling, progress_of
from common.queue.notify import notify
from common.refusals import Refused
from common.requests.form_limits import is_too_large, takes_files
from common.tables.sent import MAX_SIZE, TOO_LARGE
from common.web.lists import page_of
from contracts import tasks
from contracts.access import (
    event_payout_for_edit,
    event_payout_for_view,
    group_file_for_cancel,
    group_file_for_edit,
    group_file_for_view,
)
from contracts.engine.explain.words import rate_in_words
from contracts.group_files import jobs as group_work
from contracts.group_files.cells import SWITCH
from contracts.group_files.forms import GroupFileForm
from contracts.group_files.services import COLUMNS
from contracts.models import EventPayout, GroupFile
from contracts.sections.panels import PAGE
from program.frame.request import ProgramRequest

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel",
}
PARTS = (("Added", "added"), ("Dropped", "dropped"))


@require_safe
def group_file_list(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """The files of an event payout's groups, newest first; while one is in progress, the list polls."""
    return _list(request, event_payout_for_view(request.principal, program_id, pk), GroupFileForm())


@require_POST
def group_export(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Queue the draft's payout groups as a file. A viewer may: it holds what the page shows."""
    event_payout = event_payout_for_view(request.principal, program_id, pk)
    format = request.POST.get("format", "")
    if format not in CONTENT_TYPES:
        return HttpResponse("This is not a known format.", status=422, content_type="text/plain")
    file = group_work.create_group_export(event_payout=event_payout, user_id=request.user.pk, format=format)
    notify(tasks.export_group_file, file.pk)
    return redirect("contracts:group_file_list", program_id, pk)


@takes_files(MAX_SIZE)
@require_POST
def group_import(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Keep a file, which a worker then checks; the draft does not change."""
    event_payout = event_payout_for_edit(request.principal, program_id, pk)
    form = GroupFileForm(request.POST, request.FILES)
    if is_too_large(request):
        form.errors.pop("file", None)
        form.add_error("file", TOO_LARGE)
        return _list(request, event_payout, form, status=413)
    if not form.is_valid():
        return _list(request, event_payout, form, status=422)
    sent = form.cleaned_data["file"]
    try:
        file = group_work.create_group_import(
            event_payout=event_payout, user_id=request.user.pk, filename=sent.name, content=sent.read()
        )
    except Refused as refused:
        form.add_error("file", str(refused))
        return _list(request, event_payout, form, status=422)
    notify(tasks.check_group_file, file.pk)
    return redirect("contracts:group_file_detail", program_id, file.pk)


@require_safe
def group_file_detail(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """How far a file is and what it would do, or did."""
    return _detail(request, group_file_for_view(request.principal, program_id, pk))


@require_POST
def group_file_confirm(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Have the draft's groups replaced by the file that was checked."""
    file = group_file_for_edit(request.principal, program_id, pk)
    try:
        group_work.confirm_group_import(
            file=file,
            only_good_rows=request.POST.get("only_good_rows") == "on",
            seen=request.POST.get("opened_with"),
        )
    except Stale as stale:
        notify(tasks.check_group_file, pk)  # where the draft changed, it is checked once more
        return _stale(request, program_id, pk, str(stale))
    except Refused as refused:
        messages.error(request, str(refused))
        return _detail(request, file, status=422)
    notify(tasks.import_group_file, pk)
    return redirect("contracts:group_file_detail", program_id, pk)


@require_POST
def group_file_check(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Have a file checked once more, against the draft as it is now, or with another of its sheets."""
    file = group_file_for_edit(request.principal, program_id, pk)
    try:
        is_queued = group_work.check_again(file=file, sheet=request.POST.get("sheet"))
    except Stale as stale:
        return _stale(request, program_id, pk, str(stale))
    if not is_queued:
        return _stale(request, program_id, pk, group_work.DECIDED)
    notify(tasks.check_group_file, pk)
    return redirect("contracts:group_file_detail", program_id, pk)


@require_POST
def group_file_discard(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    file = group_file_for_edit(request.principal, program_id, pk)
    try:
        group_work.discard_group_import(file=file)
    except Stale as stale:
        return _stale(request, program_id, pk, str(stale))
    messages.success(request, f"{file.filename} was discarded; nothing of it was imported.")
    return redirect("contracts:group_file_list", program_id, file.event_payout_id)


@require_POST
def group_file_cancel(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Cancel the writing of an export, or the check or import of a file that was sent."""
    file = group_file_for_cancel(request.principal, program_id, pk)
    try:
        cancel_job(group_work.kind_of(file), file, user_id=request.user.pk)
    except Stale as stale:
        return _stale(request, program_id, pk, str(stale))
    return redirect("contracts:group_file_detail", program_id, pk)


@require_POST
def group_file_undo(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Put back the groups that the draft had before the file was imported."""
    file = group_file_for_edit(request.principal, program_id, pk)
    try:
        group_work.undo_group_import(file=file)
    except Stale as stale:
        return _stale(request, program_id, pk, str(stale))
    messages.success(request, f"{file.filename} was undone: the draft has the payout groups that it had before.")
    return redirect("contracts:group_file_detail", program_id, pk)


@require_safe
def group_file_download(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """The file that a worker wrote: the export, or the rejected rows of an import."""
    file = group_file_for_view(request.principal, program_id, pk)
    content, name = bytes(file.written), file.filename
    if not content:
        messages.error(request, f"{name} was removed." if file.removed_at else f"{name} is not ready yet.")
        return redirect("contracts:group_file_detail", program_id, pk)
    if file.kind == GroupFile.Kind.IMPORT:
        name = f"{name.split('.')[0]}-rejected.csv"
    response = HttpResponse(content, content_type=CONTENT_TYPES[name.rpartition(".")[2]])
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response


def _list(request: ProgramRequest, event_payout: EventPayout, form: GroupFileForm, status: int = 200) -> HttpResponse:
    files = (
        GroupFile.objects.filter(event_payout=event_payout)
        .select_related("user", "cancelled_by")
        .defer("content", "written", "before")
    )
    context = page_of(request, files)
    rows = [(file, progress_of(group_work.kind_of(file), file)) for file in context["page"]]
    context |= {
        "event_payout": event_payout,
        "template_terms": event_payout.template_terms,
        "form": form,
        "formats": CONTENT_TYPES,
        "rows": rows,
        **polling([file for file, progress in rows if progress.label]),
    }
    is_part = request.htmx and not request.htmx.boosted
    template = "contracts/group_file_list.html" + ("#group-files" if is_part else "")
    return render(request, template, context, status=status)


def _stale(request: ProgramRequest, program_id: int, pk: int, why: str) -> HttpResponse:
    messages.error(request, why)
    return _detail(request, group_file_for_view(request.principal, program_id, pk), status=409)


def _detail(request: ProgramRequest, file: GroupFile, status: int = 200) -> HttpResponse:
    currency = file.event_payout.template_terms.currency
    preview = file.preview
    progress = progress_of(group_work.kind_of(file), file)
    context = {
        "file": file,
        "progress": progress,
        "event_payout": file.event_payout,
        "template_terms": file.event_payout.template_terms,
        "is_current": group_work.is_current(file),
        "opened_with": group_work.shown(file),
        "preview": preview,
        "shown": group_work.SHOWN,
        "parts": [
            (title, [_words(row, currency) for row in preview.get(key, ())], preview.get(title)) for title, key in PARTS
        ],
        "changed": [
            (_words(now, currency), _words(then, currency), _differing(now, then))
            for now, then in preview.get("changed", ())
        ],
        "sheets": [(name, name) for name in preview.get("OtherSheets", ())],
        **polling([file] if progress.label else []),
    }
    is_part = request.htmx and not request.htmx.boosted
    template = "contracts/group_file_detail.html" + ("#group-file" if is_part else "")
    return render(request, template, context, status=status)


def _differing(now: dict[str, Any], then: dict[str, Any]) -> str:
    """The columns in which a row of the file differs from the draft."""
    return ", ".join(name for name in (*COLUMNS, SWITCH) if then.get(name) != now.get(name))


def _words(row: dict[str, Any], currency: str) -> dict[str, Any]:
    """A row of the file with its payout, and the whole of it, in words."""
    value = Decimal(row["Payout Value"])
    fixed, percent = (None, value) if row["Payout Type"] == "Percent" else (value, None)
    payout = rate_in_words(fixed, percent, currency, PAGE)
    limit = f", at most {row['Limit']} items" if row["Limit"] else ""
    off = ", switched off" if row.get("Switched On") == "no" else ""
    which = f"where {row['Rules']}" if row["Rules"] else "for every order"
    words = f"Rank {row['Rank']}: {payout}{limit} {which}{off}"
    return {**row, "payout": payout + limit + off, "words": words}
