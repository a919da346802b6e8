"""What the demonstration's orders must pay, worked out from the files alone.

This is the second opinion on the product's figures: plain Python, read top to bottom, for the one terms document of
the demonstration. It imports nothing of the project, on purpose. Keep it so.
"""

import csv
import gzip
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
STATUS = {"new": "New", "repeat": "Existing", "lapsed": "Re-Engaged"}


def pence(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass
class PlainOrder:
    order_id: str
    partner: str
    status: str
    country: str
    event_date: datetime
    lines: list[dict[str, str]]
    quantities: list[int]
    sold: tuple[Decimal, Decimal] = (Decimal(0), Decimal(0))
    now: tuple[Decimal, Decimal] = (Decimal(0), Decimal(0))
    is_reversed: bool = False
    refused: list[str] = field(default_factory=list)

    @property
    def day(self) -> str:
        return self.event_date.astimezone(LONDON).date().isoformat()

    @property
    def lock(self) -> datetime:
        """15 days after the end of the month in which the order was placed, on the clock of London."""
        local = self.event_date.astimezone(LONDON)
        year, month = (local.year + 1, 1) if local.month == 12 else (local.year, local.month + 1)
        return datetime(year, month, 16, tzinfo=LONDON)

    def price(self) -> tuple[Decimal, Decimal]:
        standing = [(line, quantity) for line, quantity in zip(self.lines, self.quantities, strict=True) if quantity]
        amount = sum((pence(Decimal(line["ItemPrice"]) * quantity) for line, quantity in standing), Decimal(0))
        if not standing:
            return Decimal(0), Decimal(0)
        if any(line["ItemSku"].lower().startswith("gift_0001_") for line, _ in standing):
            return amount, Decimal(0)
        if self.status == "New" and amount >= 500:
            rate = Decimal(15)
        elif self.status == "New":
            rate = Decimal(12)
        elif self.status == "Re-Engaged":
            rate = Decimal(10)
        elif self.country and self.country != "GB":
            rate = Decimal(7)
        else:
            rate = Decimal(5)
        payout = amount * rate / 100
        if any("christmas" in line["ItemName"].lower() for line, _ in standing):
            payout = payout * Decimal("1.10")
        return amount, pence(payout)


def rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_orders(folder: Path) -> dict[str, PlainOrder]:
    orders: dict[str, PlainOrder] = {}
    for row in rows(folder / "conversions.csv.gz"):
        order = orders.get(row["OrderId"])
        if order is None:
            order = orders[row["OrderId"]] = PlainOrder(
                order_id=row["OrderId"],
                partner=row["MediaPartnerId"],
                status=STATUS.get(row["CustomerStatus"], ""),
                country=row["CustomerCountry"],
                event_date=datetime.fromisoformat(row["EventDate"]),
                lines=[],
                quantities=[],
            )
        order.lines.append(row)
        order.quantities.append(int(row["ItemQuantity"]))
    for order in orders.values():
        order.sold = order.now = order.price()
    return orders


def apply_returns(folder: Path, orders: dict[str, PlainOrder]) -> None:
    returns = sorted(enumerate(rows(folder / "modifications.csv.gz")), key=lambda n: (n[1]["ModificationDate"], n[0]))
    for _, row in returns:
        order = orders[row["OrderId"]]
        where = [n for n, line in enumerate(order.lines) if line["ItemSku"] == row["ItemSku"]]
        if len(where) != 1 or datetime.fromisoformat(row["ModificationDate"]) >= order.lock:
            order.refused.append(row["ItemSku"])
            continue
        order.quantities[where[0]] = int(row["ItemQuantity"])
        order.now = order.price()
        order.is_reversed = not any(order.quantities)


def cells(orders: dict[str, PlainOrder], key) -> dict[tuple[str, str], list]:
    """(key of the order, status) → [actions, action cost, revenue] of the orders that are not reversed."""
    table: dict[tuple[str, str], list] = defaultdict(lambda: [0, Decimal(0), Decimal(0)])
    for order in orders.values():
        if order.is_reversed:
            continue
        cell = table[key(order), order.status or "Other"]
        cell[0] += 1
        cell[1] += order.now[1]
        cell[2] += order.now[0]
    return table


def span(orders: dict[str, PlainOrder]) -> tuple[str, str]:
    days = sorted(order.day for order in orders.values())
    return days[0], days[-1]
