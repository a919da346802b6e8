"""Real workers on a real broker: the rows are the queue, so nothing is lost or done twice if one dies."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
import redis
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import connection, connections

from common.queue.notify import notify
from tests.factories import make_action, make_conversion, make_modification
from tracking import tasks
from tracking.models import Action, Claim, Conversion
from tracking.modifications.apply import apply_modifications
from tracking.pricing.batch import price_batch

pytestmark = pytest.mark.django_db(transaction=True)


def wait_for(happened: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def test_a_worker_prices_what_is_stored_and_applies_its_changes(brand, standard, celery_worker):
    make_conversion(program=brand, OrderId="A1", CustomerStatus="New")
    notify(tasks.price, brand.pk)
    wait_for(Action.objects.exists)
    assert Action.objects.get().payout == 15
    make_modification(program=brand, OrderId="A1", Amount=50)
    notify(tasks.apply_modifications, brand.pk)
    wait_for(lambda: Action.objects.get().payout != 15)
    assert Action.objects.get().amount == 50


def test_a_worker_whose_connections_were_cut_between_tasks_prices_the_next_order(brand, standard, celery_worker):
    make_conversion(program=brand)
    notify(tasks.price, brand.pk)
    wait_for(Action.objects.exists)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchone()[0] >= 1  # the worker keeps its connection
    make_conversion(program=brand)
    notify(tasks.price, brand.pk)  # heard once: a task that failed would not come again
    wait_for(lambda: Action.objects.count() == 2)


def test_a_broker_that_lost_everything_lost_nothing(brand, standard, celery_worker):
    conversions = [make_conversion(program=brand) for _ in range(3)]
    notify(tasks.price, brand.pk)
    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    make_modification(program=brand, OrderId=conversions[0].order_id, Amount=50)
    notify(tasks.sweep)
    wait_for(lambda: Action.objects.count() == 3)
    notify(tasks.sweep)
    wait_for(lambda: Action.objects.filter(amount=50).exists())


def test_a_worker_killed_between_claim_and_commit_leaves_its_conversion_waiting(brand, standard, celery_worker):
    conversion = make_conversion(program=brand)
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as blocking:
        blocking.execute("LOCK TABLE tracking_action IN EXCLUSIVE MODE")
        notify(tasks.price, brand.pk)
        wait_for(_somebody_waits_for_a_lock)
        os.killpg(celery_worker.pid, signal.SIGKILL)
        celery_worker.wait()
    wait_for(lambda: not _somebody_waits_for_a_lock())
    conversion.refresh_from_db()
    assert conversion.state == "WAITING"
    assert list(Claim.objects.numbers()) == [conversion.pk]
    assert not Action.objects.exists()
    wait_for(lambda: price_batch() == 1)
    conversion.refresh_from_db()
    assert (conversion.state, conversion.attempts) == ("PRICED", 1)
    assert Action.objects.get().conversion == conversion
    assert not Claim.objects.exists()


def test_a_worker_told_to_end_in_the_middle_of_work_is_gone_in_half_a_minute(brand, standard, celery_worker):
    conversion = make_conversion(program=brand)
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as blocking:
        blocking.execute("LOCK TABLE tracking_action IN EXCLUSIVE MODE")
        notify(tasks.price, brand.pk)
        wait_for(_somebody_waits_for_a_lock)
        celery_worker.terminate()
        celery_worker.wait(30)
    wait_for(lambda: not _somebody_waits_for_a_lock())
    conversion.refresh_from_db()
    assert conversion.state == "WAITING"
    wait_for(lambda: price_batch() == 1)
    assert Action.objects.get().conversion == conversion


def test_workers_side_by_side_price_every_conversion_once(brand, standard):
    for _ in range(40):
        make_conversion(program=brand)
    priced: list[int] = []

    def work() -> None:
        while count := price_batch(limit=3):
            priced.append(count)
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(priced) == Action.objects.count() == 40
    assert set(Conversion.objects.values_list("state", "attempts")) == {("PRICED", 0)}
    assert not Claim.objects.exists()


def test_a_change_and_a_change_at_once_are_two_updates(brand, standard):
    action = make_action(program=brand, OrderId="A1")
    for amount in (50, 70):
        make_modification(program=brand, OrderId="A1", Amount=amount)

    def work() -> None:
        tasks.apply_modifications(brand.pk)
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    action.refresh_from_db()
    assert (action.amount, action.updates_count) == (70, 3)


def _somebody_waits_for_a_lock() -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
        return cursor.fetchone()


@contextmanager
def ended_after(seconds: float) -> Iterator[None]:
    """What happens within is ended after so long, as Celery ends a task whose time is over."""

    def end(number: int, frame: object) -> None:
        raise SoftTimeLimitExceeded

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture
def hanging(db: None) -> Iterator[None]:
    """Whatever writes an action waits."""
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as blocking:
        blocking.execute("LOCK TABLE tracking_action IN EXCLUSIVE MODE")
        yield


def test_a_conversion_that_runs_out_of_time_alone_is_quarantined_at_its_first_try(brand, standard, hanging):
    conversion = make_conversion(program=brand)
    with ended_after(0.5):
        assert price_batch() == 1
    conversion.refresh_from_db()
    assert (conversion.state, conversion.reason) == ("QUARANTINED", "GIVEN_UP")
    assert "longer than 60 seconds" in conversion.detail
    assert not Claim.objects.exists()


def test_conversions_that_run_out_of_time_together_are_then_priced_alone(brand, standard, hanging):
    for _ in range(3):
        make_conversion(program=brand)
    with ended_after(0.5):
        assert price_batch() == 3
    assert Conversion.objects.filter(state="WAITING").count() == 3
    wait_for(lambda: not _somebody_waits_for_a_lock())
    with ended_after(0.5):
        assert price_batch() == 1
    assert Conversion.objects.filter(state="QUARANTINED").count() == 1


def test_a_change_that_runs_out_of_time_alone_is_refused_at_its_first_try(brand, standard):
    make_action(program=brand, OrderId="A1")
    change = make_modification(program=brand, OrderId="A1", Amount=50)
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as blocking:
        blocking.execute("LOCK TABLE tracking_action IN ACCESS EXCLUSIVE MODE")
        with ended_after(0.5):
            assert apply_modifications() == 1
    change.refresh_from_db()
    assert (change.state, change.reason) == ("REFUSED", "GIVEN_UP")
