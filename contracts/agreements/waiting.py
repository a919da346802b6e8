"""Orders that wait for a contract. Their app, which this one cannot import, registers how to find them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from contracts.engine.attribution.credit import Agreement


class ContractTime(NamedTuple):
    """A time for which a partner gets a contract for an event type, by ids, with what it says of referrals; None is
    open.
    """

    partner_id: int
    event_type_id: int
    lower: datetime | None
    upper: datetime | None
    agreement: Agreement

    def holds(self, moment: datetime) -> bool:
        return (self.lower is None or self.lower <= moment) and (self.upper is None or moment < self.upper)


@dataclass(frozen=True, slots=True)
class WaitingOrders:
    """`find` counts the real orders of the program that are held and that these times credit; `price` has them
    priced, test orders too.
    """

    find: Callable[[int, Sequence[ContractTime]], int]
    price: Callable[[int, Sequence[ContractTime]], None]


_registered: list[WaitingOrders] = []


def register(orders: WaitingOrders) -> None:
    """Let publishing and joining count these orders, and have them priced."""
    _registered.append(orders)


def count_waiting(program_id: int, times: Sequence[ContractTime]) -> int:
    return sum(orders.find(program_id, times) for orders in _registered) if times else 0


def price_waiting(program_id: int, times: Sequence[ContractTime]) -> None:
    for orders in _registered if times else ():
        orders.price(program_id, times)
