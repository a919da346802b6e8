"""Payout adjustments: every one whose rules hold changes what the group or the default pays (payouts.md §5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, cast

from contracts.engine.document.amounts import HUNDRED, plain, read_amount, write_amount
from contracts.engine.document.read_rules import read_rules, write_rules
from contracts.engine.document.reading import Node
from contracts.engine.document.sections.section import Lists, NamedAmount, PathAndWords, RankedSection, Stage
from contracts.engine.explain.unit import Unit
from contracts.engine.explain.words import PLAIN, RowWords, Spelling, chips, rate_in_words
from contracts.engine.orders.money import ZERO, percent
from contracts.engine.pricing.rates import Exact
from contracts.engine.rules.rule import Rule

Direction = Literal["INCREASE", "DECREASE"]


@dataclass(frozen=True, slots=True)
class PayoutAdjustment:
    """An increase or decrease of what the group or the default pays: by `rate` percent or by a fixed `amount`."""

    rules: tuple[Rule, ...]
    direction: Direction
    rate: Decimal | None = None
    amount: Decimal | None = None


class PayoutAdjustmentsSection(RankedSection[PayoutAdjustment]):
    keys = ("PayoutAdjustments",)
    name = "Adjustments"
    stage = Stage.ADJUST
    noun = "adjustment"
    row = PayoutAdjustment

    def read_row(self, node: Node, lists: Lists) -> PayoutAdjustment:
        rules = read_rules(node, lists)
        direction = node.choice("Direction", ("INCREASE", "DECREASE"))
        amount, rate = read_amount(node, "Amount", "Rate")
        node.close()
        return PayoutAdjustment(rules, cast(Any, direction), rate, amount)

    def write_row(self, row: PayoutAdjustment) -> dict[str, Any]:
        paid = write_amount("Amount", row.amount, "Rate", row.rate)
        return {"Rules": write_rules(row.rules), "Direction": row.direction, **paid}

    def row_words(
        self, row: PayoutAdjustment, rank: int, level: str, currency: str, spelling: Spelling = PLAIN
    ) -> RowWords:
        fixed = "per item line" if level == "ITEM" else "per order"
        per = "of the payout" if row.rate is not None else fixed
        figure = self.change(row, currency, spelling)
        return RowWords(rank, f"Adjustment {rank}", chips(row.rules, currency, spelling), figure, per)

    def change(self, row: PayoutAdjustment, currency: str, spelling: Spelling = PLAIN) -> str:
        """`+5%` or `−1.00 GBP`."""
        sign = "+" if row.direction == "INCREASE" else "\N{MINUS SIGN}"
        return sign + rate_in_words(row.amount, row.rate, currency, spelling)

    def adjusted(self, amount: Exact, row: PayoutAdjustment) -> Exact:
        """The amount after one adjustment that holds; never below 0."""
        return max(self._changed(amount, row), ZERO), amount[1]

    def _changed(self, amount: Exact, row: PayoutAdjustment) -> Decimal:
        value, divisor = amount
        change = value * percent(row.rate) if row.rate is not None else (row.amount or ZERO) * divisor
        return value + change if row.direction == "INCREASE" else value - change

    def explain(self, value: tuple[PayoutAdjustment, ...], unit: Unit) -> None:
        """The verdict on every adjustment, the amount before and after it, and whether it stops at 0; nothing where
        nothing is earned.
        """
        if unit.is_restricted:
            return
        for index, adjustment in enumerate(value):
            verdict, before = unit.verdict(adjustment.rules), unit.shown_amount()
            change = self.change(adjustment, unit.order.currency)
            stops = bool(verdict["Holds"]) and self._changed(unit.amount, adjustment) < 0
            if verdict["Holds"]:
                unit.amount = self.adjusted(unit.amount, adjustment)
                unit.reason = f"{unit.reason}, {change}"
            step = {"Index": index, "Change": change, **verdict, "Before": before, "After": unit.shown_amount()}
            step["StopsAtZero"] = stops
            unit.said["Adjustments"].append(step)

    def row_amounts(self, row: PayoutAdjustment) -> Iterator[NamedAmount]:
        if row.amount is not None:
            yield row.direction.capitalize(), row.amount

    def row_doubts(self, row: PayoutAdjustment) -> Iterator[PathAndWords]:
        if row.direction == "DECREASE" and row.rate is not None and row.rate > HUNDRED:
            yield "Rate", f"a cut of {plain(row.rate)}% leaves nothing, as 100% does"


PAYOUT_ADJUSTMENTS = PayoutAdjustmentsSection()
