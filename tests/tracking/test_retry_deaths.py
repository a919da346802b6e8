"""Many held orders that are tried again by a real worker, which is killed midway: the next one goes on."""

import os
import signal
from copy import copy

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from common.queue.notify import notify
from tests.factories import make_conversion
from tests.tracking.test_tag_act_deaths import worker
from tests.tracking.test_workers import wait_for
from tracking import tasks
from tracking.models import Conversion, RetryOfMany
from tracking.pricing.batch import price_batch
from tracking.trying_again.many import BATCH, begin_retry

pytestmark = pytest.mark.django_db(transaction=True)
_WAITS_FOR_A_LOCK = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def hold_many(brand, orders):
    """So many orders that name a partner whom nobody knows."""
    first = make_conversion(program=brand, MediaPartnerId="P-9")
    price_batch()
    first.refresh_from_db()
    more = [copy(first) for _ in range(orders - 1)]
    for number, each in enumerate(more):
        each.pk, each.order_id = None, f"M{number}"
    Conversion.objects.bulk_create(more)


def waits_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute(_WAITS_FOR_A_LOCK)
        return cursor.rowcount > 0


def test_all_are_tried_again_although_the_worker_is_killed_midway(brand, standard, celery_worker, product_environment):
    hold_many(brand, BATCH + 10)
    retry = begin_retry(brand, reason="", q="", is_test=False)
    asked = timezone.now()
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as blocking:
        blocking.execute("SELECT FROM tracking_conversion ORDER BY id LIMIT 1 FOR UPDATE")
        notify(tasks.retry_many, retry.pk)
        wait_for(waits_for_a_lock)
        os.killpg(celery_worker.pid, signal.SIGKILL)
        celery_worker.wait()
        wait_for(lambda: RetryOfMany.objects.filter(queued=BATCH, orders=BATCH + 10).exists())
    with worker(product_environment):
        notify(tasks.sweep)
        wait_for(lambda: not Conversion.objects.exclude(state="HELD", processed_at__gt=asked).exists())
    assert not RetryOfMany.objects.exists()
