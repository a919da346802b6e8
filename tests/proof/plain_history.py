"""Which customer statuses of a file the customers' earlier orders contradict, counted from the file alone.

A second opinion on Status check: plain Python that imports nothing of the project. Keep it so.
"""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from .plain import PlainOrder

LAPSED = timedelta(days=180)
CODES = {"New": "new", "Existing": "repeat", "Re-Engaged": "lapsed"}


def statuses(orders: dict[str, PlainOrder]) -> dict[str, str]:
    """The status by the history of each order that names a customer; of two at one moment the first in the file is the
    earlier one.
    """
    placed: dict[str, list[tuple[object, int, PlainOrder]]] = defaultdict(list)
    for place, order in enumerate(orders.values()):
        if customer := order.lines[0]["CustomerId"]:
            placed[customer].append((order.event_date, place, order))
    found = {}
    for of_customer in placed.values():
        last = None
        for _, _, order in sorted(of_customer, key=lambda each: each[:2]):
            if last is None:
                found[order.order_id] = "New"
            else:
                found[order.order_id] = "Existing" if order.event_date - last <= LAPSED else "Re-Engaged"
            last = order.event_date
    return found


def wrong(orders: dict[str, PlainOrder]) -> dict[str, tuple[str, str, Decimal]]:
    """By order id: the status that was sent, the right one, and how much too much was paid, as the order was sold."""
    found = {}
    for order_id, right in statuses(orders).items():
        order = orders[order_id]
        sent = order.status
        if not sent or sent == right or right == "New":
            continue
        paid = order.price()[1]
        order.status = right
        found[order_id] = sent, right, paid - order.price()[1]
        order.status = sent
    return found


def plant(orders: dict[str, PlainOrder], every: int) -> dict[str, str]:
    """A wrong code for one order in so many of those that an earlier order can prove wrong: by order id."""
    provable = [order_id for order_id, status in statuses(orders).items() if status != "New"]
    codes = {}
    for place, order_id in enumerate(provable[::every]):
        others = [code for status, code in CODES.items() if status != orders[order_id].status]
        codes[order_id] = others[place % 2]
    return codes
