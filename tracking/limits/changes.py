"""A changed order under the limits that its action keeps."""

from collections.abc import Sequence
from dataclasses import replace

from common.currencies import CURRENCY_DIGITS
from contracts.engine.orders.money import written
from contracts.engine.orders.order import Order
from contracts.engine.pricing.limits.caps import Cap, Whose, caps_of
from contracts.engine.pricing.limits.lines import paid
from contracts.engine.pricing.limits.settle import Settled, changed, returned
from contracts.engine.pricing.plan import Decision
from tracking.models import Action, OverCap

from .counters import Counters, Place, place_of
from .kept import click_of, limits_of_action, owner_of
from .terms_limits import limits_of


def settle_change(
    action: Action, order: Order, decision: Decision, level: str, counters: Counters, caps: Sequence[Cap] | None = None
) -> tuple[Settled | None, Decision]:
    """What an action is under its limits after a change, and the decision with what they leave of it.

    `caps` are given where the action meets others than before: its customer is another. Its counters are locked;
    what it takes is taken, so nothing may fail from here on.
    """
    before = limits_of_action(action)
    if before is None:
        return None, decision
    owner = owner_of(action)
    if caps is None:
        caps = [each.cap for each in before.met]
    wanted = [*(each.cap.counter for each in before.met), *(cap.counter for cap in caps)]
    held = counters.held(owner, wanted)
    after = returned(before, caps, held) if order.returned else changed(before, decision.payout, caps, held)
    counters.take(owner, before, after)
    return after, limited_decision(after, order, decision, level)


def settle_as_kept(action: Action, order: Order, decision: Decision, level: str) -> tuple[Settled | None, Decision]:
    """The same with the counters as they stood when the action was last priced: nothing is read, locked or taken."""
    before = limits_of_action(action)
    if before is None:
        return None, decision
    held = {each.cap.counter: each.held + each.took for each in before.met}
    caps = [each.cap for each in before.met]
    after = returned(before, caps, held) if order.returned else changed(before, decision.payout, caps, held)
    return after, limited_decision(after, order, decision, level)


def limited_decision(settled: Settled, order: Order, decision: Decision, level: str) -> Decision:
    """The decision with the payout that limits leave, and why."""
    if order.returned:
        return decision
    reason = limited_words(decision.reason, settled, order.currency)
    return replace(paid(decision, order, level, settled.payout), reason=reason)


def caps_now(action: Action) -> tuple[Cap, ...]:
    """The caps that an action which keeps limits meets by its terms, worked out again."""
    return caps_of_customer(action, action.customer_id)


def caps_of_customer(action: Action, customer: int | None) -> tuple[Cap, ...]:
    """The same if its order were this customer's."""
    whose = Whose(
        event_date=action.event_date,
        time_zone=action.context["TimeZone"],
        locks=action.locking_date,
        customer=str(customer) if customer else "",
        click=click_of(action.journey),
    )
    digits = CURRENCY_DIGITS[action.currency]
    return caps_of(limits_of(action.terms_version_id, action.event_type.code), whose, digits)


def places_for(action: Action, caps: Sequence[Cap]) -> list[Place]:
    """Where these caps count, for an action that keeps limits."""
    return [place_of(owner_of(action), cap.counter) for cap in caps]


def limited_words(reason: str, settled: Settled, currency: str) -> str:
    """Why an action is paid as it is: the reason of its terms, and what limits left of that."""
    if settled.over_cap:
        return f"{OverCap(settled.over_cap).label}: {reason}, {written(settled.intended)} {currency} if it is approved"
    if settled.counts and settled.payout < settled.due:
        return f"{reason}, limited to {written(settled.payout)} {currency}"
    return reason
