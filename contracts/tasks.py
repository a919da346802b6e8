"""Celery tasks of payout group files. Rows are the queue: a task may run twice or never, and a sweep enqueues
again.
"""

from celery import shared_task

from common.jobs.runner import FILE_LIMITS
from common.queue.notify import notify
from contracts.group_files import jobs as group_work


@shared_task(name="contracts.work_on_group_file", **FILE_LIMITS)
def work_on_group_file(file_id: int) -> None:
    """Write an export, or check a file that was sent."""
    group_work.work_on_group_file(file_id)


@shared_task(name="contracts.import_group_file", **FILE_LIMITS)
def import_group_file(file_id: int) -> None:
    if group_work.import_group_file(file_id):
        notify(work_on_group_file, file_id)  # where the draft changed meanwhile, it waits to be checked again


@shared_task(name="contracts.sweep", time_limit=60)
def sweep() -> None:
    """Enqueue a task for every file that waits, or whose worker stopped reporting."""
    for file_id, state in group_work.group_files_to_resume():
        notify(work_on_group_file if state in group_work.FIRST else import_group_file, file_id)


@shared_task(name="contracts.drop_old_group_files", time_limit=600)
def drop_old_group_files() -> None:
    group_work.drop_old_group_files()
