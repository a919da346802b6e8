"""What an order's customer status is worth against what the customer's earlier orders say. Pure."""

from datetime import date, timedelta
from typing import NamedTuple

from contracts.engine.orders.history import EXISTING, NEW, RE_ENGAGED

JUDGED = (NEW, EXISTING, RE_ENGAGED)
AGREES, DISAGREES, NO_EARLIER, INCOMPLETE = "AGREES", "DISAGREES", "NO_EARLIER", "INCOMPLETE"
# Why an order is not judged at all.
OWN, UNMAPPED, NONE, WORKED_OUT, NO_CUSTOMER = "OWN", "UNMAPPED", "NONE", "WORKED_OUT", "NO_CUSTOMER"


class SentStatus(NamedTuple):
    """The customer status of an order: the code as sent, and its category as the order is priced by it."""

    code: str
    category: str
    is_worked_out: bool


def not_judged(status: SentStatus, customer_id: str) -> str | None:
    """Why the order is not judged; None where it is."""
    if status.is_worked_out:
        return WORKED_OUT
    if not status.code:
        return NONE
    if not status.category:
        return UNMAPPED
    if status.category not in JUDGED:
        return OWN
    return None if customer_id else NO_CUSTOMER


def verdict(*, sent: str, by_history: str, day: date, complete_since: date | None, re_engaged_after: int) -> str:
    """Whether the status that was sent agrees with the history.

    Without an earlier order Existing and Re-Engaged are not wrong: the earlier one may lie before the history. Nor is
    any status of an order from before the history is complete, or Existing where an order that nobody stored may lie
    within the time.
    """
    if complete_since is not None and day < complete_since:
        return INCOMPLETE
    if sent == by_history:
        return AGREES
    if by_history == NEW:
        return NO_EARLIER
    is_open = complete_since is not None and day - timedelta(days=re_engaged_after) < complete_since
    return INCOMPLETE if sent == EXISTING and is_open else DISAGREES
