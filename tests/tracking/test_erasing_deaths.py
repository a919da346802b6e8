"""Erasing beside other workers: one that is killed changes nothing, and one that prices is waited for."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Thread

import psycopg
import pytest
from django.db import connection, connections
from django.utils import timezone

from program.models import Customer
from servers.home import PROJECT
from tests.factories import make_action, sent
from tracking.conversions.new_conversions import store_conversions
from tracking.erasing.services import erase_customer, run_erasure
from tracking.intake import read_conversion
from tracking.models import Action, Claim, Conversion, Erasure
from tracking.models.conversion import Source
from tracking.pricing.batch import price_all

pytestmark = pytest.mark.django_db(transaction=True)
ORDERS = 5_000
WORKER = (
    "import django, sys; django.setup(); from tracking.tasks import erase_customer; erase_customer(int(sys.argv[1]))"
)


def kill_amid_its_orders(erasure, environment, *, attempt):
    """A worker is killed with SIGKILL once it has told that it erased some orders, and the next finds its claim old."""
    worker = subprocess.Popen([sys.executable, "-c", WORKER, str(erasure.pk)], cwd=PROJECT, env=environment)
    deadline = time.monotonic() + 60
    while True:
        erasure.refresh_from_db()
        if erasure.attempts == attempt and erasure.rows == ORDERS and 0 < erasure.progress < ORDERS:
            break
        assert worker.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    Erasure.objects.filter(pk=erasure.pk).update(beat_at=timezone.now() - timedelta(minutes=5))


def test_an_erasing_whose_worker_is_killed_twice_is_done_once(brand, standard, product_environment):
    now = timezone.now()
    orders = [
        read_conversion(sent(OrderId=f"L{number}", CustomerId="C-1", Text1=f"text {number}", Note="hers"), now=now)
        for number in range(ORDERS)
    ]
    store_conversions(brand, orders, source=Source.API)
    price_all(brand.pk)
    make_action(program=brand, CustomerId="C-2", Note="another's")
    payouts = list(Action.objects.order_by("pk").values_list("pk", "payout"))
    erasure = erase_customer(customer=Customer.objects.get(customer_id="C-1"), user_id=None)
    for attempt in (1, 2):
        kill_amid_its_orders(erasure, product_environment, attempt=attempt)
        assert not Conversion.objects.filter(erased_at__isnull=False).exists()
    assert run_erasure(erasure.pk)
    erasure.refresh_from_db()
    assert (erasure.state, erasure.attempts) == ("DONE", 3)
    assert (erasure.counts["Orders"], erasure.counts["Actions"]) == (ORDERS, ORDERS)
    assert Action.objects.filter(trace__isnull=False).count() == ORDERS
    assert list(Action.objects.order_by("pk").values_list("pk", "payout")) == payouts
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tracking_conversion WHERE payload ? 'Note' OR customer_id = 'C-1'")
        assert cursor.fetchone() == (1,)


@contextmanager
def a_batch_is_being_priced(environment) -> Iterator[None]:
    """Its claim is locked by another connection, as a worker's transaction locks it."""
    claim = Claim.objects.create(conversions=[])
    with psycopg.connect(environment["DATABASE_URL"]) as other:
        other.execute("SELECT FROM tracking_claim WHERE id = %s FOR UPDATE", [claim.pk])
        yield
        other.execute("DELETE FROM tracking_claim WHERE id = %s", [claim.pk])


def test_the_id_is_not_given_away_while_a_batch_is_being_priced(brand, standard, product_environment):
    make_action(program=brand, CustomerId="C-1")
    erasure = erase_customer(customer=Customer.objects.get(customer_id="C-1"), user_id=None)

    def work():
        run_erasure(erasure.pk)
        connections.close_all()

    with a_batch_is_being_priced(product_environment):
        worker = Thread(target=work)
        worker.start()
        worker.join(3)
        assert worker.is_alive()
        assert Customer.objects.filter(customer_id="C-1").exists()
    worker.join(30)
    erasure.refresh_from_db()
    assert erasure.state == "DONE"
