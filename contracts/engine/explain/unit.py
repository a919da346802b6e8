"""One unit of evaluation while it is explained: the order or one of its lines, and what each section does to it."""

from collections.abc import Sequence
from typing import Any

from contracts.engine.explain.verdicts import verdict
from contracts.engine.orders.money import ZERO, rounded, shown, written
from contracts.engine.orders.order import Line, Order
from contracts.engine.pricing.rates import Exact, Rate, earned
from contracts.engine.rules.facts import LineFacts, OrderFacts
from contracts.engine.rules.rule import Rule


class Unit:
    """`said` is the explanation as JSON, `amount` what is earned so far and `reason` why, in the terms' currency.

    The sections of the terms work on it one after another (`Section.explain`).
    """

    def __init__(
        self,
        order: Order,
        level: str,
        facts: OrderFacts,
        line_facts: Sequence[LineFacts],
        line: Line | None,
    ) -> None:
        self.order, self.level = order, level
        self.lines = order.lines if line is None else (line,)
        self.amount: Exact = (ZERO, 1)
        self.reason = ""
        self.is_restricted = False
        self._facts, self._line_facts = facts, line_facts
        self.said: dict[str, Any] = {
            "Line": None if line is None else line.index,
            "SaleAmount": written(order.sale_amount if line is None else line.sale_amount),
            "Restrictions": [],
            "Groups": [],
            "Group": None,
            "Adjustments": [],
            "HiddenFromReports": False,
            "Earned": "0",
        }

    @property
    def is_decided(self) -> bool:
        """Whether a section has said what the unit earns, or that it earns nothing."""
        return bool(self.reason)

    def verdict(self, rules: Sequence[Rule]) -> dict[str, Any]:
        """Whether all rules hold for the unit, and for each what was there to compare with."""
        return verdict(rules, self._facts, self._line_facts)

    def restrict(self, reason: str) -> None:
        """Nothing is earned; the first reason stays."""
        self.is_restricted = True
        self.reason = self.reason or reason

    def pay(self, rate: Rate, reason: str) -> None:
        """The unit earns at this rate."""
        self.amount, self.reason = earned(rate, self.level, self.lines), reason
        self.said["Earned"] = self.shown_amount()

    def shown_amount(self) -> str:
        """What is earned so far, for people."""
        return shown(*self.amount, digits=self.order.digits)

    def finished(self) -> dict[str, Any]:
        """The explanation with the payout, rounded once."""
        return self.said | {
            "Restricted": self.is_restricted,
            "Reason": self.reason,
            "Exact": "0" if self.is_restricted else self.shown_amount(),
            "Payout": written(rounded(self.amount[0], self.order.digits, self.amount[1])),
        }
