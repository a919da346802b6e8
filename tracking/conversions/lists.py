"""Which conversions a list shows, by what is in its address."""

from typing import Any

from program.models import Program
from tracking.models import Conversion

from .tabs import RATE, STUCK

State = Conversion.State
RATE_MISSING = Conversion.Reason.RATE_MISSING


def filtered(program: Program, state: str, reason: str, q: str, *, is_test: bool) -> Any:
    """Those of that state; without one, what could not be priced: of real orders but for what only waits for a rate,
    unless that is the reason asked for.
    """
    rows = Conversion.objects.filter(program=program, is_test=is_test)
    if state == State.WAITING:
        rows = rows.waiting()
    elif state == RATE:
        rows = rows.unpriced().filter(state=State.HELD, reason=RATE_MISSING)
    else:
        # unpriced() beside the state lets the database use the index that holds these few rows.
        rows = rows.unpriced().filter(state__in=[state] if state else STUCK)
        rows = rows if state or reason or is_test else rows.exclude(reason=RATE_MISSING)
    if reason:
        rows = rows.filter(reason=reason)
    return rows.filter(order_id__icontains=q) if q else rows
