"""Status check: what was sent against what the customer's earlier orders say, by a worker."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from program.models import Customer, EventType, Program
from program.models.event_type import CustomerStatusMapping
from tests.factories import make_contracts, make_conversion, make_event_type, make_partner, terms_document
from tests.tracking.status_checking import DAY, GROUPS, checked, order
from tests.tracking.test_browser_and_server import report
from tracking.models import Action, CheckedStatus, StatusCheck
from tracking.models.conversion import Source
from tracking.pricing.batch import price_all
from tracking.status_check.verdicts import verdict


def matrix(check: StatusCheck) -> dict[tuple[str, str, str], int]:
    return {(row["Sent"], row["ByHistory"], row["Verdict"]): row["Orders"] for row in check.findings["Matrix"]}


def at(days: float) -> str:
    return (DAY + timedelta(days=days)).isoformat()


def found(check: StatusCheck, *fields: str) -> list[tuple[Any, ...]]:
    return list(CheckedStatus.objects.filter(status_check=check).order_by("id").values_list(*fields))


@pytest.mark.parametrize(
    ("sent", "by_history", "day", "expected"),
    [
        ("New", "New", date(2026, 5, 1), "AGREES"),
        ("New", "Existing", date(2026, 5, 1), "DISAGREES"),
        ("New", "Re-Engaged", date(2026, 5, 1), "DISAGREES"),
        ("Existing", "New", date(2026, 5, 1), "NO_EARLIER"),
        ("Re-Engaged", "New", date(2026, 5, 1), "NO_EARLIER"),
        ("Re-Engaged", "Existing", date(2026, 5, 1), "DISAGREES"),
        ("Existing", "Re-Engaged", date(2026, 5, 1), "DISAGREES"),
        ("New", "Existing", date(2026, 1, 31), "INCOMPLETE"),  # before the history is complete
        ("New", "Existing", date(2026, 2, 1), "DISAGREES"),
        ("Existing", "Re-Engaged", date(2026, 3, 2), "INCOMPLETE"),  # an order of 31 January may be missing
        ("Existing", "Re-Engaged", date(2026, 3, 3), "DISAGREES"),
    ],
)
def test_a_verdict_needs_a_proof(sent, by_history, day, expected):
    since = date(2026, 2, 1)
    assert verdict(sent=sent, by_history=by_history, day=day, complete_since=since, re_engaged_after=30) == expected


def test_each_order_is_judged_by_the_orders_before_it(tiered):
    first = order(tiered, 0, "new")
    again = order(tiered, 10, "new")
    order(tiered, 20, "repeat")
    order(tiered, 60, "lapsed")
    back = order(tiered, 100, "repeat")
    soon = order(tiered, 101, "lapsed")
    order(tiered, 5, "repeat", customer="C-2")
    check = checked(tiered)
    assert check.findings["Orders"] == 7
    assert matrix(check) == {
        ("New", "New", "AGREES"): 1,
        ("New", "Existing", "DISAGREES"): 1,
        ("Existing", "Existing", "AGREES"): 1,
        ("Re-Engaged", "Re-Engaged", "AGREES"): 1,
        ("Existing", "Re-Engaged", "DISAGREES"): 1,
        ("Re-Engaged", "Existing", "DISAGREES"): 1,
        ("Existing", "New", "NO_EARLIER"): 1,
    }
    rows = found(check, "action", "verdict", "earlier")
    sixty = Action.objects.get(event_date=DAY + timedelta(days=60))
    assert rows == [
        (Action.objects.get(customer__customer_id="C-2").pk, "NO_EARLIER", None),
        (again.pk, "DISAGREES", first.conversion_id),
        (back.pk, "DISAGREES", sixty.conversion_id),
        (soon.pk, "DISAGREES", back.conversion_id),
    ]


def test_it_says_what_was_paid_too_much_and_too_little_by_partner_and_code(tiered, partner):
    other = make_partner(program=tiered, media_partner_id="P-2")
    euros = terms_document(name="Euros", currency="EUR", rate="1", groups=GROUPS)
    make_contracts(program=tiered, document=euros, partners=[other])
    order(tiered, 0, "new")
    order(tiered, 10, "new")  # 15 paid, 10 right
    order(tiered, 11, "New", Amount="200.00")  # 30 paid, 20 right
    order(tiered, 60, "repeat")  # 10 paid, 12 right
    order(tiered, 61, "new", MediaPartnerId="P-2", CurrencyCode="EUR")  # 15 paid, 10 right
    findings = checked(tiered).findings
    pounds = {"Orders": 3, "TooMuch": "15.00", "TooLittle": "2.00"}
    assert findings["Totals"] == [
        {"Currency": "GBP", **pounds},
        {"Currency": "EUR", "Orders": 1, "TooMuch": "5.00", "TooLittle": "0"},
    ]
    assert findings["Partners"][0] == {"Partner": partner.pk, "Currency": "GBP", **pounds}
    codes = {(row["Code"], row["Currency"]): (row["TooMuch"], row["TooLittle"]) for row in findings["Codes"]}
    assert codes == {
        ("new", "GBP"): ("5.00", "0"),
        ("New", "GBP"): ("10.00", "0"),
        ("repeat", "GBP"): ("0", "2.00"),
        ("new", "EUR"): ("5.00", "0"),
    }


def test_an_order_is_priced_again_by_the_terms_that_it_was_priced_with(tiered, partner):
    order(tiered, 0, "new")
    wrong = order(tiered, 1, "new")
    EventType.objects.update(has_status_mapping=False)
    CustomerStatusMapping.objects.all().delete()
    assert found(checked(tiered), "action", "payout", "right_payout") == [(wrong.pk, Decimal(15), Decimal(10))]
    wrong.refresh_from_db()
    assert (wrong.payout, wrong.customer_status_category) == (15, "New")


def test_own_and_unmapped_and_missing_statuses_are_not_judged(tiered):
    order(tiered, 0, "crew")
    order(tiered, 1, "riddle")
    order(tiered, 2, "")
    order(tiered, 3, "new", CustomerId="")
    EventType.objects.update(works_out_status=True)
    order(tiered, 4, "")
    check = checked(tiered)
    assert (check.findings["Matrix"], found(check, "id")) == ([], [])
    assert [(row["Why"], row["Status"], row["Code"], row["Orders"]) for row in check.findings["NotJudged"]] == [
        ("NONE", "", "", 1),
        ("NO_CUSTOMER", "New", "new", 1),
        ("OWN", "Staff", "crew", 1),
        ("UNMAPPED", "", "riddle", 1),
        ("WORKED_OUT", "Existing", "", 1),
    ]


def test_orders_without_a_judged_status_are_earlier_orders_all_the_same(tiered):
    order(tiered, 0, "crew")
    make_conversion(
        program=tiered, CustomerId="C-2", MediaPartnerId="P-404", EventDate=(DAY - timedelta(days=9)).isoformat()
    )
    order(tiered, 1, "new")
    order(tiered, 2, "new", customer="C-2")
    assert matrix(checked(tiered)) == {("New", "Existing", "DISAGREES"): 2}


def test_orders_of_other_days_and_test_orders_and_other_event_types_are_not_checked(tiered):
    make_event_type(program=tiered, code="LEAD")
    order(tiered, 0, "new")
    order(tiered, 9, "new", is_test=True)
    inside = order(tiered, 9.45, "new")  # 10 May, 23:48 in London
    order(tiered, 9.46, "new")
    may = (date(2026, 5, 10), date(2026, 5, 10))
    assert found(checked(tiered, period=may), "action") == [(inside.pk,)]
    assert checked(tiered, code="LEAD").findings["Orders"] == 0


def test_orders_from_before_the_brand_came_are_a_proof(tiered):
    Customer.objects.create(program=tiered, customer_id="C-1", orders_before=2, first_order_date=date(2026, 4, 20))
    wrong = order(tiered, 0, "new")
    assert found(checked(tiered), "action", "by_history", "earlier") == [(wrong.pk, "Existing", None)]


def test_the_servers_report_of_the_same_order_proves_nothing(tiered):
    EventType.objects.update(reported_by=EventType.Reporters.BOTH)
    first = order(tiered, 0, "new")
    wrong = report(tiered, Source.TAG, OrderId="A1", CustomerId="C-1", CustomerStatus="new", EventDate=at(10))
    price_all(tiered.pk)
    held = {"MediaPartnerId": "P-404", "OrderId": "A1", "CustomerId": "C-1"}
    twin = report(tiered, Source.API, EventDate=at(9.9), **held)
    price_all(tiered.pk)
    twin.refresh_from_db()
    assert twin.state == "HELD"
    assert found(checked(tiered), "action__conversion", "earlier") == [(wrong.pk, first.conversion_id)]


def test_an_order_from_before_the_history_is_complete_cannot_be_judged(tiered):
    order(tiered, 0, "new")
    early = order(tiered, 1, "new")
    late = order(tiered, 2, "new")
    Program.objects.update(orders_complete_since=date(2026, 5, 3))
    check = checked(tiered)
    assert check.complete_since == date(2026, 5, 3)
    assert matrix(check) == {
        ("New", "New", "INCOMPLETE"): 1,
        ("New", "Existing", "INCOMPLETE"): 1,
        ("New", "Existing", "DISAGREES"): 1,
    }
    assert found(check, "action", "verdict")[1:] == [(early.pk, "INCOMPLETE"), (late.pk, "DISAGREES")]


def test_a_status_that_a_change_brought_is_the_one_that_is_checked(tiered):
    order(tiered, 0, "new")
    action = order(tiered, 1, "new")
    Action.objects.filter(pk=action.pk).update(customer_status="repeat", customer_status_category="Existing")
    assert matrix(checked(tiered)) == {("New", "New", "AGREES"): 1, ("Existing", "Existing", "AGREES"): 1}


def test_the_files_list_the_orders_with_their_proof(tiered):
    order(tiered, 0, "new", OrderId="A-1")
    order(tiered, 1, "new", OrderId="A-2")
    order(tiered, 2, "lapsed", OrderId="B-1", customer="=C")
    check = checked(tiered)
    rows = list(csv.DictReader(io.StringIO(bytes(check.csv).decode("utf-8-sig"))))
    assert [row["Order Id"] for row in rows] == ["A-2", "B-1"]
    assert rows[0] == {
        "Order Id": "A-2", "Event Date": "2026-05-02T13:00:00+01:00", "Customer Id": "C-1", "Partner Id": "P-1",
        "Partner": "Meadow Media", "Customer Status Code": "new", "Customer Status Sent": "New",
        "Customer Status by History": "Existing", "Verdict": "Disagrees", "Earlier Order Id": "A-1",
        "Earlier Order Date": "2026-05-01T13:00:00+01:00", "Currency": "GBP", "Paid": "15.00",
        "Paid if Right": "10.00", "Paid Too Much": "5.00",
    }  # fmt: skip
    assert rows[1]["Customer Id"] == "'=C"
    book = load_workbook(io.BytesIO(bytes(check.xlsx)))
    assert [next(str(cell) for cell in row) for row in book["Sheet1"].values] == ["Order Id", "A-2", "B-1"]
    assert ("Orders checked", 3) in list(book["About"].values)


@pytest.mark.parametrize("chunk", [1, 2, 100])
def test_the_size_of_a_chunk_makes_no_difference(tiered, monkeypatch, chunk):
    monkeypatch.setattr("tracking.status_check.comparing.CHUNK", chunk)
    for days, status in ((0, "new"), (1, "new"), (1, "repeat"), (50, "repeat"), (51, "lapsed")):
        order(tiered, days, status)
    check = checked(tiered)
    assert sum(matrix(check).values()) == check.findings["Orders"] == 5
    assert len(found(check, "id")) == 3


@pytest.mark.parametrize("reported_by", ["BOTH", "SERVER"])
def test_an_order_whose_server_s_report_is_held_is_no_earlier_order_of_itself(tiered, reported_by):
    EventType.objects.filter(program=tiered, code="SALE").update(reported_by=reported_by)
    said = {"CustomerId": "C-1", "CustomerStatus": "new"}
    report(tiered, Source.TAG, EventDate=DAY.isoformat(), **said)
    price_all(tiered.pk)
    report(tiered, Source.API, EventDate=(DAY - timedelta(hours=1)).isoformat(), MediaPartnerId="P-9", **said)
    price_all(tiered.pk)
    assert matrix(checked(tiered)) == {("New", "New", "AGREES"): 1}
