"""How the payout of an order came about, written down before it is erased: afterwards it cannot be worked out again."""

from collections.abc import Sequence
from typing import Any

from contracts.engine.rules.fields import variable
from tracking.actions.explain_shown import explain_shown
from tracking.actions.paid_by import paid_by
from tracking.models import Action
from tracking.pricing.priced_orders import order_of

from .payloads import is_erased


def traces_of(actions: Sequence[Action]) -> dict[int, dict[str, Any]]:
    """By the action's number: which rules held for each unit, which group won, the adjustments and the rounding, and
    what a list says of it. The values that the order had where they are the customer's own are left out.

    Load conversion, event type and program with the actions.
    """
    paid = paid_by(actions)
    return {
        action.pk: {"Units": _without_values(_units(action)), "PaidBy": list(paid[action.pk])} for action in actions
    }


def _units(action: Action) -> list[dict[str, Any]]:
    order = order_of(action)
    units: list[dict[str, Any]] = explain_shown(action, order, stop=max(len(order.lines), 1))["Units"]
    return units


def _without_values(told: Any) -> Any:
    match told:
        case {"Variable": key, "Actual": actual} if actual is not None and is_erased(variable(key)):
            return {**told, "Actual": None, "Erased": True}
        case dict():
            return {name: _without_values(each) for name, each in told.items()}
        case list():
            return [_without_values(each) for each in told]
    return told
