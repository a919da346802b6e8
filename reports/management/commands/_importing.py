"""Shared by the commands that import files of which something is priced."""

import time

from common.queue.notify import notify
from program.models import Program
from reports.rollups.fill import fill_touched_days, touched_days
from tracking import tasks
from tracking.management import importing
from tracking.modifications.apply import apply_all
from tracking.pricing.batch import price_all


class ImportCommand(importing.ImportCommand):
    """Has what was imported priced: by the worker, or here, until all is in the reports."""

    def go_on(self, program: Program, *, is_waiting: bool) -> None:
        finish(program) if is_waiting else notify_worker(program)


def notify_worker(program: Program) -> None:
    notify(tasks.price, program.pk)
    notify(tasks.apply_modifications, program.pk)


def finish(program: Program) -> None:
    """Price, apply and fill the rollups until nothing of the program waits, beside any workers."""
    price_all(program.pk)
    apply_all(program.pk)
    while touched_days(program):
        if not fill_touched_days(program_id=program.pk):
            time.sleep(0.1)  # a worker is doing it
