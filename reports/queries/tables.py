"""The reports as tables: the same columns and figures for the page, the file, the API and the command."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, cached_property
from operator import attrgetter
from typing import Any, Literal

from common.currencies import CURRENCY_DIGITS
from common.refusals import Refusal, Refused
from program.models import Program
from reports.queries.figures import PARTS, ByStatus, DayRow, Figures, day_rows, ordered_statuses, partner_rows, summed
from reports.queries.filters import Filters
from reports.queries.partner_order import partners_in_order

Kind = Literal["text", "day", "count", "money", "percent"]
Cell = Any  # str, date, int, Decimal or None, as the column's kind says


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind

    @cached_property  # each cell of a page asks for it
    def key(self) -> str:
        """The name in an address: new_customer_rate."""
        return self.name.lower().replace(" ", "_").replace("-", "_")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows are tuples in the order of the columns; money is in `currency`, with its digits."""

    columns: tuple[Column, ...]
    rows: list[tuple[Cell, ...]]
    total: tuple[Cell, ...]
    currency: str

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


METRICS = (Column("Actions", "count"), Column("Action Cost", "money"), Column("Revenue", "money"))
EXTRAS = (Column("Gross Actions", "count"), Column("Gross Action Cost", "money"), Column("AOV", "money"))


def money(value: Decimal, currency: str) -> Decimal:
    """A sum with the currency's digits; digits below them, which no rounded sum has, would stay."""
    figure = value.quantize(_smallest(currency))
    return figure if figure == value else value


@cache
def _smallest(currency: str) -> Decimal:
    return Decimal(1).scaleb(-CURRENCY_DIGITS.get(currency, 2))


def rounded(value: Decimal | None, places: int) -> Decimal | None:
    """For averages and rates, which are for reading: half up."""
    return None if value is None else value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def figure_cells(figures: Figures, columns: Iterable[Column], currency: str) -> tuple[Cell, ...]:
    """The figures that these columns name."""
    cells: list[Cell] = []
    for column in columns:
        if column.name == "AOV":
            cells.append(rounded(figures.aov, CURRENCY_DIGITS.get(currency, 2)))
        else:
            value = getattr(figures, column.key)
            cells.append(money(value, currency) if column.kind == "money" else value)
    return tuple(cells)


def partner_columns() -> tuple[Column, ...]:
    heads = [*(head for head, _ in PARTS), "Total"]
    figures = [Column(f"{head} {metric.name}", metric.kind) for head in heads for metric in METRICS]
    return Column("Partner Id", "text"), Column("Partner", "text"), *figures, Column("New Customer Rate", "percent")


def partner_cells(figures: ByStatus, currency: str) -> tuple[Cell, ...]:
    """The figures of one row of New vs. Return Customer, by status, in all, and the rate in percent."""
    parts = (*figures.parts(), figures.total)
    cells = [cell for part in parts for cell in figure_cells(part, METRICS, currency)]
    return *cells, rounded(figures.new_customer_rate, 2)


def new_vs_return_customer(program: Program, filters: Filters, *, show: Sequence[str] = (), sort: str = "") -> Table:
    """A row for each partner with any order, the reversed among them."""
    currency = filters.currency or program.currency
    found = partner_rows(program, filters, partners_in_order(program, filters, sort))
    rows = [(row.partner.media_partner_id, row.partner.name, *partner_cells(row.figures, currency)) for row in found]
    total = ("Total", "", *partner_cells(summed(found), currency))
    return Table(partner_columns(), rows, total, currency)


def performance_by_day_by_customer_status(
    program: Program, filters: Filters, *, show: Sequence[str] = (), sort: str = ""
) -> Table:
    """A row for each day and status with any order, the reversed among them; first by day, then by status."""
    currency = filters.currency or program.currency
    figures = shown_columns(show)
    found = day_rows(program, filters)
    rows = [
        (row.day, status, *figure_cells(row.figures.statuses[status], figures, currency))
        for row in sorted_days(found, sort or "date")
        for status in ordered_statuses(row.figures.statuses)
    ]
    columns = (Column("Date", "day"), Column("Customer Status", "text"), *figures)
    total = ("Total", "All", *figure_cells(summed(found).total, figures, currency))
    return Table(columns, rows, total, currency)


def shown_columns(show: Sequence[str]) -> tuple[Column, ...]:
    """Actions, Action Cost and Revenue, and those of Show (keys)."""
    return *METRICS, *(column for column in EXTRAS if column.key in show)


def sorted_days(rows: Iterable[DayRow], sort: str) -> list[DayRow]:
    """Days by date or by a figure of the whole day; a minus before the key is descending. Ties: newest first."""
    key = sort.removeprefix("-")
    newest = sorted(rows, key=attrgetter("day"), reverse=True)
    if key not in {column.key for column in (*METRICS, *EXTRAS)}:
        return newest if sort == "-date" else newest[::-1]
    return sorted(newest, key=lambda row: getattr(row.figures.total, key) or 0, reverse=sort.startswith("-"))


@dataclass(frozen=True, slots=True)
class Report:
    handle: str
    title: str
    sentence: str
    extras: tuple[Column, ...]
    table: Callable[..., Table]

    def read_show(self, names: Iterable[str]) -> tuple[str, ...]:
        """Keys of extra columns from their names or keys; Refused for one that the report does not have."""
        known = {column.key: column for column in self.extras}
        asked = [Column(name.strip(), "text").key for name in names if name.strip()]
        if strays := [key for key in asked if key not in known]:
            there = ", ".join(column.name for column in self.extras) or "none"
            raise Refused(Refusal("show", f"“{strays[0]}” is not a known column of this report; use {there}."))
        return tuple(dict.fromkeys(asked))


REPORTS = {
    report.handle: report
    for report in (
        Report(
            "new_vs_return_customer",
            "New vs. Return Customer",
            "For each partner, how much came from customers who had never ordered before.",
            (),
            new_vs_return_customer,
        ),
        Report(
            "performance_by_day_by_customer_status",
            "Performance by Day by Customer Status",
            "What new, existing and re-engaged customers ordered each day, and what it cost.",
            EXTRAS,
            performance_by_day_by_customer_status,
        ),
    )
}
