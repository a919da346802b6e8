"""Approving over-cap actions, until they lock: they are paid what was intended and count, whatever the caps."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from accounts.audit.log import record
from common.currencies import CURRENCY_DIGITS
from common.db.edits import Stale, fingerprint
from common.db.statements import AnyOf
from contracts.agreements.plans import plan_of
from contracts.engine.orders.money import shared, written
from contracts.engine.pricing.limits.lines import due, paid
from contracts.engine.pricing.limits.settle import approved
from program.models import Program
from program.templatetags.brandboard import moment
from tracking.actions.locking import locks_at
from tracking.models import Action, ActionItem, ActionUpdate
from tracking.models.conversion import Source
from tracking.modifications.update import MAX_UPDATES
from tracking.pricing.ledger import touch
from tracking.pricing.priced_orders import order_of

from .counters import Counters
from .kept import keep, limits_of_action, owner_of, places_of

_CHANGED = ["payout", "state", "over_cap", "limits", "intended_payout", "updates_count"]


@dataclass(slots=True)
class Approval:
    """How many actions were approved and what they are paid by currency, and why others were not, each reason once."""

    count: int = 0
    payouts: dict[str, Decimal] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


def payouts_seen(actions: Iterable[Action]) -> str:
    """A fingerprint of what approving each of these actions would pay."""
    return fingerprint({str(action.pk): [action.currency, written(action.intended_payout)] for action in actions})


@transaction.atomic
def approve_over_cap(
    ids: Collection[int], *, program: Program, user_id: int, now: datetime, seen: str | None = None
) -> Approval:
    """Approve those of the actions that are over a cap and not locked, in the order in which they came in.

    Raises Stale unless `seen` is the fingerprint of what they would be paid now; without one that may be anything.
    """
    rows = Action.objects.over_cap().filter(AnyOf(F("pk"), list(ids)), program=program)
    rows = rows.select_related("conversion", "event_type", "program").select_for_update(of=("self",))
    done, open_ones = Approval(), []
    for action in rows.order_by("id"):
        if refusal := refusal_of(action, now):
            done.refused += [refusal] if refusal not in done.refused else []
        else:
            open_ones.append(action)
    if seen is not None and open_ones and seen != payouts_seen(open_ones):
        raise Stale
    counters = Counters()
    counters.lock(places_of(open_ones))
    updates = [_approve(action, counters, user_id, now) for action in open_ones]
    Action.objects.bulk_update(open_ones, _CHANGED)
    ActionUpdate.objects.bulk_create(updates)
    ActionItem.objects.bulk_update(_items(open_ones), ["payout"])
    counters.write()
    touch(open_ones)
    done.count = len(open_ones)
    for action in open_ones:
        done.payouts[action.currency] = done.payouts.get(action.currency, Decimal(0)) + action.payout
    if done.count:
        paid_in = " and ".join(f"{written(amount)} {currency}" for currency, amount in sorted(done.payouts.items()))
        counted = "1 action" if done.count == 1 else f"{done.count} actions"
        record(event="OVER_CAP_APPROVED", words=f"approved {counted} over a cap: {paid_in}", account=program.account)
    return done


def refusal_of(action: Action, now: datetime) -> str:
    """Why an action over its cap cannot be approved any more; blank where it can."""
    locks = locks_at(action)
    if now >= locks:
        return (
            f"Locked on {moment(locks, action.program.zone)}: from then on an action over its cap stays reversed. "
            "Settle its payout with the partner directly."
        )
    if action.updates_count >= MAX_UPDATES - 1:  # its lock is one more
        return f"The action has {action.updates_count} updates; {MAX_UPDATES} is most."
    return ""


def _approve(action: Action, counters: Counters, user_id: int, now: datetime) -> ActionUpdate:
    before = limits_of_action(action)
    assert before is not None
    owner = owner_of(action)
    settled = approved(before, counters.held(owner, [each.cap.counter for each in before.met]))
    counters.take(owner, before, settled)
    keep(action, settled)
    action.payout, action.state = settled.payout, Action.State.PENDING
    action.updates_count += 1
    return ActionUpdate(
        program_id=action.program_id,
        action=action,
        number=action.updates_count,
        disposition=ActionUpdate.Disposition.APPROVED,
        update_date=now,
        created_at=now,
        delta_amount=0,
        delta_payout=action.payout,
        state=action.state,
        order_state=action.order_state,
        what=f"pays {written(settled.payout)} {action.currency} and counts, whatever its limits",
        source=Source.MEMBER,
        user_id=user_id,
        limits=action.limits,
    )


def _items(actions: Sequence[Action]) -> list[ActionItem]:
    """The lines of these actions with what each is paid now."""
    items: dict[int, list[ActionItem]] = {action.pk: [] for action in actions}
    for item in ActionItem.objects.filter(AnyOf(F("action_id"), list(items))).order_by("action_id", "index"):
        items[item.action_id].append(item)
    for action in actions:
        payouts = _payouts(action, items[action.pk])
        for item in items[action.pk]:
            item.payout = payouts[item.index]
    return [item for each in items.values() for item in each]


def _payouts(action: Action, items: Sequence[ActionItem]) -> dict[int, Decimal]:
    if action.is_erased:  # it cannot be priced by its lines again
        shares = shared(action.payout, [item.sale_amount for item in items], CURRENCY_DIGITS[action.currency])
        return {item.index: share for item, share in zip(items, shares, strict=True)}
    plan, order = plan_of(action.terms_version_id, action.event_type.code), order_of(action)
    decision = paid(due(plan, order), order, plan.event_payout.payout_level, action.payout)
    return {line.index: line.payout for line in decision.lines}
