"""Status checks: asked for, made by a worker, cancelled, removed after some time. The row is the queue."""

from collections.abc import Iterator, Sequence
from datetime import date
from io import BytesIO

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.audit.actor import audited_as
from common.db.statements import copy_rows
from common.jobs.kinds import FAULT, JobKind, Step
from common.jobs.progress import Heartbeat
from common.jobs.runner import conclude, run
from common.tables.write import XLSX_ROWS, write_csv, write_xlsx
from program.models import EventType
from program.programs import complete_since
from program.templatetags.brandboard import day
from tracking.models import CheckedStatus, StatusCheck

from .comparing import Finding, actions_of, findings_of
from .files import COLUMNS, about, file_rows
from .findings import Tally

State = StatusCheck.State
LISTED = CheckedStatus.Verdict.values
_COLUMNS = (
    "program_id", "status_check_id", "action_id", "partner_id", "verdict", "code", "sent", "by_history", "earlier_id",
    "currency", "payout", "right_payout",
)  # fmt: skip


def create_check(
    *, event_type: EventType, user_id: int | None, start: date, end: date, re_engaged_after_days: int
) -> StatusCheck:
    """Queue a check of the orders of these days, both included; the caller enqueues the task."""
    return StatusCheck.objects.create(
        program=event_type.program,
        event_type=event_type,
        user_id=user_id,
        start=start,
        end=end,
        re_engaged_after_days=re_engaged_after_days,
        filename=f"{event_type.name}, {day(start)} – {day(end)}",
    )


def make_check(check_id: int) -> bool:
    """Make a check that waits, or whose worker is silent; False where there is nothing to do."""
    return run(CHECKS, MAKE, check_id)


def _make(check: StatusCheck) -> None:
    check.complete_since = complete_since(check.program)
    check.rows = actions_of(check).count()
    StatusCheck.objects.filter(pk=check.pk).update(rows=check.rows, beat_at=timezone.now())
    # All of it in one transaction: a check that is cancelled, or whose worker dies, leaves nothing.
    with transaction.atomic(), Heartbeat(check) as beat:
        tally = Tally()
        for findings in findings_of(check):
            tally.add(findings)
            copy_rows("tracking_checkedstatus", _COLUMNS, _rows(check, findings))
            beat(min(tally.orders, check.rows))
        check.findings = tally.as_json()
        conclude(
            check,
            State.READY,
            progress=F("rows"),
            findings=check.findings,
            complete_since=check.complete_since,
            csv=_csv(check, beat),
            xlsx=_xlsx(check, beat),
            finished_at=timezone.now(),
        )


def _rows(check: StatusCheck, findings: Sequence[Finding]) -> Iterator[tuple[object, ...]]:
    for each in findings:
        if each.verdict in LISTED:
            order = each.order
            yield (
                check.program_id, check.pk, order.action_id, order.partner_id, each.verdict, order.code, order.category,
                each.by_history, each.earlier, order.currency, order.payout, each.right_payout,
            )  # fmt: skip


def _csv(check: StatusCheck, beat: Heartbeat) -> bytes:
    file = BytesIO()
    write_csv(COLUMNS, file_rows(check), file, lambda _: beat(check.rows))
    return file.getvalue()


def _xlsx(check: StatusCheck, beat: Heartbeat) -> bytes | None:
    """None where a sheet cannot hold them all."""
    if CheckedStatus.objects.filter(status_check=check).count() > XLSX_ROWS:
        return None
    file = BytesIO()
    write_xlsx(COLUMNS, file_rows(check), file, lambda _: beat(check.rows), about(check))
    return file.getvalue()


def _without_content(check: StatusCheck) -> dict[str, object]:
    CheckedStatus.objects.filter(status_check=check).delete()
    return {"csv": None, "xlsx": None}


MAKE = Step(
    waits=State.QUEUED,
    runs=State.RUNNING,
    task="tracking.make_status_check",
    do=_make,
    label="Checking orders",
    worker_died="It was interrupted three times. Choose fewer days, or try again.",
    fault=f"{FAULT} Try again.",
)
CHECKS = JobKind(
    jobs=lambda: StatusCheck.objects.select_related("program", "event_type").defer("csv", "xlsx"),
    steps=(MAKE,),
    audited_as=audited_as,
    cancelled="Nothing of it was kept.",
    kept_in=(State.READY,),
    without_content=_without_content,
)
