"""A customer status that no order brought is worked out from the earlier orders (payouts.md §13)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from program.models import EventType
from tests.factories import (
    make_action,
    make_modification,
)
from tests.tracking.ordering import DAY, order, receipt
from tracking.actions.explain import explain_action
from tracking.modifications.apply import apply_all


@pytest.fixture
def worked_out(sale: Any, standard: Any) -> Any:
    """The event type works the status out where none is sent; Re-Engaged after 30 days."""
    sale.works_out_status, sale.re_engaged_after_days = True, 30
    sale.save()
    return sale


@pytest.mark.parametrize(
    ("ago", "status", "payout"),
    [
        (None, "New", 15),
        (timedelta(days=30), "Existing", 10),
        (timedelta(days=30, seconds=1), "Re-Engaged", 10),
    ],
)
def test_a_status_that_is_not_sent_is_worked_out(brand, worked_out, ago, status, payout):
    if ago:
        order(brand, DAY - ago, CustomerStatus="New")
    action = order(brand)
    assert (action.customer_status_category, action.customer_status, action.payout) == (status, "", payout)
    assert action.status_is_worked_out
    explanation = explain_action(action)
    assert explanation["Agrees"]
    assert f"customer status {status}, worked out from the customer's earlier orders" in explanation["Trace"]


@pytest.mark.parametrize("params", [{"CustomerStatus": "other"}, {"CustomerId": ""}], ids=["sent", "no customer"])
def test_a_status_that_was_sent_or_has_no_customer_is_not_worked_out(brand, worked_out, params):
    action = order(brand, **params)
    assert not action.status_is_worked_out
    assert action.customer_status_category == ""


def test_a_code_that_a_change_brings_replaces_the_worked_out_status(brand, worked_out):
    action = make_action(program=brand, OrderId="A-1", CustomerId="C-1")
    assert action.payout == 15
    make_modification(program=brand, OrderId="A-1", Reason="ORDER_UPDATE", CustomerStatus="Existing")
    apply_all(brand.pk)
    action.refresh_from_db()
    assert (action.customer_status_category, action.status_is_worked_out, action.payout) == ("Existing", False, 10)
    assert explain_action(action)["Agrees"]


def test_a_return_keeps_the_worked_out_status(brand, worked_out):
    action = make_action(program=brand, OrderId="A-1", CustomerId="C-1")
    EventType.objects.update(works_out_status=False)
    make_modification(program=brand, OrderId="A-1", Reason="ORDER_UPDATE", Amount="50.00")
    apply_all(brand.pk)
    action.refresh_from_db()
    assert (action.customer_status_category, action.status_is_worked_out) == ("New", True)
    assert action.payout == Decimal("7.50")


def test_the_receipt_says_that_a_status_was_worked_out(brand, worked_out, client_of, alice):
    page = receipt(client_of, alice, order(brand))
    assert "New, worked out from the customer’s earlier orders" in page
    assert "worked out: no earlier order" in page
    assert "worked out: order 2 since 1 May 2026" in receipt(client_of, alice, order(brand, DAY + timedelta(days=1)))
    listed = client_of(alice).get(reverse("tracking:action_list", args=[1000])).content.decode()
    assert listed.count(">worked out</small>") == 2
