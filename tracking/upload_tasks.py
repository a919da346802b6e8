"""The bells of uploads. The rows are the queue: a bell may ring twice, or never, and the sweep rings again."""

from celery import shared_task

from config.bell import ring
from tracking import tasks
from tracking.models import Upload
from tracking.services import uploads


@shared_task
def check(upload_id: int) -> None:
    uploads.check_upload(upload_id)


@shared_task(name="tracking.upload_tasks.import")
def import_(upload_id: int) -> None:
    if uploads.import_upload(upload_id):
        program_id = Upload.objects.values_list("program_id", flat=True).get(pk=upload_id)
        ring(tasks.price, program_id)
        ring(tasks.apply_modifications, program_id)


@shared_task
def sweep() -> None:
    """Ring for every upload that waits, or whose worker fell silent."""
    for upload_id, state in uploads.uploads_to_resume():
        ring(check if state in (Upload.State.QUEUED, Upload.State.CHECKING) else import_, upload_id)
