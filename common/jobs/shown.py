"""What the pages of jobs show alike: how far one is, how soon the page asks again, and whether a worker is missing."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone

from common.jobs.kinds import JobKind, Step
from common.jobs.model import Job

# Small files are ready at once: the page polls often at first, then every second.
AT_FIRST = timedelta(seconds=5)
SLOW = timedelta(seconds=20)


class Progress(NamedTuple):
    """A job as components/job.html shows it; `label` is blank where no worker has to do anything."""

    job: Job
    label: str
    is_running: bool
    total: int  # 0 where it is not known yet
    cancelled: str
    keep_days: int


def progress_of(kind: JobKind[Any], job: Job) -> Progress:
    step: Step[Any] | None = next((step for step in kind.steps if job.state in (step.waits, step.runs)), None)
    is_running = step is not None and job.state == step.runs
    label = "" if step is None else step.label if is_running else "Waiting in the background"
    total = job.rows if step is not None and is_running and step.knows_total else 0
    return Progress(job, label, is_running, total, kind.cancelled, settings.KEEP_FILES_DAYS)


def polling(live: Sequence[Job]) -> dict[str, Any]:
    """The context of a page with these jobs that wait or run: how soon it polls again, and how long files are kept."""
    now = timezone.now()
    is_young = any(now - (job.beat_at if job.progress == 0 else job.created_at) < AT_FIRST for job in live)
    return {
        "poll": ("300ms" if is_young else "1s") if live else "",
        "is_slow": any(now - job.beat_at > SLOW for job in live),
        "keep_days": settings.KEEP_FILES_DAYS,
    }
