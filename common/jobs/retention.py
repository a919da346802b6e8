"""How long contents of files are kept: so many days after the import, the failure, the cancellation or the making."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan
from django.utils import timezone

from common.jobs.kinds import JobKind, job_kinds
from common.jobs.model import Job

UNDECIDED = "Nobody decided on it within {days} days."


def remove_old_contents() -> int:
    """Remove the contents of all jobs that ended long enough ago. The rows stay, with their counts."""
    before = timezone.now() - timedelta(days=settings.KEEP_FILES_DAYS)
    old = [(kind, pk) for kind in job_kinds() for pk in _old(kind, before).values_list("pk", flat=True)]
    return sum(_remove(kind, pk, before) for kind, pk in old)


def _old[J: Job](kind: JobKind[J], before: datetime) -> "QuerySet[J]":
    jobs = kind.jobs().filter(state__in=(*kind.kept_in, *kind.undecided), removed_at=None)
    return jobs.filter(GreaterThan(before, Coalesce("finished_at", "beat_at")))


@transaction.atomic
def _remove[J: Job](kind: JobKind[J], pk: int, before: datetime) -> bool:
    """Remove one content, unless somebody is deciding on it at this moment: then it is not old any more."""
    job = _old(kind, before).select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
    if job is None:
        return False
    fields: dict[str, Any] = {"removed_at": timezone.now(), **kind.without_content(job)}
    if job.state in kind.undecided:
        why = UNDECIDED.format(days=settings.KEEP_FILES_DAYS)
        fields |= {"state": "DISCARDED", "failure": why, "finished_at": fields["removed_at"]}
    kind.jobs().filter(pk=pk).update(**fields)
    return True
