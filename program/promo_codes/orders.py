"""The orders that carried a promo code: asked here, answered by the app that has the orders, which registers the answer
when it is loaded.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from program.models import PromoCode

DAYS = 30  # with today


class CarriedBy(NamedTuple):
    """An order that carried the code, and who was credited with it."""

    order_id: str
    action: int  # the number of its row
    partner: str
    is_by_code: bool  # credited by the code itself


class Carried(NamedTuple):
    """How many orders of the last 30 days carried a code, and the latest of them."""

    orders: int
    latest: Sequence[CarriedBy]


type OrdersWith = Callable[[PromoCode], Carried]

_orders_with: list[OrdersWith] = []


def answer(orders: OrdersWith) -> None:
    """Called once by the app that has the orders, when it is loaded."""
    _orders_with[:] = [orders]


def orders_with(code: PromoCode) -> Carried:
    """The orders of the last 30 days that carried the code, however it was written; test orders are left out."""
    return next((orders(code) for orders in _orders_with), Carried(0, ()))
