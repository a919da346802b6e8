"""Has orders tried again by themselves whose journey became known after they were held."""

from django.db import transaction
from django.utils import timezone

from common.queue.notify import notify
from tracking.journeys.late_pairs import held_by_late_pairs
from tracking.pricing.batch import retry_conversions

PRICE = "tracking.price"


def try_late_orders() -> int:
    """How many are tried again."""
    tried = 0
    with transaction.atomic():
        for program, ids in held_by_late_pairs(now=timezone.now()).items():
            tried += retry_conversions(ids, program=program)
            notify(PRICE, program.pk)
    return tried
