"""Explains an action's payout from what never changes: the stored conversion, the terms version, the kept context. Of
an erased order from the trace that was kept when the customer's values went (tracking.erasing.orders).
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from contracts.agreements.plans import plan_of, terms_of
from contracts.engine.document.terms import EventPayout
from contracts.engine.explain.limits import counter_steps, limit_steps, step_in_sentence, with_limits
from contracts.engine.explain.sentences import in_sentences
from contracts.engine.explain.steps import explain
from contracts.engine.explain.words import PLAIN, Spelling
from contracts.engine.orders.money import rounded, written
from contracts.engine.orders.order import Order
from contracts.engine.pricing.limits.lines import due, within_order
from contracts.engine.pricing.plan import Decision
from tracking.limits.changes import limited_decision
from tracking.limits.kept import limits_of_action
from tracking.models import Action
from tracking.pricing.priced_orders import order_of

from .locking import locks_at


def reprice(action: Action, order: Order | None = None) -> Decision:
    """Price an action again in its current state, under the limits that it keeps. Amounts: the terms' currency.

    Load `conversion` and `event_type` with the action. The stored payout is not used.
    """
    order = order or order_of(action)
    plan = plan_of(action.terms_version_id, action.event_type.code)
    settled, earned = limits_of_action(action), due(plan, order)
    return limited_decision(settled, order, earned, plan.event_payout.payout_level) if settled else earned


def explain_action(action: Action) -> dict[str, Any]:
    """The engine's explanation, with the dates, and whether it matches the stored figures (payouts.md §10).

    `Agrees` false is an error of the product, to be shown as such; `verify` finds every such action.
    """
    plan, order = plan_of(action.terms_version_id, action.event_type.code), order_of(action)
    explanation, unlimited = explain(plan.event_payout, order), plan.price(order)
    told = (Decimal(explanation["SaleAmount"]), Decimal(explanation["Payout"]))
    explanation, agrees = explain_limits(explanation, action, order, unlimited)
    agrees = agrees and told == (unlimited.sale_amount, unlimited.payout)
    return {**explanation, "Agrees": agrees, "Dates": dates_of(action)}


def explain_limits(
    told: dict[str, Any], action: Action, order: Order, unlimited: Decision, spelling: Spelling = PLAIN
) -> tuple[dict[str, Any], bool]:
    """The explanation with what limits leave of the payout, and whether that is what is stored."""
    event_payout = terms_of(action.terms_version_id).event_payout(action.event_type.code)
    settled, decision = limits_of_action(action), reprice(action, order)
    steps = limit_steps(event_payout.limits, order, event_payout.payout_level, unlimited, settled, spelling)
    agrees = (decision.sale_amount, decision.payout) == (action.amount, action.payout)
    if settled and not order.returned:
        last = within_order(unlimited, order, event_payout.payout_level, event_payout.limits).payout
        agrees = agrees and settled.due == last and settled.over_cap == action.over_cap
    return with_limits(told, steps, decision), agrees


def dates_of(action: Action) -> dict[str, Any]:
    """When the action was tracked, locks and is paid."""
    return {
        "Tracked": action.event_date.isoformat(),
        "Locks": locks_at(action).isoformat(),
        "OpenEnded": action.locking_date is None,
        "Paid": action.clearing_date.isoformat() if action.clearing_date else None,
    }


def explain_kept(
    action: Action, event_payout: EventPayout, order: Order, *, start: int, stop: int, spelling: Spelling = PLAIN
) -> dict[str, Any]:
    """As `explain_units` says it of an order that can be priced: the units from `start` to `stop`."""
    units = action.trace["Units"]
    payouts = {index: rounded(payout, order.digits) for index, payout in action.items.values_list("index", "payout")}
    told = explain(without_rules(event_payout), order)
    for line in told["Lines"]:
        line["Payout"] = format(payouts.get(line["Index"], Decimal(0)), "f")
    payout = sum((Decimal(unit["Payout"]) for unit in units), rounded(Decimal(0), order.digits))
    settled = limits_of_action(action)
    steps = [*action.trace.get("Limits", ()), *(counter_steps(settled, order.currency, spelling) if settled else ())]
    told |= {"Payout": format(payout, "f"), "BeforeLimits": format(payout, "f"), "Units": units}
    trace, last = in_sentences(told), steps[-1]["After"] if steps else told["Payout"]
    if settled:  # further caps may stand behind the one that it is over
        last = written(settled.payout)
    return {
        **told,
        "Payout": last,
        "Limits": steps,
        "Trace": [*trace[:-1], *map(step_in_sentence, steps), f"payout {last} {order.currency}"],
        "Units": units[start:stop],
        "UnitsCount": len(units),
        "Agrees": (Decimal(told["SaleAmount"]), Decimal(last)) == (action.amount, action.payout),
    }


def kept_unit(action: Action, line: int | None) -> Mapping[str, Any]:
    """The unit of that line, or of the whole order; ValueError where it has none."""
    unit: Mapping[str, Any] | None = next((unit for unit in action.trace["Units"] if unit["Line"] == line), None)
    if unit is None:
        raise ValueError("the order has no such line to explain")
    return unit


def without_rules(event_payout: EventPayout) -> EventPayout:
    return replace(event_payout, payout_groups=(), payout_adjustments=(), payout_restrictions=())
