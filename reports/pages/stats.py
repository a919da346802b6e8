"""Figures on pages: the four at the top with their change, and the trend by customer status."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from operator import methodcaller
from typing import Any

from common.currencies import CURRENCY_DIGITS
from program.templatetags.brandboard import amount, money, number, share, slug_of
from reports.queries.figures import PARTS, ByStatus, DayRow, Figures, ordered_statuses
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
    return [*(replace(stat, url=url) for stat in sums), _rate("New customer rate", rate, rate_before)]


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


def _rate(label: str, now: Decimal | None, before: Decimal | None) -> Stat:
    value = "–" if now is None else share(now)
    if before is None or now is None:
        return Stat(label, value)
    change = now - before
    words = f"{share(abs(change)).removesuffix('%')} points" if change else "unchanged"
    return Stat(label, value, words, share(before), up=change > 0, down=change < 0, good=change > 0)


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


METRICS = (("actions", "Actions"), ("action_cost", "Action Cost"), ("revenue", "Revenue"))
PartOf = Callable[[ByStatus], Figures]
Part = tuple[str, PartOf]


def by_own_statuses(total: ByStatus) -> list[Part]:
    """A line for each status there is, the brand's own among them; the three known ones always."""
    statuses = ordered_statuses({"New", "Existing", "Re-Engaged", *total.statuses})
    return [(status, methodcaller("of", status)) for status in statuses]


def by_parts() -> list[Part]:
    """The lines of New vs. Return Customer: its three statuses, and all the rest as one."""
    return [(head, methodcaller("of", status) if status else methodcaller("rest")) for head, status in PARTS]


def trend(rows: Sequence[DayRow], total: ByStatus, parts: Iterable[Part], currency: str) -> dict[str, Any]:
    """The data of components/trend_chart.html: days in their order, a series for each part."""
    return {
        "days": [row.day.isoformat() for row in rows],
        "metrics": [
            {
                "key": key,
                "label": label,
                "unit": "" if key == "actions" else currency,
                "digits": 0 if key == "actions" else CURRENCY_DIGITS.get(currency, 2),
            }
            for key, label in METRICS
        ],
        "series": [_series(head, part, rows, total, currency) for head, part in parts],
    }


def _series(head: str, part: PartOf, rows: Sequence[DayRow], total: ByStatus, currency: str) -> dict[str, Any]:
    figures, sums = [part(row.figures) for row in rows], part(total)
    return {
        "status": head,
        "slug": slug_of("Existing" if head == "Return" else head),
        "values": {key: [_plain(getattr(each, key)) for each in figures] for key, _ in METRICS},
        "totals": {key: _total(sums, key, currency) for key, _ in METRICS},
    }


def _plain(value: Decimal | int) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _total(figures: Figures, key: str, currency: str) -> str:
    value = getattr(figures, key)
    return number(value) if key == "actions" else money(with_digits(value, currency), currency)
