"""Orders that wait for an exchange rate. Their app, which this one cannot import, registers how to have them priced."""

from collections.abc import Callable

# Has the orders priced whose rate is known now: of one program, or of all; returns how many.
type PriceWaiting = Callable[[int | None], int]

_registered: list[PriceWaiting] = []


def answer_price_waiting(price: PriceWaiting) -> None:
    """Called once by the app that has the orders, when it is loaded."""
    _registered[:] = [price]


def price_waiting(program_id: int | None = None) -> int:
    """To be called after new rates, in their transaction."""
    return sum(price(program_id) for price in _registered)
