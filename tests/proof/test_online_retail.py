"""Real orders in by the product's own commands; every figure compared with plain Python over the same files.

BRANDBOARD_PROOF_DATA names another folder of such files, to prove it on more orders than the repository holds.
"""

import json
import os
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from servers.home import PROJECT
from tests.proof import plain
from tracking.models import Action, Conversion

pytestmark = pytest.mark.django_db(transaction=True)

DATA = Path(os.environ.get("BRANDBOARD_PROOF_DATA") or PROJECT / "demonstration")
STATUSES = {"New": "New", "Return": "Existing", "Re-Engaged": "Re-Engaged", "Other": "Other"}


def manage(*command: str) -> str:
    answer = StringIO()
    call_command(*command, stdout=answer)
    return answer.getvalue()


def report(handle: str, start: str, end: str) -> list[dict[str, str]]:
    rows = manage("report", handle, "--program", "1000", "--start", start, "--end", end, "--format", "json")
    return json.loads(rows)  # type: ignore[no-any-return]


def assert_payouts_agree(orders: dict[str, plain.PlainOrder]) -> None:
    stored = {action.order_id: (action.amount, action.payout) for action in Action.objects.all()}
    assert stored == {order.order_id: order.now for order in orders.values()}


def assert_reports_agree(orders: dict[str, plain.PlainOrder]) -> None:
    start, end = plain.span(orders)
    by_partner = plain.cells(orders, lambda order: order.partner)
    seen = set()
    for row in report("new_vs_return_customer", start, end):
        for column, status in STATUSES.items():
            expected = by_partner.get((row["Partner Id"], status), [0, Decimal(0), Decimal(0)])
            found = [Decimal(str(row[f"{column} {figure}"])) for figure in ("Actions", "Action Cost", "Revenue")]
            assert found == expected, (row["Partner Id"], status)
            seen.add((row["Partner Id"], status))
    assert set(by_partner) <= seen
    by_day = plain.cells(orders, lambda order: order.day)
    found_days = {}
    for row in report("performance_by_day_by_customer_status", start, end):
        figures = [Decimal(str(row[name])) for name in ("Actions", "Action Cost", "Revenue")]
        if any(figures):
            found_days[row["Date"], row["Customer Status"]] = figures
    assert found_days == {key: cell for key, cell in by_day.items() if cell[0]}


@pytest.fixture
def orders(record_property: Callable[[str, object], None]) -> dict[str, plain.PlainOrder]:
    """The orders as plain Python reads them, and the same orders sold in a fresh program."""
    mapping = "SALE:New=new;Existing=repeat;Re-Engaged=lapsed"
    manage(
        "create_program", "--id", "1000", "--name", "Gift shop", "--currency", "GBP", "--time-zone", "Europe/London",
        "--event-type", "SALE", "--map", mapping,
    )  # fmt: skip
    manage("import_partners", str(DATA / "partners.csv"), "--program", "1000")
    manage("publish_terms", str(DATA / "terms.json"), "--program", "1000", "--join", "all", "--start", "2010-12-01")
    sold = plain.read_orders(DATA)
    lines = sum(len(order.lines) for order in sold.values())
    answer = json.loads(manage("import_conversions", str(DATA / "conversions.csv.gz"), "--program", "1000", "--wait"))
    assert answer == {"Rows": lines, "Accepted": len(sold), "Duplicates": 0, "Rejected": 0, "Errors": []}
    return sold


def test_every_payout_and_every_cell_of_both_reports_is_what_plain_python_says(
    orders: dict[str, plain.PlainOrder],
) -> None:
    assert_payouts_agree(orders)
    assert_reports_agree(orders)
    assert json.loads(manage("verify", "--program", "1000"))["Differences"] == 0

    plain.apply_returns(DATA, orders)
    returns = len(plain.rows(DATA / "modifications.csv.gz"))
    refused = Counter(order.order_id for order in orders.values() for _ in order.refused)
    answer = json.loads(
        manage("import_modifications", str(DATA / "modifications.csv.gz"), "--program", "1000", "--wait")
    )
    assert answer["Rows"] == answer["Accepted"] == returns
    assert Counter(change["OrderId"] for change in answer["Refused"]) == refused
    assert_payouts_agree(orders)
    assert_reports_agree(orders)
    assert json.loads(manage("verify", "--program", "1000"))["Differences"] == 0

    # The same files once more change nothing.
    again = json.loads(manage("import_conversions", str(DATA / "conversions.csv.gz"), "--program", "1000", "--wait"))
    assert (again["Accepted"], again["Duplicates"]) == (0, len(orders))
    assert Conversion.objects.filter(state="PRICED").count() == Action.objects.count() == len(orders)
    assert_payouts_agree(orders)
