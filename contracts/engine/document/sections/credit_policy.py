"""Credit policy: which of the valid referrals of a journey is credited (payouts.md §14)."""

from typing import Any, Literal, cast

from contracts.engine.document.reading import Node
from contracts.engine.document.sections.section import Lists, SingleSection
from contracts.engine.explain.words import PLAIN, Spelling

type CreditPolicy = Literal["LAST_REFERRER", "FIRST_REFERRER"]
POLICIES = {"LAST_REFERRER": "last referrer", "FIRST_REFERRER": "first referrer"}


class CreditPolicySection(SingleSection[CreditPolicy]):
    keys = ("CreditPolicy",)
    name = "Credit policy"
    absent: CreditPolicy = "LAST_REFERRER"
    offered: CreditPolicy = "LAST_REFERRER"

    def read(self, node: Node, lists: Lists) -> CreditPolicy:
        return cast(CreditPolicy, node.choice("CreditPolicy", tuple(POLICIES), default="LAST_REFERRER"))

    def write(self, value: CreditPolicy) -> dict[str, Any]:
        return {} if value == self.absent else {"CreditPolicy": value}

    def words(self, value: CreditPolicy, currency: str, spelling: Spelling = PLAIN) -> str:
        return f"The {POLICIES[value]} is credited."


CREDIT_POLICY = CreditPolicySection()
