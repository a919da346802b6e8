"""Action limit of the terms: how many actions a partner may have in a period (payouts.md §6)."""

from decimal import Decimal
from typing import Any

from contracts.engine.document.reading import Node
from contracts.engine.document.sections.section import Lists, SingleSection
from contracts.engine.document.whole_terms.whole_limits import (
    WholeLimit,
    limit_words,
    read_whole_limit,
    write_whole_limit,
)
from contracts.engine.explain.words import PLAIN, Spelling


class ActionLimitSection(SingleSection[WholeLimit | None]):
    keys = ("ActionLimit",)
    name = "Action limit"
    absent = None
    offered = WholeLimit(Decimal(500))

    def read(self, node: Node, lists: Lists) -> WholeLimit | None:
        return read_whole_limit(node, "ActionLimit", _whole)

    def write(self, value: WholeLimit | None) -> dict[str, Any]:
        return write_whole_limit("ActionLimit", value)

    def words(self, value: WholeLimit | None, currency: str, spelling: Spelling = PLAIN) -> str:
        if value is None:
            return "The number of actions is not limited."
        return f"At most {limit_words(value, lambda number: _actions(number, spelling))}; further ones are over cap."


def _whole(node: Node, key: str) -> Decimal | None:
    number = node.whole(key, default=None)
    return None if number is None else Decimal(number)


def _actions(number: Decimal, spelling: Spelling) -> str:
    return f"{spelling.number(number)} action{'' if number == 1 else 's'}"


ACTION_LIMIT = ActionLimitSection()
