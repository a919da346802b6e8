"""Tags put on many customers at once, or taken off: ticked ones at once, all that match a filter by a worker; and
undone.

A worker does the whole of an act in one transaction, with its conclusion: an act that was cancelled, or whose worker
died, has changed nobody, and of one that is done each customer was changed once.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.http import QueryDict
from django.utils import timezone

from accounts.audit.actor import audited_as
from common.db.edits import Stale
from common.db.statements import copy_rows
from common.jobs.kinds import FAULT, JobKind, Step
from common.jobs.progress import Heartbeat
from common.jobs.runner import conclude, run
from common.refusals import Refusal, Refused
from program.customers.selection import customers_matching
from program.models import CustomerTag, Program, TagAct
from program.models.tag_act import TagActChange

from .taggings import Change, Tagged, assign, end, hold_tags, refuse_archived
from .undoing import undo_changes

BATCH = 10_000  # customers of one statement; each is an entry of the audit log
AT_ONCE = 2_000  # taggings that an act is undone of while its page waits
UNDONE = "This was undone already, or is not done yet. Nothing was changed."
WORKER_DIED = "It was interrupted three times. Nothing was changed; choose fewer customers."
State, Kind = TagAct.State, TagAct.Kind


def create_act(
    *,
    program: Program,
    kind: str,
    tags: Sequence[CustomerTag],
    query: str = "",
    since: datetime | None = None,
    user_id: int | None = None,
) -> TagAct:
    """Ask for an act on all customers that match the filter; the caller enqueues the task. By default it counts from
    now.

    Raises Refused without a tag, and where one to assign is archived.
    """
    _check(kind, tags)
    return TagAct.objects.create(**_values(program, kind, tags, query, since, user_id))


@transaction.atomic
def act_at_once(
    *,
    program: Program,
    kind: str,
    tags: Sequence[CustomerTag],
    customers: Sequence[int],
    query: str = "",
    since: datetime | None = None,
    user_id: int | None = None,
) -> TagAct:
    """Do an act on these customers, by number of the row. Raises Refused as `create_act`."""
    _check(kind, tags)
    values = _values(program, kind, tags, query, since, user_id)
    act = TagAct.objects.create(**values, state=State.DONE, rows=len(customers), finished_at=timezone.now())
    held = hold_tags(program.pk, act.tags)
    done = _tag(act, customers, held, since)
    TagAct.objects.filter(pk=act.pk).update(outcome=_outcome(done, len(_changed(done))))
    act.refresh_from_db()
    return act


def run_act(pk: int) -> bool:
    """Do an act that waits for a worker. False: nothing to do."""
    return run(TAG_ACTS, TAG, pk)


def run_undo(pk: int) -> bool:
    """Undo an act for which that was asked. False: nothing to do."""
    return run(TAG_ACTS, UNDO, pk)


@transaction.atomic
def undo_act(*, act: TagAct) -> bool:
    """Undo an act: at once where it is small, else by a worker; whether the caller has to enqueue the task.

    Raises Stale where it is undone already, or what it changed is not kept any more.
    """
    act = TagAct.objects.select_for_update(of=("self",)).get(pk=act.pk)
    if act.state != State.DONE or act.removed_at or act.kind == Kind.DELETE:
        raise Stale(UNDONE)
    if act.changes.count() > AT_ONCE:
        now = timezone.now()
        TagAct.objects.filter(pk=act.pk).update(state=State.UNDO_QUEUED, attempts=0, progress=0, beat_at=now)
        return True
    _undo(act)
    return False


def _check(kind: str, tags: Sequence[CustomerTag]) -> None:
    if not tags:
        raise Refused(Refusal("tags", "Choose at least one tag.", "required"))
    if kind == Kind.ASSIGN:
        refuse_archived(tags)


def _values(
    program: Program,
    kind: str,
    tags: Sequence[CustomerTag],
    query: str,
    since: datetime | None,
    user_id: int | None,
) -> dict[str, object]:
    names = ", ".join(tag.name for tag in tags)
    return {
        "program": program, "user_id": user_id, "kind": kind, "tags": [tag.pk for tag in tags],
        "query": query, "since": since or timezone.now(), "filename": names[:255],
    }  # fmt: skip


def _tag(act: TagAct, customers: Sequence[int], held: Sequence[CustomerTag], since: datetime | None) -> Tagged:
    """Do the act on some customers, and keep what it changed."""
    tags = [tag.pk for tag in held]
    if act.kind == Kind.ASSIGN:
        refuse_archived(held)
        done = assign(program_id=act.program_id, customers=customers, tags=tags, since=since, by=act.user_id)
    else:
        done = end(customers=customers, tags=tags, until=since)
    columns = ("program_id", "act_id", "tagging", "customer", "tag", "before", "after", "assigned_by", "assigned_at")
    copy_rows(TagActChange._meta.db_table, columns, (_row(act, change) for change in done.changes))
    return done


def _row(act: TagAct, change: Change) -> tuple[object, ...]:
    before, after = change.before, change.after
    return (
        act.program_id, act.pk, change.tagging, change.customer, change.tag,
        DateTimeTZRange(*before.period) if before else None, DateTimeTZRange(*after) if after else None,
        before.assigned_by if before else None, before.assigned_at if before else None,
    )  # fmt: skip


def _do(act: TagAct) -> None:
    found = customers_matching(act.program, QueryDict(act.query)).order_by("pk").values_list("pk", flat=True)
    customers = list(found)
    TagAct.objects.filter(pk=act.pk).update(rows=len(customers), beat_at=timezone.now())
    done, changed = Tagged(), 0
    with transaction.atomic(), Heartbeat(act) as beat:
        held = hold_tags(act.program_id, act.tags)
        for start in range(0, len(customers), BATCH):
            batch = _tag(act, customers[start : start + BATCH], held, act.since)
            changed += len(_changed(batch))
            batch.changes.clear()
            done += batch
            beat(min(start + BATCH, len(customers)))
        conclude(
            act, State.DONE, rows=len(customers), progress=len(customers), outcome=_outcome(done, changed),
            finished_at=timezone.now(),
        )  # fmt: skip


@transaction.atomic
def _undo(act: TagAct) -> None:
    hold_tags(act.program_id, act.tags)
    kept = undo_changes(act)
    conclude(act, State.UNDONE, outcome={**act.outcome, "Kept": kept}, finished_at=timezone.now())
    TagActChange.objects.filter(act=act).delete()


def _changed(done: Tagged) -> set[int]:
    return {change.customer for change in done.changes}


def _outcome(done: Tagged, customers: int) -> dict[str, int]:
    return {
        "Began": done.began, "Extended": done.extended, "Ended": done.ended, "Customers": customers,
        "Priced": done.priced,
    }  # fmt: skip


def _without_content(act: TagAct) -> dict[str, object]:
    TagActChange.objects.filter(act=act).delete()
    return {}


TAG = Step(
    waits=State.QUEUED,
    runs=State.RUNNING,
    task="program.tag_act",
    do=_do,
    label="Changing tags",
    worker_died=WORKER_DIED,
    fault=f"{FAULT} Nothing was changed; try again.",
)
UNDO = Step(
    waits=State.UNDO_QUEUED,
    runs=State.UNDOING,
    task="program.undo_tag_act",
    do=_undo,
    label="Undoing",
    knows_total=False,
    worker_died="It was interrupted three times. It is not undone.",
    fault=f"{FAULT} It is not undone.",
)
TAG_ACTS = JobKind(
    jobs=lambda: TagAct.objects.select_related("program").exclude(kind=Kind.DELETE),
    steps=(TAG, UNDO),
    audited_as=audited_as,
    cancelled="Nothing was changed.",
    kept_in=(State.DONE,),
    without_content=_without_content,
)
