"""The figures of customers, and who their orders say they are."""

from datetime import UTC, datetime
from hashlib import sha1, sha256

import pytest
from django.db import connection
from django.utils import timezone

from program.models import Customer
from program.models.customer import CustomerRevenue
from reports.rollups.fill import fill_touched_days
from tests.factories import (
    make_action,
    make_contracts,
    make_conversion,
    make_customer,
    make_event_type,
    make_modification,
    make_partner,
    terms_document,
)
from tracking.models import Conversion, TouchedDay
from tracking.modifications.apply import apply_modifications
from tracking.pricing.batch import price_batch
from tracking.pricing.claims import claim_next

ANN, BEN = "ann@example.com", "ben@example.com"


@pytest.fixture
def shop(brand):
    make_event_type(program=brand)
    partners = [make_partner(program=brand, media_partner_id=key) for key in ("P-1", "P-2")]
    make_contracts(program=brand, document=terms_document(), partners=partners)
    return brand


def ordered(shop, day, **params):
    return make_action(program=shop, EventDate=f"2026-01-{day:02}T12:00:00Z", CustomerId="C-1", **params)


def filled(shop):
    fill_touched_days(program_id=shop.pk)
    return Customer.objects.get(program=shop, customer_id="C-1")


def revenue(customer):
    rows = CustomerRevenue.objects.filter(customer=customer)
    return {row.currency: (row.orders, row.revenue, row.payout) for row in rows}


def at(day):
    return datetime(2026, 1, day, 12, tzinfo=UTC)


def test_a_customer_has_the_figures_of_all_real_orders(shop):
    ordered(shop, 5, CustomerStatus="Existing", MediaPartnerId="P-2")
    ordered(shop, 2, CustomerStatus="New", Amount="50")
    ordered(shop, 9, is_test=True)
    customer = filled(shop)
    assert (customer.orders, customer.first_order, customer.last_order) == (2, at(2), at(5))
    assert customer.status == "Existing", "of the order that was placed last, not of the one that came last"
    assert len(customer.partner_ids) == 2
    assert revenue(customer) == {"GBP": (2, 150, 15)}


def test_a_return_leaves_the_dates_and_the_partner_and_takes_the_revenue(shop):
    action = ordered(shop, 2)
    assert revenue(filled(shop)) == {"GBP": (1, 100, 10)}
    make_modification(
        program=shop, OrderId=action.order_id, Amount="0", Reason="ITEM_RETURNED", ModificationDate="2026-01-03"
    )
    apply_modifications()
    customer = filled(shop)
    assert (customer.orders, customer.first_order, customer.partner_ids) == (0, at(2), [action.partner_id])
    assert revenue(customer) == {}


def test_a_customer_of_a_held_order_is_listed_with_what_the_order_says_but_not_one_of_a_test_order(shop):
    make_conversion(program=shop, CustomerId="C-1", MediaPartnerId="P-9", CustomerCity="Leeds")
    make_conversion(program=shop, CustomerId="X-1", MediaPartnerId="P-9", is_test=True)
    price_batch()
    assert [mark.partner for mark in TouchedDay.objects.all()] == [None]
    customer = filled(shop)
    assert (customer.city, customer.orders, customer.last_order) == ("Leeds", 0, None)
    assert Customer.objects.count() == 1
    assert not TouchedDay.objects.exists()


def test_a_customer_of_an_order_over_which_workers_died_is_listed_with_what_the_order_says(shop):
    make_conversion(program=shop, CustomerId="C-1", CustomerCity="Leeds")
    make_conversion(program=shop, CustomerId="X-1", is_test=True)
    while Conversion.objects.waiting().exists():
        claim_next()  # and its worker dies
    assert set(Conversion.objects.values_list("reason", flat=True)) == {"GIVEN_UP"}
    customer = filled(shop)
    assert (customer.city, customer.orders) == ("Leeds", 0)
    assert Customer.objects.count() == 1


def test_a_customer_of_an_order_that_could_not_be_written_is_listed(shop):
    make_conversion(program=shop, CustomerId="C-1", CustomerCity="Leeds", Amount="77")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tracking_action ADD CHECK (amount <> 77)")
    price_batch()
    assert Conversion.objects.get().reason == "ERROR"
    assert filled(shop).city == "Leeds"


def test_who_a_customer_is_comes_from_the_latest_order_that_says_it(shop):
    ordered(
        shop, 7, CustomerCountry="United Kingdom", CustomerPostCode="LS1", CustomerEmail=sha1(ANN.encode()).hexdigest()
    )
    ordered(shop, 3, CustomerCountry="FR", CustomerCity="Lyon", CustomerEmail=sha256(BEN.encode()).hexdigest())
    ordered(shop, 8)
    customer = filled(shop)
    assert (customer.country, customer.city, customer.post_code) == ("GB", "", "LS1"), "one place, not parts of two"
    assert (customer.email_sha1, customer.email_sha256) == (sha1(ANN.encode()).hexdigest(), "")


def test_who_was_sent_stays_until_an_order_received_later_says_it_anew(shop):
    ordered(shop, 7, CustomerCity="Leeds", CustomerEmail=sha1(BEN.encode()).hexdigest())
    sent = {"sent_at": timezone.now(), "city": "York", "name": "Ann", "email": ANN}
    sent |= {"email_sha1": sha1(ANN.encode()).hexdigest(), "email_sha256": sha256(ANN.encode()).hexdigest()}
    Customer.objects.filter(customer_id="C-1").update(**sent)
    assert filled(shop).city == "York"
    ordered(shop, 5, CustomerEmail=sha256(ANN.encode()).hexdigest().upper())
    customer = filled(shop)
    assert (customer.city, customer.email, customer.email_sha1) == ("York", ANN, sent["email_sha1"]), "the same address"
    ordered(shop, 4, CustomerCity="Hull", CustomerEmail=sha1(BEN.encode()).hexdigest())
    customer = filled(shop)
    assert (customer.city, customer.name) == ("Hull", "Ann")
    assert customer.email == ANN, "of the orders since then, the one placed on the 5th is the latest"
    ordered(shop, 6, CustomerEmail=sha1(BEN.encode()).hexdigest())
    customer = filled(shop)
    assert (customer.email, customer.email_sha1) == ("", sha1(BEN.encode()).hexdigest())
    assert customer.email_sha256 == "", "nothing of another address stays"


def test_customers_without_new_orders_are_left_alone(shop):
    ordered(shop, 2)
    filled(shop)
    other = make_customer(program=shop, customer_id="C-2")
    Customer.objects.filter(pk=other.pk).update(orders=7)
    ordered(shop, 3)
    assert filled(shop).orders == 2
    other.refresh_from_db()
    assert other.orders == 7
