"""Claiming waiting conversions, so that a conversion that kills its worker is found out and the others are priced."""

from itertools import accumulate

from django.db import transaction
from django.db.models import F, IntegerField
from django.db.models.expressions import RawSQL
from django.utils import timezone

from tracking.models import Conversion

ATTEMPTS = 3
# How many conversions are claimed together, by how often a worker died over the first of them. Whoever killed it is
# among ever fewer, and is alone when it does so for the third time.
RETRIED_TOGETHER = {1: 10, 2: 1}
# Orders may have thousands of lines: a batch ends where its payloads, as PostgreSQL stores them, exceed this.
BATCH_BYTES = 2_000_000


def mark_claimed(*, program_id: int | None, limit: int) -> list[int]:
    """Count an attempt for the conversions to price next and return their ids; commits at once.

    The count is there before the work, so that it survives the worker. To be called under the claiming lock alone:
    between this transaction and the one that prices, nobody else may count the same conversions.
    """
    with transaction.atomic():
        waiting = Conversion.objects.waiting().order_by("id").select_for_update(skip_locked=True)
        if program_id is not None:
            waiting = waiting.filter(program_id=program_id)
        size = RawSQL("pg_column_size(payload)", [], output_field=IntegerField())
        rows = list(waiting.annotate(size=size).values_list("id", "attempts", "size")[:limit])
        given_up = [pk for pk, attempts, _ in rows if attempts >= ATTEMPTS]
        if given_up:
            Conversion.objects.filter(pk__in=given_up).update(
                state=Conversion.State.QUARANTINED,
                reason=Conversion.Reason.GIVEN_UP,
                detail=f"Its worker died {ATTEMPTS} times while pricing it. Read the worker's log, then try it again.",
                processed_at=timezone.now(),
            )
        rows = [row for row in rows if row[1] < ATTEMPTS]
        if not rows:
            return []
        tried = rows[0][1]
        alike = [(pk, size) for pk, attempts, size in rows if attempts == tried][: RETRIED_TOGETHER.get(tried, limit)]
        before = accumulate((size for _, size in alike), initial=0)
        claimed = [pk for (pk, _), bytes_before in zip(alike, before, strict=False) if bytes_before < BATCH_BYTES]
        Conversion.objects.filter(pk__in=claimed).update(attempts=F("attempts") + 1)
        return claimed


def unmark(ids: list[int]) -> None:
    """Take the attempt back: what failed was the database, not the conversions."""
    Conversion.objects.waiting().filter(pk__in=ids, attempts__gt=0).update(attempts=F("attempts") - 1)


def in_words(error: Exception) -> str:
    """An error as the page shows it beside the conversion or modification that met it."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:500]}"
