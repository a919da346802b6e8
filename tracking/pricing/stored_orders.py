"""An order of the engine from what is stored: payload, kept context, changes so far."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from contracts.engine.orders.context import Context
from contracts.engine.orders.order import Order, OrderState, read_order
from tracking.models import Action, ActionUpdate

TAGS = "CustomerTags"
STATUSES = "CustomerStatusMapping"
# In an update's order state: what the status codes meant before, where the update changed it.
STATUSES_BEFORE = "CustomerStatusMappingBefore"


def state_json(state: OrderState) -> dict[str, Any]:
    """An order state as JSON; nothing changed is {}."""
    written: dict[str, Any] = {}
    if state.quantities:
        written["Quantities"] = {str(index): quantity for index, quantity in sorted(state.quantities.items())}
    if state.amount is not None:
        written["Amount"] = format(state.amount, "f")
    if state.customer_status is not None:
        written["CustomerStatus"] = state.customer_status
    if state.reversed:
        written["Reversed"] = True
    return written


def read_state(written: Mapping[str, Any]) -> OrderState:
    """The order state that `state_json` wrote."""
    return OrderState(
        quantities={int(index): quantity for index, quantity in written.get("Quantities", {}).items()},
        amount=Decimal(written["Amount"]) if "Amount" in written else None,
        customer_status=written.get("CustomerStatus"),
        reversed=written.get("Reversed", False),
    )


def priced_payload(payload: Mapping[str, Any], context: Mapping[str, Any]) -> dict[str, Any]:
    """The payload with the customer's tags as they were when it was priced, which the context keeps."""
    return {**payload, TAGS: context.get(TAGS, [])}


def order_of(action: Action, *, state: OrderState | None = None, context: Mapping[str, Any] | None = None) -> Order:
    """The order of an action in its current state, or in another state or context."""
    known = action.context if context is None else context
    return read_order(
        priced_payload(action.conversion.payload, known),
        Context.from_json(known),
        read_state(action.order_state) if state is None else state,
    )


def contexts_of(action: Action, updates: Sequence[ActionUpdate]) -> list[Mapping[str, Any]]:
    """The context by which the order was priced from each of these updates on: all of the action's, by number."""
    context: Mapping[str, Any] = action.context
    contexts = []
    for update in reversed(updates):
        contexts.append(context)
        if STATUSES_BEFORE in update.order_state:
            context = {**context, STATUSES: update.order_state[STATUSES_BEFORE]}
    return contexts[::-1]
