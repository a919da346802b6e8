"""The explanation as a page shows it: some lines of the order, and of the groups those around the one that pays.

The plan's masks decide ten thousand groups quickly; explaining them rule by rule is slow. So the plan finds the winner,
and the engine explains that group and some above it: each verdict shown is the engine's.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from contracts.agreements.plans import plan_of, terms_of
from contracts.engine.document.sections.payout_groups import PayoutGroup
from contracts.engine.document.terms import EventPayout
from contracts.engine.explain.steps import explain
from contracts.engine.explain.words import PLAIN, Spelling
from contracts.engine.orders.order import Order
from contracts.engine.pricing.plan import Decision
from tracking.models import Action
from tracking.pricing.priced_orders import order_of

from .explain import dates_of, explain_kept, explain_limits, kept_unit, without_rules

FIRST, NEAREST = 2, 4  # groups above the winner that are explained


def explain_shown(
    action: Action, order: Order, *, start: int = 0, stop: int = 20, spelling: Spelling = PLAIN
) -> dict[str, Any]:
    """The engine's explanation with the units from `start` to `stop`; each with `Tried`, how many groups were.

    `order` is the action's as it stands. `UnitsCount` says how many units there are, `Agrees` whether plan, explanation
    and stored figures are the same. Load `conversion`, `event_type` and `program` with the action.
    """
    plan = plan_of(action.terms_version_id, action.event_type.code)
    if action.is_erased and not order.returned:
        told = explain_kept(action, plan.event_payout, order, start=start, stop=stop, spelling=spelling)
        return {**told, "Dates": dates_of(action)}
    decision = plan.price(order)
    units = explain_units(plan.event_payout, order, decision, start=start, stop=stop)
    told, agrees = explain_limits(units, action, order, decision, spelling)
    return {**told, "Agrees": agrees and units["Agrees"], "Dates": dates_of(action)}


def explain_units(
    event_payout: EventPayout, order: Order, decision: Decision, *, start: int, stop: int
) -> dict[str, Any]:
    """The same of any order that the plan has decided."""
    told = explain(without_rules(event_payout), order)
    payouts = {line.index: line.payout for line in decision.lines}
    parts = _parts(event_payout, order)
    units = [_unit(event_payout, part, decision) for part in parts[start:stop]]
    for line in told["Lines"]:
        line["Payout"] = format(payouts.get(line["Index"], Decimal(line["Payout"]) * 0), "f")
    return {
        **told,
        "Payout": format(decision.payout, "f"),
        "Units": units,
        "UnitsCount": len(parts),
        "Agrees": Decimal(told["SaleAmount"]) == decision.sale_amount
        and all(Decimal(unit["Payout"]) == _decided(unit, decision) for unit in units),
    }


def explain_groups(action: Action, *, line: int | None, start: int, stop: int) -> tuple[dict[str, Any], int]:
    """The explanation of one unit with the groups from `start` to `stop` of those tried, and how many were tried.

    `line` is the index of an item line where the terms pay by item; ValueError for one that is not a unit.
    """
    event_payout = _event_payout(action)
    order = order_of(action)
    if action.is_erased and not order.returned:
        unit = kept_unit(action, line)
        told = explain_kept(action, event_payout, order, start=0, stop=0)
        return {**told, "Units": [{**unit, "Groups": unit["Groups"][start:stop]}]}, len(unit["Groups"])
    plan = plan_of(action.terms_version_id, action.event_type.code)
    for part in _parts(event_payout, order):
        index = None if part is order else part.lines[0].index
        if index == line:
            decision = plan.price(order)
            tried = _tried(event_payout, _winner(decision, part, order))
            if _is_restricted(decision, part, order):
                tried = []
            shown = tried[start:stop]
            return explain(replace(event_payout, payout_groups=tuple(shown), payout_restrictions=()), part), len(tried)
    raise ValueError("the order has no such line to explain")


def _event_payout(action: Action) -> EventPayout:
    return terms_of(action.terms_version_id).event_payout(action.event_type.code)


def _parts(event_payout: EventPayout, order: Order) -> list[Order]:
    """The order once, or once for each line that is a unit; its own figures stay those of the whole order."""
    if order.returned:
        return []
    if event_payout.payout_level == "ITEM" and order.has_items:
        return [replace(order, lines=(line,)) for line in order.lines if line.takes_part]
    return [order]


def _unit(event_payout: EventPayout, part: Order, decision: Decision) -> dict[str, Any]:
    is_line = len(part.lines) == 1 and event_payout.payout_level == "ITEM" and part.has_items
    winner = _line_group(decision, part.lines[0].index) if is_line else decision.group
    tried = _tried(event_payout, winner)
    near = [*tried[:FIRST], *tried[FIRST:][-NEAREST - 1 :]]
    (unit,) = explain(replace(event_payout, payout_groups=tuple(near)), part)["Units"]
    return {**unit, "Tried": len(tried)}


def _tried(event_payout: EventPayout, winner: tuple[int, str] | None) -> Sequence[PayoutGroup]:
    """The groups up to the winner; all of them where none holds."""
    groups = event_payout.payout_groups
    return groups if winner is None else [group for group in groups if group.rank <= winner[0]]


def _winner(decision: Decision, part: Order, order: Order) -> tuple[int, str] | None:
    return decision.group if part is order else _line_group(decision, part.lines[0].index)


def _is_restricted(decision: Decision, part: Order, order: Order) -> bool:
    if part is order:
        return decision.restricted
    return any(line.restricted for line in decision.lines if line.index == part.lines[0].index)


def _line_group(decision: Decision, index: int) -> tuple[int, str] | None:
    return next((line.group for line in decision.lines if line.index == index), None)


def _decided(unit: dict[str, Any], decision: Decision) -> Decimal:
    if unit["Line"] is None:
        return decision.payout
    return next(line.payout for line in decision.lines if line.index == unit["Line"])
