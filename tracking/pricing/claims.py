"""Claiming waiting conversions, so that a conversion that kills its worker is identified and the others are priced.

A claim is a row of its own, and an attempt is counted only where a worker died: counting it on each conversion before
the work was half of what pricing cost the database. A conversion over which a worker died is claimed among fewer, then
alone, and quarantined when three workers died over it alone.
"""

from itertools import accumulate

from django.db import transaction
from django.db.models import F, Func, IntegerField
from django.utils import timezone

from tracking.models import Claim, Conversion

from .ledger import touch_given_up

# Only a conversion that was alone is known to have killed its worker: one among others may have been there by chance,
# and may be again.
ATTEMPTS = 3
# How many that a worker died over are claimed together; where it dies over so many or fewer, each is claimed alone.
SUSPECTS = 10
# Orders may have thousands of lines: a batch ends where its payloads, as PostgreSQL stores them, exceed this. That is
# 500 orders of one line or a few hundred of thirty, a fraction of a second either way, so that workers share a file.
BATCH_BYTES = 400_000


def claim_next(*, program_id: int | None = None, pk: int | None = None, limit: int = 1) -> Claim | None:
    """Claim the conversions to price next, of one program or of all, or a single one; commits at once.

    None: nothing waits, or all of it is claimed.

    The claim is there before the work, so that it survives the worker. To be called under the claiming lock alone, held
    until the claim itself is locked: until then others must not take it for an abandoned one.
    """
    with transaction.atomic():
        _count_deaths()
        waiting = Conversion.objects.waiting().exclude(pk__in=Claim.objects.numbers()).order_by("id")
        if program_id is not None:
            waiting = waiting.filter(program_id=program_id)
        if pk is not None:
            waiting = waiting.filter(pk=pk)
        size = Func("payload", function="pg_column_size", output_field=IntegerField())
        found = list(waiting.annotate(size=size).values_list("id", "attempts", "claim_limit", "size")[:limit])
        _quarantine([pk for pk, attempts, *_ in found if attempts >= ATTEMPTS])
        rows = [(pk, among, size) for pk, attempts, among, size in found if attempts < ATTEMPTS]
        if not rows:
            return None
        first = rows[0][1]
        alike = [(pk, size) for pk, among, size in rows if among == first][: first or limit]
        before = accumulate((size for _, size in alike), initial=0)
        ids = [pk for (pk, _), bytes_before in zip(alike, before, strict=False) if bytes_before < BATCH_BYTES]
        claimed = Claim.objects.create(conversions=ids)
        claimed.is_last = len(found) < limit and len(ids) == len(rows)
        return claimed


def hold(claimed: Claim) -> bool:
    """Lock a claim until the transaction ends; False where it is gone: its worker was taken for dead."""
    return Claim.objects.select_for_update().filter(pk=claimed.pk).exists()


def release(claimed: Claim) -> None:
    """Remove a claim: its conversions are priced, or the failure had another cause."""
    Claim.objects.filter(pk=claimed.pk).delete()


def in_words(error: Exception) -> str:
    """An error as the page shows it beside its conversion or modification."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:500]}"


def _count_deaths() -> None:
    """Free the conversions of claims that nobody holds: to be tried among fewer, and where one was alone, counted."""
    for left in Claim.objects.select_for_update(skip_locked=True):
        rows = Conversion.objects.waiting().numbered(left.conversions)
        if len(left.conversions) == 1:
            rows.update(attempts=F("attempts") + 1, claim_limit=1)
        else:
            rows.update(claim_limit=SUSPECTS if len(left.conversions) > SUSPECTS else 1)
        left.delete()


def _quarantine(ids: list[int]) -> None:
    if not ids:
        return
    Conversion.objects.numbered(ids).update(
        state=Conversion.State.QUARANTINED,
        reason=Conversion.Reason.GIVEN_UP,
        detail=f"Its worker died {ATTEMPTS} times while pricing it alone. Read the worker's log, then try it again.",
        processed_at=timezone.now(),
    )
    touch_given_up(ids)
