"""Spend limit of the terms: how much a partner may be paid for the actions of a period (payouts.md §6)."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from contracts.engine.document.reading import Node
from contracts.engine.document.sections.section import Lists, NamedAmount, SingleSection
from contracts.engine.document.whole_terms.whole_limits import (
    WholeLimit,
    limit_words,
    read_whole_limit,
    write_whole_limit,
)
from contracts.engine.explain.words import PLAIN, Spelling


class SpendLimitSection(SingleSection[WholeLimit | None]):
    keys = ("SpendLimit",)
    name = "Spend limit"
    absent = None
    offered = WholeLimit(Decimal(10_000))
    has_amounts = True

    def read(self, node: Node, lists: Lists) -> WholeLimit | None:
        return read_whole_limit(node, "SpendLimit", Node.decimal)

    def write(self, value: WholeLimit | None) -> dict[str, Any]:
        return write_whole_limit("SpendLimit", value)

    def amounts(self, value: WholeLimit | None) -> Iterator[NamedAmount]:
        if value is not None:
            yield "Spend limit", value.value
            if value.weekend_value is not None:
                yield "Spend limit at weekends", value.weekend_value

    def words(self, value: WholeLimit | None, currency: str, spelling: Spelling = PLAIN) -> str:
        if value is None:
            return "What a partner may be paid is not limited."
        figures = limit_words(value, lambda amount: spelling.money(amount, currency))
        return f"At most {figures}; an action that would cross it is over cap."


SPEND_LIMIT = SpendLimitSection()
