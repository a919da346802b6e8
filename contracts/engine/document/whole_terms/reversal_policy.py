"""Reversal policy: which share of a month's payout may be taken back by returns and reversals (payouts.md §6)."""

from decimal import Decimal
from typing import Any

from contracts.engine.document.amounts import HUNDRED, plain
from contracts.engine.document.reading import Node
from contracts.engine.document.sections.section import Lists, SingleSection
from contracts.engine.explain.words import PLAIN, Spelling
from contracts.engine.orders.money import written


class ReversalPolicySection(SingleSection[Decimal]):
    keys = ("MaxReturnPercentage",)
    name = "Reversal policy"
    absent = offered = HUNDRED

    def read(self, node: Node, lists: Lists) -> Decimal:
        value = node.decimal("MaxReturnPercentage")
        if value is not None and value > HUNDRED:
            node.error("MaxReturnPercentage", "must be from 0 to 100")
        return HUNDRED if value is None else value

    def write(self, value: Decimal) -> dict[str, Any]:
        return {} if value == HUNDRED else {"MaxReturnPercentage": written(value)}

    def drafted(self, value: Decimal) -> Decimal:
        return Decimal(plain(value))

    def words(self, value: Decimal, currency: str, spelling: Spelling = PLAIN) -> str:
        if value == HUNDRED:
            return "All of a partner’s payouts can be taken back by returns and reversals."
        return f"At most {plain(value)}% of a partner’s payouts of a month can be taken back by returns and reversals."


REVERSAL_POLICY = ReversalPolicySection()
