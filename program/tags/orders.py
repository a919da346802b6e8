"""What the orders say of tags: asked here, answered by the app that has the orders, which registers the answers when it
is loaded.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from program.frame.recent_figures import RecentFigures
from program.models import Program

type Span = tuple[int, datetime, datetime | None]  # a customer, by number of the row, from when and until when
type PricedOrders = Callable[[Sequence[Span]], int]
type TagFigures = Callable[[Program], Mapping[str, Sequence[RecentFigures]]]

_priced_orders: list[PricedOrders] = []
_tag_figures: list[TagFigures] = []


def answer(priced: PricedOrders, figures: TagFigures) -> None:
    """Called once by the app that has the orders, when it is loaded."""
    _priced_orders[:], _tag_figures[:] = [priced], [figures]


def priced_orders(spans: Sequence[Span]) -> int:
    """How many orders that customers placed in these times are priced already; test orders are left out."""
    return next((priced(spans) for priced in _priced_orders), 0)


def tag_figures(program: Program) -> Mapping[str, Sequence[RecentFigures]]:
    """What the orders of the last 30 days came to, by each tag that they were priced with, in the form in which names
    are compared; one entry a currency.
    """
    return next((figures(program) for figures in _tag_figures), {})
