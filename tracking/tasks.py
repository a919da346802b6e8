"""Celery tasks of the tracking app. Rows are the queue: a task may run twice or never; nothing is lost or doubled."""

from celery import shared_task
from django.utils import timezone

from common.jobs.runner import FILE_LIMITS, TO_END
from common.queue.notify import notify, notify_soon

from .actions import locking
from .browser.live import forget_old_reports
from .clicks.months import drop_old_months, make_months
from .clicks.waiting_orders import price_with_clicks as price_those_with_clicks
from .erasing import customer_files
from .erasing import services as erasing
from .erasing.visits import forget_erased_profiles
from .exchange_rates.waiting import price_with_rates as price_those_with_rates
from .imports import uploads
from .models import Conversion, KeptAnswer, Modification, RetryOfMany, Upload
from .modifications import apply as applying
from .pricing import batch as pricing
from .status_check import checks as status_checks
from .trying_again import many
from .trying_again.late_orders import try_late_orders

FILL = "reports.fill"


@shared_task(name="tracking.price", soft_time_limit=pricing.LONGEST, time_limit=pricing.LONGEST + TO_END)
def price(program_id: int | None = None) -> None:
    """Price one batch of waiting conversions, then enqueue the next. A second task is enqueued now and then, so that
    every worker soon works on a long queue. What arrived meanwhile has a task of its own: looking for it again and
    again would make small batches, whose statements cost as much as those of large ones.
    """
    batch = pricing.price_next(program_id=program_id)
    if not batch.taken:
        return
    if not batch.is_last:
        notify(price, program_id)
        notify_soon(price, program_id)
    notify_soon(apply_modifications, program_id)
    notify_soon(FILL, program_id)


@shared_task(
    name="tracking.apply_modifications", soft_time_limit=applying.LONGEST, time_limit=applying.LONGEST + TO_END
)
def apply_modifications(program_id: int | None = None) -> None:
    """Apply one batch of waiting modifications, then enqueue a task for what else waits."""
    if applying.apply_modifications(program_id=program_id):
        notify(apply_modifications, program_id)
        notify_soon(FILL, program_id)


@shared_task(name="tracking.lock_actions", time_limit=600)
def lock_actions() -> None:
    """Lock the actions that are due, one batch after another."""
    if locking.lock_actions(now=timezone.now()) >= locking.BATCH:
        notify(lock_actions)


@shared_task(name="tracking.sweep", time_limit=60)
def sweep() -> None:
    """Enqueue tasks for everything that still waits: the broker may have lost a task, or a worker died over it."""
    applying.wake_found()
    try_late_orders()
    for retry in RetryOfMany.objects.values_list("pk", flat=True):
        notify(retry_many, retry)
    if Conversion.objects.waiting().exists():
        notify(price)
    if Modification.objects.waiting().exists():
        notify(apply_modifications)


@shared_task(name="tracking.retry_many", time_limit=60)
def retry_many(retry_id: int) -> None:
    """Have some of many held orders tried again, then enqueue a task for the next."""
    if many.retry_next(retry_id):
        notify(retry_many, retry_id)
    notify_soon(price)


@shared_task(name="tracking.price_with_rates", time_limit=60)
def price_with_rates() -> None:
    """Have orders priced whose rate came at the very moment in which they were held for it."""
    price_those_with_rates()


@shared_task(name="tracking.price_with_clicks", time_limit=60)
def price_with_clicks() -> None:
    """Have orders priced whose click was stored at the very moment in which they were held for it."""
    price_those_with_clicks()


@shared_task(name="tracking.keep_click_months", time_limit=600)
def keep_click_months() -> None:
    """Make the months of clicks that begin soon, and drop those that are older than they are kept."""
    make_months()
    drop_old_months()


@shared_task(name="tracking.forget_answers", time_limit=600)
def forget_answers() -> None:
    """Delete what is kept for Idempotency-Keys longer than it has to be."""
    KeptAnswer.objects.outdated(timezone.now()).delete()


@shared_task(name="tracking.forget_browser_reports", time_limit=600)
def forget_browser_reports() -> None:
    """Delete what browsers reported more than a week ago, and which profiles were erased long ago."""
    forget_old_reports()
    forget_erased_profiles()


@shared_task(name="tracking.check_upload", **FILE_LIMITS)
def check_upload(upload_id: int) -> None:
    uploads.check_upload(upload_id)


@shared_task(name="tracking.import_upload", **FILE_LIMITS)
def import_upload(upload_id: int) -> None:
    """Import a file that was checked and confirmed; its orders wait as rows, so their tasks are enqueued."""
    if uploads.import_upload(upload_id):
        program_id = Upload.objects.values_list("program_id", flat=True).get(pk=upload_id)
        notify(price, program_id)
        notify(apply_modifications, program_id)


@shared_task(name="tracking.make_status_check", **FILE_LIMITS)
def make_status_check(check_id: int) -> None:
    status_checks.make_check(check_id)


@shared_task(name="tracking.erase_customer", **FILE_LIMITS)
def erase_customer(erasure_id: int) -> None:
    erasing.run_erasure(erasure_id)


@shared_task(name="tracking.write_customer_file", **FILE_LIMITS)
def write_customer_file(file_id: int) -> None:
    customer_files.write_customer_file(file_id)
