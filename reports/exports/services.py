"""Exports: a report that somebody asked for as a file, written by a worker."""

from collections.abc import Mapping, Sequence
from io import BytesIO

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.audit.actor import audited_as
from common.jobs.kinds import FAULT, JobKind, Step
from common.jobs.progress import Heartbeat
from common.jobs.runner import conclude, fail, run
from common.refusals import Refused
from program.models import Program
from reports.exports import customers, lists
from reports.exports.about import about, file_name
from reports.exports.files import write_report
from reports.exports.setup_files import SETUP_FILES, render_setup_file
from reports.models import Export
from reports.queries.filters import Filters, read_filters
from reports.queries.tables import REPORTS, Report
from reports.rollups.fill import fill_touched_days

State = Export.State


def create_export(
    *,
    program: Program,
    user_id: int,
    report: Report,
    filters: Filters,
    show: Sequence[str] = (),
    sort: str = "",
    format: str,
) -> Export:
    """Put a report into the queue of files to write, as it is asked now; the caller enqueues the task."""
    parameters = {**filters.parameters(), "show": list(show), "sort": [sort] if sort else []}
    name = file_name(program, report, filters, format)
    return Export.objects.create(
        program=program, user_id=user_id, handle=report.handle, parameters=parameters, format=format, filename=name
    )


@transaction.atomic
def retry_export(*, export: Export) -> Export | None:
    """The failed export queued again, or a new one like the cancelled one, at which a worker may still be; None for any
    other, or where there is a later one like it. The caller enqueues the task.
    """
    if export.state == State.CANCELLED:
        old = Export.objects.select_for_update().get(pk=export.pk)
        names = ("program_id", "user_id", "handle", "parameters", "format")
        alike = {name: getattr(old, name) for name in names}
        later = Export.objects.filter(pk__gt=old.pk, **alike).exclude(state__in=(State.CANCELLED, State.FAILED))
        return None if later.exists() else Export.objects.create(filename=old.filename, **alike)
    queued = Export.objects.filter(pk=export.pk, state=State.FAILED).update(
        state=State.QUEUED, attempts=0, progress=0, failure="", finished_at=None, beat_at=timezone.now()
    )
    return export if queued else None


def render_export(export_id: int) -> bool:
    """Write the file of an export that waits, or whose worker is silent; False where there is nothing to do."""
    return run(EXPORTS, WRITE, export_id)


def _write(export: Export) -> None:
    try:
        content = _render(export)
    except Refused as refused:
        fail(export, " ".join(each.message for each in refused))
    else:
        conclude(export, State.READY, content=content, progress=F("rows"), finished_at=timezone.now())


def _render(export: Export) -> bytes:
    program, parameters = export.program, export.parameters
    if export.handle in lists.TITLES:
        return lists.render_list(export)
    fill_touched_days(program_id=program.pk)
    if export.handle == customers.HANDLE:
        return customers.render_customers(export)
    if export.handle in SETUP_FILES:
        return render_setup_file(export)
    report = REPORTS[export.handle]
    filters, show = _filters(program, parameters), report.read_show(parameters.get("show", []))
    said = about(program, report, filters, show=show, now=timezone.now())
    table = report.table(program, filters, show=show, sort=next(iter(parameters.get("sort", [])), ""))
    Export.objects.filter(pk=export.pk).update(rows=len(table.rows) + 1, beat_at=timezone.now())
    file = BytesIO()
    with Heartbeat(export) as beat:
        write_report(table, export.format, file, beat, said)
    return file.getvalue()


def _filters(program: Program, parameters: Mapping[str, Sequence[str]]) -> Filters:
    return read_filters(parameters, program=program, today=timezone.now().astimezone(program.zone).date())


WRITE = Step(
    waits=State.QUEUED,
    runs=State.RUNNING,
    task="reports.render_export",
    do=_write,
    label="Writing",
    worker_died="It was interrupted three times. Choose fewer days, or try again.",
    fault=f"{FAULT} Try again.",
)
EXPORTS = JobKind(
    jobs=lambda: Export.objects.select_related("program").defer("content"),
    steps=(WRITE,),
    audited_as=audited_as,
    cancelled="No file was written.",
    kept_in=(State.READY,),
    without_content=lambda export: {"content": None},
)
