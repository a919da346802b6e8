"""Erasing waits for who writes orders before it locks one of them, and locks them in one order: it never deadlocks
with changes that are applied, a batch that is priced, the rollup or somebody who approves.
"""

import hashlib

import pytest
from django.db import connection, transaction
from django.utils import timezone

from common.db.session_lock import APPLYING, ROLLING_UP, lock_until_end, session_lock
from common.refusals import Refused
from program.customers.identity import save_customers
from program.models import Customer
from tests.factories import make_action, make_customer, make_modification
from tests.tracking.beside import somebody_waits_for_us
from tests.tracking.test_workers import wait_for
from tracking.erasing import services
from tracking.erasing.services import erase_customer, run_erasure
from tracking.intake import CustomerData
from tracking.models import Action, Claim, Conversion, Erasure, Modification, TouchedDay
from tracking.pricing.claims import hold

pytestmark = pytest.mark.django_db(transaction=True)
EMAIL = "zoe@example.org"


@pytest.fixture
def first(brand, standard):
    """The first order of a customer, with a change that waits."""
    action = make_action(program=brand, CustomerId="C-1", OrderId="A-1")
    make_modification(program=brand, OrderId="A-1", Amount="5")
    return action


@pytest.fixture
def erasing(brand, first, beside):
    """Begins the erasing on a connection of its own, and waits until it waits for the test."""
    erasure = erase_customer(customer=Customer.objects.get(customer_id="C-1"), user_id=None)

    def begin():
        end = beside(lambda: run_erasure(erasure.pk))
        wait_for(somebody_waits_for_us, 20)
        return end

    return begin


def is_erased():
    return Erasure.objects.get().state == "DONE"


def test_who_applies_changes_still_gets_their_actions(brand, first, erasing):
    with session_lock(APPLYING, brand.pk), transaction.atomic():
        Modification.objects.select_for_update().get()
        end = erasing()
        Action.objects.select_for_update(nowait=True, of=("self",)).get(pk=first.pk)
    end()
    assert is_erased()


def test_who_prices_still_gets_the_orders_that_its_batch_is_about(brand, first, erasing):
    claim = Claim.objects.create(conversions=[])
    with transaction.atomic():
        assert hold(claim)
        end = erasing()
        Conversion.objects.select_for_update(nowait=True, of=("self",)).get(pk=first.conversion_id)
        Modification.objects.select_for_update(nowait=True).get()
        claim.delete()
    end()
    assert is_erased()


def test_who_rolls_up_still_gets_its_marks(brand, first, erasing):
    with transaction.atomic():
        lock_until_end(ROLLING_UP, brand.pk)
        end = erasing()
        assert list(TouchedDay.objects.select_for_update(nowait=True))
    end()
    assert is_erased()


def test_who_approves_the_first_action_still_gets_a_later_one(brand, first, erasing, monkeypatch):
    """The later order is found by the address alone, and so before those of the customer's id."""
    monkeypatch.setattr(services, "BATCH", 1)
    Customer.objects.filter(customer_id="C-1").update(email=EMAIL)
    later = make_action(program=brand, OrderId="A-2", CustomerEmail=hashlib.sha256(EMAIL.encode()).hexdigest())
    with transaction.atomic():
        Action.objects.select_for_update(of=("self",)).get(pk=first.pk)
        end = erasing()
        Action.objects.select_for_update(nowait=True, of=("self",)).get(pk=later.pk)
    end()
    assert is_erased()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tracking_conversion WHERE erased_at IS NOT NULL")
        assert cursor.fetchone() == (2,)


def test_who_says_who_they_are_at_this_moment_says_it_of_a_new_customer(brand, beside):
    customer = make_customer(program=brand, customer_id="C-1")
    with transaction.atomic():
        Customer.objects.filter(pk=customer.pk).update(customer_id="erased-1", erased_at=timezone.now())
        end = beside(lambda: save_customers(program=brand, rows=[CustomerData("C-1", {"name": "Zoe"})]))
        wait_for(somebody_waits_for_us, 20)
    end()
    named = dict(Customer.objects.values_list("customer_id", "name"))
    assert named == {"erased-1": "", "C-1": "Zoe"}
    with pytest.raises(Refused, match="erased-1 stands for a customer who was erased"):
        save_customers(program=brand, rows=[CustomerData("erased-1", {"name": "Zoe"})])
