"""Compares what is stored of an erased order with itself: what its price was worked out from is gone."""

from collections.abc import Iterator
from decimal import Decimal

from reports.proof.limits import intended_of
from tracking.actions.explain_shown import explain_shown
from tracking.models import Action
from tracking.pricing.priced_orders import order_of


def kept_differences(action: Action, *, explain: bool) -> Iterator[str]:
    """Sentences that name both figures; load the action as for `action_differences`."""
    updates, items = list(action.updates.all()), list(action.items.all())
    last = updates[-1] if updates else None
    checks: list[tuple[str, object, object]] = [
        ("number of updates", action.updates_count, len(updates)),
        ("numbers of updates", [update.number for update in updates], list(range(1, len(updates) + 1))),
        ("sum of delta amounts", sum((update.delta_amount for update in updates), Decimal(0)), action.amount),
        ("sum of delta payouts", sum((update.delta_payout for update in updates), Decimal(0)), action.payout),
        ("sum of its items' sale amounts", sum((item.sale_amount for item in items), Decimal(0)), action.amount),
        ("sum of its items' payouts", sum((item.payout for item in items), Decimal(0)), action.payout),
        ("intended payout", action.intended_payout, intended_of(updates)),
        ("limits", action.limits, last.limits if last else None),
        ("state", action.state, last.state if last else None),
    ]
    for what, stored, expected in checks:
        if stored != expected:
            yield f"{what} is {stored}, its updates and items say {expected}"
    if explain and not explain_shown(action, order_of(action), stop=1)["Agrees"]:
        yield "its kept explanation does not match its payout"
