"""Status check: what was sent against what the customer's earlier orders say, by a worker."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from program.models import Customer, EventType, Program
from program.models.event_type import CustomerStatusMapping
from tests.factories import make_action, make_contracts, make_conversion, make_event_type, make_partner, terms_document
from tracking.models import Action, CheckedStatus, StatusCheck
from tracking.status_check.checks import create_check, make_check
from tracking.status_check.verdicts import verdict

RATES = {"New": "15", "Existing": "10", "Re-Engaged": "12"}
GROUPS = [
    {
        "Rank": rank,
        "Name": status,
        "Rules": [{"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": [status]}],
        "PayoutRate": rate,
    }
    for rank, (status, rate) in enumerate(RATES.items(), 1)
]
DAY = datetime(2026, 5, 1, 12, tzinfo=UTC)
PERIOD = (date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def shop(brand: Any, sale: EventType, partner: Any) -> Program:
    """Terms of 15% for New, 10% for Existing, 12% for Re-Engaged, 1% otherwise; Lapsed means Re-Engaged."""
    sale.has_status_mapping = True
    sale.save()
    for category, code in (("Re-Engaged", "lapsed"), ("Existing", "repeat"), ("Staff", "crew")):
        CustomerStatusMapping.objects.create(
            program=brand, event_type=sale, category=category, code=code, code_key=code
        )
    make_contracts(program=brand, document=terms_document(rate="1", groups=GROUPS), partners=[partner])
    return brand


def order(program: Program, days: float, status: str, *, customer: str = "C-1", **params: Any) -> Action:
    """An order of 100.00 so many days after the first."""
    moment = (DAY + timedelta(days=days)).isoformat()
    return make_action(program=program, EventDate=moment, CustomerStatus=status, **{"CustomerId": customer, **params})


def checked(program: Program, *, days: int = 30, period: tuple[date, date] = PERIOD, code: str = "SALE") -> StatusCheck:
    event_type = EventType.objects.get(program=program, code=code)
    check = create_check(
        event_type=event_type, user_id=None, start=period[0], end=period[1], re_engaged_after_days=days
    )
    assert make_check(check.pk)
    check.refresh_from_db()
    assert check.state == "READY", check.failure
    return check


def matrix(check: StatusCheck) -> dict[tuple[str, str, str], int]:
    return {(row["Sent"], row["ByHistory"], row["Verdict"]): row["Orders"] for row in check.findings["Matrix"]}


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


def test_each_order_is_judged_by_the_orders_before_it(shop):
    first = order(shop, 0, "new")
    again = order(shop, 10, "new")
    order(shop, 20, "repeat")
    order(shop, 60, "lapsed")
    back = order(shop, 100, "repeat")
    soon = order(shop, 101, "lapsed")
    order(shop, 5, "repeat", customer="C-2")
    check = checked(shop)
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


def test_it_says_what_was_paid_too_much_and_too_little_by_partner_and_code(shop, partner):
    other = make_partner(program=shop, media_partner_id="P-2")
    euros = terms_document(name="Euros", currency="EUR", rate="1", groups=GROUPS)
    make_contracts(program=shop, document=euros, partners=[other])
    order(shop, 0, "new")
    order(shop, 10, "new")  # 15 paid, 10 right
    order(shop, 11, "New", Amount="200.00")  # 30 paid, 20 right
    order(shop, 60, "repeat")  # 10 paid, 12 right
    order(shop, 61, "new", MediaPartnerId="P-2", CurrencyCode="EUR")  # 15 paid, 10 right
    findings = checked(shop).findings
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


def test_an_order_is_priced_again_by_the_terms_that_it_was_priced_with(shop, partner):
    order(shop, 0, "new")
    wrong = order(shop, 1, "new")
    EventType.objects.update(has_status_mapping=False)
    CustomerStatusMapping.objects.all().delete()
    assert found(checked(shop), "action", "payout", "right_payout") == [(wrong.pk, Decimal(15), Decimal(10))]
    wrong.refresh_from_db()
    assert (wrong.payout, wrong.customer_status_category) == (15, "New")


def test_own_and_unmapped_and_missing_statuses_are_not_judged(shop):
    order(shop, 0, "crew")
    order(shop, 1, "riddle")
    order(shop, 2, "")
    order(shop, 3, "new", CustomerId="")
    EventType.objects.update(works_out_status=True)
    order(shop, 4, "")
    check = checked(shop)
    assert (check.findings["Matrix"], found(check, "id")) == ([], [])
    assert [(row["Why"], row["Status"], row["Code"], row["Orders"]) for row in check.findings["NotJudged"]] == [
        ("NONE", "", "", 1),
        ("NO_CUSTOMER", "New", "new", 1),
        ("OWN", "Staff", "crew", 1),
        ("UNMAPPED", "", "riddle", 1),
        ("WORKED_OUT", "Existing", "", 1),
    ]


def test_orders_without_a_judged_status_are_earlier_orders_all_the_same(shop):
    order(shop, 0, "crew")
    make_conversion(
        program=shop, CustomerId="C-2", MediaPartnerId="P-404", EventDate=(DAY - timedelta(days=9)).isoformat()
    )
    order(shop, 1, "new")
    order(shop, 2, "new", customer="C-2")
    assert matrix(checked(shop)) == {("New", "Existing", "DISAGREES"): 2}


def test_orders_of_other_days_and_test_orders_and_other_event_types_are_not_checked(shop):
    make_event_type(program=shop, code="LEAD")
    order(shop, 0, "new")
    order(shop, 9, "new", is_test=True)
    inside = order(shop, 9.45, "new")  # 10 May, 23:48 in London
    order(shop, 9.46, "new")
    may = (date(2026, 5, 10), date(2026, 5, 10))
    assert found(checked(shop, period=may), "action") == [(inside.pk,)]
    assert checked(shop, code="LEAD").findings["Orders"] == 0


def test_orders_from_before_the_brand_came_are_a_proof(shop):
    Customer.objects.create(program=shop, customer_id="C-1", orders_before=2, first_order_date=date(2026, 4, 20))
    wrong = order(shop, 0, "new")
    assert found(checked(shop), "action", "by_history", "earlier") == [(wrong.pk, "Existing", None)]


def test_an_order_from_before_the_history_is_complete_cannot_be_judged(shop):
    order(shop, 0, "new")
    early = order(shop, 1, "new")
    late = order(shop, 2, "new")
    Program.objects.update(orders_complete_since=date(2026, 5, 3))
    check = checked(shop)
    assert check.complete_since == date(2026, 5, 3)
    assert matrix(check) == {
        ("New", "New", "INCOMPLETE"): 1,
        ("New", "Existing", "INCOMPLETE"): 1,
        ("New", "Existing", "DISAGREES"): 1,
    }
    assert found(check, "action", "verdict")[1:] == [(early.pk, "INCOMPLETE"), (late.pk, "DISAGREES")]


def test_a_status_that_a_change_brought_is_the_one_that_is_checked(shop):
    order(shop, 0, "new")
    action = order(shop, 1, "new")
    Action.objects.filter(pk=action.pk).update(customer_status="repeat", customer_status_category="Existing")
    assert matrix(checked(shop)) == {("New", "New", "AGREES"): 1, ("Existing", "Existing", "AGREES"): 1}


def test_the_files_list_the_orders_with_their_proof(shop):
    order(shop, 0, "new", OrderId="A-1")
    order(shop, 1, "new", OrderId="A-2")
    order(shop, 2, "lapsed", OrderId="B-1", customer="=C")
    check = checked(shop)
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
def test_the_size_of_a_chunk_makes_no_difference(shop, monkeypatch, chunk):
    monkeypatch.setattr("tracking.status_check.comparing.CHUNK", chunk)
    for days, status in ((0, "new"), (1, "new"), (1, "repeat"), (50, "repeat"), (51, "lapsed")):
        order(shop, days, status)
    check = checked(shop)
    assert sum(matrix(check).values()) == check.findings["Orders"] == 5
    assert len(found(check, "id")) == 3
