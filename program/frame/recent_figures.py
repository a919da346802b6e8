"""Figures of the last 30 days beside the rows of a list: asked here, answered by the app that has the rollups, which
registers the answers when it is loaded.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from program.models import Program

DAYS = 30  # with today

type By = Literal["partner", "contract", "template_terms"]
type ClicksBy = Literal["partner", "ad"]


class RecentFigures(NamedTuple):
    """What the actions of a row came to in one currency; those that were reversed do not count."""

    currency: str
    actions: int
    action_cost: Decimal
    revenue: Decimal

    def plus(self, other: "RecentFigures") -> "RecentFigures":
        """Both together, in the one currency that they have."""
        actions, cost = self.actions + other.actions, self.action_cost + other.action_cost
        return RecentFigures(self.currency, actions, cost, self.revenue + other.revenue)

    @property
    def effective_rate(self) -> Decimal | None:
        """Action cost in a hundred of revenue."""
        return Decimal(100) * self.action_cost / self.revenue if self.revenue else None


class RecentClicks(NamedTuple):
    """The impressions and clicks of a row; those of one visitor within 30 seconds are one payable click."""

    impressions: int
    clicks: int
    payable_clicks: int


type Figures = Mapping[int, Sequence[RecentFigures]]
type Recent = Callable[[Program, By, Collection[int]], Figures]
type Clicks = Callable[[Program, ClicksBy, Collection[int]], Mapping[int, RecentClicks]]
type LastOrders = Callable[[Program, Collection[int]], Mapping[int, date]]

_recent: list[Recent] = []
_last_orders: list[LastOrders] = []
_clicks: list[Clicks] = []


def answer(recent: Recent, last_orders: LastOrders, clicks: Clicks) -> None:
    """Called once by the app that has the rollups, when it is loaded."""
    _recent[:], _last_orders[:], _clicks[:] = [recent], [last_orders], [clicks]


def recent_figures(program: Program, by: By, ids: Collection[int]) -> Figures:
    """By the number of each row that had any action: one entry a currency, the program's first."""
    return next((recent(program, by, ids) for recent in _recent), {})


def last_orders(program: Program, partners: Collection[int]) -> Mapping[int, date]:
    """The day of the last order of each of these partners that had any."""
    return next((last(program, partners) for last in _last_orders), {})


def recent_clicks(program: Program, by: ClicksBy, ids: Collection[int]) -> Mapping[int, RecentClicks]:
    """By the number of each row that had any impression or click."""
    return next((clicks(program, by, ids) for clicks in _clicks), {})
