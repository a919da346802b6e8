"""Explains an action's payout from what never changes: the stored conversion, the terms version, the kept context. Of
an erased order from the trace that was kept when the customer's values went (tracking.erasing.orders).
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from contracts.agreements.plans import plan_of, terms_of
from contracts.engine.document.terms import EventPayout
from contracts.engine.explain.sentences import in_sentences
from contracts.engine.explain.steps import explain
from contracts.engine.orders.money import rounded
from contracts.engine.orders.order import Order
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


def explain_kept(action: Action, event_payout: EventPayout, order: Order, *, start: int, stop: int) -> dict[str, Any]:
    """As `explain_units` says it of an order that can be priced: the units from `start` to `stop`."""
    units = action.trace["Units"]
    payouts = {index: rounded(payout, order.digits) for index, payout in action.items.values_list("index", "payout")}
    told = explain(without_rules(event_payout), order)
    for line in told["Lines"]:
        line["Payout"] = format(payouts.get(line["Index"], Decimal(0)), "f")
    payout = sum((Decimal(unit["Payout"]) for unit in units), rounded(Decimal(0), order.digits))
    told |= {"Payout": format(payout, "f"), "Units": units}
    return {
        **told,
        "Trace": in_sentences(told),
        "Units": units[start:stop],
        "UnitsCount": len(units),
        "Agrees": (Decimal(told["SaleAmount"]), payout) == (action.amount, action.payout),
    }


def kept_unit(action: Action, line: int | None) -> Mapping[str, Any]:
    """The unit of that line, or of the whole order; ValueError where it has none."""
    unit: Mapping[str, Any] | None = next((unit for unit in action.trace["Units"] if unit["Line"] == line), None)
    if unit is None:
        raise ValueError("the order has no such line to explain")
    return unit


def without_rules(event_payout: EventPayout) -> EventPayout:
    return replace(event_payout, payout_groups=(), payout_adjustments=(), payout_restrictions=())
