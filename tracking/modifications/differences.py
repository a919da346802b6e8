"""What refused changes of locked actions would have changed, so that the difference can be settled with the partner."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from operator import attrgetter

from django.db.models import Q

from program.models import Program
from tracking.limits.changes import settle_as_kept
from tracking.limits.kept import keep
from tracking.models import Action, Modification
from tracking.pricing.ledger import figures_of
from tracking.pricing.priced_orders import order_of, state_json

from .new_modifications import action_number
from .order_changes import ModificationRefused
from .update import changed_order

type OrderKey = tuple[int | None, str]


@dataclass(slots=True)
class About:
    """The action that a change names, what it had before, and by how much it would change; None: not known.

    Changes of one action count in the order in which they would apply, each after the ones before it, dismissed ones
    too: so the differences of all of them come to exactly the difference of the whole.
    """

    action: Action
    stands: Decimal  # the payout as it is stored
    before: dict[str, str] = field(default_factory=dict)  # quantities by SKU, and Amount
    amount: Decimal | None = None
    payout: Decimal | None = None
    is_one_of_several: bool = False


def about(program: Program, modifications: Collection[Modification]) -> dict[int, About]:
    """By the change's number, where its order made an action. Two queries, however many changes there are."""
    actions = _actions(program, modifications)
    found = {row.pk: About(action, action.payout) for row in modifications if (action := _named(actions, row))}
    same_order = Q(order_id__in={row.order_id for row in modifications if row.order_id}) | Q(pk__in=found)
    locked = Modification.objects.filter(
        same_order, program=program, state=Modification.State.REFUSED, reason=Modification.Reason.ACTION_LOCKED
    )
    changes: dict[int, list[Modification]] = defaultdict(list)
    for row in sorted(locked.select_related("program"), key=attrgetter("place")):
        if action := _named(actions, row):
            changes[action.pk].append(row)
    for one in {row.action.pk: row.action for row in found.values()}.values():
        _apply(one, changes[one.pk], found)
    return found


def _actions(program: Program, modifications: Collection[Modification]) -> dict[int | OrderKey, Action]:
    """By number, and by event type and order id: the newest, and a test order only where there is no other."""
    orders = Q(order_id__in={row.order_id for row in modifications if row.order_id})
    orders |= Q(pk__in=[number for row in modifications if (number := action_number(row))])
    rows = Action.objects.filter(orders, program=program).select_related(
        "conversion", "event_type", "program", "partner"
    ).prefetch_related("event_type__customerstatusmapping_set")  # fmt: skip
    found: dict[int | OrderKey, Action] = {}
    for action in sorted(rows, key=lambda action: (not action.is_test, action.event_date, action.pk)):
        found[action.pk] = found[(action.event_type_id, action.order_id)] = action
    return found


def _named(actions: dict[int | OrderKey, Action], row: Modification) -> Action | None:
    return actions.get(action_number(row) or (row.event_type_id, row.order_id))


def _apply(action: Action, changes: Collection[Modification], found: dict[int, About]) -> None:
    """Change the action in memory, one change after the other; it is never saved."""
    for row in changes:
        told = found.get(row.pk) or About(action, action.payout)
        order = order_of(action)
        told.before = {line.sku: format(line.quantity) for line in order.lines if order.has_items and line.sku}
        told.before["Amount"] = format(order.amount, "f")
        try:
            changed = changed_order(action, row.payload)
        except ModificationRefused:
            continue
        amount, payout = action.amount, action.payout
        if changed is not None:
            settled, decision = settle_as_kept(action, changed.order, changed.decision, changed.level)
            for name, figure in figures_of(changed.order, decision).items():
                setattr(action, name, figure)
            if settled:
                keep(action, settled)
            action.context, action.order_state = changed.context, state_json(changed.state)
        told.amount, told.payout = action.amount - amount, action.payout - payout
        told.is_one_of_several = len(changes) > 1
