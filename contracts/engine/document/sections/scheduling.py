"""Payout scheduling: when a locked action is paid (payouts.md §7)."""

from dataclasses import dataclass
from typing import Any, Literal, cast

from contracts.engine.document.offsets import after_in_words, read_offsets
from contracts.engine.document.reading import Node
from contracts.engine.document.sections.section import Lists, SingleSection
from contracts.engine.explain.words import PLAIN, Spelling

PERIODS = {"END_OF_DAY": "day", "END_OF_WEEK": "week", "END_OF_MONTH": "month"}


@dataclass(frozen=True, slots=True)
class PayoutScheduling:
    """When a locked action is paid: months and days after the end of the period in which it locked."""

    period: Literal["END_OF_DAY", "END_OF_WEEK", "END_OF_MONTH"] = "END_OF_DAY"
    month_offset: int = 0
    day_offset: int = 0
    basis: Literal["LOCKED"] = "LOCKED"


class SchedulingSection(SingleSection[PayoutScheduling | None]):
    keys = ("PayoutScheduling",)
    name = "Payout scheduling"
    absent = None
    offered = PayoutScheduling("END_OF_MONTH", 0, 20)

    def read(self, node: Node, lists: Lists) -> PayoutScheduling | None:
        raw = node.take("PayoutScheduling")
        if raw is None or raw == {}:
            return None
        own = Node(raw, node.at("PayoutScheduling"), node.errors)
        basis = own.take("Basis")
        if basis not in (None, "LOCKED"):
            own.error("Basis", "paying counts from LOCKED; no other basis can be used yet")
        period = own.choice("Period", tuple(PERIODS))
        offsets = read_offsets(own)
        own.close()
        return PayoutScheduling(cast(Any, period), *offsets)

    def write(self, value: PayoutScheduling | None) -> dict[str, Any]:
        if value is None:
            return {}
        return {
            "PayoutScheduling": {
                "Basis": value.basis,
                "Period": value.period,
                "MonthOffset": value.month_offset,
                "DayOffset": value.day_offset,
            }
        }

    def words(self, value: PayoutScheduling | None, currency: str, spelling: Spelling = PLAIN) -> str:
        if value is None or not (value.month_offset or value.day_offset):
            return "Actions are paid on the day they lock."
        after = after_in_words(value.month_offset, value.day_offset)
        return f"Actions are paid {after} the {PERIODS[value.period]} they lock."


SCHEDULING = SchedulingSection()
