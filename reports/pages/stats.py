"""Figures on pages: the four at the top with their change, and cells of tables."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from program.templatetags.brandboard import amount, money, number, share
from reports.queries.figures import ByStatus
from reports.queries.tables import Column, rounded
from reports.queries.tables import money as with_digits


@dataclass(frozen=True, slots=True)
class Stat:
    """One figure as components/stat.html writes it: `change` is against `before`; `good` where an increase is good;
    `url` leads to the actions that it is the sum of.
    """

    label: str
    value: str
    change: str = ""
    before: str = ""
    up: bool = False
    down: bool = False
    good: bool = False
    url: str = ""


def four_figures(now: ByStatus, before: ByStatus | None, currency: str, url: str) -> list[Stat]:
    """Actions, revenue, action cost and the rate of new customers; with their change where there is a comparison.

    `url` leads to the actions that are counted.
    """

    def sterling(value: Decimal) -> str:
        return money(with_digits(value, currency), currency)

    rate = rounded(now.new_customer_rate, 1)
    rate_before = rounded(before.new_customer_rate, 1) if before else None
    sums = [
        _stat("Actions", number, now.total.actions, before and before.total.actions, is_good=True),
        _stat("Revenue", sterling, now.total.revenue, before and before.total.revenue, is_good=True),
        _stat("Action Cost", sterling, now.total.action_cost, before and before.total.action_cost),
    ]
    return [*(replace(stat, url=url) for stat in sums), _rate("New customer rate", rate, rate_before, is_good=True)]


def effective_rate(now: ByStatus, before: ByStatus) -> Stat:
    """Action cost in a hundred of revenue."""
    return _rate("Effective rate", _cost_of_revenue(now), _cost_of_revenue(before))


def _cost_of_revenue(figures: ByStatus) -> Decimal | None:
    total = figures.total
    return rounded(Decimal(100) * total.action_cost / total.revenue, 1) if total.revenue else None


def _stat(label: str, write: Callable[[Any], str], now: Any, before: Any, *, is_good: bool = False) -> Stat:
    if before is None:
        return Stat(label, write(now))
    if not before:
        return Stat(label, write(now), change="new" if now else "unchanged", before=write(before))
    change = rounded(Decimal(100) * (Decimal(now) - before) / before, 1) or Decimal(0)
    return Stat(
        label,
        write(now),
        change=share(abs(change)) if change else "unchanged",
        before=write(before),
        up=change > 0,
        down=change < 0,
        good=is_good and change > 0,
    )


def _rate(label: str, now: Decimal | None, before: Decimal | None, *, is_good: bool = False) -> Stat:
    value = "–" if now is None else share(now)
    if before is None or now is None:
        return Stat(label, value)
    change = now - before
    words = f"{abs(change):f} points" if change else "unchanged"
    return Stat(label, value, words, share(before), up=change > 0, down=change < 0, good=is_good and change > 0)


def written(cells: Iterable[Any], columns: Iterable[Column], currency: str) -> list[str]:
    """Cells of a table as the page writes them, under heads that name the currency."""
    return [_written(cell, column, currency) for cell, column in zip(cells, columns, strict=True)]


def _written(cell: Any, column: Column, currency: str) -> str:
    if cell is None:
        return "–"
    if column.kind == "money":
        return amount(cell, currency)
    if column.kind == "percent":
        return share(cell)
    return number(cell) if column.kind == "count" else str(cell)
