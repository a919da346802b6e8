"""Jobs of a worker that somebody waits for: imported and exported files. The row is the queue. A step is claimed by a
conditional update and counts its attempts; what it writes is kept only while the claim holds. A worker that stops
reporting is taken for dead and another begins again, three times at most.
"""

import errno
from datetime import timedelta
from typing import Any

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from common.jobs.kinds import JobKind, Step
from common.jobs.model import Job
from common.jobs.progress import ClaimLost
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


def run[J: Job](kind: JobKind[J], step: Step[J], pk: int) -> bool:
    """Do a step of a job that waits, or whose worker is silent. False where there was nothing to do, or the claim was
    lost meanwhile.
    """
    job = claim(kind, step, pk)
    if job is None:
        return False
    try:
        return _do(kind, step, job)
    except ClaimLost:
        log.info("a file was cancelled, or another worker took it over", kind=job._meta.label, id=job.pk)
        return False


def _do[J: Job](kind: JobKind[J], step: Step[J], job: J) -> bool:
    if job.attempts > ATTEMPTS:
        _fail(kind, job, step.worker_died)
        return True
    try:
        with kind.audited_as(job.user):
            step.do(job)
    except ClaimLost:
        raise
    except NotYet:
        conclude(job, step.waits, attempts=F("attempts") - 1)
        return False
    except Refused as refused:
        _fail(kind, job, str(refused))
    except SoftTimeLimitExceeded:
        connection.close()  # a statement may be running
        _fail(kind, job, TOO_LONG)
    except (OperationalError, InterfaceError):
        raise  # the database is unreachable: the sweep begins again
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise  # the disk is full: the sweep begins again
        log.exception("a file could not be worked on", kind=job._meta.label, id=job.pk)
        _fail(kind, job, step.fault)
    return True


def claim[J: Job](kind: JobKind[J], step: Step[J], pk: int) -> J | None:
    """Take the job, if it waits for this step or its worker is silent; the answer is read as the kind says.

    None, too, where as many others of its program or its user run as may run at once: the sweep asks again.
    """
    jobs = kind.jobs()
    with transaction.atomic():
        job = jobs.filter(_to_do(step), pk=pk).select_for_update(of=("self",), skip_locked=True).first()
        if job is None or not _has_room(job):
            return None
        jobs.filter(pk=pk).update(state=step.runs, attempts=F("attempts") + 1, progress=0, beat_at=timezone.now())
    return jobs.filter(pk=pk, state=step.runs).first()  # it may be cancelled by now


def _has_room(job: Job) -> bool:
    """Whether fewer steps than may be run for the program, and for the user. Claims check one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CLAIMING])
    alive = timezone.now() - STALE
    for whose in ({"program": job.program_id}, *([{"user": job.user_id}] if job.user_id else [])):
        models: list[Any] = Job.__subclasses__()
        running = sum(
            model.objects.filter(state__in=model.RUNNING, beat_at__gte=alive, **whose).count() for model in models
        )
        if running >= AT_ONCE:
            return False
    return True


def conclude(job: Job, state: str, **fields: object) -> None:
    """Write the result of a step. Raises ClaimLost, so that what else its transaction wrote is rolled back, where the
    job was cancelled or another worker took over.
    """
    jobs: QuerySet[Any] = type(job)._default_manager.all()
    held = jobs.filter(pk=job.pk, state=job.state, attempts=job.attempts)
    if not held.update(state=state, beat_at=timezone.now(), **fields):
        raise ClaimLost


def fail(job: Job, why: str) -> None:
    conclude(job, "FAILED", failure=why, finished_at=timezone.now())


@transaction.atomic
def _fail[J: Job](kind: JobKind[J], job: J, why: str) -> None:
    fail(job, why)
    kind.forget(job)


def to_resume[J: Job](kind: JobKind[J]) -> list[tuple[int, Step[J]]]:
    """Of each program the oldest job that waits for a worker, or whose worker is silent, with its step."""
    wanted = Q()
    for step in kind.steps:
        wanted |= _to_do(step)
    first = kind.jobs().filter(wanted).order_by("program_id", "id").distinct("program_id")
    by_state = {state: step for step in kind.steps for state in (step.waits, step.runs)}
    return [(pk, by_state[state]) for pk, state in first.values_list("id", "state")]


def _to_do(step: Step[Any]) -> Q:
    return Q(state=step.waits) | Q(state=step.runs, beat_at__lt=timezone.now() - STALE)
