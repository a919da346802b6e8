"""Cancelling a job: at once for everybody who looks; its worker notices when it next reports progress, or concludes."""

from django.db import transaction
from django.utils import timezone

from common.db.edits import Stale
from common.jobs.kinds import JobKind
from common.jobs.model import Job

CANCELLED = "CANCELLED"
TWICE = "This file was cancelled already. Nothing was changed."
TOO_LATE = "This file is neither waiting nor being processed, so there is nothing to cancel."


@transaction.atomic
def cancel_job[J: Job](kind: JobKind[J], job: J, *, user_id: int | None) -> None:
    """Cancel a job that waits for a worker or runs. Raises Stale where it does neither."""
    jobs = kind.jobs().filter(pk=job.pk)
    now = timezone.now()
    if not jobs.filter(state__in=kind.live).update(
        state=CANCELLED, cancelled_by=user_id, finished_at=now, beat_at=now, failure=""
    ):
        raise Stale(TWICE if jobs.filter(state=CANCELLED).exists() else TOO_LATE)
    kind.forget(job)
