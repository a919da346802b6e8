"""One action whose browser's order the server's takes the place of: priced again by its own version, as a change is."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter

from django.db import connection

from common.db.statements import copy_rows
from contracts.agreements.plans import ContractAt, plan_of
from contracts.engine.orders.exchange import RateMissing
from contracts.engine.orders.order import Order, OrderState
from contracts.engine.pricing.limits.caps import Cap
from contracts.engine.pricing.limits.lines import due
from program.models import EventType
from tracking.limits.changes import caps_of_customer, settle_change
from tracking.limits.counters import Counters
from tracking.limits.kept import keep
from tracking.models import Action, ActionUpdate, Conversion, Modification
from tracking.modifications.new_modifications import wake_unfit
from tracking.modifications.order_changes import ModificationRefused, Reason, change_of, check_return
from tracking.modifications.update import FIGURES, check_open, in_words, state_after, with_status
from tracking.pricing.attribution import Held
from tracking.pricing.ledger import ITEM, Item, figures_of, items_of, touch
from tracking.pricing.lookups import CustomerKey, Lookups, customer_key, load_lookups
from tracking.pricing.priced_orders import Priced, order_of, profile_of, read_state, state_json, without_rate

_TAKEN_OVER = ["conversion", "customer", "promo_code", "profile"]


@dataclass(frozen=True, slots=True)
class Replaced:
    """An update of a browser's action, and the action after it; `takes_over` is whether it is the server's now.

    `left_out` are changes that do not fit the server's order, and returns that would raise it: they wait again, and are
    refused with why.
    """

    server: Conversion
    update: ActionUpdate
    items: list[Item]
    takes_over: bool
    left_out: list[int] = field(default_factory=list)


def load_for(pairs: Iterable[tuple[Conversion, Action]]) -> Lookups:
    """What pricing these server's orders by the contracts of the browser's actions looks up."""
    pairs = list(pairs)
    if not pairs:
        return Lookups({}, {})
    event_types = EventType.objects.select_related("program").prefetch_related("customerstatusmapping_set")
    contracts = {server.pk: ContractAt(action.contract_id, action.terms_version_id) for server, action in pairs}
    known = event_types.in_bulk({server.event_type_id for server, _ in pairs})
    return load_lookups([server for server, _ in pairs], contracts, known)


def replaced_by(
    server: Conversion, action: Action, known: Lookups, customers: Mapping[CustomerKey, int], counters: Counters
) -> Replaced | Held:
    """The action by the order as the server sent it, with the changes that were made since and fit it. Raises
    ModificationRefused where it is locked. Its counters of limits are locked.
    """
    _check(action, server.received_at)
    after = copy(action)
    after.conversion = server
    after.profile = profile_of(server, known)
    context = known.context(server, action.terms_version_id)
    try:
        after.context = context.narrowed(server.payload)
        state, left_out = _changed(after)
        order = order_of(after, state=state)
    except RateMissing as missing:
        return without_rate(missing)
    before = {"Context": action.context, "Profile": action.profile}
    words = [f"Your server’s order replaces the browser’s: {_differs(action, order)}", *_said_of(left_out)]
    browser = action.conversion
    after.promo_code = server.payload.get("OrderPromoCode", "")
    key = customer_key(server)
    caps = caps_of_customer(action, customers[key]) if key and action.limits is not None else None
    replaced = _replaced(server, action, after, state, order, counters, words=words, browser=browser, caps=caps)
    replaced.update.before = before
    return replace(replaced, left_out=left_out)


def credited_elsewhere(server: Conversion, action: Action, outcome: Priced | Held, counters: Counters) -> Replaced:
    """The action reversed: the server's order names another partner, or is to be credited to nobody."""
    _check(action, server.received_at)
    after = copy(action)
    state = replace(read_state(action.order_state), reversed=True)
    order = order_of(after, state=state)
    whose = "credits nobody" if isinstance(outcome, Held) else f"is credited to {outcome.credited.partner.name}"
    words = [f"Your server sent this order, too, and that {whose}: the browser’s is reversed"]
    replaced = _replaced(server, action, after, state, order, counters, words=words, browser=action.conversion)
    replaced.update.disposition = ActionUpdate.Disposition.CREDITED_DIFFERENT_MP
    return replaced


def _check(action: Action, at: datetime) -> None:
    if action.is_erased:
        raise ModificationRefused(Reason.CUSTOMER_ERASED, "The customer of the browser’s order was erased.")
    check_open(action, at)


def _changed(after: Action) -> tuple[OrderState, list[int]]:
    """The state of the server's order after the changes that the browser's had, by their dates; and those of them that
    do not fit it, such as one of an item that it has not, or are returns and would raise it: these change nothing.
    """
    state, left_out = OrderState(), []
    changes = Modification.objects.filter(actionupdate__action=after).select_related("program").distinct()
    for change in sorted(changes, key=attrgetter("place")):
        sent, order = change.payload, order_of(after, state=state)
        try:
            changed = change_of(sent, order, state).state
            check_return(sent["Reason"], order, changed)
        except ModificationRefused:
            left_out.append(change.pk)
            continue
        state = changed
        if "CustomerStatus" in sent:
            after.context = with_status(after, sent["CustomerStatus"])
    return state, left_out


def _said_of(left_out: Sequence[int]) -> list[str]:
    if not left_out:
        return []
    made = "1 change that was made before does" if len(left_out) == 1 else f"{len(left_out)} changes made before do"
    return [f"{made} not fit the server’s order: see the refused changes"]


def _differs(action: Action, order: Order) -> str:
    was = order_of(action)
    before = f"{was.amount:f} {was.original_currency}"
    now = f"{order.amount:f} {order.original_currency}"
    return f"sale amount {before} → {now}" if before != now else "of the same sale amount"


def _replaced(
    server: Conversion, action: Action, after: Action, state: OrderState, order: Order, counters: Counters, *,
    words: Sequence[str], browser: Conversion, caps: Sequence[Cap] | None = None,
) -> Replaced:  # fmt: skip
    plan = plan_of(action.terms_version_id, action.event_type.code)
    level = plan.event_payout.payout_level
    settled, decision = settle_change(action, order, due(plan, order), level, counters, caps)
    for name, figure in figures_of(order, decision).items():
        setattr(after, name, figure)
    if settled:
        keep(after, settled)
    after.order_state, after.state = state_json(state), state_after(after, returned=order.returned)
    after.updates_count = action.updates_count + 1
    update = ActionUpdate(
        program_id=action.program_id,
        action=after,
        number=after.updates_count,
        disposition=ActionUpdate.Disposition.ORDER_UPDATE,
        update_date=server.received_at,
        delta_amount=after.amount - action.amount,
        delta_payout=after.payout - action.payout,
        state=after.state,
        order_state=after.order_state,
        what=in_words(words, decision.reason),
        source=server.source,
        limits=after.limits,
        replaced=browser,
    )
    return Replaced(server, update, items_of(order, decision), takes_over=not order.reversed)


def write_replaced(replaced: Sequence[Replaced], customers: Mapping[CustomerKey, int]) -> None:
    """Write the updates with their actions and lines; inside a transaction."""
    if not replaced:
        return
    before = []
    for each in replaced:
        action = each.update.action
        key = customer_key(each.server) if each.takes_over else None
        customer = customers.get(key) if key else None  # that of a test order may be nobody yet
        if key and customer != action.customer_id:
            before.append(copy(action))  # the figures of the customer whose order it was are counted again, too
            action.customer_id = customer
        action.save(update_fields=[*FIGURES, *(_TAKEN_OVER if each.takes_over else ())])
    ActionUpdate.objects.bulk_create(each.update for each in replaced)
    if left_out := [pk for each in replaced for pk in each.left_out]:
        Modification.objects.filter(pk__in=left_out).wake()
    actions = [each.update.action for each in replaced]
    wake_unfit([each.update.action for each in replaced if each.takes_over])
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM tracking_actionitem WHERE action_id = ANY(%s)", [[each.pk for each in actions]])
    copy_rows(
        "tracking_actionitem",
        ITEM,
        ((each.update.program_id, each.update.action_id, *item) for each in replaced for item in each.items),
    )
    touch([*actions, *before])
