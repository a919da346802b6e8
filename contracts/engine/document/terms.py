"""Terms as the engine holds them: frozen values that `load.load` makes from a terms document.

Names are the document's in snake case. Amounts are in the terms' currency, rates in percent; all are Decimal.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

PayoutLevel = Literal["ORDER", "ITEM"]
Direction = Literal["INCREASE", "DECREASE"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition: the variable's key, the operator's key, and the literal values of which one is enough.

    Numbers and dates stay the text that was written; they were checked when the document was loaded.
    """

    variable: str
    operator: str
    values: tuple[str, ...] = ()


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


@dataclass(frozen=True, slots=True)
class PayoutAdjustment:
    """An increase or decrease of what the group or the default pays: by `rate` percent or by a fixed `amount`."""

    rules: tuple[Rule, ...]
    direction: Direction
    rate: Decimal | None = None
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PayoutRestriction:
    """What earns nothing; `zero_payout_hide_report` also leaves it out of reports."""

    rules: tuple[Rule, ...]
    zero_payout_hide_report: bool = False


@dataclass(frozen=True, slots=True)
class Locking:
    """When an action stops changing: after the end of the day or month it was tracked, plus months, plus days."""

    period: Literal["DAY", "MONTH"] = "DAY"
    month_offset: int = 0
    day_offset: int = 0
    open_ended: bool = False
    basis: Literal["TRACKED"] = "TRACKED"


@dataclass(frozen=True, slots=True)
class PayoutScheduling:
    """When a locked action is paid: months and days after the end of the period in which it locked."""

    period: Literal["END_OF_DAY", "END_OF_WEEK", "END_OF_MONTH"] = "END_OF_DAY"
    month_offset: int = 0
    day_offset: int = 0
    basis: Literal["LOCKED"] = "LOCKED"


@dataclass(frozen=True, slots=True)
class EventPayout:
    """What one event type pays. Groups are in rank order, adjustments and restrictions in the document's order."""

    event_type_code: str
    payout_level: PayoutLevel
    default_payout: Decimal | None = None
    default_payout_rate: Decimal | None = None
    payout_groups: tuple[PayoutGroup, ...] = ()
    payout_adjustments: tuple[PayoutAdjustment, ...] = ()
    payout_restrictions: tuple[PayoutRestriction, ...] = ()
    locking: Locking | None = None
    payout_scheduling: PayoutScheduling | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """A published agreement: its currency and one event payout for each event type that it covers."""

    name: str
    currency: str
    labels: tuple[str, ...] = ()
    event_payouts: tuple[EventPayout, ...] = ()

    def event_payout(self, event_type_code: str) -> EventPayout:
        """The event payout of that event type; KeyError when these terms do not cover it."""
        for event_payout in self.event_payouts:
            if event_payout.event_type_code == event_type_code:
                return event_payout
        raise KeyError(event_type_code)
