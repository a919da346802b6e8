"""Payout restrictions: where the rules of any one of them hold, nothing is paid (payouts.md §5)."""

from dataclasses import dataclass
from typing import Any

from contracts.engine.document.read_rules import read_rules, write_rules
from contracts.engine.document.reading import Node
from contracts.engine.document.sections.section import Lists, RankedSection, Stage
from contracts.engine.explain.unit import Unit
from contracts.engine.explain.words import PLAIN, RowWords, Spelling, chips, rules_in_words
from contracts.engine.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class PayoutRestriction:
    """What earns nothing; `zero_payout_hide_report` also leaves it out of reports."""

    rules: tuple[Rule, ...]
    zero_payout_hide_report: bool = False


class PayoutRestrictionsSection(RankedSection[PayoutRestriction]):
    keys = ("PayoutRestrictions",)
    name = "Restrictions"
    stage = Stage.RESTRICT
    noun = "restriction"
    row = PayoutRestriction

    def read_row(self, node: Node, lists: Lists) -> PayoutRestriction:
        before = len(node.errors)
        rules = read_rules(node, lists)
        if not rules and len(node.errors) == before:
            node.error("Rules", "a restriction needs at least one rule")
        hide = node.flag("ZeroPayoutHideReport")
        node.close()
        return PayoutRestriction(rules, hide)

    def write_row(self, row: PayoutRestriction) -> dict[str, Any]:
        return {"Rules": write_rules(row.rules), "ZeroPayoutHideReport": row.zero_payout_hide_report}

    def row_words(
        self, row: PayoutRestriction, rank: int, level: str, currency: str, spelling: Spelling = PLAIN
    ) -> RowWords:
        note = "left out of reports" if row.zero_payout_hide_report else ""
        rules = chips(row.rules, currency, spelling)
        return RowWords(rank, f"Restriction {rank}", rules, "No payout", note=note)

    def reason(self, row: PayoutRestriction) -> str:
        """Why an order that the restriction takes is paid nothing."""
        return f"restricted by {rules_in_words(row.rules)}"

    def explain(self, value: tuple[PayoutRestriction, ...], unit: Unit) -> None:
        """The verdict on every restriction; the first that holds is the reason, any of them can hide the action."""
        for index, restriction in enumerate(value):
            verdict = unit.verdict(restriction.rules)
            unit.said["Restrictions"].append({"Index": index, "Hides": restriction.zero_payout_hide_report, **verdict})
            if verdict["Holds"]:
                unit.restrict(self.reason(restriction))
                unit.said["HiddenFromReports"] |= restriction.zero_payout_hide_report


PAYOUT_RESTRICTIONS = PayoutRestrictionsSection()
