"""Figures of the last 30 days beside the rows of a list, and the list in their order: asked here, answered by the app
that has the rollups, which registers the answers when it is loaded.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from django.db.models import QuerySet
from django.http import HttpRequest

from common.web.lists import sorted_by
from program.models import Program

DAYS = 30  # with today

type By = Literal["partner", "contract", "template_terms"]
type ClicksBy = Literal["partner", "ad"]
SORTS = ("actions", "payout", "rate")  # values of ?sort= that a list has beside those of its own columns


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
type InOrder = Callable[[Program, By, str, "QuerySet[Any]", int, int], list[int]]
type LastOrders = Callable[[Program, Collection[int]], Mapping[int, date]]

_recent: list[Recent] = []
_in_order: list[InOrder] = []
_last_orders: list[LastOrders] = []
_clicks: list[Clicks] = []


def answer(recent: Recent, in_order: InOrder, last_orders: LastOrders, clicks: Clicks) -> None:
    """Called once by the app that has the rollups, when it is loaded."""
    _recent[:], _in_order[:], _last_orders[:], _clicks[:] = [recent], [in_order], [last_orders], [clicks]


def recent_figures(program: Program, by: By, ids: Collection[int]) -> Figures:
    """By the number of each row that had any action: one entry a currency, the program's first."""
    return next((recent(program, by, ids) for recent in _recent), {})


def last_orders(program: Program, partners: Collection[int]) -> Mapping[int, date]:
    """The day of the last order of each of these partners that had any."""
    return next((last(program, partners) for last in _last_orders), {})


def recent_clicks(program: Program, by: ClicksBy, ids: Collection[int]) -> Mapping[int, RecentClicks]:
    """By the number of each row that had any impression or click."""
    return next((clicks(program, by, ids) for clicks in _clicks), {})


@dataclass(frozen=True, slots=True)
class RowsByFigure:
    """The rows of a query set in the order of a figure, for a paginator: counted as they are, read a page at a time."""

    rows: "QuerySet[Any]"
    program: Program
    by: By
    sort: str

    def count(self) -> int:
        return self.rows.count()

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, places: slice) -> list[Any]:
        start, stop = places.start or 0, places.stop
        if stop <= start:
            return []
        ids = _in_order[0](self.program, self.by, self.sort, self.rows, start, stop)
        found = self.rows.in_bulk(ids)
        return [found[pk] for pk in ids if pk in found]  # one may be deleted between the two queries


def sorted_with_figures(
    request: HttpRequest, rows: "QuerySet[Any]", columns: dict[str, str], program: Program, by: By
) -> tuple[Any, str]:
    """As `common.web.lists.sorted_by`, also by a figure: all pages together are in its order.

    A row counts by the first line that it shows, the program's currency before others: amounts of two currencies are
    not compared. A row without the figure is less than any with it.
    """
    sort = request.GET.get("sort", "")
    if sort.removeprefix("-") in SORTS:
        return RowsByFigure(rows, program, by, sort), sort
    return sorted_by(request, rows, columns)
