"""Referral window: which referrals count, and for how long (payouts.md §7, §14)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, cast

from contracts.engine.document.reading import Node
from contracts.engine.document.sections.section import Lists, SingleSection
from contracts.engine.explain.words import PLAIN, Spelling

TYPES = {"CLICKS": "clicks", "IMPRESSIONS": "impressions"}
UNITS = {"DAY": timedelta(days=1), "HOUR": timedelta(hours=1)}
LONGEST = timedelta(days=400)  # steps are kept no longer, unless the operator says so
DEFAULT_DAYS = 30


@dataclass(frozen=True, slots=True)
class ValidReferral:
    """Referrals of one type that lie at most a window before the event; a day is 24 hours."""

    type: Literal["CLICKS", "IMPRESSIONS"] = "CLICKS"
    window: int = DEFAULT_DAYS
    window_unit: Literal["DAY", "HOUR"] = "DAY"

    @property
    def length(self) -> timedelta:
        return self.window * UNITS[self.window_unit]

    @property
    def words(self) -> str:
        unit = self.window_unit.lower() + ("" if self.window == 1 else "s")
        return f"{TYPES[self.type]} within {self.window} {unit}"


type Referrals = tuple[ValidReferral, ...]


class ReferralWindowSection(SingleSection[Referrals]):
    keys = ("ValidReferrals",)
    name = "Referral window"
    absent: Referrals = (ValidReferral(),)
    offered: Referrals = (ValidReferral(),)

    def read(self, node: Node, lists: Lists) -> Referrals:
        rows = [(path, _referral(Node(raw, path, node.errors))) for path, raw in node.rows("ValidReferrals")]
        seen: set[str] = set()
        for path, row in rows:
            if row.type in seen:
                node.errors.add(f"{path}.Type", f"{row.type} is listed twice")
            seen.add(row.type)
        return tuple(sorted((row for _, row in rows), key=lambda row: row.type)) or self.absent

    def write(self, value: Referrals) -> dict[str, Any]:
        if value == self.absent:
            return {}
        return {
            "ValidReferrals": [{"Type": row.type, "Window": row.window, "WindowUnit": row.window_unit} for row in value]
        }

    def words(self, value: Referrals, currency: str, spelling: Spelling = PLAIN) -> str:
        return f"Referrals are allowed from {' and '.join(row.words for row in value)} before the order."


def longest(unit: str) -> int:
    """The longest window, in days or hours."""
    return LONGEST // UNITS[unit]


def _referral(node: Node) -> ValidReferral:
    type_ = node.choice("Type", tuple(TYPES), default="CLICKS")
    unit = node.choice("WindowUnit", tuple(UNITS), default="DAY")
    window = node.whole("Window", default=DEFAULT_DAYS, least=1, most=longest(unit))
    node.close()
    return ValidReferral(cast(Any, type_), cast(int, window), cast(Any, unit))


REFERRAL_WINDOW = ReferralWindowSection()
