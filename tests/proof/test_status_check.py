"""Status check over real orders finds exactly the wrong codes that are in them, and what each cost.

BRANDBOARD_PROOF_DATA names another folder of such files; where its codes are all right, one in fifty is made wrong.
"""

import csv
import gzip
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from program.models import EventType
from servers.home import PROJECT
from tests.proof import plain, plain_history
from tests.proof.test_online_retail import DATA, manage
from tracking.models import Action, CheckedStatus
from tracking.status_check.checks import create_check, make_check

pytestmark = pytest.mark.django_db(transaction=True)


def with_wrong_codes(codes: dict[str, str], folder: Path) -> Path:
    """A copy of the conversions with these codes by order id."""
    copy = folder / "conversions.csv.gz"
    rows = plain.rows(DATA / "conversions.csv.gz")
    with gzip.open(copy, "wt", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, "CustomerStatus": codes.get(row["OrderId"], row["CustomerStatus"])} for row in rows)
    return copy


def test_exactly_the_wrong_codes_are_found_with_what_they_cost(tmp_path: Path) -> None:
    orders, file = plain.read_orders(DATA), DATA / "conversions.csv.gz"
    if not plain_history.wrong(orders):
        codes = plain_history.plant(orders, 50)
        assert codes
        file = with_wrong_codes(codes, tmp_path)
        orders = plain.read_orders(tmp_path)
        assert plain_history.wrong(orders).keys() == codes.keys()
    expected = plain_history.wrong(orders)
    if DATA == PROJECT / "demonstration":
        assert Counter(sent for sent, _, _ in expected.values()) == {"New": 30, "Re-Engaged": 9}  # as its README says
    manage(
        "create_program", "--id", "1000", "--name", "Gift shop", "--currency", "GBP", "--time-zone", "Europe/London",
        "--event-type", "SALE", "--map", "SALE:New=new;Existing=repeat;Re-Engaged=lapsed",
    )  # fmt: skip
    manage("import_partners", str(DATA / "partners.csv"), "--program", "1000")
    manage("publish_terms", str(DATA / "terms.json"), "--program", "1000", "--join", "all", "--start", "2010-12-01")
    json.loads(manage("import_conversions", str(file), "--program", "1000", "--wait"))

    days = sorted(order.event_date.date() for order in orders.values())
    check = create_check(
        event_type=EventType.objects.get(), user_id=None, start=days[0], end=days[-1], re_engaged_after_days=180
    )
    assert make_check(check.pk)
    check.refresh_from_db()
    found = {
        row.action.order_id: (row.sent, row.by_history, row.difference)
        for row in CheckedStatus.objects.filter(verdict="DISAGREES").select_related("action")
    }
    assert found == expected
    right = plain_history.statuses(orders)
    cannot = {order_id for order_id, status in right.items() if status == "New" and orders[order_id].status != "New"}
    unjudged = CheckedStatus.objects.exclude(verdict="DISAGREES").values_list("action__order_id", flat=True)
    assert set(unjudged) == {order_id for order_id in cannot if orders[order_id].status}
    sums = [difference for _, _, difference in expected.values()]
    (totals,) = check.findings["Totals"]
    assert Decimal(totals["TooMuch"]) == sum((each for each in sums if each > 0), Decimal(0))
    assert Decimal(totals["TooLittle"]) == -sum((each for each in sums if each < 0), Decimal(0))
    assert check.findings["Orders"] == len(orders) == Action.objects.count()
