"""Writing what was priced: customers, actions, their lines and first updates, and the days that reports recompute."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F
from django.utils import timezone
from psycopg.types.json import Jsonb

from common.db.statements import AnyOf, copy_rows, draw_numbers
from contracts.engine.orders.order import Order
from contracts.engine.pricing.plan import Decision
from program.models import EventType
from tracking.limits.kept import written_limits
from tracking.models import Action, ActionUpdate, Conversion, Modification

from .lookups import CustomerKey, KnownCustomer, Lookups, customer_key, load_customers
from .priced_orders import Priced

type Cell = tuple[int, int, int | None, date]
ITEM = ("program_id", "action_id", "index", "sku", "name", "category", "quantity", "sale_amount", "payout")


class Mark(NamedTuple):
    """The conversions that were priced in a cell, and the customers whose orders are in it."""

    conversions: list[int]
    customers: set[int]

    @classmethod
    def empty(cls) -> "Mark":
        return cls([], set())


def write_actions(priced: Sequence[Priced], customers: Mapping[CustomerKey, int]) -> None:
    """Write the actions of priced conversions, each with its lines and its first update; call inside a transaction.

    `customers` are the numbers of their customers, as `customers_of` returns them.
    """
    if not priced:
        return
    ids = draw_numbers("tracking_action", len(priced))
    now = timezone.now()
    actions = [_action(pk, row, customers, now) for pk, row in zip(ids, priced, strict=True)]
    copy_rows("tracking_action", list(actions[0]), (tuple(action.values()) for action in actions))
    copy_rows(
        "tracking_actionitem",
        ITEM,
        (
            (row.credited.conversion.program_id, pk, *item)
            for pk, row in zip(ids, priced, strict=True)
            for item in items_of(row.order, row.decision)
        ),
    )
    updates = [_first_update(action, row, now) for action, row in zip(actions, priced, strict=True)]
    copy_rows("tracking_actionupdate", list(updates[0]), (tuple(update.values()) for update in updates))
    cells: dict[Cell, Mark] = defaultdict(Mark.empty)
    for row, action in zip(priced, actions, strict=True):
        if not row.credited.conversion.is_test:
            mark = cells[_cell(row)]
            mark.conversions.append(row.credited.conversion.pk)
            mark.customers.update(filter(None, [action["customer_id"]]))
    _mark(cells)
    _wake_modifications(priced)


def touch(actions: Iterable[Action]) -> None:
    """Mark the days and customers of these actions for the rollups. Test orders are in none."""
    cells: dict[Cell, Mark] = defaultdict(Mark.empty)
    for row in actions:
        if not row.is_test:
            mark = cells[row.program_id, row.event_type_id, row.partner_id, row.day]
            mark.customers.update(filter(None, [row.customer_id]))
    _mark(cells)


def touch_uncredited(conversions: Iterable[Conversion], customers: Mapping[CustomerKey, int], known: Lookups) -> None:
    """Mark the customers of conversions that made no action: what their orders say of them is new."""
    cells: dict[Cell, Mark] = defaultdict(Mark.empty)
    for row in conversions:
        key = customer_key(row)
        if key and not row.is_test:
            day = row.event_date.astimezone(known.event_types[row.event_type_id].program.zone).date()
            cells[row.program_id, row.event_type_id, None, day].customers.add(customers[key])
    _mark(cells)


def touch_given_up(numbers: list[int]) -> None:
    """Make the customers of conversions that no worker could price known, and mark them: everyone who converted is one.

    Nothing else is looked up for them, since it may be that over which their workers died.
    """
    conversions = list(Conversion.objects.numbered(numbers).order_by("id"))
    event_types = EventType.objects.select_related("program")
    known = Lookups(
        event_types=event_types.in_bulk({conversion.event_type_id for conversion in conversions}),
        customers=load_customers({key for conversion in conversions if (key := customer_key(conversion))}),
    )
    touch_uncredited(conversions, customers_of(conversions, known.customers), known)


def _mark(cells: Mapping[Cell, Mark]) -> None:
    """Append a mark for each cell."""
    columns = ("program_id", "event_type_id", "partner_id", "day", "conversions", "customers")
    rows = ((*cell, mark.conversions, list(mark.customers)) for cell, mark in cells.items())
    copy_rows("tracking_touchedday", columns, rows)


def _cell(row: Priced) -> Cell:
    return row.credited.conversion.program_id, row.credited.conversion.event_type_id, row.credited.partner.pk, row.day


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
    """The lines in their current state; an order without items has one without SKU."""
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


def figures_of(order: Order, decision: Decision) -> dict[str, Any]:
    """What an action shows of its order and its price."""
    rank, name = decision.group or (None, "")
    figures = {
        "currency": order.currency,
        "amount": order.sale_amount,
        "payout": decision.payout,
        "original_currency": order.original_currency,
        "original_amount": order.amount,
        "customer_status": order.status_code or "",
        "customer_status_category": order.status_category or "",
        "status_is_worked_out": order.status_is_worked_out,
        "group_rank": rank,
        "group_name": name,
        "is_restricted": decision.restricted,
    }
    if not order.returned:  # what reports leave out stays left out when it comes back
        figures["is_hidden"] = decision.hidden_from_reports
    return figures


def customers_of(
    conversions: Iterable[Conversion], known: Mapping[CustomerKey, KnownCustomer]
) -> dict[CustomerKey, int]:
    """The numbers of these orders' customers, credited or not. New ones are added in one order and one statement, so
    that workers cannot deadlock.

    A test order makes no customer; it has the one that is known already, whose tags it was priced with.
    """
    wanted = {key for row in conversions if not row.is_test and (key := customer_key(row))}
    numbers = {key: customer.pk for key, customer in known.items()}
    if missing := sorted(wanted - numbers.keys()):
        programs, customer_ids = zip(*missing, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(_ADD_CUSTOMERS, [timezone.now(), list(programs), list(customer_ids)])
            numbers |= {(program, customer_id): pk for program, customer_id, pk in cursor.fetchall()}
    if elsewhere := wanted - numbers.keys():  # somebody else added them meanwhile
        numbers |= {key: customer.pk for key, customer in load_customers(elsewhere).items()}
    return numbers


_ADD_CUSTOMERS = """
INSERT INTO program_customer (program_id, customer_id, created_at)
SELECT program_id, customer_id, %s FROM unnest(%s::integer[], %s::text[]) AS new (program_id, customer_id)
ON CONFLICT DO NOTHING RETURNING program_id, customer_id, id
"""


def _action(pk: int, row: Priced, customers: Mapping[CustomerKey, int], now: datetime) -> dict[str, Any]:
    """A new action by its columns."""
    conversion, journey = row.credited.conversion, row.credited.journey
    key = customer_key(conversion)
    over_cap = row.settled.over_cap if row.settled else ""
    return {
        "id": pk,
        "program_id": conversion.program_id,
        "conversion_id": conversion.pk,
        "event_type_id": conversion.event_type_id,
        "partner_id": row.credited.partner.pk,
        "contract_id": row.credited.contract.contract_id,
        "terms_version_id": row.credited.contract.terms_version_id,
        "customer_id": customers.get(key) if key else None,
        "order_id": conversion.order_id,
        "promo_code": conversion.payload.get("OrderPromoCode", ""),
        "event_date": conversion.event_date,
        "day": row.day,
        "creation_date": now,
        "state": (Action.State.REVERSED if over_cap else Action.State.PENDING).value,
        "intended_payout": row.settled.intended if row.settled else row.decision.payout,
        "over_cap": over_cap,
        "is_test": conversion.is_test,
        "is_hidden": False,
        "locking_date": row.locking_date,
        "clearing_date": row.clearing_date,
        "context": Jsonb(row.context),
        "profile": Jsonb(row.profile),
        "journey": Jsonb(journey.written()),
        "ad_id": journey.ad,
        "referring_type": journey.referring_type,
        "referring_date": journey.referring_date,
        "referring_domain": journey.referring_domain,
        "limits": Jsonb(written_limits(row.settled, row.since)) if row.settled else None,
        "order_state": Jsonb({}),
        "updates_count": 1,
        **figures_of(row.order, row.decision),
    }


def _first_update(action: Mapping[str, Any], row: Priced, now: datetime) -> dict[str, Any]:
    return {
        "program_id": action["program_id"],
        "action_id": action["id"],
        "number": 1,
        "disposition": ActionUpdate.Disposition.TRACKED.value,
        "update_date": action["event_date"],
        "created_at": now,
        "delta_amount": action["amount"],
        "delta_payout": action["payout"],
        "state": action["state"],
        "order_state": Jsonb({}),
        "limits": action["limits"],
        "what": row.decision.reason,
        "source": row.credited.conversion.source,
    }


def _wake_modifications(priced: Sequence[Priced]) -> None:
    """Changes that were refused because their order was not there yet wait again."""
    order_ids: dict[int, list[str]] = defaultdict(list)
    for row in priced:
        order_ids[row.credited.conversion.event_type_id].append(row.credited.conversion.order_id)
    for event_type, ids in order_ids.items():
        refused = Modification.objects.without_order().filter(event_type=event_type)
        refused.filter(AnyOf(F("order_id"), ids)).wake()


POINTED_AT = ["program_customer", "tracking_conversion", "tracking_action"]
# A table that has twice the pages of its last statistics, until it is so large that autovacuum has certainly analysed
# it. Or one of whose statistics hold less than a row a page: they were gathered while its rows were not yet committed.
GROWN = """
SELECT relname FROM pg_class
WHERE oid = ANY (%s::regclass[]) AND relpages < 1000
  AND pg_relation_size(oid) / current_setting('block_size')::int
      > CASE WHEN reltuples < relpages THEN 16 ELSE 2 * greatest(relpages, 8) END
"""


def gather_statistics() -> None:
    """Gather the statistics of small tables that have doubled or were analysed without their rows, before the database
    does by itself. Not within a transaction.

    A key is checked by a query that PostgreSQL plans once for a connection. Without statistics all indexes that begin
    with the program look alike to it, and if it picks a wrong one each check reads all rows of the program: the first
    large file of a new database would be priced in quadratic time.
    """
    if connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute(GROWN, [POINTED_AT])
        if grown := [name for (name,) in cursor.fetchall()]:
            cursor.execute(f"ANALYZE (SKIP_LOCKED) {', '.join(grown)}")
