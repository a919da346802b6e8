"""Limits: the most that is paid, and how many actions are taken, for whom and in which period (payouts.md §6)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal, cast

from contracts.engine.document.amounts import plain
from contracts.engine.document.reading import Node
from contracts.engine.document.sections.section import Lists, NamedAmount, SingleSection
from contracts.engine.explain.words import PLAIN, Spelling
from contracts.engine.orders.money import written

type Type = Literal["PAYOUT", "ACTION"]
type LimitBy = Literal["ALL", "ORDER", "ITEM", "CUSTOMER", "CLICK"]
type Period = Literal["DAY", "WEEK", "MONTH", "QUARTER", "LOCKING_PERIOD", "CONTRACT"]
TYPES = {"PAYOUT": "payout", "ACTION": "actions"}
LIMIT_BY = {"ALL": "partner", "ORDER": "order", "ITEM": "item", "CUSTOMER": "customer", "CLICK": "click"}
PERIODS = {
    "DAY": "in a day",
    "WEEK": "in a week",
    "MONTH": "in a month",
    "QUARTER": "in a quarter",
    "LOCKING_PERIOD": "in a locking period",
    "CONTRACT": "in all",
}
WITH_PERIODS = ("ALL", "CUSTOMER")  # the others are limited once, whenever it is
MOST = 40  # limits of one event payout: each is a counter that every order locks


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `value`, an amount of money or a number of actions, for each of what it is by, in each period."""

    type: Type
    limit_by: LimitBy
    value: Decimal
    period: Period = "CONTRACT"

    @property
    def has_counter(self) -> bool:
        """Whether it is counted over several orders; a limit of one order, or one line of it, is not."""
        return self.limit_by not in ("ORDER", "ITEM")


type Limits = tuple[Limit, ...]


class LimitsSection(SingleSection[Limits]):
    keys = ("Limits",)
    name = "Limits"
    absent: Limits = ()
    offered: Limits = ()
    has_amounts = True

    def read(self, node: Node, lists: Lists) -> Limits:
        rows = [(path, _limit(Node(raw, path, node.errors), node)) for path, raw in node.rows("Limits")]
        if len(rows) > MOST:
            node.error("Limits", f"must be at most {MOST} limits")
        seen: set[tuple[str, str, str]] = set()
        for path, row in rows:
            what = (row.type, row.limit_by, row.period)
            if what in seen:
                node.errors.add(path, "is listed twice: one limit of this kind for the same period is enough")
            seen.add(what)
        return tuple(row for _, row in rows)

    def write(self, value: Limits) -> dict[str, Any]:
        return {"Limits": [_written(row) for row in value]} if value else {}

    def drafted(self, value: Limits) -> Limits:
        """Values without zeros at the end, as a draft has them."""
        return tuple(replace(row, value=Decimal(plain(row.value))) for row in value)

    def amounts(self, value: Limits) -> Iterator[NamedAmount]:
        for row in value:
            if row.type == "PAYOUT":
                yield f"Limit for each {LIMIT_BY[row.limit_by]}", row.value

    def words(self, value: Limits, currency: str, spelling: Spelling = PLAIN) -> str:
        if not value:
            return "Payouts have no limits."
        return " ".join(f"{limit_in_words(row, currency, spelling)}." for row in value)


def limit_in_words(row: Limit, currency: str, spelling: Spelling = PLAIN) -> str:
    """`At most 50.00 GBP for each customer in a month`, `At most 1 action for each click`."""
    whose = "" if row.limit_by == "ALL" else f" for each {LIMIT_BY[row.limit_by]}"
    when = f" {PERIODS[row.period]}" if row.limit_by in WITH_PERIODS else ""
    if row.type == "PAYOUT":
        figure = spelling.money(row.value, currency)
    else:
        figure = f"{spelling.number(row.value)} {'action' if row.value == 1 else 'actions'}"
    return f"At most {figure}{whose}{when}"


def _limit(node: Node, payout: Node) -> Limit:
    kind = node.choice("Type", tuple(TYPES))
    by = node.choice("LimitBy", tuple(LIMIT_BY))
    if kind == "ACTION" and by in ("ORDER", "ITEM"):
        node.error("LimitBy", f"a number of actions cannot be limited by {LIMIT_BY[by]}: an order is one action")
    elif by == "ITEM" and payout.raw.get("PayoutLevel") == "ORDER":
        node.error("LimitBy", "a limit by item goes with payouts by item: limit by order, or pay by item")
    period = _period(node, by, payout)
    value = _value(node, kind)
    node.close()
    return Limit(cast(Any, kind), cast(Any, by), value, cast(Any, period))


def _period(node: Node, by: str, payout: Node) -> str:
    if by not in WITH_PERIODS:
        if node.take("Period") not in (None, "CONTRACT"):
            node.error("Period", f"goes with limits by ALL and CUSTOMER only: leave it out where you limit by {by}")
        return "CONTRACT"
    period = node.choice("Period", tuple(PERIODS))
    if period == "LOCKING_PERIOD" and not node.has_error("Period"):
        locking = payout.raw.get("Locking")
        if not isinstance(locking, dict) or not locking or locking.get("OpenEnded") is True:
            node.error("Period", "a locking period needs action locking: switch that on, or choose another period")
    return period


def _value(node: Node, kind: str) -> Decimal:
    """More than 0, since a limit of 0 would be terms that pay nothing."""
    if kind == "ACTION":
        whole = node.whole("Value", default=None, least=1)
        if whole is None and not node.has_error("Value"):
            node.error("Value", "is required: a whole number from 1", "required")
        return Decimal(whole or 1)
    value = node.decimal("Value")
    if not node.has_error("Value"):
        if value is None:
            node.error("Value", "is required: an amount of more than 0", "required")
        elif value == 0:
            node.error("Value", "must be more than 0")
    return value or Decimal(1)


def _written(row: Limit) -> dict[str, str]:
    period = {"Period": row.period} if row.limit_by in WITH_PERIODS else {}
    return {"Type": row.type, "LimitBy": row.limit_by, **period, "Value": written(row.value)}


LIMITS = LimitsSection()
