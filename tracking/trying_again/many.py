"""Many held orders that somebody has tried again: queued by a worker, some thousand at a time."""

from typing import Any

from django.db import transaction

from program.models import Program
from tracking.conversions.lists import filtered
from tracking.models import Conversion, RetryOfMany
from tracking.pricing.batch import retry_conversions

BATCH = 2_000


@transaction.atomic
def begin_retry(program: Program, *, reason: str, q: str, is_test: bool) -> RetryOfMany | None:
    """Have all held orders that these filters show tried again; None where there are none. The caller notifies the
    worker.
    """
    rows = held(program, reason, q, is_test=is_test)
    newest = rows.order_by("-pk").first()
    if newest is None:
        return None
    return RetryOfMany.objects.create(
        program=program, reason=reason, q=q, is_test=is_test, before=newest.pk + 1, orders=rows.count()
    )


@transaction.atomic
def retry_next(pk: int) -> bool:
    """Queue the newest of those that are left; whether there may be more, and no other worker is at it."""
    retry = RetryOfMany.objects.select_for_update(skip_locked=True, of=("self",)).select_related("program").filter(
        pk=pk
    ).first()  # fmt: skip
    if retry is None:
        return False
    rows = held(retry.program, retry.reason, retry.q, is_test=retry.is_test).filter(pk__lt=retry.before)
    ids = list(rows.order_by("-pk").values_list("pk", flat=True)[:BATCH])
    queued = retry_conversions(ids, program=retry.program)
    if len(ids) < BATCH:
        retry.delete()
        return False
    retry.before, retry.queued = ids[-1], retry.queued + queued
    retry.save(update_fields=["before", "queued"])
    return True


def held(program: Program, reason: str, q: str, *, is_test: bool) -> Any:
    """The held orders that these filters show."""
    return filtered(program, "", reason, q, is_test=is_test).filter(state=Conversion.State.HELD)
