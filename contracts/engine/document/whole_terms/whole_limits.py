"""What the action limit and the spend limit of the terms have in common: a value, its period, and weekends."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, cast

from contracts.engine.document.reading import Node
from contracts.engine.orders.money import written

type WholePeriod = Literal["DAY", "WEEK", "MONTH", "CONTRACT"]
PERIODS = {"DAY": "day", "WEEK": "week", "MONTH": "month", "CONTRACT": "contract"}
_SPOKEN = {"DAY": "each day", "WEEK": "each week", "MONTH": "each month", "CONTRACT": "over the whole contract"}


@dataclass(frozen=True, slots=True)
class WholeLimit:
    """The most that a partner's actions under these terms may be, of all event types together, in each period.

    On Saturdays and Sundays the weekend value stands in its place; it goes with a limit for each day only.
    """

    value: Decimal
    period: WholePeriod = "MONTH"
    weekend_value: Decimal | None = None


def read_whole_limit(node: Node, key: str, number: Callable[[Node, str], Decimal | None]) -> WholeLimit | None:
    """The limit under the key; `number` reads one of its values, and refuses what it may not be."""
    raw = node.take(key)
    if raw is None or raw == {}:
        return None
    own = Node(raw, node.at(key), node.errors)
    value = number(own, "Value")
    if value is None and not own.has_error("Value"):
        own.error("Value", "is required", "required")
    elif value == 0:
        own.error("Value", "must be more than 0")
    period = own.choice("Period", tuple(PERIODS))
    weekend = number(own, "WeekendValue")
    if weekend is not None and period != "DAY":
        own.error("WeekendValue", "goes with a limit for each day only")
    own.close()
    return WholeLimit(value or Decimal(1), cast(Any, period), weekend)


def write_whole_limit(key: str, value: WholeLimit | None) -> dict[str, Any]:
    """The limit as the document writes it; nothing where there is none."""
    if value is None:
        return {}
    weekend = {} if value.weekend_value is None else {"WeekendValue": written(value.weekend_value)}
    return {key: {"Value": written(value.value), "Period": value.period, **weekend}}


def limit_words(value: WholeLimit, figure: Callable[[Decimal], str]) -> str:
    """`500 actions each month`, `10 actions each day, 2 actions at weekends`."""
    weekend = "" if value.weekend_value is None else f", {figure(value.weekend_value)} at weekends"
    return f"{figure(value.value)} {_SPOKEN[value.period]}{weekend}"
