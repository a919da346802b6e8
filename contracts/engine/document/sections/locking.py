"""Action locking: when an action stops changing (payouts.md §7)."""

from dataclasses import dataclass
from typing import Any, Literal, cast

from contracts.engine.document.offsets import after_in_words, read_offsets
from contracts.engine.document.reading import Node
from contracts.engine.document.sections.section import Lists, SingleSection
from contracts.engine.explain.words import PLAIN, Spelling

OPEN_ENDED_DAYS = 730  # after which an open-ended action locks by itself
MOST_DAYS_BESIDE_MONTHS = 27


@dataclass(frozen=True, slots=True)
class Locking:
    """When an action stops changing: after the end of the day or month it was tracked, plus months, plus days."""

    period: Literal["DAY", "MONTH"] = "DAY"
    month_offset: int = 0
    day_offset: int = 0
    open_ended: bool = False
    basis: Literal["TRACKED"] = "TRACKED"


class LockingSection(SingleSection[Locking | None]):
    keys = ("Locking",)
    name = "Action locking"
    absent = None
    offered = Locking("MONTH", 0, 15)

    def read(self, node: Node, lists: Lists) -> Locking | None:
        raw = node.take("Locking")
        if raw is None or raw == {}:
            return None
        own = Node(raw, node.at("Locking"), node.errors)
        basis = own.take("Basis")
        if basis not in (None, "TRACKED"):
            own.error("Basis", "locking counts from TRACKED; no other basis can be used yet")
        period = own.choice("Period", ("DAY", "MONTH"), default="DAY" if own.raw.get("OpenEnded") is True else None)
        months, days = read_offsets(own)
        if days > MOST_DAYS_BESIDE_MONTHS and (period == "MONTH" or months):
            own.error("DayOffset", f"must be at most {MOST_DAYS_BESIDE_MONTHS} where months are counted")
        open_ended = own.flag("OpenEnded")
        own.close()
        return Locking(open_ended=True) if open_ended else Locking(cast(Any, period), months, days)

    def write(self, value: Locking | None) -> dict[str, Any]:
        if value is None:
            return {}
        return {
            "Locking": {
                "Basis": value.basis,
                "Period": value.period,
                "MonthOffset": value.month_offset,
                "DayOffset": value.day_offset,
                "OpenEnded": value.open_ended,
            }
        }

    def drafted(self, value: Locking | None) -> Locking | None:
        """Open-ended is the section switched off."""
        return None if value is None or value.open_ended else value

    def words(self, value: Locking | None, currency: str, spelling: Spelling = PLAIN) -> str:
        if value is None or value.open_ended:
            return f"Actions are open-ended: they lock by themselves {OPEN_ENDED_DAYS} days after they are tracked."
        period = "month" if value.period == "MONTH" else "day"
        return (
            f"Actions are locked {after_in_words(value.month_offset, value.day_offset)} the {period} they are tracked."
        )


LOCKING = LockingSection()
