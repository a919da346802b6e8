"""Celery tasks of the program app. Rows are the queue: a task may run twice or never; nothing is lost or doubled."""

from celery import shared_task

from common.jobs.runner import FILE_LIMITS

from .exchange_rates.fetch import SECONDS, fetch_when_due
from .tags import deleting
from .tags.assigning import acts


@shared_task(name="program.fetch_exchange_rates", time_limit=5 * SECONDS)
def fetch_exchange_rates() -> None:
    """Fetch exchange rates where an address is set and they are due."""
    fetch_when_due()


@shared_task(name="program.tag_act", **FILE_LIMITS)
def tag_act(pk: int) -> None:
    acts.run_act(pk)


@shared_task(name="program.undo_tag_act", **FILE_LIMITS)
def undo_tag_act(pk: int) -> None:
    acts.run_undo(pk)


@shared_task(name="program.delete_tag", **FILE_LIMITS)
def delete_tag(pk: int) -> None:
    deleting.run_deletion(pk)
