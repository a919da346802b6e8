"""The columns of the list of actions: which there are, and which the reader asked to be shown."""

from collections.abc import Iterable
from typing import NamedTuple

from django.http import HttpRequest


class Column(NamedTuple):
    key: str
    label: str
    is_figure: bool = False
    sort: str = ""
    is_kept: bool = False  # in sight while a wide table moves
    head: str = ""  # over the column: the label, with the currency where all rows have the same, or the time zone


COLUMNS = (
    Column("event_date", "Event Date", sort="event_date"),
    Column("partner", "Partner"),
    Column("event_type", "Event Type"),
    Column("customer", "Customer Id"),
    Column("customer_status", "Customer Status"),
    Column("status_code", "Status code as sent"),
    Column("state", "State"),
    Column("promo_code", "Promo Code"),
    Column("group", "Payout Group"),
    Column("original_amount", "Amount as ordered", is_figure=True),
    Column("amount", "Amount", is_figure=True, sort="amount"),
    Column("payout", "Payout", is_figure=True, sort="payout", is_kept=True),
    Column("intended_payout", "Payout at first", is_figure=True),
    Column("locks", "Locks", sort="locks"),
    Column("paid", "Due"),
    Column("tracked", "Tracked"),
    Column("action_id", "Action Id"),
)
MOMENTS = ("event_date", "tracked")
OF_THE_TERMS = ("amount", "payout", "intended_payout")
# Of what is over its cap the payout is 0, and what it would be paid matters.
IF_APPROVED = "If approved"
OVER_CAP_FIRST = ("event_date", "partner", "customer_status", "state", "amount", "intended_payout", "locks")
SHOWN_FIRST = ("event_date", "partner", "customer_status", "state", "group", "amount", "payout")


def shown_columns(request: HttpRequest, usual: Iterable[str] = SHOWN_FIRST) -> list[Column]:
    """Those of ?show=, in the table's own order; the usual ones where none is asked for."""
    asked = set(request.GET.getlist("show")) & {column.key for column in COLUMNS} or set(usual)
    return [column for column in COLUMNS if column.key in asked]


def headed(columns: list[Column], currency: str, zone: str, *, is_over_cap: bool = False) -> list[Column]:
    """The columns with their heads. `currency` is that of the terms of all rows, or nothing where they differ. What was
    to be paid of an action over its cap is what approving it pays.
    """
    if is_over_cap:
        columns = [each._replace(label=IF_APPROVED) if each.key == "intended_payout" else each for each in columns]
    units = dict.fromkeys(MOMENTS, zone) | dict.fromkeys(OF_THE_TERMS, currency)
    return [column._replace(head=", ".join(filter(None, (column.label, units.get(column.key))))) for column in columns]


def column_options(shown: list[Column]) -> list[tuple[str, str, bool]]:
    """What components/filter_menu.html takes: every column, and whether it is shown."""
    return [(column.key, column.label, column in shown) for column in COLUMNS]
