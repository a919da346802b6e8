"""What else was reported of an erased customer's orders, without naming the customer: by a browser, or sent again."""

from typing import Any

import pytest

from program.models import EventType, ReceivedValue
from reports.rollups.fill import fill_touched_days
from tests.factories import make_action, make_conversion
from tests.tracking.erasing.planted import EMAIL, ID, SHA256, customer, erase, verified, where
from tests.tracking.test_browser_and_server import report
from tracking.erasing.everything import numbers_of_orders
from tracking.erasing.services import erase_customer, run_erasure
from tracking.models import Action, Conversion
from tracking.models.conversion import Source
from tracking.pricing.batch import price_all

HERS = "engraved for her"


def reported(program: Any, *reports: tuple[Source, dict[str, str]]) -> None:
    """Reports of one order, each priced and counted before the next one comes."""
    for source, said in reports:
        report(program, source, **said)
        price_all(program.pk)
        fill_touched_days(program_id=program.pk)


@pytest.mark.parametrize(
    "reports",
    [
        [(Source.TAG, {"Text1": HERS}), (Source.API, {"CustomerId": ID})],
        [(Source.API, {"CustomerId": ID}), (Source.TAG, {"Text1": HERS})],
        [(Source.TAG, {"CustomerId": ID}), (Source.API, {"Text1": HERS})],
        [(Source.API, {"CustomerId": ID}), (Source.FILE, {"Text1": HERS})],
        [(Source.API, {"Text1": HERS}), (Source.FILE, {"CustomerId": ID})],
        [(Source.TAG, {"Text1": HERS, "Amount": "1.00"}), (Source.API, {"CustomerId": ID})],
    ],
    ids=["browser first", "server first", "the browser names them", "sent again", "named later", "another amount"],
)
def test_a_report_of_their_order_that_does_not_name_them_is_erased(brand, standard, reports):
    make_action(program=brand, CustomerId=ID)
    reported(brand, *reports)
    assert where(HERS)
    assert len(numbers_of_orders(customer())) == 3
    erase(customer())
    assert where(HERS) == []
    assert verified()["Differences"] == 0


def test_orders_of_others_stay_as_they_were_sent(brand, standard):
    make_action(program=brand, CustomerId=ID)
    reported(brand, (Source.TAG, {"Text1": "his", "CustomerId": "C-2"}), (Source.API, {"CustomerId": "C-2"}))
    reported(brand, (Source.TAG, {"OrderId": "A2", "Text1": "nobody's"}), (Source.API, {"OrderId": "A2"}))
    erase(customer())
    assert where("his")
    assert where("nobody's")


def test_values_of_a_browsers_order_that_the_servers_replaced_are_counted_no_more(brand, standard):
    make_action(program=brand, CustomerId="C-2", Text2="both")
    server = {"CustomerId": ID, "Text2": "both"}
    reported(brand, (Source.TAG, {"CustomerId": ID, "Text1": HERS, "Text2": "hers alone"}), (Source.API, server))
    assert ReceivedValue.objects.filter(value=HERS).exists()
    erase(customer())
    assert list(ReceivedValue.objects.filter(variable__startswith="TEXT").values_list("value", "orders")) == [
        ("both", 1)
    ]


def test_an_order_with_their_address_alone_is_waited_for(brand, standard):
    make_action(program=brand, CustomerId=ID)
    customer_row = customer()
    customer_row.email = EMAIL
    customer_row.save()
    make_conversion(program=brand, OrderId="Z-mail", CustomerEmail=SHA256, Text1=HERS)
    erasure = erase_customer(customer=customer_row, user_id=None)
    assert not run_erasure(erasure.pk)
    price_all(brand.pk)
    assert run_erasure(erasure.pk)
    assert where(HERS) == []
    assert Conversion.objects.get(order_id="Z-mail").erased_at


def test_an_action_that_was_tracked_by_the_browser_alone_keeps_its_figures(brand, standard):
    EventType.objects.update(reported_by=EventType.Reporters.BOTH)
    make_action(program=brand, CustomerId=ID)
    reported(brand, (Source.TAG, {"CustomerId": ID, "Amount": "90.00"}), (Source.API, {"CustomerStatus": "New"}))
    action = Action.objects.get(order_id="A1")
    before = action.amount, action.payout, action.group_name
    erase(customer())
    action.refresh_from_db()
    assert (action.amount, action.payout, action.group_name) == before
    assert verified()["Differences"] == 0
