"""Orders as the engine prices them: of a credited conversion, and of an action by what it keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from contracts.agreements.plans import plan_of, terms_of
from contracts.engine.orders.context import Context
from contracts.engine.orders.exchange import RateMissing
from contracts.engine.orders.history import OrdersBefore, order_history, status_by_history
from contracts.engine.orders.order import NOTHING, WORKED_OUT_STATUS, Order, OrderState, read_order
from contracts.engine.pricing.limits.lines import due
from contracts.engine.pricing.limits.settle import Settled
from contracts.engine.pricing.plan import Decision
from contracts.engine.pricing.schedule import clearing_date, is_open_ended, lock_instant
from contracts.engine.rules.facts import TAGS_FORMERLY
from program.templatetags.brandboard import day
from tracking.journeys.journeys import Journey
from tracking.models import Action, ActionUpdate, Conversion

from .attribution import Credited, Held
from .lookups import Lookups

TAGS = "CustomerTags"
STATUSES = "CustomerStatusMapping"
# In an update's order state: what the status codes meant before, where the update changed it.
STATUSES_BEFORE = "CustomerStatusMappingBefore"


@dataclass(frozen=True, slots=True)
class Priced:
    """A priced conversion, ready to be written: `context` and `profile` are what the action keeps beside the journey,
    dates are as agreed. `settled` and `since` are what limits that are counted left of it, where its terms have some.
    """

    credited: Credited
    order: Order
    decision: Decision
    context: dict[str, Any]
    profile: dict[str, Any]
    day: date
    locking_date: datetime | None
    clearing_date: date | None
    settled: Settled | None = None
    since: int = 0


def price_order(credited: Credited, known: Lookups) -> Priced | Held:
    """Price a conversion by its contract's terms; held where an exchange rate is missing."""
    conversion, contract = credited.conversion, credited.contract
    event_type = known.event_types[conversion.event_type_id]
    context = known.context(conversion, contract.terms_version_id)
    profile = profile_of(conversion, known)
    try:
        order = read_order(conversion.payload, context, profile=profile, journey=credited.journey.values)
        kept = context.narrowed(conversion.payload)
    except RateMissing as missing:
        return without_rate(missing, credited.journey)
    event_payout = terms_of(contract.terms_version_id).event_payout(event_type.code)
    zone = event_type.program.time_zone
    locks = lock_instant(conversion.event_date, event_payout.locking, zone)
    open_ended = is_open_ended(event_payout.locking)
    return Priced(
        credited=credited,
        order=order,
        decision=due(plan_of(contract.terms_version_id, event_type.code), order),
        context=kept,
        profile=profile,
        day=conversion.event_date.astimezone(event_type.program.zone).date(),
        locking_date=None if open_ended else locks,
        clearing_date=None if open_ended else clearing_date(locks, event_payout.payout_scheduling, zone),
    )


def without_rate(missing: RateMissing, journey: Journey | None = None) -> Held:
    """Why an order waits for an exchange rate."""
    source, target = missing.pair
    when = f" on {day(missing.date)} or in the 7 days before" if missing.date else ""
    return Held(
        Conversion.Reason.RATE_MISSING,
        f"The exchange rate from {source} to {target}{when} is not known: the conversion is kept, and priced by itself "
        "once a rate is there.",
        missing_rate=f"{source}/{target}",
        journey=journey or Journey(),
    )


def profile_of(conversion: Conversion, known: Lookups) -> dict[str, Any]:
    """Who bought: the tags at the event date, and the order history where it is asked for."""
    carried = known.tags(conversion)
    profile: dict[str, Any] = {TAGS: [tag.name for tag in carried]}
    if formerly := [name for tag in carried for name in tag.formerly]:
        profile[TAGS_FORMERLY] = formerly
    earlier = known.earlier.get(conversion.pk)
    if earlier is None:
        return profile
    event_type = known.event_types[conversion.event_type_id]
    zone = event_type.program.zone
    customer = known.customer(conversion)
    before = customer.before if customer else OrdersBefore()
    day = conversion.event_date.astimezone(zone).date()
    history = order_history(
        day=day,
        earlier=earlier.number,
        first_day=earlier.first.astimezone(zone).date() if earlier.first else None,
        before=before,
    )
    profile |= {
        "CustomerOrderNumber": str(history.number),
        "CustomerFirstOrderDate": history.first_day.isoformat(),
        "CustomerMonthsSinceFirstOrder": str(history.months),
    }
    if event_type.works_out_status and not conversion.payload.get("CustomerStatus"):
        profile[WORKED_OUT_STATUS] = status_by_history(
            event_date=conversion.event_date,
            day=day,
            last=earlier.last,
            before=before,
            re_engaged_after=event_type.re_engaged_after_days,
        )
    return profile


def order_of(action: Action, *, state: OrderState | None = None, context: Mapping[str, Any] | None = None) -> Order:
    """The order of an action in its current state, or in another state or context."""
    known = action.context if context is None else context
    return read_order(
        action.conversion.payload,
        Context.from_json(known),
        read_state(action.order_state) if state is None else state,
        profile=action.profile,
        journey=action.journey.get("Values", NOTHING),
    )


def contexts_of(action: Action, updates: Sequence[ActionUpdate]) -> list[Mapping[str, Any]]:
    """The context by which the order was priced from each of these updates on: all of the action's, by number."""
    context: Mapping[str, Any] = action.context
    contexts = []
    for update in reversed(updates):
        contexts.append(context)
        if update.before is not None:
            context = update.before["Context"]
        elif STATUSES_BEFORE in update.order_state:
            context = {**context, STATUSES: update.order_state[STATUSES_BEFORE]}
    return contexts[::-1]


def state_json(state: OrderState) -> dict[str, Any]:
    """An order state as JSON; nothing changed is {}."""
    written: dict[str, Any] = {}
    if state.quantities:
        written["Quantities"] = {str(index): quantity for index, quantity in sorted(state.quantities.items())}
    if state.amount is not None:
        written["Amount"] = format(state.amount, "f")
    if state.customer_status is not None:
        written["CustomerStatus"] = state.customer_status
    if state.reversed:
        written["Reversed"] = True
    return written


def read_state(written: Mapping[str, Any]) -> OrderState:
    """The order state that `state_json` wrote."""
    return OrderState(
        quantities={int(index): quantity for index, quantity in written.get("Quantities", {}).items()},
        amount=Decimal(written["Amount"]) if "Amount" in written else None,
        customer_status=written.get("CustomerStatus"),
        reversed=written.get("Reversed", False),
    )
