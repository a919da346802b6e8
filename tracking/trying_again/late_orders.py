"""Has orders tried again by themselves whose journey became known after they were held."""

from django.db import transaction
from django.utils import timezone

from common.queue.notify import notify
from tracking.journeys.late_pairs import held_by_late_pairs
from tracking.pricing.batch import retry_conversions

PRICE = "tracking.price"
MOST_ROUNDS = 10  # the next sweep goes on


def try_late_orders() -> int:
    """How many are tried again."""
    tried = 0
    for _ in range(MOST_ROUNDS):
        with transaction.atomic():
            found = held_by_late_pairs(now=timezone.now())
            for program, ids in found.held.items():
                tried += retry_conversions(ids, program=program)
                notify(PRICE, program.pk)
        if found.is_last:
            break
    return tried
