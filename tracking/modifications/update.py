"""One change of one action: the order is priced again as a whole, the update holds the difference."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db import connection

from common.currencies import CURRENCY_DIGITS
from common.formats.comparison import compared
from contracts.agreements.plans import plan_of
from contracts.engine.orders.context import Context
from contracts.engine.orders.order import Order, OrderState
from contracts.engine.pricing.limits.lines import due
from contracts.engine.pricing.plan import Decision
from program.templatetags.brandboard import moment
from tracking.actions.locking import locks_at
from tracking.limits.changes import settle_as_kept, settle_change
from tracking.limits.counters import Counters
from tracking.limits.kept import keep
from tracking.limits.reversal_policy import ReversalPolicies
from tracking.models import Action, ActionUpdate, Modification
from tracking.pricing.ledger import Item, figures_of, items_of, touch
from tracking.pricing.priced_orders import STATUSES, STATUSES_BEFORE, order_of, read_state, state_json

from .order_changes import ModificationRefused, Reason, before_order, change_of, check_return

MAX_UPDATES = 1_000
ERASED = (
    "The customer of this order was erased, and with them what the terms ask about: the order can be returned in full, "
    "and not be priced in any other way. Settle the difference with the partner directly."
)
FIGURES = [
    "currency", "amount", "payout", "original_currency", "original_amount", "customer_status",
    "customer_status_category", "status_is_worked_out", "group_rank", "group_name", "is_restricted", "is_hidden",
    "state", "context", "order_state", "updates_count", "limits", "over_cap", "intended_payout",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Updated:
    """An update to be written, and the action's lines after it."""

    update: ActionUpdate
    items: list[Item]


@dataclass(frozen=True, slots=True)
class ChangedOrder:
    """An order after a change, with what it earns by its own version, by order or by item as `level` says, before
    limits that are counted; `what` is the change in words.
    """

    state: OrderState
    what: tuple[str, ...]
    context: dict[str, Any]
    order: Order
    decision: Decision
    level: str


def apply_modification(
    *,
    action: Action,
    modification: Modification,
    applied: Iterable[Modification],
    policies: ReversalPolicies,
    counters: Counters,
) -> Updated | None:
    """Change an action in memory as a modification asks; None where nothing would change. Raises ModificationRefused.

    `applied` are those that were applied to the action before. Its row and its counters of limits must be locked, and
    its conversion, event type and program loaded. Amounts of the update are differences in the terms' currency.
    `write_updates` writes what several of these calls have made.
    """
    _check_open(action, modification)
    changed = changed_order(action, modification.payload)
    if changed is None:
        return None
    _check_dates(action, modification, applied, changed.state)
    order, context = changed.order, changed.context
    words = changed.what or (f"Customer status {order.status_code} now means {order.status_category or 'nothing'}",)
    amount, payout, kept = action.amount, action.payout, action.context
    # What others have taken of limits since is nothing to a change that takes back.
    policies.judge(action, order, settle_as_kept(action, order, changed.decision, changed.level)[1])
    # The action is changed only from here on: an error above leaves it as it was.
    settled, decision = settle_change(action, order, changed.decision, changed.level, counters)
    policies.count(action, order, decision)
    for name, figure in figures_of(order, decision).items():
        setattr(action, name, figure)
    if settled:
        keep(action, settled)
    action.context, action.order_state = context, state_json(changed.state)
    action.state = state_after(action, returned=order.returned)
    action.updates_count += 1
    update = ActionUpdate(
        program_id=action.program_id,
        action=action,
        number=action.updates_count,
        disposition=modification.payload["Reason"],
        update_date=modification.modification_date,
        delta_amount=action.amount - amount,
        delta_payout=action.payout - payout,
        state=action.state,
        order_state=action.order_state | ({} if context == kept else {STATUSES_BEFORE: kept[STATUSES]}),
        what=in_words(words, decision.reason),
        source=modification.source,
        limits=action.limits,
        modification=modification,
    )
    return Updated(update, items_of(order, decision))


def changed_order(action: Action, sent: Mapping[str, str]) -> ChangedOrder | None:
    """The order as a modification (its payload) leaves it; None where nothing would change. Raises ModificationRefused.

    The action stays as it is, and whether it is locked is not asked.
    """
    now = order_of(action)
    change = change_of(sent, now, read_state(action.order_state))
    check_return(sent["Reason"], now, change.state)
    context = with_status(action, sent["CustomerStatus"]) if "CustomerStatus" in sent else action.context
    if not change.what and context == action.context:
        return None
    order = order_of(action, state=change.state, context=context)
    if action.is_erased and not order.returned:
        raise ModificationRefused(Reason.CUSTOMER_ERASED, ERASED)
    plan = plan_of(action.terms_version_id, action.event_type.code)
    return ChangedOrder(change.state, change.what, context, order, due(plan, order), plan.event_payout.payout_level)


def in_words(changes: Sequence[str], reason: str) -> str:
    """The changes and the reason for the present payout; a full return is both, and is written once."""
    said = {change.casefold() for change in changes}
    return ". ".join(changes if reason.casefold() in said else (*changes, reason))


def write_updates(updated: Sequence[Updated]) -> None:
    """Write updates in their order, with their actions and lines as the last one left them; inside a transaction."""
    ActionUpdate.objects.bulk_create(row.update for row in updated)
    latest = {row.update.action_id: row for row in updated}
    for row in latest.values():
        row.update.action.save(update_fields=FIGURES)
    items = [(pk, item) for pk, row in latest.items() for item in row.items]
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE_ITEMS, [
            [pk for pk, _ in items],
            [item.line for _, item in items],
            [item.quantity for _, item in items],
            [item.sale_amount for _, item in items],
            [item.payout for _, item in items],
        ])  # fmt: skip
    touch(row.update.action for row in latest.values())


_UPDATE_ITEMS = """
UPDATE tracking_actionitem AS item SET quantity = new.quantity, sale_amount = new.sale_amount, payout = new.payout
FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::numeric[], %s::numeric[])
    AS new (action_id, line, quantity, sale_amount, payout)
WHERE item.action_id = new.action_id AND item."index" = new.line
  AND (item.quantity, item.sale_amount, item.payout) IS DISTINCT FROM (new.quantity, new.sale_amount, new.payout)
"""


def _check_open(action: Action, modification: Modification) -> None:
    zone = action.program.zone
    changed, ordered = (
        moment.astimezone(zone).date() for moment in (modification.modification_date, action.event_date)
    )
    if changed < ordered:
        raise ModificationRefused(Reason.BEFORE_ORDER, before_order(changed, ordered))
    check_open(action, modification.modification_date)


def _check_dates(
    action: Action, modification: Modification, applied: Iterable[Modification], state: OrderState
) -> None:
    """Raise ModificationRefused where the action would be left in another state than by the order of their dates: what
    comes of two changes must not depend on whether a worker found them together.
    """
    applied = list(applied)
    later = [each for each in applied if each.place > modification.place]
    touched = _touched(modification)
    if not any(_meet(touched, _touched(each)) for each in later):
        return
    if _by_date(action, [*applied, modification]) == state:
        return
    latest = max(later, key=attrgetter("place"))
    zone = action.program.zone
    raise ModificationRefused(
        Reason.LATER_CHANGE,
        f"This change of {moment(modification.modification_date, zone)} came in after one of "
        f"{moment(latest.applies_at, zone)}, which is later and stands: applied now, it would undo that. If it "
        f"is right after all, send it again with that one's ModificationDate, {latest.applies_at.isoformat()}.",
    )


def _touched(modification: Modification) -> set[str]:
    """The parameters of what it changes: a line by its SKU, the whole sale amount, the status."""
    sent: Mapping[str, str] = modification.payload
    lines = {f"Sku {value}" for name, value in sent.items() if name.startswith("Sku")}
    return lines | {name for name in ("Amount", "CustomerStatus") if name in sent}


def _meet(one: set[str], other: set[str]) -> bool:
    """Whether two changes touch the same; the sale amount is of all lines. Others come to the same in any order."""
    sale_of_one, sale_of_other = one - {"CustomerStatus"}, other - {"CustomerStatus"}
    if "Amount" in one | other and sale_of_one and sale_of_other:
        return True
    return not one.isdisjoint(other)


def _by_date(action: Action, modifications: Iterable[Modification]) -> OrderState:
    """The order's state after these, in the order of their dates; one that would be refused then changes nothing."""
    state = OrderState()
    for each in sorted(modifications, key=attrgetter("place")):
        order = order_of(action, state=state)
        try:
            after = change_of(each.payload, order, state).state
            check_return(each.payload["Reason"], order, after)
        except ModificationRefused:
            continue
        state = after
    return state


def check_open(action: Action, at: datetime) -> None:
    """Raise ModificationRefused where an action that changes at this moment is locked, or has too many updates."""
    zone = action.program.zone
    locks = locks_at(action)
    if at >= locks:
        raise ModificationRefused(
            Reason.ACTION_LOCKED,
            f"The action locked on {moment(locks, zone)}, before this change of "
            f"{moment(at, zone)}. A locked action does not change. If the change is of "
            "before the lock, send it with that ModificationDate; else settle the difference with the "
            "partner directly.",
        )
    # Every action locks once: the limit leaves room for that update.
    kept_free = 0 if _was_locked(action) else 1
    if action.updates_count >= MAX_UPDATES - kept_free:
        raise ModificationRefused(
            Reason.TOO_MANY_UPDATES, f"The action has {action.updates_count} updates; {MAX_UPDATES} is most."
        )


def _was_locked(action: Action) -> bool:
    """Whether the lock update has been written; a modification from before it may come later."""
    if action.state == Action.State.PENDING:
        return False
    return (
        action.state == Action.State.APPROVED
        or action.updates.filter(disposition=ActionUpdate.Disposition.LOCKED).exists()
    )


def state_after(action: Action, *, returned: bool) -> str:
    """The state after a change of an action whose cap, where it is over one, is set already."""
    if returned or action.over_cap:
        return Action.State.REVERSED
    return Action.State.APPROVED if _was_locked(action) else Action.State.PENDING


def with_status(action: Action, code: str) -> dict[str, object]:
    """The action's context with the code as the event type maps it today; all else stays as it was at first."""
    known = Context.from_json(action.context)
    today = Context(
        currency=known.currency,
        default_currency=known.default_currency,
        digits=CURRENCY_DIGITS,
        statuses=action.event_type.statuses(),
    )
    category, key = today.category(code), compared(code)
    mapping = {
        name: [other for other in codes if compared(other) != key]
        for name, codes in action.context["CustomerStatusMapping"].items()
    }
    if category is not None:
        mapping.setdefault(category, []).append(code)
    return {**action.context, "CustomerStatusMapping": {name: codes for name, codes in mapping.items() if codes}}
