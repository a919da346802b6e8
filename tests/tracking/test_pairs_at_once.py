"""Orders that tell of the same profile and customer, priced by two workers at the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connection, connections
from django.utils import timezone

from tests.factories import make_conversion
from tests.tracking.journey_rows import ORDERED, make_step
from tests.tracking.test_workers import wait_for
from tracking.models import Action, Conversion, SeenTogether
from tracking.pricing.batch import price_all, price_batch
from tracking.trying_again.late_orders import try_late_orders

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ("P1", "P2")  # of profiles
_WAITING = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
_PAIR = """
INSERT INTO tracking_seentogether (program_id, profile, customer_id, other_profile, seen_at, told_by)
VALUES (%s, %s, %s, '', %s, 'IDENTIFY')
"""


def waiting_for_locks():
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        return cursor.rowcount


def order(brand, profile, **params):
    """Of the customer of that profile; it names no partner."""
    return make_conversion(
        program=brand, MediaPartnerId="", CustomerId=f"C-{profile}", EventDate=ORDERED.isoformat(), **params
    )


def price_at_once(orders, until):
    """Two workers with as many orders each, which go on together once both wait for a pair that `until` holds back."""

    def work():
        try:
            return price_batch(limit=orders)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as workers:
        turns = [workers.submit(work) for _ in range(2)]
        wait_for(lambda: waiting_for_locks() == 2)
        until.rollback()
        return [turn.result(60) for turn in turns]


@pytest.fixture
def elsewhere():
    """Another connection, amid a transaction."""
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as opened:
        yield opened


@pytest.mark.parametrize("held_back", NAMES)
def test_both_orders_of_each_pair_are_credited_and_no_worker_waits_for_ever(
    brand, standard, partner, elsewhere, held_back
):
    for name in NAMES:
        make_step(brand, partner, profile=name)
    for profile in (*NAMES, *reversed(NAMES)):
        order(brand, profile, CustomProfileId=profile)
    elsewhere.execute(_PAIR, [brand.pk, held_back, f"C-{held_back}", timezone.now()])
    assert price_at_once(2, elsewhere) == [2, 2]
    assert set(Conversion.objects.values_list("state", "attempts")) == {("PRICED", 0)}
    assert Action.objects.filter(partner=partner).count() == 4
    assert SeenTogether.objects.count() == 2


def test_an_order_that_was_priced_while_its_pair_was_being_stored_is_credited_soon(brand, standard, partner, elsewhere):
    make_step(brand, partner, profile="P1")
    order(brand, "P1", CustomProfileId="P1")
    order(brand, "P1")
    elsewhere.execute(_PAIR, [brand.pk, "P1", "C-P1", timezone.now()])
    first = threading.Thread(target=lambda: (price_batch(limit=1), connections.close_all()))
    first.start()
    wait_for(lambda: waiting_for_locks() == 1)
    assert price_batch(limit=1) == 1
    assert sorted(Conversion.objects.values_list("state", flat=True)) == ["HELD", "WAITING"]
    elsewhere.rollback()
    first.join(60)
    assert try_late_orders() == 1
    price_all(brand.pk)
    assert Action.objects.filter(partner=partner).count() == 2
