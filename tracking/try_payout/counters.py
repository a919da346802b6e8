"""A trial order under limits: its counters are those that it brings, each for the period of the limit."""

from decimal import Decimal

from contracts.engine.document.terms import EventPayout
from contracts.engine.orders.order import Order
from contracts.engine.pricing.limits.caps import TermsLimits, Whose, caps_of
from contracts.engine.pricing.limits.settle import Settled, first
from contracts.engine.pricing.schedule import locking_date
from tracking.intake import OrderLine

_SENT_AS = {"ALL": "CONTRACT", "CUSTOMER": "CUSTOMER", "CLICK": "CLICK"}


def settled_by_counters(
    due: Decimal, limits: TermsLimits, line: OrderLine, event_payout: EventPayout, order: Order
) -> Settled:
    """What limits leave of the payout. A counter that the order does not bring is at 0; a customer or click that it
    neither names nor brings a counter of is not limited.
    """
    zone = order.context.time_zone
    whose = Whose(
        event_date=line.event_date,
        time_zone=zone,
        locks=locking_date(line.event_date, event_payout.locking, zone),
        customer=_named(line, "CustomerId", "CUSTOMER"),
        click=_named(line, "ClickId", "CLICK"),
    )
    caps = caps_of(limits, whose, order.digits)
    held = {}
    for cap in caps:
        sent = line.counters.get(_SENT_AS[cap.counter.by])
        taken = (sent.payout if cap.counter.what == "PAYOUT" else Decimal(sent.actions)) if sent else Decimal(0)
        held[cap.counter] = taken
    return first(due, caps, held)


def _named(line: OrderLine, parameter: str, counter: str) -> str:
    return str(line.payload.get(parameter, "")) or (counter if counter in line.counters else "")
