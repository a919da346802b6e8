"""Metrics read from the database: what waits, how long, and what was held for review. Every figure uses an index or a
small table and counting stops at a bound, so reading them costs the same few milliseconds with ten million actions as
with ten.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from contracts.models import GroupFile
from reports.models import Export
from tracking.models import Conversion, Modification, StatusCheck, TouchedDay, Upload

BOUND = 1_000_000  # counting ends here: the figure then means that many or more
PATIENCE = "5s"
FILES: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("export", Export, ("QUEUED",)),
    ("upload", Upload, ("QUEUED", "CONFIRMED")),
    ("payout_groups", GroupFile, ("QUEUED", "CONFIRMED")),
    ("status_check", StatusCheck, ("QUEUED",)),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as of now, with the labels that tell it from others of its name."""

    name: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()


WORDS = {
    "brandboard_waiting": f"Rows that wait for a worker; counting ends at {BOUND}.",
    "brandboard_oldest_waiting_seconds": "Seconds since the next row to be processed was received; 0 where none waits.",
    "brandboard_needs_attention": f"Conversions that need attention; counting ends at {BOUND}.",
    "brandboard_files": "Exports, uploads, files of payout groups and status checks that wait for a worker, or run.",
}


def figures() -> list[Figure]:
    """Read them all in one transaction that times out after seconds. Raises django.db.Error without a database."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [PATIENCE])
        return [*_waiting(), *_needing_attention(), *_files()]


def _waiting() -> Iterator[Figure]:
    conversions, modifications = Conversion.objects.waiting(), Modification.objects.waiting()
    queues: tuple[tuple[str, QuerySet[Any]], ...] = (
        ("conversions", conversions),
        ("modifications", modifications),
        ("rollups", TouchedDay.objects.all()),
    )
    for queue, rows in queues:
        yield Figure("brandboard_waiting", rows.order_by()[:BOUND].count(), (("queue", queue),))
    now = timezone.now()
    for queue, rows in queues[:2]:
        received_at = rows.order_by("id").values_list("received_at", flat=True).first()
        age = max(0.0, (now - received_at).total_seconds()) if received_at else 0.0
        yield Figure("brandboard_oldest_waiting_seconds", age, (("queue", queue),))


def _needing_attention() -> Iterator[Figure]:
    for state in (Conversion.State.HELD, Conversion.State.QUARANTINED):
        rows = Conversion.objects.filter(state=state, is_test=False).order_by()[:BOUND]
        yield Figure("brandboard_needs_attention", rows.count(), (("state", state.lower()),))


def _files() -> Iterator[Figure]:
    for kind, model, waits in FILES:
        runs = model.RUNNING
        rows = model._default_manager.filter(state__in=(*waits, *runs)).order_by().values_list("state")
        numbers = dict(rows.annotate(number=Count("pk")))
        for state, among in (("waiting", waits), ("running", runs)):
            total = sum(numbers.get(each, 0) for each in among)
            yield Figure("brandboard_files", total, (("kind", kind), ("state", state)))
