"""The periodic tasks of all jobs, whatever their kind."""

from celery import shared_task

from common.jobs.kinds import job_kinds
from common.jobs.retention import remove_old_contents
from common.jobs.runner import to_resume
from common.queue.notify import notify


@shared_task(name="jobs.sweep", time_limit=60)
def sweep() -> None:
    """Enqueue a task for every job that waits, or whose worker stopped reporting."""
    for kind in job_kinds():
        for pk, step in to_resume(kind):
            notify(step.task, pk)


@shared_task(name="jobs.remove_contents", time_limit=600)
def remove_contents() -> None:
    remove_old_contents()
