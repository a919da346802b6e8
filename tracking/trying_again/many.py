"""Many held orders that somebody has tried again: queued by a worker, some thousand at a time."""

from program.models import Program
from tracking.conversions.lists import filtered
from tracking.models import Conversion
from tracking.pricing.batch import retry_conversions

BATCH = 2_000


def try_next(program_id: int, reason: str, q: str, is_test: bool, before: int | None) -> int | None:
    """Queue the newest of those that the filters show, up to that number of a row; the last one queued, None where it
    was the last of all.
    """
    program = Program.objects.get(pk=program_id)
    rows = filtered(program, "", reason, q, is_test=is_test).filter(state=Conversion.State.HELD)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    ids = list(rows.order_by("-pk").values_list("pk", flat=True)[:BATCH])
    retry_conversions(ids, program=program)
    return ids[-1] if len(ids) == BATCH else None
