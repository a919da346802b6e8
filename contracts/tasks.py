"""Celery tasks of payout group files, reviews of drafts, and publishing. Rows are the queue: a task may run twice or
never, and a sweep enqueues again.
"""

from celery import shared_task

from common.jobs.runner import FILE_LIMITS
from common.queue.notify import notify
from contracts.group_files import jobs as group_work
from contracts.publishing.confirmed import jobs as publishings
from contracts.publishing.review import jobs as reviews


@shared_task(name="contracts.export_group_file", **FILE_LIMITS)
def export_group_file(file_id: int) -> None:
    group_work.export_group_file(file_id)


@shared_task(name="contracts.check_group_file", **FILE_LIMITS)
def check_group_file(file_id: int) -> None:
    group_work.check_group_file(file_id)


@shared_task(name="contracts.import_group_file", **FILE_LIMITS)
def import_group_file(file_id: int) -> None:
    if group_work.import_group_file(file_id):
        notify(check_group_file, file_id)  # where the draft changed meanwhile, it waits to be checked again


@shared_task(name="contracts.make_review", **FILE_LIMITS)
def make_review(review_id: int) -> None:
    reviews.make_review(review_id)


@shared_task(name="contracts.publish_confirmed", **FILE_LIMITS)
def publish_confirmed(publishing_id: int) -> None:
    publishings.publish_confirmed(publishing_id)
