"""What a worker does with files of payout groups: it writes them, checks those that were sent, and imports them.

Of a file that was sent, the check says what it would do to one revision of the draft. It is imported into that
revision alone: where the draft has changed since, the file is checked once more instead, and somebody decides again.
"""

import contextlib
import io
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.text import slugify

from accounts.audit.actor import audited_as
from common.db.edits import Stale, fingerprint
from common.jobs.kinds import FAULT, JobKind, Step
from common.jobs.progress import Heartbeat
from common.jobs.runner import conclude, run
from common.refusals import Refused
from common.tables.read import Table, read_table
from common.tables.sent import check_sent
from common.tables.write import EVERY, WRITERS, write_csv
from contracts.drafts.revisions import hold, touch
from contracts.models import EventPayout, GroupFile, TemplateTerms

from .cells import LAYOUT, REASON
from .services import (
    GroupPreview,
    group_columns,
    group_rows,
    held_documents,
    read_groups,
    write_documents,
    write_groups,
)

SHOWN = 100  # of each part of a preview
# Parts of a preview: the name of its count, and of the first of its rows.
PARTS = {name: name.lower() for name in ("Added", "Changed", "Dropped", "Errors", "Warnings")}
CHANGED = "The terms changed since this file was checked. Nothing was imported: below is what it would do now."
CHECKED_AGAIN = (
    "The file was checked again since you saw this page. Nothing was imported: this is what it would do now."
)
DECIDED = "This file is no longer waiting for a decision."
CHANGED_SINCE = "The terms changed since this file was imported, so it cannot be undone. Nothing was changed."
NOT_IMPORTED = "This file was already undone, or was never imported. Nothing was changed."
NO_SHEET = "This workbook has no such sheet, or it is hidden. Choose one of those that are listed."

State = GroupFile.State


def create_group_export(*, event_payout: EventPayout, user_id: int | None, format: str) -> GroupFile:
    """Ask for the draft's payout groups as a file; the caller enqueues the task."""
    name = slugify(f"payout groups {event_payout.template_terms.name} {event_payout.event_type.code}")
    return _create(event_payout, user_id, GroupFile.Kind.EXPORT, f"{name}.{format}")


def create_group_import(*, event_payout: EventPayout, user_id: int | None, filename: str, content: bytes) -> GroupFile:
    """Keep a file as it was sent, to be checked; the caller enqueues the task. Raises Refused for name or size."""
    check_sent(filename, content)
    return _create(event_payout, user_id, GroupFile.Kind.IMPORT, filename[-255:], content=content)


def export_group_file(pk: int) -> bool:
    """Write an export. False: nothing to do."""
    return run(GROUP_EXPORTS, EXPORT, pk)


def check_group_file(pk: int) -> bool:
    """Check what importing a file would do. False: nothing to do."""
    return run(GROUP_IMPORTS, CHECK, pk)


def import_group_file(pk: int) -> bool:
    """Replace the draft's groups by those of a file that was decided on. False: nothing to do."""
    return run(GROUP_IMPORTS, IMPORT, pk)


def kind_of(file: GroupFile) -> JobKind[GroupFile]:
    return GROUP_EXPORTS if file.kind == GroupFile.Kind.EXPORT else GROUP_IMPORTS


def is_current(file: GroupFile) -> bool:
    """Whether the draft is still the one that the file was checked against."""
    return file.revision == file.event_payout.template_terms.draft_revision


def shown(file: GroupFile) -> str:
    """A fingerprint of what the page shows of a checked file; another one when it has been checked again."""
    return fingerprint({"revision": file.revision, **file.preview})


def confirm_group_import(*, file: GroupFile, only_good_rows: bool, seen: str | None = None) -> None:
    """Ask for the import; the caller enqueues the task.

    Raises Refused where rows have errors and not only the good ones are asked for, and Stale where the file is
    not waiting for a decision, or where `seen` is not what `shown` says now; when the draft has changed, it is queued
    to be checked again.
    """
    if seen is not None and file.state == State.READY and seen != shown(file):
        raise Stale(CHECKED_AGAIN)
    if not file.preview.get("Groups") or (file.preview["Errors"] and not only_good_rows):
        raise Refused("The file has errors: import only its good rows, or correct it and send it again.")
    waiting = GroupFile.objects.filter(pk=file.pk, state=State.READY, revision=file.revision, sheet=file.sheet)
    current = waiting.filter(event_payout__template_terms__draft_revision=F("revision"))
    if current.update(
        state=State.CONFIRMED, only_good_rows=only_good_rows, attempts=0, progress=0, failure="", beat_at=timezone.now()
    ):
        return
    if check_again(file=file, why=CHANGED):
        raise Stale(CHANGED)
    raise Stale(DECIDED)


def check_again(*, file: GroupFile, why: str = "", sheet: str | None = None) -> bool:
    """Queue a checked file to be checked against the draft as it is now; the caller enqueues the task.

    With a `sheet`, that one of the workbook is read from now on. Raises Stale where no visible one has that name.
    """
    if sheet is not None and sheet not in file.preview.get("OtherSheets", ()):
        raise Stale(NO_SHEET)
    waiting = GroupFile.objects.filter(pk=file.pk, state=State.READY, kind=GroupFile.Kind.IMPORT)
    return bool(
        waiting.update(
            state=State.QUEUED, attempts=0, progress=0, failure=why, beat_at=timezone.now(),
            sheet=file.sheet if sheet is None else sheet,
        )
    )  # fmt: skip


@transaction.atomic
def undo_group_import(*, file: GroupFile) -> None:
    """Put back the groups that the draft had before a file was imported.

    Raises Stale where the draft has changed since, or the file is undone already.
    """
    terms = hold(file.event_payout.template_terms_id)
    done = GroupFile.objects.filter(pk=file.pk, state=State.IMPORTED, removed_at=None)
    before = done.filter(revision=terms.draft_revision).values_list("before", flat=True).first()
    if before is None:
        raise Stale(CHANGED_SINCE if done.exists() else NOT_IMPORTED)
    touch(terms.pk)
    write_documents(event_payout=file.event_payout, documents=before)
    done.update(state=State.UNDONE, before=[], finished_at=timezone.now())


def discard_group_import(*, file: GroupFile) -> None:
    """Discard a checked file and its content. Raises Stale."""
    waiting = GroupFile.objects.filter(pk=file.pk, state=State.READY, kind=GroupFile.Kind.IMPORT)
    if not waiting.update(
        state=State.DISCARDED, content=b"", written=b"", preview={}, failure="", finished_at=timezone.now()
    ):
        raise Stale(DECIDED)


def _create(event_payout: EventPayout, user_id: int | None, kind: str, filename: str, **fields: Any) -> GroupFile:
    return GroupFile.objects.create(
        program_id=event_payout.program_id, event_payout=event_payout, user_id=user_id, kind=kind, filename=filename,
        **fields,
    )  # fmt: skip


def _files(kind: str) -> "QuerySet[GroupFile]":
    files = GroupFile.objects.filter(kind=kind)
    return files.select_related("event_payout__event_type", "event_payout__template_terms__program")


def _export(file: GroupFile) -> None:
    format, out = file.filename.rpartition(".")[2], io.BytesIO()
    count = file.event_payout.payout_groups.count()
    GroupFile.objects.filter(pk=file.pk).update(rows=count)
    with Heartbeat(file) as beat:
        count = WRITERS[format](group_columns(file.event_payout), group_rows(file.event_payout), out, beat)
    conclude(file, State.READY, written=out.getvalue(), rows=count, progress=count, finished_at=timezone.now())


def _check(file: GroupFile) -> None:
    # The revision is read before the groups: of a change in between, the preview counts as stale, not as new.
    terms = TemplateTerms.objects.filter(pk=file.event_payout.template_terms_id)
    revision = terms.values_list("draft_revision", flat=True).first()
    with _rows(file) as (table, rows):
        preview = read_groups(event_payout=file.event_payout, rows=rows)
    conclude(file, State.READY, revision=revision, **_outcome(preview, table))


def _import(file: GroupFile) -> None:
    with _rows(file) as (table, rows):
        preview = read_groups(event_payout=file.event_payout, rows=rows)
    # An exception list that a rule asks about may be gone since the check, which does not change the draft.
    is_as_shown = len(preview.rejected) == file.preview["Rejected"] and not preview.is_whole_file_refused
    with transaction.atomic():
        # The draft stays locked from reading to writing, so that its other writers wait.
        terms = hold(file.event_payout.template_terms_id)
        if is_as_shown and terms.draft_revision == file.revision:
            before = held_documents(file.event_payout)
            touch(terms.pk)
            write_groups(event_payout=file.event_payout, groups=preview.groups)
            done = {
                **_outcome(preview, table), "content": b"", "before": before, "revision": terms.draft_revision + 1,
                "finished_at": timezone.now(),
            }  # fmt: skip
            conclude(file, State.IMPORTED, **done)
            return
    conclude(file, State.QUEUED, attempts=0, failure=CHANGED)


@contextlib.contextmanager
def _rows(file: GroupFile) -> Iterator[tuple[Table, Iterator[tuple[int, dict[str, str]]]]]:
    """The table that was sent, and its rows, telling how many are read."""
    table = read_table(bytes(file.content), file.filename, layout=LAYOUT, sheet=file.sheet)
    with contextlib.closing(table), Heartbeat(file) as beat:
        yield table, _counted(table, beat)


def _counted[Row](rows: Iterable[Row], beat: Heartbeat) -> Iterator[Row]:
    for count, row in enumerate(rows, 1):
        yield row
        if count % EVERY == 0:
            beat(count)


def _outcome(preview: GroupPreview, table: Table) -> dict[str, Any]:
    """What a check or an import has found, as the file's fields."""
    parts: dict[str, list[Any]] = {
        "Added": preview.added, "Changed": preview.changed, "Dropped": preview.dropped, "Errors": preview.errors,
        "Warnings": preview.warnings,
    }  # fmt: skip
    counts = {name: len(rows) for name, rows in parts.items()}
    shown = {PARTS[name]: rows[:SHOWN] for name, rows in parts.items()} | preview.cells(SHOWN)
    rejected = {"Unchanged": preview.unchanged, "Rejected": len(preview.rejected), "Groups": len(preview.groups)}
    return {
        "preview": counts | rejected | shown | table.summary(), "written": _rejected(preview, table.between),
        "rows": preview.rows, "progress": preview.rows,
    }  # fmt: skip


def _rejected(preview: GroupPreview, delimiter: str) -> bytes:
    """The rejected rows as they were sent, with a column that says why. Once corrected, the file can be sent again."""
    if not preview.rejected:
        return b""
    out = io.BytesIO()
    columns = dict.fromkeys(name for row in preview.rejected for name in row if name != REASON)
    write_csv([*columns, REASON], preview.rejected, out, delimiter=delimiter)
    return out.getvalue()


def _without_content(file: GroupFile) -> dict[str, object]:
    """The file's fields with nothing left of it but counts; without its groups before it, its import stays."""
    counts = {name: value for name, value in file.preview.items() if name not in PARTS.values()}
    return {"content": b"", "written": b"", "before": [], "preview": counts}


EXPORT = Step(
    waits=State.QUEUED,
    runs=State.RUNNING,
    task="contracts.export_group_file",
    do=_export,
    label="Writing",
    worker_died="It was interrupted three times. Try csv, or fewer groups.",
    fault=f"{FAULT} Try again.",
)
CHECK = Step(
    waits=State.QUEUED,
    runs=State.RUNNING,
    task="contracts.check_group_file",
    do=_check,
    label="Checking",
    knows_total=False,
    worker_died="It was interrupted three times. Try csv, or fewer groups.",
    fault=f"{FAULT} The payout groups are unchanged; try again.",
)
IMPORT = Step(
    waits=State.CONFIRMED,
    runs=State.IMPORTING,
    task="contracts.import_group_file",
    do=_import,
    label="Importing",
    worker_died="It was interrupted three times; nothing was imported. Try csv, or fewer groups.",
    fault=f"{FAULT} Nothing was imported; try again.",
)
GROUP_EXPORTS = JobKind(
    jobs=lambda: _files(GroupFile.Kind.EXPORT),
    steps=(EXPORT,),
    audited_as=audited_as,
    cancelled="No file was written.",
    kept_in=(State.READY,),
    without_content=_without_content,
)
GROUP_IMPORTS = JobKind(
    jobs=lambda: _files(GroupFile.Kind.IMPORT),
    steps=(CHECK, IMPORT),
    audited_as=audited_as,
    cancelled="Nothing was imported; the payout groups of the draft are unchanged.",
    kept_in=(State.IMPORTED, State.UNDONE, State.FAILED, State.CANCELLED),
    undecided=(State.READY,),
    without_content=_without_content,
)
