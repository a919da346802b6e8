"""Who a customer is: added, changed and cleared by what was said last."""

from datetime import date
from typing import NamedTuple

import pytest

from common.refusals import Refused
from program.customers.identity import CustomerCounts, save_customers
from program.models import Customer
from tests.factories import make_customer, make_program

ANN = {"email": "ann@kettle.example", "email_sha1": "1" * 40, "email_sha256": "2" * 64}


class Row(NamedTuple):
    customer_id: str
    said: dict


def save(brand, customer_id="C-1", **said):
    save_customers(program=brand, rows=[Row(customer_id, said)])
    return Customer.objects.get(program=brand, customer_id=customer_id)


def test_new_customers_are_added_and_known_ones_changed(brand):
    make_customer(program=brand, customer_id="C-1")
    rows = [Row("C-1", {"name": "Ann"}), Row("C-2", {"name": "Ben"}), Row("C-3", {})]
    counts = save_customers(program=brand, rows=rows)
    assert counts == CustomerCounts(added=2, changed=1, unchanged=0)
    assert counts.new == {"C-2", "C-3"}
    assert [tuple(each) for each in counts.differences] == [("C-1", "Name", "", "Ann")]
    assert save_customers(program=brand, rows=rows) == CustomerCounts(added=0, changed=0, unchanged=3)


def test_what_is_not_said_stays_and_a_blank_clears(brand):
    save(brand, name="Ann", city="Leeds", country="GB")
    customer = save(brand, name="", city="York")
    assert (customer.name, customer.city, customer.country) == ("", "York", "GB")


def test_it_is_noted_when_who_they_are_was_sent(brand):
    assert save(brand, orders_before=2).sent_at is None
    assert save(brand, name="Ann").sent_at is not None


def test_an_earlier_first_order_alone_means_one_order(brand):
    customer = save(brand, first_order_date=date(2025, 7, 1))
    assert (customer.first_order_date, customer.orders_before) == (date(2025, 7, 1), 1)
    assert save(brand, first_order_date=date(2025, 7, 1), orders_before=4).orders_before == 4
    assert save(brand, first_order_date=None, orders_before=0).orders_before == 0


def test_the_hash_of_another_address_takes_the_former_address_away(brand):
    save(brand, **ANN)
    same = save(brand, email_sha1="1" * 40)
    assert (same.email, same.email_sha256) == (ANN["email"], "2" * 64)
    other = save(brand, email_sha1="3" * 40)
    assert (other.email, other.email_sha1, other.email_sha256) == ("", "3" * 40, "")


def test_the_hashes_of_an_address_that_stays_cannot_be_cleared(brand):
    save(brand, **ANN)
    assert save(brand, email_sha1="").email_sha1 == "1" * 40


def test_an_id_that_is_listed_twice_is_refused_and_nothing_is_stored(brand):
    with pytest.raises(Refused, match="C-1 is listed twice"):
        save_customers(program=brand, rows=[Row("C-1", {"name": "Ann"}), Row("C-1", {"name": "Ben"})])
    assert not Customer.objects.exists()


def test_the_customer_of_that_id_in_another_program_stays(brand):
    other = make_customer(program=make_program(), customer_id="C-1")
    save(brand, name="Ann")
    other.refresh_from_db()
    assert other.name == ""


def test_many_customers_take_as_many_queries_as_few(brand, django_assert_num_queries):
    for size in (3, 300):
        with django_assert_num_queries(5):
            save_customers(program=brand, rows=[Row(f"C-{size}-{n}", {"name": "Ann"}) for n in range(size)])
