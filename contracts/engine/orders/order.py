"""An order as it is priced: what was sent, as it now stands, with the sale amount of every line.

`read_order` takes what is known of a conversion, each apart: what was sent (the canonical payload), who bought (the
profile: tags and order history) and how they came (the journey: derived, referral and path values); the program's data
(`Context`) and the changes so far (`OrderState`). The arithmetic is in `sales.py`, the conversion of currencies is
payouts.md §2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from types import MappingProxyType
from typing import Any

from contracts.engine.orders.context import Context
from contracts.engine.orders.exchange import Rate
from contracts.engine.orders.money import EXACT, ZERO, rounded
from contracts.engine.orders.sales import OrderState, Sale, item_sales, order_sale
from contracts.engine.orders.values import calendar_day, text

__all__ = ["WORKED_OUT_STATUS", "Context", "Line", "Order", "OrderState", "read_order"]


# In the profile: the customer status by the order history, for an order that brought none (payouts.md §13).
WORKED_OUT_STATUS = "WorkedOutCustomerStatus"
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(slots=True)
class Line:
    """One item line, or the order itself where it has no items (index 0, no SKU).

    `sale` holds its figures in the order's currency; `sale_amount` is in the terms' currency.
    """

    index: int
    sku: str
    quantity: int
    sale: Sale
    sale_amount: Decimal
    item: Mapping[str, str]

    @property
    def takes_part(self) -> bool:
        """Whether the line is priced at all: a line of quantity 0 is not."""
        return self.quantity > 0


@dataclass(frozen=True, slots=True)
class Order:
    """An order with its sale amounts: `amount` in its own `original_currency`, `sale_amount` in the terms' `currency`.

    `has_items` is False for an order of one unit without item lines; `returned` means that nothing is left of it.
    """

    payload: Mapping[str, Any]
    profile: Mapping[str, Any]
    journey: Mapping[str, Any]
    context: Context
    lines: tuple[Line, ...]
    has_items: bool
    returned: bool
    reversed: bool
    currency: str
    digits: int
    original_currency: str
    original_digits: int
    amount: Decimal
    sale_amount: Decimal
    rate: Rate | None
    order_discount: Decimal
    discount_not_taken: Decimal
    status_code: str | None
    status_category: str | None
    status_is_worked_out: bool

    @property
    def returned_in_words(self) -> str:
        """Why an order of which nothing is left is paid nothing."""
        return "reversed" if self.reversed else "returned in full"

    def converted(self, value: Decimal, divisor: int = 1) -> Decimal:
        """An amount of the order's currency in the terms' currency, rounded once."""
        if self.rate is not None:
            value = EXACT.multiply(value, self.rate.rate)
        return rounded(value, self.digits, divisor)


def read_order(
    payload: Mapping[str, Any],
    context: Context,
    state: OrderState | None = None,
    *,
    profile: Mapping[str, Any] = NOTHING,
    journey: Mapping[str, Any] = NOTHING,
) -> Order:
    """The order that the payload and its changes describe, in the terms' currency of the context. What was looked up
    for its customer and for the way that they came stands beside what was sent, and never in it.

    Raises RateMissing when its currency cannot be converted on its day, and ValueError on a payload that intake
    would have refused.
    """
    state = state or OrderState()
    currency = (text(payload.get("CurrencyCode")) or context.default_currency).upper()
    digits, goal = context.digits_of(currency), context.digits_of(context.currency)
    rate = None
    if currency != context.currency:
        rate = context.rate(currency, calendar_day(payload.get("EventDate"), context.time_zone))
    items: Sequence[Mapping[str, str]] = payload.get("Items") or ()
    with localcontext(EXACT):
        if items:
            sales, discount, not_taken = item_sales(payload, items, digits, state)
        else:
            sales, discount, not_taken = order_sale(payload, digits, state)
        lines = tuple(
            Line(
                index=sale.index,
                sku=sale.sku,
                quantity=sale.quantity,
                sale=sale,
                sale_amount=sale.amount if rate is None else rounded(sale.amount * rate.rate, goal),
                item=sale.item,
            )
            for sale in sales
        )
        amount = sum((sale.amount for sale in sales), rounded(ZERO, digits))
        sale_amount = sum((line.sale_amount for line in lines), rounded(ZERO, goal))
    changed = state.reversed or state.amount is not None or bool(state.quantities)
    code = text(payload.get("CustomerStatus") if state.customer_status is None else state.customer_status)
    return Order(
        payload=payload,
        profile=profile,
        journey=journey,
        context=context,
        lines=lines,
        has_items=bool(items),
        returned=changed and not any(line.takes_part for line in lines),
        reversed=state.reversed,
        currency=context.currency,
        digits=goal,
        original_currency=currency,
        original_digits=digits,
        amount=amount,
        sale_amount=sale_amount,
        rate=rate,
        order_discount=discount,
        discount_not_taken=not_taken,
        status_code=code,
        status_category=context.category(code) if code else text(profile.get(WORKED_OUT_STATUS)),
        status_is_worked_out=not code and WORKED_OUT_STATUS in profile,
    )
