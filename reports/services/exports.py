"""Exports: a report that somebody asked for as a file, written by a worker.

The row is the queue. A worker claims it by a conditional update and counts the attempt; what it wrote is kept only
while the claim holds. A worker that falls silent is taken for dead and another begins again.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from io import BytesIO

import structlog
from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from program.files.refused import FileRefused
from program.models import Program
from reports.files import write_report
from reports.filters import Filters, read_filters
from reports.models import Export
from reports.services.rollup import fill_touched_days
from reports.tables import REPORTS, Report

log = structlog.get_logger(__name__)

STALE = timedelta(seconds=60)  # without a sign of life a worker is taken for dead
ATTEMPTS = 3
KEPT = timedelta(days=30)
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
    """Put a report into the queue of files to write, as it is asked now; the caller rings the worker."""
    parameters = {**filters.parameters(), "show": list(show), "sort": [sort] if sort else []}
    name = f"{report.handle.replace('_', '-')}-{filters.start}-{filters.end}.{format}"
    return Export.objects.create(
        program=program, user_id=user_id, handle=report.handle, parameters=parameters, format=format, filename=name
    )


def retry_export(*, export: Export) -> bool:
    """Queue a failed export again; False where it has not failed. The caller rings the worker."""
    return bool(
        Export.objects.filter(pk=export.pk, state=State.FAILED).update(
            state=State.QUEUED, attempts=0, progress=0, failure="", finished_at=None, beat_at=timezone.now()
        )
    )


def render_export(export_id: int) -> bool:
    """Write the file of an export that waits, or whose worker is silent; False where there is nothing to do."""
    export = _claim(export_id)
    if export is None:
        return False
    if export.attempts > ATTEMPTS:
        _finish(export, State.FAILED, failure="Its worker died over it three times. Choose fewer days, or try again.")
        return True
    try:
        content = _render(export)
    except (FileRefused, ValidationError) as refused:
        words = str(refused) if isinstance(refused, FileRefused) else " ".join(refused.messages)
        _finish(export, State.FAILED, failure=words)
    except (OperationalError, InterfaceError):
        raise  # the database is away: the sweep begins again
    except Exception:
        log.exception("an export could not be written", export=export.pk)
        _finish(export, State.FAILED, failure="A fault of this program, which is logged. Try again.")
    else:
        _finish(export, State.READY, content=content, progress=F("rows"))
    return True


def exports_to_resume() -> list[int]:
    """Exports that wait for a worker, or whose worker is silent for a minute."""
    silent = Q(state=State.RUNNING, beat_at__lt=timezone.now() - STALE)
    return list(Export.objects.filter(Q(state=State.QUEUED) | silent).order_by("id").values_list("id", flat=True))


def drop_old_exports() -> int:
    """Delete the exports of more than 30 days ago; the reports can always be asked again."""
    return Export.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]


def _claim(export_id: int) -> Export | None:
    now = timezone.now()
    claimed = Export.objects.filter(
        Q(state=State.QUEUED) | Q(state=State.RUNNING, beat_at__lt=now - STALE), pk=export_id
    ).update(state=State.RUNNING, attempts=F("attempts") + 1, progress=0, beat_at=now)
    return Export.objects.select_related("program").defer("content").get(pk=export_id) if claimed else None


def _render(export: Export) -> bytes:
    program, parameters = export.program, export.parameters
    fill_touched_days(program_id=program.pk)
    report = REPORTS[export.handle]
    table = report.table(
        program,
        _filters(program, parameters),
        show=report.read_show(parameters.get("show", [])),
        sort=next(iter(parameters.get("sort", [])), ""),
    )
    _ours(export).update(rows=len(table.rows) + 1, beat_at=timezone.now())

    def progress(rows: int) -> None:
        _ours(export).update(progress=rows, beat_at=timezone.now())

    file = BytesIO()
    write_report(table, export.format, file, progress)
    return file.getvalue()


def _filters(program: Program, parameters: Mapping[str, Sequence[str]]) -> Filters:
    return read_filters(parameters, program=program, today=timezone.now().astimezone(program.zone).date())


def _ours(export: Export) -> "QuerySet[Export]":
    """The row, as long as this worker's claim on it holds."""
    return Export.objects.filter(pk=export.pk, state=State.RUNNING, attempts=export.attempts)


def _finish(export: Export, state: str, **fields: object) -> None:
    _ours(export).update(state=state, finished_at=timezone.now(), beat_at=timezone.now(), **fields)
