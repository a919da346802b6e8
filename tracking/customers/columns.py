"""The columns of the list of customers, which of them a reader asked to be shown, and what each shows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import NamedTuple

from program.templatetags.brandboard import amount, day, number

from .rows import ListedCustomer

COOKIE = "customer_columns"
COOKIE_DAYS = 400


class Column(NamedTuple):
    """`text` is what it shows of a customer, in the program's time zone; empty where there is nothing."""

    key: str
    label: str
    text: Callable[[ListedCustomer, tzinfo], str]
    is_figure: bool = False
    sort: str = ""


COLUMNS = (
    Column("name", "Name", lambda row, zone: row.customer.name),
    Column("email", "E-mail", lambda row, zone: row.customer.email or ("hashed" if row.email_hash else "")),
    Column(
        "status",
        "Customer Status",
        lambda row, zone: (row.customer.status or "Other") if row.customer.last_order else "",
    ),
    Column("tags", "Tags", lambda row, zone: ", ".join(tag.name for tag in row.tags)),
    Column("partners", "Partners", lambda row, zone: ", ".join(row.partners)),
    Column("country", "Country", lambda row, zone: row.country),
    Column("region", "Region", lambda row, zone: row.customer.region),
    Column("city", "City", lambda row, zone: row.customer.city),
    Column("post_code", "Postcode", lambda row, zone: row.customer.post_code),
    Column("first_order", "First order", lambda row, zone: day(row.customer.first_order, zone), sort="first_order"),
    Column("orders", "Orders", lambda row, zone: number(row.customer.orders), is_figure=True, sort="orders"),
    Column(
        "revenue",
        "Revenue",
        lambda row, zone: amount(row.revenue.revenue, row.revenue.currency) if row.revenue else "",
        is_figure=True,
        sort="revenue",
    ),
    Column(
        "last_order",
        "Last order",
        lambda row, zone: day(row.customer.last_order, zone) or "none",
        is_figure=True,
        sort="last_order",
    ),
)
SHOWN_FIRST = ("name", "status", "tags", "orders", "revenue", "last_order")


def asked_columns(keys: Sequence[str]) -> list[Column]:
    """Those of these keys, in the table's own order; the usual ones where none is known."""
    asked = set(keys) & {column.key for column in COLUMNS} or set(SHOWN_FIRST)
    return [column for column in COLUMNS if column.key in asked]


def shown_columns(asked: Sequence[str], cookies: Mapping[str, str]) -> list[Column]:
    """Those of ?show=, else those that the reader chose last."""
    return asked_columns(asked or cookies.get(COOKIE, "").split("."))


def in_currency(columns: Sequence[Column], currency: str) -> list[Column]:
    """The columns, of which that of the revenue names its currency."""
    return [each._replace(label=f"{each.label}, {currency}") if each.key == "revenue" else each for each in columns]


class Cell(NamedTuple):
    """What a column shows of a customer."""

    key: str
    label: str
    text: str
    is_figure: bool


def with_cells(
    rows: Sequence[ListedCustomer], columns: Sequence[Column], zone: tzinfo
) -> Iterator[tuple[ListedCustomer, list[Cell]]]:
    """Each row with its cells: the template chooses among those few that are more than text."""
    for row in rows:
        yield row, [Cell(each.key, each.label, each.text(row, zone), each.is_figure) for each in columns]


def column_options(shown: Sequence[Column]) -> list[tuple[str, str, bool]]:
    """What components/columns.html takes: every column, and whether it is shown."""
    return [(column.key, column.label, column in shown) for column in COLUMNS]
