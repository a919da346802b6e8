"""Jobs of a worker that somebody waits for: imported and exported files. The row is the queue. A step is claimed by a
conditional update and counts its attempts; what it writes is kept only while the claim holds. A worker that stops
reporting is taken for dead and another begins again, three times at most.
"""

import errno
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any, NamedTuple

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from common.jobs.model import Job
from common.refusals import Refused

log = structlog.get_logger(__name__)

STALE = timedelta(seconds=60)  # without progress after which a worker is taken for dead
ATTEMPTS = 3
MINUTES = 15  # a worker may spend on one file; a million rows take about one
TO_END = 30  # seconds between the soft and the hard time limit of a task
FILE_LIMITS: dict[str, Any] = {"soft_time_limit": 60 * MINUTES, "time_limit": 60 * MINUTES + TO_END}
TOO_LONG = f"It took longer than {MINUTES} minutes, the limit for one file: split it."
CLAIMING = 0x10B5  # the advisory lock under which steps are claimed
# Steps that run at the same time, of one program and of one user: many files of one user wait for each other.
AT_ONCE = 1


class NotYet(Exception):
    """The job has to wait for its turn: its claim is released, and this attempt does not count."""


class Step(NamedTuple):
    """A step of a job: the state in which it waits for a worker, and the one in which a worker processes it."""

    waits: str
    runs: str


def work[J: Job](
    jobs: "QuerySet[J]",
    pk: int,
    step: Step,
    do: Callable[[J], None],
    *,
    audited_as: Callable[[Any], AbstractContextManager[None]],
    worker_died: str,
    fault: str,
    forget: Callable[[J], None] | None = None,
) -> bool:
    """Do a step of a job that waits, or whose worker is silent; False where there is nothing to do.

    `audited_as` names the user of the job to the audit log while `do` runs, and `do` concludes the job itself.
    Refused fails it with its own words, too many dead workers with `worker_died`, and an error on our side with
    `fault`. `forget` removes what an earlier step of a failed job has left.
    """
    job = claim(jobs, pk, step)
    if job is None:
        return False
    if job.attempts > ATTEMPTS:
        fail(job, worker_died, forget)
        return True
    try:
        with audited_as(job.user):
            do(job)
    except NotYet:
        conclude(job, step.waits, attempts=F("attempts") - 1)
        return False
    except Refused as refused:
        fail(job, str(refused), forget)
    except SoftTimeLimitExceeded:
        connection.close()  # a statement may be running
        fail(job, TOO_LONG, forget)
    except (OperationalError, InterfaceError):
        raise  # the database is unreachable: the sweep begins again
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise  # the disk is full: the sweep begins again
        log.exception("a file could not be worked on", kind=job._meta.label, id=job.pk)
        fail(job, fault, forget)
    return True


def claim[J: Job](jobs: "QuerySet[J]", pk: int, step: Step) -> J | None:
    """Take the job, if it waits for this step or its worker is silent; the answer is read with `jobs`.

    None, too, where as many others of its program or its user run as may run at once: the sweep asks again.
    """
    with transaction.atomic():
        job = jobs.filter(_to_do(step), pk=pk).select_for_update(of=("self",), skip_locked=True).first()
        if job is None or not _has_room(job):
            return None
        jobs.filter(pk=pk).update(state=step.runs, attempts=F("attempts") + 1, progress=0, beat_at=timezone.now())
    return jobs.filter(pk=pk).first()


def _has_room(job: Job) -> bool:
    """Whether fewer steps than may be run for the program, and for the user. Claims check one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CLAIMING])
    alive = timezone.now() - STALE
    for whose in ({"program": job.program_id}, *([{"user": job.user_id}] if job.user_id else [])):
        kinds: list[Any] = Job.__subclasses__()
        running = sum(
            kind.objects.filter(state__in=kind.RUNNING, beat_at__gte=alive, **whose).count() for kind in kinds
        )
        if running >= AT_ONCE:
            return False
    return True


def conclude(job: Job, state: str, **fields: object) -> bool:
    """Write the result of a step; False, and nothing is written, where another worker took over."""
    jobs: QuerySet[Any] = type(job)._default_manager.all()
    held = jobs.filter(pk=job.pk, state=job.state, attempts=job.attempts)
    if held.update(state=state, beat_at=timezone.now(), **fields):
        return True
    log.warning("another worker took over a file", kind=job._meta.label, id=job.pk)
    return False


@transaction.atomic
def fail[J: Job](job: J, why: str, forget: Callable[[J], None] | None = None) -> None:
    if conclude(job, "FAILED", failure=why, finished_at=timezone.now()) and forget:
        forget(job)


def to_resume[J: Job](jobs: "QuerySet[J]", *steps: Step) -> "QuerySet[J]":
    """Of each program the oldest job that waits for one of the steps, or whose worker is silent."""
    wanted = Q()
    for step in steps:
        wanted |= _to_do(step)
    return jobs.filter(wanted).order_by("program_id", "id").distinct("program_id")


def _to_do(step: Step) -> Q:
    return Q(state=step.waits) | Q(state=step.runs, beat_at__lt=timezone.now() - STALE)
