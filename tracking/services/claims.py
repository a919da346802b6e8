"""Claiming waiting conversions, so that a conversion that kills its worker is found out and the others are priced.

A claim is a row of its own, and an attempt is counted only where a worker died: to count it on each conversion before
the work was half of what pricing cost the database.
"""

from itertools import accumulate

from django.db import transaction
from django.db.models import F, IntegerField
from django.db.models.expressions import RawSQL
from django.utils import timezone

from tracking.models import Claim, Conversion

ATTEMPTS = 3
# How many conversions are claimed together, by how often a worker died over the first of them. Whoever killed it is
# among ever fewer, and is alone when it does so for the third time.
RETRIED_TOGETHER = {1: 10, 2: 1}
# Orders may have thousands of lines: a batch ends where its payloads, as PostgreSQL stores them, exceed this. That is
# 500 orders of one line or a few hundred of thirty, a fraction of a second either way, so that workers share a file.
BATCH_BYTES = 400_000


def claim_next(*, program_id: int | None = None, pk: int | None = None, limit: int = 1) -> Claim | None:
    """Claim the conversions to price next, of one program or of all, or a single one; commits at once.

    None: nothing waits, or all of it is in other hands.

    The claim is there before the work, so that it survives the worker. To be called under the claiming lock alone, held
    until the claim itself is locked: until then nobody else may take it for one that was left.
    """
    with transaction.atomic():
        _count_deaths()
        waiting = Conversion.objects.waiting().exclude(pk__in=Claim.objects.numbers()).order_by("id")
        if program_id is not None:
            waiting = waiting.filter(program_id=program_id)
        if pk is not None:
            waiting = waiting.filter(pk=pk)
        size = RawSQL("pg_column_size(payload)", [], output_field=IntegerField())
        found = list(waiting.annotate(size=size).values_list("id", "attempts", "size")[:limit])
        _give_up([pk for pk, attempts, _ in found if attempts >= ATTEMPTS])
        rows = [row for row in found if row[1] < ATTEMPTS]
        if not rows:
            return None
        tried = rows[0][1]
        alike = [(pk, size) for pk, attempts, size in rows if attempts == tried][: RETRIED_TOGETHER.get(tried, limit)]
        before = accumulate((size for _, size in alike), initial=0)
        ids = [pk for (pk, _), bytes_before in zip(alike, before, strict=False) if bytes_before < BATCH_BYTES]
        claimed = Claim.objects.create(conversions=ids)
        claimed.is_last = len(found) < limit and len(ids) == len(rows)
        return claimed


def hold(claimed: Claim) -> bool:
    """Lock a claim until the transaction ends; False where it is gone: somebody took its worker for dead."""
    return Claim.objects.select_for_update().filter(pk=claimed.pk).exists()


def release(claimed: Claim) -> None:
    """Remove a claim: its conversions are priced, or what failed was not they."""
    Claim.objects.filter(pk=claimed.pk).delete()


def in_words(error: Exception) -> str:
    """An error as the page shows it beside the conversion or modification that met it."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:500]}"


def _count_deaths() -> None:
    """Count an attempt for the conversions of claims that nobody holds, and free them."""
    for left in Claim.objects.select_for_update(skip_locked=True):
        Conversion.objects.waiting().numbered(left.conversions).update(attempts=F("attempts") + 1)
        left.delete()


def _give_up(ids: list[int]) -> None:
    if not ids:
        return
    Conversion.objects.numbered(ids).update(
        state=Conversion.State.QUARANTINED,
        reason=Conversion.Reason.GIVEN_UP,
        detail=f"Its worker died {ATTEMPTS} times while pricing it. Read the worker's log, then try it again.",
        processed_at=timezone.now(),
    )
