"""Uploads: a file that somebody sent is checked by a worker, shown to them, and imported when they say so.

Each step is claimed by a conditional update and counts its attempts; what it writes is committed together with its
last update, which holds only while the claim does. So a step that dies changes nothing and is begun again, and of two
workers on one step one is undone.
"""

from collections.abc import Callable
from datetime import timedelta

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from program.files.read import KINDS, read_table
from program.files.refused import FileRefused
from program.models import Program
from tracking.models import Upload, UploadError

from .conversions import STORING
from .heartbeat import Heartbeat
from .importing import Outcome, import_table

log = structlog.get_logger(__name__)

MAX_SIZE = 64 * 1024**2
STALE = timedelta(seconds=60)  # without a heartbeat, a step's worker is taken for dead
ATTEMPTS = 3
State = Upload.State


class Busy(Exception):
    """Another file of the program is being read; this one waits for its turn, without keeping a worker."""


class NotNow(ValueError):
    """The upload is not in the state that this asks for; somebody else was faster. Says what to do."""


def create_upload(*, program: Program, user_id: int | None, kind: str, filename: str, content: bytes) -> Upload:
    """Keep a file as it was sent; the worker is rung by the caller. Raises FileRefused for its name or size."""
    if len(content) > MAX_SIZE:
        raise FileRefused(f"The file is larger than {MAX_SIZE // 1024**2} MB: pack it as .csv.gz, or split it.")
    if not filename.casefold().endswith(KINDS):
        raise FileRefused(f"“{filename[-60:]}” is not a kind of file that is read here: send {', '.join(KINDS)}.")
    return Upload.objects.create(program=program, user_id=user_id, kind=kind, filename=filename[-255:], content=content)


def check_upload(upload_id: int) -> bool:
    """Find out what importing the file would do, and keep that for the preview. False: nothing to do."""
    return _step(upload_id, State.QUEUED, State.CHECKING, _check)


def import_upload(upload_id: int) -> bool:
    """Import the file, as a whole or its good rows, in one transaction. False: nothing to do.

    Where all of it was asked for and a row is bad by now, nothing is imported and the preview is shown anew.
    """
    return _step(upload_id, State.CONFIRMED, State.IMPORTING, _import)


def confirm_upload(*, upload: Upload, only_good: bool) -> None:
    """Ask for the import; the caller rings the worker. Raises NotNow."""
    if not only_good and upload.summary.get("Rejected"):
        raise NotNow("Some rows are rejected: import only the good rows, or repair the file and send it again.")
    changed = Upload.objects.filter(pk=upload.pk, state=State.CHECKED).update(
        state=State.CONFIRMED, only_good=only_good, attempts=0, progress=0, beat_at=timezone.now()
    )
    if not changed:
        raise NotNow("This file is not waiting for a decision any more.")


@transaction.atomic
def discard_upload(*, upload: Upload) -> None:
    """Put a checked file away; its content and errors go. Raises NotNow."""
    changed = Upload.objects.filter(pk=upload.pk, state=State.CHECKED).update(
        state=State.DISCARDED, content=b"", preview=[], finished_at=timezone.now()
    )
    if not changed:
        raise NotNow("This file is not waiting for a decision any more.")
    UploadError.objects.filter(upload=upload).delete()


def uploads_to_resume() -> list[tuple[int, str]]:
    """Ids and states of uploads that wait for a worker, or whose worker is silent for a minute."""
    silent = Q(state__in=[State.CHECKING, State.IMPORTING], beat_at__lt=timezone.now() - STALE)
    waiting = Q(state__in=[State.QUEUED, State.CONFIRMED])
    return list(Upload.objects.filter(silent | waiting).order_by("id").values_list("id", "state"))


def _step(upload_id: int, waits: str, runs: str, do: Callable[[Upload], None]) -> bool:
    now = timezone.now()
    claimed = Upload.objects.filter(
        Q(state=waits) | Q(state=runs, beat_at__lt=now - STALE), pk=upload_id
    ).update(state=runs, attempts=F("attempts") + 1, progress=0, beat_at=now)  # fmt: skip
    if not claimed:
        return False
    upload = Upload.objects.select_related("program").get(pk=upload_id)
    if upload.attempts > ATTEMPTS:
        _fail(upload, "Its worker died over it three times; nothing was imported. Save it as csv, or split it.")
        return True
    try:
        do(upload)
    except Busy:
        _give_back(upload, waits)
        return False
    except FileRefused as refused:
        _fail(upload, str(refused))
    except (OperationalError, InterfaceError):
        raise  # the sweep begins again
    except Exception:
        log.exception("an upload could not be read", upload=upload.pk)
        _fail(upload, "It could not be read for a fault of this program, which is logged. Nothing was imported.")
    return True


def _run(upload: Upload) -> Outcome:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [STORING, upload.program_id])
        if not cursor.fetchone()[0]:
            raise Busy
    with Heartbeat(upload) as beat:
        table = read_table(bytes(upload.content), upload.filename)
        return import_table(
            upload.program, upload.kind, table, now=timezone.now(), upload=upload, progress=beat
        )  # fmt: skip


def _check(upload: Upload) -> None:
    with transaction.atomic():
        outcome = _run(upload)
        transaction.set_rollback(True)
    with transaction.atomic():
        _conclude(upload, State.CHECKED, outcome)


def _import(upload: Upload) -> None:
    with transaction.atomic():
        outcome = _run(upload)
        is_whole = upload.only_good or not outcome.rejected
        if is_whole:
            _conclude(upload, State.IMPORTED, outcome, finished_at=timezone.now())
        else:
            transaction.set_rollback(True)
    if not is_whole:
        with transaction.atomic():
            _conclude(upload, State.CHECKED, outcome)


def _conclude(upload: Upload, state: str, outcome: Outcome, **fields: object) -> None:
    """Write what came of a step, if the claim still holds; else undo all of it."""
    changed = Upload.objects.filter(pk=upload.pk, state=upload.state, attempts=upload.attempts).update(
        state=state,
        rows=outcome.rows,
        progress=outcome.rows,
        summary={**outcome.summary(), "Listed": outcome.listed, "Columns": outcome.columns},
        preview=outcome.preview,
        beat_at=timezone.now(),
        **fields,
    )
    if not changed:
        log.warning("another worker took over an upload", upload=upload.pk)
        transaction.set_rollback(True)
        return
    UploadError.objects.filter(upload=upload).delete()
    UploadError.objects.bulk_create(
        (
            UploadError(program=upload.program, upload=upload, row=problem.row, field=problem.field[:80],
                        message=problem.message, values=problem.values)
            for problem in outcome.problems
        ),
        batch_size=2_000,
    )  # fmt: skip


def _give_back(upload: Upload, state: str) -> None:
    Upload.objects.filter(pk=upload.pk, state=upload.state, attempts=upload.attempts).update(
        state=state, attempts=F("attempts") - 1
    )


def _fail(upload: Upload, why: str) -> None:
    Upload.objects.filter(pk=upload.pk, state=upload.state, attempts=upload.attempts).update(
        state=State.FAILED, failure=why, finished_at=timezone.now()
    )
