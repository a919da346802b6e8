"""The order's state after a modification, or why there is none (payouts.md §8). Reads nothing, writes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from common.refusals import Refusal, Refused
from contracts.engine.orders.money import ZERO, rounded
from contracts.engine.orders.order import Order, OrderState
from tracking.models import Modification

Reason = Modification.Reason
RETURNS = frozenset({"ITEM_RETURNED", "ITEM_OUT_OF_STOCK", "MP_RETURNED"})  # reasons by which an order only shrinks


class ModificationRefused(Refused):
    """The modification cannot be applied; the words say what to do instead."""

    def __init__(self, reason: Modification.Reason, detail: str) -> None:
        self.reason = reason
        super().__init__(Refusal("", detail))


@dataclass(frozen=True, slots=True)
class Change:
    """The order's new state, and what changes in words; no words, no change."""

    state: OrderState
    what: tuple[str, ...]


def change_of(sent: Mapping[str, str], order: Order, state: OrderState) -> Change:
    """Apply a modification (its payload) to an order's current state; raises ModificationRefused. A new quantity may
    also be above the one ordered: the brand reports what was sold.
    """
    words: list[str] = []
    if "Amount" in sent:
        state = _with_amount(Decimal(sent["Amount"]), order, state, words)
    for sku, quantity in _item_changes(sent):
        state = _with_quantity(sku, quantity, order, state, words)
    status = sent.get("CustomerStatus")
    if status is not None and status != order.status_code:
        words.append(f"Customer status {order.status_code or '(none)'} → {status}")
        state = replace(state, customer_status=status)
    return Change(state, tuple(words))


def check_return(reason: str, order: Order, state: OrderState) -> None:
    """A reason that means a return must not raise the order's quantity or amount; raises ModificationRefused."""
    if reason not in RETURNS:
        return
    if order.has_items:
        for line in order.lines:
            quantity = state.quantities.get(line.index, line.sale.first_quantity)
            if quantity > line.quantity:
                raise ModificationRefused(Reason.RAISED_BY_RETURN, raised(reason, line.sku, line.quantity, quantity))
    elif state.amount is not None and rounded(state.amount, order.original_digits) > order.amount:
        raise ModificationRefused(
            Reason.RAISED_BY_RETURN,
            f"{reason} means a return, but {state.amount:f} is more than the {order.amount:f} that the "
            "order comes to. Send the lower amount, or the reason ORDER_UPDATE if it was sold after all.",
        )


def raised(reason: str, sku: str, now: int, quantity: int) -> str:
    """Why a quantity cannot be raised by a reason of RETURNS."""
    return (
        f"{reason} means a return, but {sku} would go from quantity {now} to {quantity}. Send the new "
        "quantity, what is left of the item, or the reason ORDER_UPDATE if more was sold."
    )


def before_order(changed: date, ordered: date) -> str:
    """Why a change of that day cannot be of an order of that day; both in the program's time zone."""
    return (
        f"The change is dated {changed:%-d %b %Y}, before its order of {ordered:%-d %b %Y}: send the date on which it "
        "was made, and check that it belongs to this order."
    )


def _item_changes(sent: Mapping[str, str]) -> list[tuple[str, int]]:
    numbers = sorted(int(name.removeprefix("Sku")) for name in sent if name.startswith("Sku"))
    return [(sent[f"Sku{number}"], int(sent[f"Quantity{number}"])) for number in numbers]


def _with_amount(amount: Decimal, order: Order, state: OrderState, words: list[str]) -> OrderState:
    comes_to = rounded(amount, order.original_digits)
    if not comes_to:  # the binary result of 100 − 99.9 − 0.1 counts as 0, too
        amount = ZERO
    if order.has_items:
        if amount:
            raise ModificationRefused(
                Reason.AMOUNT_ON_ITEMS,
                "The order has items: send the new quantity of each item that changes. Only an Amount of 0, a full "
                "return, is taken without them.",
            )
        if not any(line.sale.first_quantity for line in order.lines):  # it may have earned a fixed payout
            words += [] if order.returned else ["Returned in full"]
            return replace(state, amount=ZERO)
        if any(line.quantity for line in order.lines):
            words.append("Returned in full")
        # By quantity and not by amount, so that one line can be brought back alone.
        return replace(state, quantities={line.index: 0 for line in order.lines if line.sale.first_quantity})
    if amount == 0 and state.amount != 0:  # an order of 0 is returned too: it may have earned a fixed payout
        words.append("Returned in full")
    elif amount and comes_to != order.amount:
        words.append(f"Sale amount {order.amount:f} → {amount:f} {order.original_currency}")
    else:
        return state
    return replace(state, amount=amount)


def _with_quantity(sku: str, quantity: int, order: Order, state: OrderState, words: list[str]) -> OrderState:
    lines = [line for line in order.lines if order.has_items and line.sku == sku]
    if not lines:
        raise ModificationRefused(
            Reason.SKU_NOT_FOUND, f"The order has no item with the SKU {sku}; SKUs are compared exactly."
        )
    if len(lines) > 1:
        named = ", ".join(f"line {line.index + 1} (quantity {line.quantity})" for line in lines)
        raise ModificationRefused(
            Reason.SKU_ON_SEVERAL_LINES,
            f"The SKU {sku} is on several lines of the order: {named}. It is not clear which is meant.",
        )
    (line,) = lines
    first = line.sale.first_quantity
    if quantity and not first:
        raise ModificationRefused(
            Reason.QUANTITY_NOT_POSSIBLE, f"{sku} was ordered with quantity 0, which cannot become {quantity}."
        )
    now = state.quantities.get(line.index, first)
    if now != quantity:
        words.append(f"{sku}: quantity {now} → {quantity}")
    quantities = {**state.quantities, line.index: quantity}
    if quantity == first:
        del quantities[line.index]
    return replace(state, quantities=quantities)
