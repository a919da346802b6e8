"""Payout groups: of those whose rules all hold, the one of the lowest rank pays (payouts.md §5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contracts.engine.document.amounts import rate_doubt, read_amount, write_amount
from contracts.engine.document.read_rules import read_rules, write_rules
from contracts.engine.document.reading import Node
from contracts.engine.document.sections.section import Lists, NamedAmount, PathAndWords, RankedSection, Stage
from contracts.engine.explain.unit import Unit
from contracts.engine.explain.words import PLAIN, RowWords, Spelling, chips, payout_in_words, rate_in_words
from contracts.engine.pricing.rates import Rate
from contracts.engine.rules.overlap import never_winning
from contracts.engine.rules.rule import Rule

WITHOUT_EFFECT = (
    "a limit on payable items has no effect on a fixed payout by order: leave it out, pay a percentage, or pay by item"
)


@dataclass(frozen=True, slots=True)
class PayoutGroup:
    """What orders that meet every rule earn, unless a group of lower rank took them first.

    One of `payout` (fixed) and `payout_rate` (percent) is set. `payable_items` is the number of units of quantity
    that earn; None is all.
    """

    rank: int
    name: str
    rules: tuple[Rule, ...]
    payout: Decimal | None = None
    payout_rate: Decimal | None = None
    payable_items: int | None = None


class PayoutGroupsSection(RankedSection[PayoutGroup]):
    keys = ("PayoutGroups",)
    name = "Payout groups"
    stage = Stage.PAY
    noun = "payout group"
    row = PayoutGroup

    def read(self, node: Node, lists: Lists) -> tuple[PayoutGroup, ...]:
        groups = super().read(node, lists)
        is_by_order = node.raw.get("PayoutLevel") == "ORDER"
        ranks: set[int] = set()
        for index, group in enumerate(groups):
            path = f"{node.at(self.key)}[{index}]"
            if group.rank in ranks:
                node.errors.add(f"{path}.Rank", f"{group.rank} is the rank of an earlier group")
            if group.rank:
                ranks.add(group.rank)
            if node.errors.is_strict and is_by_order and group.payable_items and group.payout is not None:
                node.errors.add(f"{path}.Limits", WITHOUT_EFFECT)
        return tuple(sorted(groups, key=lambda group: group.rank))

    def read_row(self, node: Node, lists: Lists) -> PayoutGroup:
        rank = node.whole("Rank", default=None, least=1)
        if rank is None and not node.has_error("Rank"):
            node.error("Rank", "is required: a whole number from 1")
        name = node.text("Name")
        rules = read_rules(node, lists)
        fixed, rate = read_amount(node, "Payout", "PayoutRate")
        payable_items = _payable_items(node)
        node.unsupported("Tiers", "a group's own tiers")
        node.close()
        return PayoutGroup(rank or 0, name, rules, fixed, rate, payable_items)

    def write_row(self, row: PayoutGroup) -> dict[str, Any]:
        return {
            "Rank": row.rank,
            "Name": row.name,
            "Rules": write_rules(row.rules),
            **write_amount("Payout", row.payout, "PayoutRate", row.payout_rate),
            "Limits": [{"Type": "PAYABLE_ITEMS", "Value": str(row.payable_items)}] if row.payable_items else [],
        }

    def row_words(self, row: PayoutGroup, rank: int, level: str, currency: str, spelling: Spelling = PLAIN) -> RowWords:
        figure, per = payout_in_words(level, row.payout, row.payout_rate, currency, spelling)
        items = "1 item" if row.payable_items == 1 else f"{spelling.number(Decimal(row.payable_items or 0))} items"
        note = f"at most {items}" if row.payable_items else ""
        return RowWords(rank, row.name or f"Group {rank}", chips(row.rules, currency, spelling), figure, per, note)

    def reason(self, row: PayoutGroup, currency: str) -> str:
        """Why an order that the group takes is paid as it is."""
        title = f"payout group {row.rank} {row.name}".rstrip()
        limit = f" for the first {row.payable_items} items" if row.payable_items else ""
        return f"{title}: {rate_in_words(row.payout, row.payout_rate, currency)}{limit}"

    def rate(self, row: PayoutGroup) -> Rate:
        """How a payout group pays."""
        return Rate(row.payout, row.payout_rate, row.payable_items)

    def explain(self, value: tuple[PayoutGroup, ...], unit: Unit) -> None:
        """The verdict on every group up to the winner, which pays."""
        if unit.is_decided:
            return
        for group in value:
            reason = self.reason(group, unit.order.currency)
            verdict = unit.verdict(group.rules)
            unit.said["Groups"].append({"Rank": group.rank, "Name": group.name, "Pays": reason, **verdict})
            if verdict["Holds"]:
                unit.said["Group"] = {"Rank": group.rank, "Name": group.name}
                unit.pay(self.rate(group), reason)
                return

    def row_amounts(self, row: PayoutGroup) -> Iterator[NamedAmount]:
        if row.payout is not None:
            yield "Payout", row.payout

    def row_doubts(self, row: PayoutGroup) -> Iterator[PathAndWords]:
        if doubt := rate_doubt(row.payout_rate):
            yield "PayoutRate", doubt

    def doubts(self, value: tuple[PayoutGroup, ...]) -> Iterator[PathAndWords]:
        for later, earlier in never_winning(group.rules for group in value).items():
            yield f"{self.key}[{later}]", never_wins(value[earlier])


PAYOUT_GROUPS = PayoutGroupsSection()


def never_wins(earlier: PayoutGroup) -> str:
    """What to check about a group that never wins, beside the earlier one that takes its orders."""
    title = earlier.name or f"group {earlier.rank}"
    return f"can never win: {title}, above, takes {'all of its orders' if earlier.rules else 'every order'}"


def _payable_items(group: Node) -> int | None:
    """The one limit that a group has today: how many of its items are payable."""
    limits = list(group.rows("Limits"))
    if len(limits) > 1:
        group.error("Limits", "takes one limit, on payable items")
    found = None
    for path, row in limits:
        node = Node(row, path, group.errors)
        node.choice("Type", ("PAYABLE_ITEMS",))
        found = node.whole("Value", default=None, least=1)
        if found is None and not node.has_error("Value"):
            node.error("Value", "is required: a whole number from 1")
        node.close()
    return found
