"""Uploads: a file that somebody sent is checked by a worker, shown to them, and imported when they confirm.

What a step writes is committed together with its last update, which holds only while its claim does. So a step that
dies changes nothing and is begun again, and of two workers on one step one is undone.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from accounts.audit.actor import audited_as
from common.db.edits import Stale, fingerprint
from common.jobs.kinds import FAULT, JobKind, Step
from common.jobs.progress import Heartbeat
from common.jobs.runner import NotYet, conclude, run
from common.refusals import Refused
from common.tables.read import Table, read_table
from common.tables.sent import check_sent
from program.models import ExceptionList, Program
from tracking.conversions.new_conversions import STORING
from tracking.imports.import_run import Outcome, Problem
from tracking.models import Upload, UploadError

from .checked_order_writer import CheckedOrderWriter, forget_checked
from .layouts import LAYOUTS
from .table import import_table

State = Upload.State
BATCH, BATCH_SIZE = 2_000, 1_000_000  # rows and characters of a statement that stores what is wrong
WORKER_DIED = "It was interrupted three times; nothing was imported. Save it as csv, or split it."
NOT_IMPORTED = f"{FAULT} Nothing was imported."
GONE = (
    "This file cannot be tried again: it was tried again already, or its content was removed, or it was neither "
    "cancelled nor did it fail."
)
DECIDED = "This file is no longer waiting for a decision."
CHECKED_AGAIN = (
    "The file was checked again since you saw this page. Nothing was imported: this is what it would do now."
)
# What a file of these does to rows that are stored, and what its preview said of it.
_OF_STORED = (Upload.Kind.EXCEPTION_LIST, Upload.Kind.CATALOG)
_DOES = ("Added", "Changed", "Dropped")
Read = dict[str, object]  # what of a file was read: its sheet, and the row of its header


def create_upload(
    *,
    program: Program,
    user_id: int | None,
    kind: str,
    filename: str,
    content: bytes,
    mode: str = "",
    exception_list: ExceptionList | None = None,
) -> Upload:
    """Keep a file as it was sent; the caller enqueues the task. Raises Refused for its name or size."""
    check_sent(filename, content)
    return Upload.objects.create(
        program=program,
        user_id=user_id,
        kind=kind,
        mode=mode,
        exception_list=exception_list,
        filename=filename[-255:],
        content=content,
    )


@transaction.atomic
def send_again(*, upload: Upload, user_id: int | None) -> Upload:
    """Have a file that failed or was cancelled checked again, as an upload of its own: a worker may still be at the old
    one, whose content it takes over. The caller enqueues the task. Raises Stale for any other file, or where its
    content was removed or is an upload's already.
    """
    old = Upload.objects.select_for_update().get(pk=upload.pk)
    if old.state not in Upload.UNDONE or old.removed_at:
        raise Stale(GONE)
    again = create_upload(
        program=old.program,
        user_id=user_id,
        kind=old.kind,
        filename=old.filename,
        content=bytes(old.content),
        mode=old.mode,
        exception_list=old.exception_list,
    )
    Upload.objects.filter(pk=old.pk).update(content=b"", removed_at=timezone.now())
    return again


def check_upload(upload_id: int) -> bool:
    """Find out what importing the file would do, and keep that for the preview. False: nothing to do."""
    return run(UPLOADS, CHECK, upload_id)


def import_upload(upload_id: int) -> bool:
    """Import the file, as a whole or its good rows, in one transaction. False: nothing to do.

    Orders are stored as the check read them, and the file is read again only where they are no longer valid. Where all
    of it was to be imported and a row is bad now, nothing is imported and the preview is shown again; and where an
    exception list or the catalog was changed since, so that the file would do something else.
    """
    return run(UPLOADS, IMPORT, upload_id)


def shown(upload: Upload) -> str:
    """A fingerprint of what the page shows of a checked file; another one when it has been checked again."""
    return fingerprint(upload.summary)


@transaction.atomic
def confirm_upload(*, upload: Upload, only_good: bool, seen: str | None = None) -> None:
    """Ask for the import; the caller enqueues the task.

    Raises Refused, also where `seen` is not what `shown` says now: somebody chose another sheet, or it was checked
    again.
    """
    upload = Upload.objects.select_for_update().defer("content").get(pk=upload.pk)
    if upload.state != State.CHECKED:
        raise Stale(DECIDED)
    if seen is not None and seen != shown(upload):
        raise Stale(CHECKED_AGAIN)
    if not only_good and upload.summary.get("Rejected"):
        raise Refused("Some rows are rejected: import only the good rows, or correct the file and send it again.")
    Upload.objects.filter(pk=upload.pk).update(
        state=State.CONFIRMED, only_good=only_good, attempts=0, progress=0, beat_at=timezone.now()
    )


def choose_sheet(*, upload: Upload, sheet: str) -> None:
    """Have a checked workbook checked again, with another of its visible sheets; the caller enqueues the task.

    Raises Refused where the file waits for no decision, or has no such sheet.
    """
    if sheet not in upload.summary.get("OtherSheets", ()):
        raise Refused("This workbook has no such sheet, or it is hidden. Choose one of those that are listed.")
    changed = Upload.objects.filter(pk=upload.pk, state=State.CHECKED).update(
        state=State.QUEUED, sheet=sheet, attempts=0, progress=0, beat_at=timezone.now()
    )
    if not changed:
        raise Stale(DECIDED)


@transaction.atomic
def discard_upload(*, upload: Upload) -> None:
    """Discard a checked file with its content and errors. Raises Stale."""
    upload = Upload.objects.select_for_update().defer("content").get(pk=upload.pk)
    if upload.state != State.CHECKED:
        raise Stale(DECIDED)
    Upload.objects.filter(pk=upload.pk).update(
        state=State.DISCARDED, finished_at=timezone.now(), **_without_content(upload)
    )


def _without_content(upload: Upload) -> dict[str, object]:
    """Delete the rejected rows and the orders of a file; return its fields with nothing left of it but counts."""
    UploadError.objects.filter(upload=upload).delete()
    forget_checked(upload)
    counts = {name: value for name, value in upload.summary.items() if name not in ("Listed", "Differing", "Leaving")}
    return {"content": b"", "preview": [], "summary": counts}


def _run(upload: Upload, now: datetime, writer: CheckedOrderWriter | None = None) -> tuple[Outcome, Read]:
    """Import the file and say what of it was read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [STORING, upload.program_id])
        if not cursor.fetchone()[0]:
            raise NotYet  # another file of the program is being read
    # The content is loaded with the first row.
    table = read_table(
        lambda: bytes(upload.content), upload.filename, layout=LAYOUTS[upload.kind], sheet=upload.sheet
    )  # fmt: skip
    with Heartbeat(upload) as beat:
        outcome = import_table(upload.program, upload.kind, table, now=now, upload=upload, progress=beat, writer=writer)
    if outcome.is_as_checked:
        return outcome, {name: upload.summary[name] for name in Table.SUMMARY if name in upload.summary}
    return outcome, table.summary()


def _check(upload: Upload, **more: object) -> None:
    """`more` is kept with what was read."""
    now = timezone.now()
    with CheckedOrderWriter() as writer:
        with transaction.atomic():
            outcome, read = _run(upload, now, writer)
            transaction.set_rollback(True)
        with transaction.atomic():
            _conclude(upload, State.CHECKED, outcome, now, {**read, **more})
            writer.keep(upload)


def _import(upload: Upload) -> None:
    now = _checked_at(upload) or timezone.now()
    with transaction.atomic():
        outcome, read = _run(upload, now)
        is_whole = upload.only_good or not outcome.rejected
        is_as_shown = upload.kind not in _OF_STORED or _does(outcome.extra) == _does(upload.summary)
        if is_whole and is_as_shown:
            _conclude(upload, State.IMPORTED, outcome, now, read, finished_at=timezone.now())
        else:
            transaction.set_rollback(True)
    if not is_as_shown:
        _check(upload, Again=True)
    elif not is_whole:
        _check(upload)


def _does(counts: Mapping[str, object]) -> list[object]:
    return [counts.get(name) for name in _DOES]


def _checked_at(upload: Upload) -> datetime | None:
    """What `NOW` means in the import of a conversions file: the moment of its check, whose preview showed it."""
    now = upload.summary.get("Now")
    return datetime.fromisoformat(now) if now and upload.kind == Upload.Kind.CONVERSIONS else None


def _conclude(upload: Upload, state: str, outcome: Outcome, now: datetime, read: Read, **fields: object) -> None:
    """Write the result of a step, in the transaction of what it stored. Raises ClaimLost, which undoes all of it."""
    program = upload.program
    read = {**read, "Columns": outcome.columns, "Now": now.isoformat(), "TimeZone": program.time_zone}
    read["IpAddresses"] = program.ip_addresses
    conclude(
        upload,
        state,
        rows=outcome.rows,
        progress=outcome.rows,
        summary={
            **outcome.summary(),
            "Listed": outcome.listed,
            "Differing": outcome.differing,
            "Leaving": outcome.dropped,
            **read,
        },
        preview=outcome.preview,
        **fields,
    )
    forget_checked(upload)
    if outcome.is_as_checked:
        return
    UploadError.objects.filter(upload=upload).delete()
    for batch in _batches(outcome.problems):
        UploadError.objects.bulk_create(
            UploadError(program=upload.program, upload=upload, row=problem.row, field=problem.field[:80],
                        message=problem.message, values=problem.values)
            for problem in batch
        )  # fmt: skip


def _batches(problems: Iterable[Problem]) -> Iterator[list[Problem]]:
    """Batches small enough in rows and characters for one statement."""
    batch: list[Problem] = []
    size = 0
    for problem in problems:
        batch.append(problem)
        size += sum(map(len, problem.values.values()))
        if len(batch) >= BATCH or size >= BATCH_SIZE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


CHECK = Step(
    waits=State.QUEUED,
    runs=State.CHECKING,
    task="tracking.check_upload",
    do=_check,
    label="Checking",
    knows_total=False,
    worker_died=WORKER_DIED,
    fault=NOT_IMPORTED,
)
IMPORT = Step(
    waits=State.CONFIRMED,
    runs=State.IMPORTING,
    task="tracking.import_upload",
    do=_import,
    label="Importing",
    worker_died=WORKER_DIED,
    fault=NOT_IMPORTED,
)
UPLOADS = JobKind(
    jobs=lambda: Upload.objects.select_related("program", "exception_list").defer("content"),
    steps=(CHECK, IMPORT),
    audited_as=audited_as,
    forget=forget_checked,
    cancelled="Nothing was imported.",
    kept_in=(State.IMPORTED, State.FAILED, State.CANCELLED),
    undecided=(State.CHECKED,),
    without_content=_without_content,
)
