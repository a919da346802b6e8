"""Celery tasks of the reports app. Rows are the queue: a task may run twice or never; nothing is lost or doubled."""

from celery import shared_task

from common.jobs.runner import FILE_LIMITS
from common.queue.backoff import BackOff
from common.queue.notify import notify_later
from program.models import Program
from reports.exports import services as exports
from reports.rollups import clicks
from reports.rollups.fill import fill_touched_days, touched_programs
from reports.rollups.received_values import forget_unseen

# However large a day is, each worker process recomputes for a fiftieth of its time, or once a minute.
back_off = BackOff(times=50, longest=60.0)
clicks_back_off = BackOff(times=50, longest=60.0)


@shared_task(name="reports.fill", time_limit=600)
def fill(program_id: int | None = None) -> None:
    """Recompute the touched days. Enqueued after pricing, and by a sweep for missed days. A day is recomputed from all
    of its actions, however few are new: under a stream of orders that is more work every second. So a program backs off
    for a while, and its task is enqueued again after that.
    """
    for number in touched_programs() if program_id is None else [program_id]:
        if rest := back_off.rest(number):
            notify_later(rest, fill, number)
        else:
            with back_off.timed(number):
                fill_touched_days(program_id=number)


@shared_task(name="reports.fill_clicks", time_limit=600)
def fill_clicks() -> None:
    """Recompute the days to which clicks were added. A program whose turn has not come is left to a later sweep."""
    for program in Program.objects.filter(pk__in=clicks.touched_programs()):
        if not clicks_back_off.rest(program.pk):
            with clicks_back_off.timed(program.pk):
                clicks.fill_clicks(program)


@shared_task(name="reports.forget_values", time_limit=600)
def forget_values() -> None:
    forget_unseen()


@shared_task(name="reports.render_export", **FILE_LIMITS)
def render_export(export_id: int) -> None:
    exports.render_export(export_id)
