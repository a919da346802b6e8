"""Compares the stored figures of actions with their raw conversions, modifications and terms documents. No stored
result is used: the order is read from the payload that was sent, the modifications are replayed on it one after the
other, and each state of it is priced by the published version.
"""

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from contracts.agreements.plans import plan_of, terms_of
from contracts.engine.document.sections.locking import OPEN_ENDED_DAYS
from contracts.engine.orders.order import Order, OrderState
from contracts.engine.pricing.limits.lines import due
from contracts.engine.pricing.plan import Decision
from contracts.engine.pricing.schedule import clearing_date, is_open_ended, lock_instant
from reports.proof.erased import kept_differences
from reports.proof.journeys import journey_differences
from reports.proof.limits import UnderLimits, cap_differences, intended_of, is_counted, settled_again
from tracking.actions.explain import explain_action
from tracking.limits.changes import limited_decision
from tracking.models import Action, ActionUpdate, Conversion
from tracking.modifications.order_changes import ModificationRefused, change_of, check_return
from tracking.pricing.priced_orders import contexts_of, order_of, read_state
from tracking.pricing.referrals import forced_partner


@dataclass(frozen=True, slots=True)
class Stand:
    """An order's state after one of its updates, priced again: `due` before limits that are counted, `decision` under
    those that the update keeps.
    """

    state: OrderState
    order: Order
    due: Decision
    decision: Decision
    limits: UnderLimits


def action_differences(action: Action, *, explain: bool) -> Iterator[str]:
    """Sentences that name the row and both figures; none where everything agrees. Amounts: the terms' currency.

    Load conversion, event type and partner with the action; items and updates with their modifications prefetched. Of
    an erased order the stored figures are compared with each other alone.
    """
    name = f"Action {action.pk} (order {action.order_id or 'without id'})"
    updates = list(action.updates.all())
    yield from (f"{name}: {text}" for text in _of_conversion(action))
    if action.is_erased:
        yield from (f"{name}: {text}" for text in kept_differences(action, explain=explain))
        return
    yield from (f"{name}: {text}" for text in journey_differences(action))
    if not updates:
        yield f"{name}: has no update, not even that it was tracked"
        return
    try:
        stands = list(_replayed(action, updates))
    except (ValueError, KeyError, ArithmeticError) as error:
        yield f"{name}: cannot be priced again: {error!r}"
        return
    yield from _of_updates(name, action, updates, stands)
    yield from (f"{name}: {text}" for text in _of_action(action, updates, stands))
    assert stands[-1] is not None
    yield from _of_items(name, action, stands[-1])
    if explain and not explain_action(action)["Agrees"]:
        yield f"{name}: its explanation does not match its payout"


def _replayed(action: Action, updates: list[ActionUpdate]) -> Iterator[Stand | None]:
    """The order as tracked, then as every update left it; updates that change nothing of it are not priced again. None
    for a browser's order that the server's replaced and whose customer was erased since.
    """
    replacing = next((update for update in updates if update.before is not None), None)
    plan = plan_of(action.terms_version_id, action.event_type.code)
    stand: Stand | None = None
    before: list[ActionUpdate] = []
    for update, context in zip(updates, contexts_of(action, updates), strict=True):
        before.append(update)
        subject = action
        if replacing is not None and update.number < replacing.number:
            subject = _as_tracked(action, replacing)
            if subject.conversion.erased_at:
                yield None
                continue
        state = stand.state if stand else OrderState()
        if update is replacing:
            state = _changed_again(subject, before, context)
        elif update.replaced is not None:
            state = replace(state, reversed=True)
        elif update.modification is not None and stand is not None:
            state = _changed(update, stand.order, state)
        if stand is None or update.modification is not None or update.replaced is not None:
            order = order_of(subject, state=state, context=context)
            stand = _stand(action, before, state, order, due(plan, order))
        elif update.disposition == ActionUpdate.Disposition.APPROVED:
            stand = _stand(action, before, state, stand.order, stand.due)
        yield stand


def _stand(action: Action, updates: list[ActionUpdate], state: OrderState, order: Order, earned: Decision) -> Stand:
    """The order after the last of these updates; its limits are worked out from those that the one before keeps."""
    limits = settled_again(updates[-1], updates[-2].limits if len(updates) > 1 else None, order, earned)
    level = plan_of(action.terms_version_id, action.event_type.code).event_payout.payout_level
    decision = limited_decision(limits.again, order, earned, level) if limits.again else earned
    return Stand(state, order, earned, decision, limits)


def _as_tracked(action: Action, replacing: ActionUpdate) -> Action:
    """The action as it was before the server's order replaced the browser's."""
    assert replacing.replaced is not None
    early = copy(action)
    early.conversion, early.profile = replacing.replaced, replacing.before["Profile"]
    return early


def _changed_again(action: Action, updates: list[ActionUpdate], context: Mapping[str, Any]) -> OrderState:
    """The state of the server's order after the changes that the browser's had, by their dates; one that does not fit
    it, and a return that would raise it, changes nothing.
    """
    state = OrderState()
    made = [update.modification for update in updates if update.modification is not None]
    for change in sorted(made, key=attrgetter("place")):
        order = order_of(action, state=state, context=context)
        try:
            changed = change_of(change.payload, order, state).state
            check_return(change.payload["Reason"], order, changed)
        except ModificationRefused:
            continue
        state = changed
    return state


def _changed(update: ActionUpdate, order: Order, state: OrderState) -> OrderState:
    assert update.modification is not None
    try:
        return change_of(update.modification.payload, order, state).state
    except ModificationRefused as refused:
        raise ValueError(f"update {update.number} should have been refused: {refused}") from None


def tracked_conversion(action: Action) -> Conversion:
    """The conversion by which the action was tracked: the browser's, where the server's order replaced it since."""
    replaced = next((update.replaced for update in action.updates.all() if update.before is not None), None)
    return replaced or action.conversion


def _of_conversion(action: Action) -> Iterator[str]:
    conversion = action.conversion
    tracked = tracked_conversion(action)
    gave_way = conversion.reason == Conversion.Reason.REPLACED and action.state == Action.State.REVERSED
    if conversion.state != Conversion.State.PRICED and not gave_way:
        yield f"its conversion {conversion.pk} is {conversion.state}, not PRICED"
    if forced_partner(conversion) not in (None, action.partner.media_partner_id):
        yield f"is credited to {action.partner.media_partner_id}, its conversion names {forced_partner(conversion)}"
    day = tracked.event_date.astimezone(ZoneInfo(action.context["TimeZone"])).date()
    for field, stored, expected in (
        ("event type", action.event_type_id, conversion.event_type_id),
        ("order id", action.order_id, conversion.order_id),
        ("event date", action.event_date, tracked.event_date),
        ("day", action.day, day),
        ("test", action.is_test, conversion.is_test),
    ):
        if stored != expected:
            yield f"{field} is {stored}, its conversion {conversion.pk} says {expected}"


def _of_updates(name: str, action: Action, updates: list[ActionUpdate], stands: list[Stand | None]) -> Iterator[str]:
    amount = payout = Decimal(0)
    for number, (update, stand) in enumerate(zip(updates, stands, strict=True), 1):
        row = f"ActionUpdate {update.pk} (number {update.number} of {name.lower()})"
        before = amount, payout
        if stand is None:
            amount, payout = amount + update.delta_amount, payout + update.delta_payout
            continue
        amount, payout = stand.order.sale_amount, stand.decision.payout
        if update.number != number:
            yield f"{row}: its number must be {number}"
        if update.delta_amount != amount - before[0]:
            yield f"{row}: delta amount is {update.delta_amount:f}, replayed {amount - before[0]:f}"
        if update.delta_payout != payout - before[1]:
            yield f"{row}: delta payout is {update.delta_payout:f}, replayed {payout - before[1]:f}"
        if is_counted(action) != (update.limits is not None):
            yield f"{row}: keeps {'no' if update.limits is None else 'its'} limits, against its terms"
        elif stand.limits.kept != stand.limits.again:
            yield f"{row}: keeps {stand.limits.kept}, worked out again {stand.limits.again}"
        if read_state(update.order_state) != stand.state:
            yield f"{row}: its order state is {update.order_state}, replayed {stand.state}"


def _of_action(action: Action, updates: list[ActionUpdate], stands: list[Stand | None]) -> Iterator[str]:
    last = stands[-1]
    assert last is not None  # the server's order stands
    order, decision = last.order, last.decision
    rank, group = decision.group or (None, "")
    over_cap = last.limits.again.over_cap if last.limits.again else ""
    checks: list[tuple[str, object, object]] = [
        ("amount", action.amount, order.sale_amount),
        ("payout", action.payout, decision.payout),
        ("currency", action.currency, order.currency),
        ("amount as ordered", action.original_amount, order.amount),
        ("currency as ordered", action.original_currency, order.original_currency),
        ("intended payout", action.intended_payout, intended_of(updates)),
        ("group", (action.group_rank, action.group_name), (rank, group)),
        ("restricted", action.is_restricted, decision.restricted),
        ("customer status code", action.customer_status, order.status_code or ""),
        ("customer status", action.customer_status_category, order.status_category or ""),
        ("status worked out", action.status_is_worked_out, order.status_is_worked_out),
        ("order state", read_state(action.order_state), last.state),
        ("reversed", action.state == Action.State.REVERSED, order.returned or bool(over_cap)),
        ("over its cap", action.over_cap, over_cap),
        ("limits", action.limits, updates[-1].limits),
        ("state", action.state, updates[-1].state),
        ("number of updates", action.updates_count, len(updates)),
        ("sum of delta amounts", sum(update.delta_amount for update in updates), action.amount),
        ("sum of delta payouts", sum(update.delta_payout for update in updates), action.payout),
        *_dates(action),
    ]
    if not order.returned:  # an action left out of reports stays so while it is returned
        checks.append(("left out of reports", action.is_hidden, decision.hidden_from_reports))
    for field, stored, expected in checks:
        if stored != expected:
            yield f"{field} is {_written(stored)}, priced again {_written(expected)}"
    if last.limits.kept:
        yield from cap_differences(action, last.limits.kept)


def _dates(action: Action) -> Iterator[tuple[str, object, object]]:
    event_payout = terms_of(action.terms_version_id).event_payout(action.event_type.code)
    zone = action.context["TimeZone"]
    locks = lock_instant(action.event_date, event_payout.locking, zone)
    if is_open_ended(event_payout.locking):
        if action.locking_date is None:
            return
        locks = action.event_date + timedelta(days=OPEN_ENDED_DAYS)
    yield "locking date", action.locking_date, locks
    yield "clearing date", action.clearing_date, clearing_date(locks, event_payout.payout_scheduling, zone)


def _of_items(name: str, action: Action, stand: Stand) -> Iterator[str]:
    payouts = {line.index: line.payout for line in stand.decision.lines}
    expected = {
        line.index: (line.sku, line.quantity, line.sale_amount, payouts[line.index]) for line in stand.order.lines
    }
    for item in action.items.all():
        row = f"ActionItem (line {item.index + 1} of {name.lower()})"
        if item.index not in expected:
            yield f"{row}: the order has no such line"
            continue
        stored = (item.sku, item.quantity, item.sale_amount, item.payout)
        for field, now, again in zip(
            ("SKU", "quantity", "sale amount", "payout"), stored, expected.pop(item.index), strict=True
        ):
            if now != again:
                yield f"{row}: {field} is {_written(now)}, priced again {_written(again)}"
    for index in expected:
        yield f"{name}: line {index + 1} has no ActionItem"


def _written(value: object) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)
