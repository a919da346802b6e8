"""Writing what was priced: customers, actions, their lines and first updates, and the days that reports recompute."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from contracts.engine.orders import Order
from contracts.engine.plan import Decision
from program.models import Customer
from tracking.models import Action, ActionUpdate, Modification, TouchedDay

from .copying import copy_rows
from .crediting import Credited
from .knowledge import load_customers


def book(credited: Sequence[Credited]) -> list[Action]:
    """Write the actions of priced conversions, each with its lines and its first update; call inside a transaction."""
    if not credited:
        return []
    customers = _customers(credited)
    actions = [_action(row, customers) for row in credited]
    copy_rows(actions, numbered=True)
    _copy_items((action, items_of(row.order, row.decision)) for action, row in zip(actions, credited, strict=True))
    copy_rows([_first_update(action, row) for action, row in zip(actions, credited, strict=True)])
    touch(actions)
    _wake_modifications(actions)
    return actions


def touch(actions: Iterable[Action]) -> None:
    """Mark the days of these actions for the reports. Test orders are in no report."""
    cells = {
        (action.program_id, action.event_type_id, action.partner_id, action.day)
        for action in actions
        if not action.is_test
    }
    copy_rows(
        [
            TouchedDay(program_id=program, event_type_id=event_type, partner_id=partner, day=day)
            for program, event_type, partner, day in sorted(cells)
        ]
    )


class Item(NamedTuple):
    """A line of an action; amounts in the terms' currency."""

    line: int  # its place in the order as sent, from 0
    sku: str
    name: str
    category: str
    quantity: int
    sale_amount: Decimal
    payout: Decimal


def items_of(order: Order, decision: Decision) -> list[Item]:
    """The lines as they now stand; an order without items has one without SKU."""
    payouts = {line.index: line.payout for line in decision.lines}
    return [
        Item(
            line.index,
            line.sku,
            line.item.get("ItemName", ""),
            line.item.get("ItemCategory", ""),
            line.quantity,
            line.sale_amount,
            payouts[line.index],
        )
        for line in order.lines
    ]


def put_figures(action: Action, order: Order, decision: Decision) -> None:
    """Set what an action shows of its order and its price; saves nothing."""
    action.currency = order.currency
    action.amount = order.sale_amount
    action.payout = decision.payout
    action.original_currency = order.original_currency
    action.original_amount = order.amount
    action.customer_status = order.status_code or ""
    action.customer_status_category = order.status_category or ""
    action.group_rank, action.group_name = decision.group or (None, "")
    action.is_restricted = decision.restricted
    if not order.returned:  # what reports leave out they leave out when it comes back, too
        action.is_hidden = decision.hidden_from_reports


def _copy_items(items: Iterable[tuple[Action, list[Item]]]) -> None:
    """Write lines by COPY: a batch may have tens of thousands, which is where pricing spends its time otherwise."""
    columns = 'program_id, action_id, "index", sku, name, category, quantity, sale_amount, payout'
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY tracking_actionitem ({columns}) FROM STDIN") as copy,
    ):
        for action, rows in items:
            for row in rows:
                copy.write_row((action.program_id, action.pk, *row))


def _customers(credited: Sequence[Credited]) -> dict[tuple[int, str], Customer]:
    """The customers of these orders; those not yet known are added, in one order so that no two workers can jam."""
    conversions = [row.conversion for row in credited]
    wanted = {(row.program_id, row.payload["CustomerId"]) for row in conversions if "CustomerId" in row.payload}
    known = load_customers(conversions)
    if missing := sorted(wanted - known.keys()):
        Customer.objects.bulk_create(
            [Customer(program_id=program, customer_id=customer_id) for program, customer_id in missing],
            ignore_conflicts=True,
        )
        known = load_customers(conversions)
    return known


def _action(row: Credited, customers: dict[tuple[int, str], Customer]) -> Action:
    conversion = row.conversion
    action = Action(
        program_id=conversion.program_id,
        conversion=conversion,
        event_type_id=conversion.event_type_id,
        partner=row.partner,
        contract_id=row.contract.contract_id,
        terms_version_id=row.contract.terms_version_id,
        customer=customers.get((conversion.program_id, conversion.payload.get("CustomerId", ""))),
        order_id=conversion.order_id,
        promo_code=conversion.payload.get("OrderPromoCode", ""),
        event_date=conversion.event_date,
        day=row.day,
        creation_date=timezone.now(),
        intended_payout=row.decision.payout,
        is_test=conversion.is_test,
        locking_date=row.locking_date,
        clearing_date=row.clearing_date,
        context=row.context,
    )
    put_figures(action, row.order, row.decision)
    return action


def _first_update(action: Action, row: Credited) -> ActionUpdate:
    return ActionUpdate(
        program_id=action.program_id,
        action=action,
        number=1,
        disposition=ActionUpdate.Disposition.TRACKED,
        update_date=action.event_date,
        delta_amount=action.amount,
        delta_payout=action.payout,
        state=action.state,
        what=row.decision.reason,
        source=row.conversion.source,
    )


def _wake_modifications(actions: Sequence[Action]) -> None:
    """Changes that were refused because their order was not there yet wait again."""
    orders = Q(pk__in=[])
    for event_type in {action.event_type_id for action in actions}:
        ids = [action.order_id for action in actions if action.event_type_id == event_type]
        orders |= Q(event_type=event_type, order_id__in=ids)
    programs = {action.program_id for action in actions}
    Modification.objects.without_order().filter(orders, program__in=programs).wake()
