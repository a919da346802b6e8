"""The counts and sums of a check, kept as JSON: what its page begins with."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from contracts.engine.orders.money import written

from .comparing import Finding
from .verdicts import AGREES, DISAGREES, INCOMPLETE, NO_EARLIER

type Key = tuple[Any, ...]


@dataclass
class Money:
    """Of orders in one currency: how many, and by how much they were paid too much and too little."""

    orders: int = 0
    too_much: Decimal = Decimal(0)
    too_little: Decimal = Decimal(0)

    def add(self, difference: Decimal) -> None:
        self.orders += 1
        if difference > 0:
            self.too_much += difference
        else:
            self.too_little -= difference

    def as_json(self) -> dict[str, Any]:
        return {"Orders": self.orders, "TooMuch": written(self.too_much), "TooLittle": written(self.too_little)}


@dataclass
class Tally:
    """What was found so far."""

    orders: int = 0
    matrix: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # sent, by history, verdict
    not_judged: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # why, status, code
    totals: dict[Key, Money] = field(default_factory=lambda: defaultdict(Money))
    partners: dict[Key, Money] = field(default_factory=lambda: defaultdict(Money))
    codes: dict[Key, Money] = field(default_factory=lambda: defaultdict(Money))

    def add(self, findings: Iterable[Finding]) -> None:
        for each in findings:
            self.orders += 1
            order = each.order
            if each.verdict not in (AGREES, DISAGREES, NO_EARLIER, INCOMPLETE):
                self.not_judged[each.verdict, order.category, order.code] += 1
                continue
            self.matrix[order.category, each.by_history, each.verdict] += 1
            if each.verdict == DISAGREES:
                difference = order.paid - each.right_payout
                self.totals[(order.currency,)].add(difference)
                self.partners[order.partner_id, order.currency].add(difference)
                self.codes[order.code, order.category, order.currency].add(difference)

    def as_json(self) -> dict[str, Any]:
        return {
            "Orders": self.orders,
            "Matrix": _rows(("Sent", "ByHistory", "Verdict"), self.matrix),
            "NotJudged": _rows(("Why", "Status", "Code"), self.not_judged),
            "Totals": _sums(("Currency",), self.totals),
            "Partners": _sums(("Partner", "Currency"), self.partners),
            "Codes": _sums(("Code", "Sent", "Currency"), self.codes),
        }


def _rows(names: tuple[str, ...], counted: "Counter[Any]") -> list[dict[str, Any]]:
    """The most frequent first."""
    rows = sorted(counted.items(), key=lambda each: (-each[1], each[0]))
    return [{**dict(zip(names, key, strict=True)), "Orders": count} for key, count in rows]


def _sums(names: tuple[str, ...], sums: dict[Key, Money]) -> list[dict[str, Any]]:
    """Where most is at stake first."""
    rows = sorted(sums.items(), key=lambda each: (-each[1].too_much - each[1].too_little, each[0]))
    return [{**dict(zip(names, key, strict=True)), **money.as_json()} for key, money in rows]
