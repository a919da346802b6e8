"""Enqueueing tasks: one that cannot be enqueued neither delays nor fails a request."""

import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from celery import shared_task
from django.conf import settings
from django.db import transaction
from kombu import pools
from kombu.exceptions import EncodeError
from structlog.testing import capture_logs

from common.queue import notify as notifications
from common.queue.circuit_breaker import Breaker
from config.celery import app
from servers.embedded.valkey import find_program
from tests.servers.looking import wait_until


@shared_task(name="tests.noop")
def noop() -> None:
    """Does nothing."""


@pytest.fixture
def broker_at(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Let the test point the broker elsewhere; puts everything back."""
    monkeypatch.setattr(notifications, "broker", Breaker(pause=3600.0))
    yield monkeypatch
    app.conf.broker_url = settings.CELERY_BROKER_URL
    forget_connections()


def point_at(path: Path) -> None:
    app.conf.broker_url = f"redis+socket://{path}"
    forget_connections()


def forget_connections() -> None:
    """Close every connection and pool, those that kombu keeps by address too: a closed one would be used again."""
    pools.reset()
    app.amqp._producer_pool = None
    app._pool = None


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_is_asked_once(broker_at: pytest.MonkeyPatch, tmp_path: Path) -> None:
    point_at(tmp_path / "nobody.sock")
    with capture_logs() as said:
        for _ in range(100):
            with transaction.atomic():
                notifications.notify(noop)
    assert [line["event"] for line in said] == ["the task could not be enqueued"]


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_hangs_costs_its_patience_once(broker_at: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "silent.sock"))
        silent.listen()
        point_at(tmp_path / "silent.sock")
        with capture_logs() as said:
            for _ in range(20):
                with transaction.atomic():
                    notifications.notify(noop)
    assert [line["event"] for line in said] == ["the task could not be enqueued"]


@pytest.mark.django_db(transaction=True)
def test_a_notification_is_sent_by_the_commit_and_not_before(broker_at: pytest.MonkeyPatch) -> None:
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        broker.flushdb()
        with transaction.atomic():
            notifications.notify(noop)
            transaction.set_rollback(True)
        with transaction.atomic():
            notifications.notify(noop)
            assert broker.llen("pricing") == 0
        assert broker.llen("pricing") == 1
        broker.flushdb()


@pytest.fixture
def full_broker(tmp_path: Path) -> Iterator[Path]:
    """A broker that takes nothing. Its own: the one of the tests is shared by those that run at the same time."""
    path = tmp_path / "full.sock"
    command = [str(find_program()), "--port", "0", "--unixsocket", str(path), "--save", "", "--maxmemory", "1"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL) as server:
        try:
            wait_until(path.exists, 30)
            yield path
        finally:
            server.terminate()


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_takes_no_more_fails_no_request(broker_at: pytest.MonkeyPatch, full_broker: Path) -> None:
    # As on a full disk it answers, and refuses with an error of the server's own.
    with redis.Redis(unix_socket_path=str(full_broker)) as broker, pytest.raises(redis.exceptions.OutOfMemoryError):
        broker.lpush("pricing", "notification")
    point_at(full_broker)
    with capture_logs() as said, transaction.atomic():
        notifications.notify(noop)
    assert [line["event"] for line in said] == ["the task could not be enqueued"]


@pytest.mark.django_db(transaction=True)
def test_a_mistake_of_ours_is_not_taken_for_the_brokers(broker_at: pytest.MonkeyPatch) -> None:
    with pytest.raises(EncodeError), transaction.atomic():
        notifications.notify(noop, object())


@pytest.mark.django_db(transaction=True)
def test_many_notifications_are_sent_at_once_and_once_more(broker_at: pytest.MonkeyPatch) -> None:
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        broker.flushdb()
        for _ in range(100):
            notifications.notify_soon(noop, within=0.5)
        assert broker.llen("pricing") == 1
        time.sleep(0.8)
        assert broker.llen("pricing") == 2
        notifications.notify_soon(noop, within=0.1)
        assert broker.llen("pricing") == 3
        broker.flushdb()


@pytest.mark.django_db(transaction=True)
def test_notifications_for_other_rows_do_not_wait_for_each_other(broker_at: pytest.MonkeyPatch) -> None:
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        broker.flushdb()
        for number in range(5):
            notifications.notify_soon(noop, number, within=60)
        assert broker.llen("pricing") == 5
        broker.flushdb()
