"""Explains an action's payout from what never changes: the stored conversion, the terms version, the kept context."""

from decimal import Decimal
from typing import Any

from contracts.agreements.plans import plan_of, terms_of
from contracts.engine.explain.steps import explain
from contracts.engine.pricing.plan import Decision
from tracking.models import Action
from tracking.pricing.priced_orders import order_of

from .locking import locks_at


def reprice(action: Action) -> Decision:
    """Price an action again in its current state. Amounts: the terms' currency.

    Load `conversion` and `event_type` with the action. The stored result is not used.
    """
    return plan_of(action.terms_version_id, action.event_type.code).price(order_of(action))


def explain_action(action: Action) -> dict[str, Any]:
    """The engine's explanation, with the dates, and whether it matches the stored figures (payouts.md §10).

    `Agrees` false is an error of the product, to be shown as such; `verify` finds every such action.
    """
    event_payout = terms_of(action.terms_version_id).event_payout(action.event_type.code)
    explanation = explain(event_payout, order_of(action))
    decision = reprice(action)
    told = (Decimal(explanation["SaleAmount"]), Decimal(explanation["Payout"]))
    return {
        **explanation,
        "Agrees": told == (decision.sale_amount, decision.payout) == (action.amount, action.payout),
        "Dates": dates_of(action),
    }


def dates_of(action: Action) -> dict[str, Any]:
    """When the action was tracked, locks and is paid."""
    return {
        "Tracked": action.event_date.isoformat(),
        "Locks": locks_at(action).isoformat(),
        "OpenEnded": action.locking_date is None,
        "Paid": action.clearing_date.isoformat() if action.clearing_date else None,
    }
