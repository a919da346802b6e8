"""Saving the entries or SKUs of a file, and telling what that did."""

from collections.abc import Iterator
from contextlib import contextmanager

from common.db.sent_rows import Outcome
from common.refusals import Refused
from tracking.imports.import_run import Run

PATIENCE = 30.0  # seconds in which a worker counts the orders that a file touches
NOTHING = {"Added": 0, "Changed": 0, "Unchanged": 0, "Dropped": 0, "Carried": 0}


@contextmanager
def whole_file() -> Iterator[None]:
    """Refusals of what a file brings as a whole are of no field of it."""
    try:
        yield
    except Refused as refused:
        if not any(each.path for each in refused):
            raise
        raise Refused(*(each.message for each in refused)) from None


def tell(run: Run, saved: Outcome, carried: int | None) -> None:
    """What a file did, and how many orders carried a value that it touches; None where counting took too long."""
    added, changed, dropped = len(saved.added), len(saved.changed), len(saved.dropped)
    figures = {"Added": added, "Changed": changed, "Unchanged": saved.unchanged, "Dropped": dropped}
    run.outcome.extra = {**figures, "Carried": carried or 0}
    run.outcome.took_too_long = carried is None
    run.outcome.accepted = added + changed + dropped
    run.outcome.duplicates = saved.unchanged
