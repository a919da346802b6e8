"""The columns of the list of customers, and which of them a reader asked to be shown."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

COOKIE = "customer_columns"
COOKIE_DAYS = 400


class Column(NamedTuple):
    key: str
    label: str
    is_figure: bool = False
    sort: str = ""


COLUMNS = (
    Column("name", "Name"),
    Column("email", "E-mail"),
    Column("status", "Customer Status"),
    Column("tags", "Tags"),
    Column("partners", "Partners"),
    Column("country", "Country"),
    Column("region", "Region"),
    Column("city", "City"),
    Column("post_code", "Postcode"),
    Column("first_order", "First order", sort="first_order"),
    Column("orders", "Orders", is_figure=True, sort="orders"),
    Column("revenue", "Revenue", is_figure=True, sort="revenue"),
    Column("last_order", "Last order", is_figure=True, sort="last_order"),
)
SHOWN_FIRST = ("name", "status", "tags", "orders", "revenue", "last_order")


def asked_columns(keys: Sequence[str]) -> list[Column]:
    """Those of these keys, in the table's own order; the usual ones where none is known."""
    asked = set(keys) & {column.key for column in COLUMNS} or set(SHOWN_FIRST)
    return [column for column in COLUMNS if column.key in asked]


def shown_columns(asked: Sequence[str], cookies: Mapping[str, str]) -> list[Column]:
    """Those of ?show=, else those that the reader chose last."""
    return asked_columns(asked or cookies.get(COOKIE, "").split("."))


def column_options(shown: Sequence[Column]) -> list[tuple[str, str, bool]]:
    """What components/columns.html takes: every column, and whether it is shown."""
    return [(column.key, column.label, column in shown) for column in COLUMNS]
