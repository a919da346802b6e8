"""How often days are recomputed: a program that took long is left alone for a while, and not forgotten."""

import time

import pytest
import redis
from django.conf import settings

from common.queue.backoff import BackOff
from reports import tasks
from reports.rollups.fill import touched_days
from tests.reports.orders import sell
from tests.servers.looking import wait_until

REST = 3.0  # seconds, longer than a busy machine takes for an order


@pytest.fixture
def broker():
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        broker.flushdb()
        yield broker
        broker.flushdb()


@pytest.mark.parametrize("by_clock", [False, True])
@pytest.mark.django_db(transaction=True)
def test_what_was_touched_amid_a_rest_waits_for_its_end_and_is_then_enqueued(shop, broker, monkeypatch, by_clock):
    monkeypatch.setattr(tasks, "back_off", BackOff(times=1_000_000, longest=REST))
    asked = None if by_clock else shop.pk
    sell(shop, {"id": "A-1"})
    tasks.fill(asked)
    assert touched_days(shop) == 0
    sell(shop, {"id": "A-2"})
    tasks.fill(asked)
    tasks.fill(asked)
    assert touched_days(shop) == 1
    assert broker.llen("pricing") == 0
    wait_until(lambda: broker.llen("pricing"), 10 * REST)
    tasks.fill(shop.pk)
    assert touched_days(shop) == 0
    time.sleep(REST)
    assert broker.llen("pricing") == 1, "both calls during the pause enqueue one task"
