"""What modifications have made of an order, apart from the order itself, because its sale amounts depend on it
(payouts.md §8)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

_NO_CHANGES: Mapping[int, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class OrderState:
    """The state of an order after its modifications.

    `quantities` holds the new quantity by line index (from 0, as sent); `amount` is the new sale amount of an order
    without items (0 returns any order), in the order's own currency; `customer_status` is a code.
    """

    quantities: Mapping[int, int] = field(default_factory=lambda: _NO_CHANGES)
    amount: Decimal | None = None
    customer_status: str | None = None
    reversed: bool = False
