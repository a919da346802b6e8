"""Shared by the lists of conversions and of changes: their tabs, each with the number of its rows."""

from django.db.models import Count

from program.models import Program
from tracking.models import Conversion, Modification

State = Conversion.State
STUCK = (State.HELD, State.QUARANTINED)
RATE = "RATE"  # the state in the address of orders that wait for an exchange rate
Counts = dict[tuple[str, str], int]
INVALID, REFUSED, OF_RATES = "?state=INVALID", "?tab=modifications", f"?state={RATE}"


def counts_of(program: Program) -> Counts:
    """How many real orders made no action, by state and reason."""
    rows = Conversion.objects.filter(program=program, is_test=False).unpriced().order_by()
    counted = rows.values_list("state", "reason").annotate(count=Count("pk"))
    return {(state, reason): count for state, reason, count in counted}


def invalid_of(counts: Counts) -> int:
    """How many could not be priced, without those that a rate alone is missing for."""
    return sum(count for (state, _), count in counts.items() if state in STUCK) - waiting_for_rates(counts)


def waiting_for_rates(counts: Counts) -> int:
    return counts.get((State.HELD, Conversion.Reason.RATE_MISSING), 0)


def first_with_work(program: Program, counts: Counts) -> str:
    """The first of the tabs that has something to decide; the first of all where none has."""
    if invalid_of(counts):
        return INVALID
    if waiting_for_rates(counts):
        return OF_RATES
    return REFUSED if Modification.objects.filter(program=program).to_settle().exists() else INVALID


def tabs_of(program: Program, counts: Counts) -> list[tuple[str, str]]:
    """Addresses and words; test orders are not counted."""
    duplicates = sum(count for (state, _), count in counts.items() if state == State.DUPLICATE)
    waiting = Conversion.objects.filter(program=program, is_test=False).waiting().count()
    refused = Modification.objects.filter(program=program).to_settle().count()
    return [
        (INVALID, f"Invalid conversions ({invalid_of(counts):,})"),
        (OF_RATES, f"Waiting for a rate ({waiting_for_rates(counts):,})"),
        (f"?state={State.WAITING}", f"Waiting to be priced ({waiting:,})"),
        (f"?state={State.DUPLICATE}", f"Duplicates ({duplicates:,})"),
        (REFUSED, f"Refused changes ({refused:,})"),
    ]
