"""Why an order earns what it earns, step by step, as JSON (payouts.md §10).

Each section of the terms says what it does (`Section.explain`), by verdicts on one rule at a time and never by the
plan's masks; the figures must arrive at the plan's to the cent.
"""

from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import Any

from contracts.engine.document.terms import ACTING, SECTIONS, EventPayout
from contracts.engine.explain.sentences import in_sentences
from contracts.engine.explain.unit import Unit
from contracts.engine.orders.exchange import Rate
from contracts.engine.orders.money import EXACT, ZERO, rounded, shared, shown, written
from contracts.engine.orders.order import Line, Order
from contracts.engine.rules.facts import LineFacts, OrderFacts, line_facts


def explain(event_payout: EventPayout, order: Order) -> dict[str, Any]:
    """The whole explanation. Money in it is in the terms' currency, except under `Order` and where a line says so."""
    with localcontext(EXACT):
        facts, lines = OrderFacts(order), line_facts(order)
        units: list[dict[str, Any]] = []
        if not order.returned:
            if event_payout.payout_level == "ITEM" and order.has_items:
                units = [_unit(event_payout, order, facts, [line], line.line) for line in lines]
            else:
                units = [_unit(event_payout, order, facts, lines, None)]
        payouts = _line_payouts(order, units)
        nothing = rounded(ZERO, order.digits)
        explanation: dict[str, Any] = {
            "EventTypeCode": event_payout.event_type_code,
            "PayoutLevel": event_payout.payout_level,
            "Currency": order.currency,
            "SaleAmount": written(order.sale_amount),
            "Payout": written(sum((Decimal(unit["Payout"]) for unit in units), nothing)),
            "Returned": order.returned_in_words if order.returned else None,
            "Order": _order(order),
            "Lines": [_line(order, line, payouts[line.index]) for line in order.lines],
            "Units": units,
        }
    explanation["Trace"] = in_sentences(explanation)
    return explanation


def _order(order: Order) -> dict[str, Any]:
    return {
        "HasItems": order.has_items,
        "Currency": order.original_currency,
        "Amount": written(order.amount),
        "OrderDiscount": written(order.order_discount),
        "DiscountNotTaken": written(order.discount_not_taken),
        "ExchangeRate": order.rate and {**_rate(order.rate), "Over": [_rate(each) for each in order.rate.over]},
        "CustomerStatus": {
            "Code": order.status_code,
            "Category": order.status_category,
            "WorkedOut": order.status_is_worked_out,
        },
    }


def _rate(rate: Rate) -> dict[str, Any]:
    return {
        "From": rate.source,
        "To": rate.target,
        "Date": rate.date.isoformat(),
        "Rate": written(rate.rate),
        "Source": rate.origin,
    }


def _line(order: Order, line: Line, payout: Decimal) -> dict[str, Any]:
    """How one line's sale amount is computed; all but the last two figures in the order's currency."""
    sale = line.sale
    return {
        "Index": line.index,
        "Sku": line.sku,
        "Name": line.item.get("ItemName", ""),
        "Quantity": line.quantity,
        "FirstQuantity": sale.first_quantity,
        "Gross": shown(sale.gross, sale.divisor, digits=order.original_digits),
        "ItemDiscount": shown(sale.item_discount, sale.divisor, digits=order.original_digits),
        "Net": written(sale.net),
        "NotTaken": written(sale.not_taken),
        "OrderDiscountShare": written(sale.share),
        "Amount": written(sale.amount),
        "SaleAmount": written(line.sale_amount),
        "Payout": written(payout),
    }


def _line_payouts(order: Order, units: Sequence[dict[str, Any]]) -> dict[int, Decimal]:
    payouts = {line.index: rounded(ZERO, order.digits) for line in order.lines}
    for unit in units:
        if unit["Line"] is not None:
            payouts[unit["Line"]] = Decimal(unit["Payout"])
            continue
        sharing = [line for line in order.lines if line.takes_part] or list(order.lines)
        parts = shared(Decimal(unit["Payout"]), [line.sale_amount for line in sharing], order.digits)
        payouts |= dict(zip((line.index for line in sharing), parts, strict=True))
    return payouts


def _unit(
    event_payout: EventPayout, order: Order, facts: OrderFacts, line_facts: Sequence[LineFacts], line: Line | None
) -> dict[str, Any]:
    """One unit of evaluation: what every section that acts on payouts does to it."""
    unit = Unit(order, event_payout.payout_level, facts, line_facts, line)
    for name in ACTING:
        SECTIONS[name].explain(getattr(event_payout, name), unit)
    return unit.finished()
