"""Pricing orders against any terms without storing anything: no database, no program."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from common.currencies import CURRENCY_DIGITS
from common.refusals import Refusal, Refused
from common.web.refusals import to_errors
from contracts.engine.document.load import load
from contracts.engine.explain.limits import limit_steps, with_limits
from contracts.engine.explain.steps import explain
from contracts.engine.orders.context import Context
from contracts.engine.orders.money import written
from contracts.engine.orders.order import Order
from contracts.engine.pricing.limits.caps import TermsLimits
from contracts.engine.pricing.limits.lines import due, paid
from contracts.engine.pricing.plan import Decision, Plan, compile_plan
from contracts.engine.rules.exception_lists import list_errors
from contracts.engine.rules.facts import read_together
from tracking.intake import OrderLine, read_order_line

from .counters import settled_by_counters

type Answer = dict[str, Any]
LISTS = 'ExceptionLists: write an object such as {"Winter": [{"Value": "SKU-1", "MatchMode": "EQ"}]}'


def try_orders(
    document: object, conversions: Iterable[object], context: Mapping[str, Any] | None = None, *, now: datetime
) -> Iterator[Answer]:
    """Price each conversion by the terms document; yields one answer each, in order.

    Figures are decimal strings in the terms' currency. An order that cannot be priced is answered with its errors.
    Raises Refused before the first answer, with paths that begin with Terms or Context.
    """
    known = context or {}
    lists = known.get("ExceptionLists") or {}
    if not isinstance(lists, Mapping):
        raise Refused(Refusal("Context", LISTS))
    try:
        terms = load(document, digits=CURRENCY_DIGITS, lists=list(lists), is_strict=False)
    except Refused as refused:
        paths = (f"Terms.{each.path}" if each.path else "Terms" for each in refused)
        raise Refused(*(each._replace(path=path) for each, path in zip(refused, paths, strict=True))) from None
    payouts = [payout.event_type_code for payout in terms.event_payouts]
    plans = {code: compile_plan(terms, code) for code in payouts}
    limits = {code: TermsLimits(plan.event_payout.limits, terms.action_limit, terms.spend_limit)
              for code, plan in plans.items()}  # fmt: skip
    contexts = {code: _context(known, terms.currency, code) for code in payouts}
    return (_answer(conversion, plans, limits, contexts, now) for conversion in conversions)


def _context(known: Mapping[str, Any], currency: str, code: str) -> Context:
    try:
        context = Context.from_json(known, currency=currency, digits=CURRENCY_DIGITS, event_type_code=code)
        context.digits_of(context.default_currency)
    except ValueError as error:
        raise Refused(Refusal("Context", str(error))) from None
    try:
        ZoneInfo(context.time_zone)
    except (KeyError, ValueError, OSError, TypeError):
        message = f"TimeZone: {context.time_zone!r} is not a valid time zone; write one such as Europe/London"
        raise Refused(Refusal("Context", message)) from None
    if errors := list(list_errors(context.lists)):
        raise Refused(*(each._replace(path=f"Context.ExceptionLists.{each.path}".rstrip(".")) for each in errors))
    return context


def _answer(
    conversion: object,
    plans: Mapping[str, Plan],
    limits: Mapping[str, TermsLimits],
    contexts: Mapping[str, Context],
    now: datetime,
) -> Answer:
    if not isinstance(conversion, Mapping):
        return _errors(None, [Refusal("", "Write each conversion as an object of parameters.")])
    order_id = conversion.get("OrderId")
    zone = next(iter(contexts.values())).time_zone
    try:
        line = read_order_line(conversion, now=now, time_zone=zone, currencies=CURRENCY_DIGITS)
        code = _event_type_code(line, list(plans))
    except Refused as refused:
        return _errors(order_id, refused)
    try:
        order = read_together(line.payload, contexts[code])
    except ValueError as missing:
        return _errors(line.order_id, [Refusal("CurrencyCode", f"Cannot be priced: {missing}.")])
    return _priced(line, plans[code], limits[code], order)


def _event_type_code(line: OrderLine, codes: list[str]) -> str:
    if line.event_key is None and len(codes) == 1:
        return codes[0]
    named = ", ".join(codes)
    if line.event_key is None:
        raise Refused(Refusal("EventTypeCode", f"These terms pay for several event types; send one of {named}."))
    if line.event_key.parameter != "EventTypeCode":
        raise Refused(
            Refusal(line.event_key.parameter, f"Terms name event types by code; send EventTypeCode: {named}.")
        )
    if line.event_key.value not in codes:
        raise Refused(Refusal("EventTypeCode", f"These terms do not pay for {line.event_key.value}, only for {named}."))
    return line.event_key.value


def _priced(line: OrderLine, plan: Plan, limits: TermsLimits, order: Order) -> Answer:
    level, unlimited = plan.event_payout.payout_level, plan.price(order)
    decision, settled = due(plan, order), None
    if limits.is_counted:
        settled = settled_by_counters(decision.payout, limits, line, plan.event_payout, order)
        decision = paid(decision, order, level, settled.payout)
    steps = limit_steps(limits.limits, order, level, unlimited, settled)
    by_item = level == "ITEM"
    return {
        "OrderId": line.order_id,
        "Amount": written(decision.sale_amount),
        "Payout": written(decision.payout),
        "Group": _group(decision.group),
        "Restricted": decision.restricted,
        "Items": _items(decision, by_item=by_item),
        "Trace": with_limits(explain(plan.event_payout, order), steps, decision)["Trace"],
    }


def _items(decision: Decision, *, by_item: bool) -> list[Answer]:
    """The lines; an order without items has one without SKU. At ITEM level each carries its own group."""
    return [
        {"Sku": line.sku, "SaleAmount": written(line.sale_amount), "Payout": written(line.payout)}
        | ({"Group": _group(line.group)} if by_item else {})
        for line in decision.lines
    ]


def _group(group: tuple[int, str] | None) -> Answer | None:
    return {"Rank": group[0], "Name": group[1]} if group else None


def _errors(order_id: object, refused: Iterable[Refusal]) -> Answer:
    known = order_id if isinstance(order_id, str | int) else None
    return {
        "OrderId": None if known is None else str(known),
        "Errors": to_errors(refused),
    }
