"""Reviews of many payout groups, made by a worker: asked for when the page is opened, kept while the draft and the
newest version are those that it was made of. The row is the queue."""

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.audit.actor import audited_as
from common.jobs.kinds import FAULT, JobKind, Step
from common.jobs.progress import Heartbeat
from common.jobs.runner import conclude, run
from contracts.drafts.revisions import hold
from contracts.models import PayoutGroup, PublishReview, TemplateTerms, TermsVersion

from .found import STAGES, review_of

LARGE = 2_000  # payout groups, of the draft or of a version, from which on a worker reviews them
State = PublishReview.State
ENDED = (State.READY, State.FAILED, State.CANCELLED)


def group_count(template_terms: TemplateTerms, *versions: TermsVersion | None) -> int:
    """The most payout groups that the draft, or one of these versions, has."""
    counts = [PayoutGroup.objects.filter(event_payout__template_terms=template_terms).count()]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT sum(jsonb_array_length(coalesce(payout -> 'PayoutGroups', '[]')))
            FROM contracts_termsversion, jsonb_array_elements(document -> 'EventPayouts') AS payout
            WHERE contracts_termsversion.id = ANY(%s) GROUP BY contracts_termsversion.id
            """,
            [[version.pk for version in versions if version is not None]],
        )
        counts += [count for (count,) in cursor.fetchall()]
    return int(max(counts))


@transaction.atomic
def review_for(
    *, template_terms: TemplateTerms, source: TermsVersion | None, newest: TermsVersion | None, user_id: int | None
) -> tuple[PublishReview, bool]:
    """The review of these terms as they are now, and whether it was just asked for; the caller then enqueues the task.
    Earlier ones of the same are removed.
    """
    held = hold(template_terms.pk)
    asked = {"template_terms": held, "source": source}
    present = {"newest": newest, "revision": held.draft_revision, "removed_at": None}
    reviews = _reviews().filter(**asked)
    if found := reviews.filter(**present).first():
        return found, False
    reviews.delete()
    made = PublishReview.objects.create(
        program_id=held.program_id,
        user_id=user_id,
        filename=held.name,
        rows=group_count(held, source, newest),
        newest=newest,
        revision=held.draft_revision,
        **asked,
    )
    return made, True


def forget_review(*, template_terms: TemplateTerms, source: TermsVersion | None) -> None:
    """Have what was reviewed be reviewed again when the page is next opened: the lists, tags or event types that it
    was judged by may have changed.
    """
    PublishReview.objects.filter(template_terms=template_terms, source=source, state__in=ENDED).delete()


def make_review(pk: int) -> bool:
    """Make a review that waits, or whose worker is silent; False where there is nothing to do."""
    return run(REVIEWS, MAKE, pk)


def _make(review: PublishReview) -> None:
    with Heartbeat(review) as beat:
        found = review_of(review.template_terms, review.source, lambda stage: beat(review.rows * stage // STAGES))
    conclude(review, State.READY, found=found.as_json(), progress=review.rows, finished_at=timezone.now())


def _reviews() -> "QuerySet[PublishReview]":
    return PublishReview.objects.select_related("template_terms__program", "source", "cancelled_by")


MAKE = Step(
    waits=State.QUEUED,
    runs=State.RUNNING,
    task="contracts.make_review",
    do=_make,
    label="Reviewing payout groups",
    worker_died="It was interrupted three times. Review again.",
    fault=f"{FAULT} Nothing was published; review again.",
)
REVIEWS = JobKind(
    jobs=_reviews,
    steps=(MAKE,),
    audited_as=audited_as,
    cancelled="Nothing was published.",
    kept_in=ENDED,
    without_content=lambda review: {"found": {}},
)
