"""Tags on many customers by a real worker that is killed twice: each customer is tagged once. `CUSTOMERS` says how
many.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count
from django.utils import timezone

from accounts.models import AuditEntry
from common.queue.notify import notify
from program import tasks
from program.models import Customer, CustomerTag, TagAct
from program.models.customer import CustomerTagging
from program.models.tag_act import TagActChange
from program.tags.assigning.acts import BATCH, create_act
from program.tags.deleting import delete_customer_tag
from servers.home import PROJECT
from tests.factories import make_customer_tag
from tests.tracking.test_workers import wait_for

pytestmark = pytest.mark.django_db(transaction=True)
CUSTOMERS = int(os.environ.get("CUSTOMERS", "100000"))
ADD = """
INSERT INTO program_customer (program_id, customer_id)
SELECT %s, 'C-' || number FROM generate_series(1, %s) AS number
"""
CARRY = """
INSERT INTO program_customertagging (program_id, customer_id, tag_id, period)
SELECT program_id, id, %s, tstzrange(now(), NULL) FROM program_customer WHERE program_id = %s
"""
DELETED_FROM = 30_000


@contextmanager
def worker(environment: dict[str, str]):
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--concurrency=1", "--loglevel=WARNING"]
    process = subprocess.Popen(command, cwd=PROJECT, env=environment, start_new_session=True)
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def begin(act: TagAct, until: Callable[[TagAct], bool], task: Any = tasks.tag_act) -> None:
    """Have a worker begin the act, again where another died, and wait until it is so far."""
    TagAct.objects.filter(pk=act.pk, state="RUNNING").update(beat_at=timezone.now() - timedelta(minutes=2))
    notify(task, act.pk)
    wait_for(lambda: until(TagAct.objects.get(pk=act.pk)), seconds=300)


def test_100_000_customers_are_tagged_once_although_the_worker_is_killed_twice(brand, product_environment):
    with connection.cursor() as cursor:
        cursor.execute(ADD, [brand.pk, CUSTOMERS])
    tag = make_customer_tag(program=brand)
    act = create_act(program=brand, kind="ASSIGN", tags=[tag], query="q=C-")
    for death in (1, 2):
        with worker(product_environment):
            begin(act, lambda act, death=death: act.attempts == death and act.progress >= BATCH)
        wait_for(lambda: not _writing())
        assert not CustomerTagging.objects.exists(), "what it did is gone with it"
    with worker(product_environment):
        begin(act, lambda act: act.state == "DONE")
    act.refresh_from_db()
    assert (act.attempts, act.rows, act.outcome["Began"]) == (3, CUSTOMERS, CUSTOMERS)
    assert CustomerTagging.objects.current().count() == CUSTOMERS
    each = CustomerTagging.objects.values("customer").annotate(count=Count("pk")).filter(count__gt=1)
    assert not each.exists()
    assert TagActChange.objects.filter(act=act).count() == CUSTOMERS
    entries = AuditEntry.objects.filter(noun="program_customertagging")
    assert sum(entries.values_list("count", flat=True)) == CUSTOMERS


def test_a_tag_is_deleted_from_everybody_once_although_the_worker_is_killed(brand, product_environment):
    with connection.cursor() as cursor:
        cursor.execute(ADD, [brand.pk, DELETED_FROM])
        tag = make_customer_tag(program=brand)
        cursor.execute(CARRY, [tag.pk, brand.pk])
    act = delete_customer_tag(tag=tag)
    with worker(product_environment):
        begin(act, lambda act: act.progress >= BATCH, tasks.delete_tag)
    wait_for(lambda: not _writing())
    assert CustomerTagging.objects.filter(tag=tag.pk).count() == DELETED_FROM, "what it did is undone"
    assert CustomerTag.every.filter(pk=tag.pk).exists()
    assert not CustomerTag.objects.exists()
    with worker(product_environment):
        begin(act, lambda act: act.state == "DONE", tasks.delete_tag)
    act.refresh_from_db()
    assert (act.attempts, act.rows, act.outcome) == (2, DELETED_FROM, {"Customers": DELETED_FROM})
    assert not CustomerTagging.objects.exists()
    assert not CustomerTag.every.exists()
    assert not Customer.objects.exclude(tag_ids=[]).exists()


def _writing() -> bool:
    """Whether the database still works for the worker that was killed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND state <> 'idle'"
        )
        return bool(cursor.fetchone()[0])
