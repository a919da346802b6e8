"""Deleting a tag: at once where few customers carry it, else by a worker. From the first moment nobody can use it.

The worker takes it off everybody and deletes it in one transaction: one that was cancelled, or whose worker died, has
changed nobody, and then the tag is there again.
"""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.audit.actor import audited_as
from common.db.edits import Gone
from common.db.statements import AnyOf
from common.jobs.kinds import FAULT, JobKind, Step
from common.jobs.progress import Heartbeat
from common.jobs.runner import conclude, run
from common.refusals import Refused
from program.models import CustomerTag, TagAct
from program.models.customer import CustomerTagging
from program.names import hold_names
from program.tags.assigning.taggings import hold_customers, hold_tags

from .services import terms_keeping

AT_ONCE = 2_000  # customers that a tag is taken off while its page waits
BATCH = 10_000  # customers of one statement; each is an entry of the audit log


@transaction.atomic
def delete_customer_tag(*, tag: CustomerTag, user_id: int | None = None) -> TagAct | None:
    """Take the tag off every customer and delete it. Actions priced with it keep their payout. Where many carry it, a
    worker does so: the answer is its act, for which the caller enqueues `program.delete_tag`.

    Raises Gone where somebody has deleted it, and Refused while terms in force, or that were in the last 400 days, ask
    for it, by whatever name: they would pay its customers differently from then on, without a visible reason.
    """
    hold_names(tag.program_id)
    _refuse_asked(tag)
    if not hold_tags(tag.program_id, [tag.pk]):  # who assigns it holds it, too, and locks customers after it
        raise Gone
    if not takes_a_worker(tag):
        tag.delete()
        return None
    now = timezone.now()
    CustomerTag.objects.filter(pk=tag.pk).update(deleting_since=now)
    return TagAct.objects.create(
        program_id=tag.program_id, user_id=user_id, kind=TagAct.Kind.DELETE, tags=[tag.pk], since=now,
        filename=tag.name,
    )  # fmt: skip


def takes_a_worker(tag: CustomerTag) -> bool:
    """Whether more customers carry the tag, or did, than it is taken off at once."""
    carriers = CustomerTagging.objects.filter(tag=tag).values("customer").distinct()
    return carriers[: AT_ONCE + 1].count() > AT_ONCE


def run_deletion(pk: int) -> bool:
    """Delete a tag that waits for a worker. False: nothing to do."""
    return run(TAG_DELETIONS, DELETE, pk)


def _refuse_asked(tag: CustomerTag) -> None:
    uses, which = terms_keeping(tag)
    if uses:
        words = ", ".join(map(str, uses))
        raise Refused(
            f"{tag.name} was not deleted: {which} ask for it: {words}. Archive it instead: it goes on counting "
            "where it is, and nobody else gets it."
        )


def _delete(act: TagAct) -> None:
    tag = CustomerTag.every.select_related("program").get(pk=act.tags[0])
    _refuse_asked(tag)
    taggings = CustomerTagging.objects.filter(tag=tag)
    customers = list(taggings.order_by("customer_id").values_list("customer_id", flat=True).distinct())
    TagAct.objects.filter(pk=act.pk).update(rows=len(customers), beat_at=timezone.now())
    with transaction.atomic(), Heartbeat(act) as beat:
        for start in range(0, len(customers), BATCH):
            some = customers[start : start + BATCH]
            hold_customers(some)
            taggings.filter(AnyOf(F("customer_id"), some)).delete()
            beat(start + len(some))
        hold_names(act.program_id)  # for a moment: others name things meanwhile
        _refuse_asked(tag)
        tag.delete()
        conclude(
            act, TagAct.State.DONE, progress=len(customers), outcome={"Customers": len(customers)},
            finished_at=timezone.now(),
        )  # fmt: skip


def _bring_back(act: TagAct) -> None:
    """The tag of a deletion that failed or was cancelled can be used as before."""
    CustomerTag.every.filter(pk__in=act.tags).update(deleting_since=None)


DELETE = Step(
    waits=TagAct.State.QUEUED,
    runs=TagAct.State.RUNNING,
    task="program.delete_tag",
    do=_delete,
    label="Taking it off customers",
    worker_died="It was interrupted three times. The tag is there as before; try again.",
    fault=f"{FAULT} The tag is there as before; try again.",
)
TAG_DELETIONS = JobKind(
    jobs=lambda: TagAct.objects.select_related("program").filter(kind=TagAct.Kind.DELETE),
    steps=(DELETE,),
    audited_as=audited_as,
    forget=_bring_back,
    cancelled="Nothing was changed; the tag is there as before.",
    kept_in=(TagAct.State.DONE,),
    without_content=lambda act: {},
)
