"""Shared by the lists of conversions and of changes: their tabs, each with the number of its rows."""

from django.db.models import Count

from program.models import Program
from tracking.models import Conversion, Modification

State = Conversion.State
STUCK = (State.HELD, State.QUARANTINED)
Counts = dict[tuple[str, str], int]
INVALID, REFUSED = "?state=INVALID", "?tab=modifications"


def counts_of(program: Program) -> Counts:
    """How many real orders made no action, by state and reason."""
    rows = Conversion.objects.filter(program=program, is_test=False).unpriced().order_by()
    counted = rows.values_list("state", "reason").annotate(count=Count("pk"))
    return {(state, reason): count for state, reason, count in counted}


def stuck_of(counts: Counts) -> int:
    return sum(count for (state, _), count in counts.items() if state in STUCK)


def first_with_work(program: Program, counts: Counts) -> str:
    """The first of the tabs that has something to decide; the first of all where none has."""
    if stuck_of(counts) or not Modification.objects.filter(program=program).to_settle().exists():
        return INVALID
    return REFUSED


def tabs_of(program: Program, counts: Counts) -> list[tuple[str, str]]:
    """Addresses and words; test orders are not counted."""
    duplicates = sum(count for (state, _), count in counts.items() if state == State.DUPLICATE)
    waiting = Conversion.objects.filter(program=program, is_test=False).waiting().count()
    refused = Modification.objects.filter(program=program).to_settle().count()
    return [
        (INVALID, f"Invalid conversions ({stuck_of(counts):,})"),
        (f"?state={State.WAITING}", f"Waiting ({waiting:,})"),
        (f"?state={State.DUPLICATE}", f"Duplicates ({duplicates:,})"),
        (REFUSED, f"Refused changes ({refused:,})"),
    ]
