"""Celery: its app, queues and schedule."""

import gc
import os
from typing import Any

from celery import Celery, Task
from celery.signals import beat_init, celeryd_init, setup_logging, task_postrun, task_prerun, worker_process_init
from django_structlog.celery.steps import DjangoStructLogInitStep
from kombu import Queue

from common.queue.queues import FILES, PRICING
from common.queue.watchdog import Watchdog
from servers.supervision import liveness
from servers.supervision.worker_liveness import ConsumerLives, beat_is_well, consumer_is_well

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Task name → seconds between two runs. Sweeps find rows whose task was lost.
SCHEDULE: dict[str, float] = {
    "tracking.sweep": 5,
    "tracking.lock_actions": 60,
    "reports.fill": 3,
    "reports.fill_clicks": 5,
    "tracking.forget_answers": 3600,
    "tracking.forget_browser_reports": 3600,
    "jobs.sweep": 5,
    "jobs.remove_contents": 3600,
    "reports.forget_values": 24 * 3600,
    "accounts.clear_sessions": 24 * 3600,
    "program.fetch_exchange_rates": 600,  # looks whether it is time to
    "tracking.price_with_rates": 60,
    "tracking.price_with_clicks": 60,
    "tracking.keep_click_months": 3600,
}

OF_FILES = (
    "tracking.check_upload", "tracking.import_upload", "contracts.export_group_file", "contracts.check_group_file",
    "contracts.import_group_file", "contracts.make_review", "contracts.publish_confirmed", "reports.render_export",
    "tracking.make_status_check", "program.tag_act", "program.undo_tag_act", "program.delete_tag",
    "tracking.erase_customer", "tracking.write_customer_file",
)  # fmt: skip

app = Celery("brandboard")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    result_backend=None,  # with one, .delay() waits for a broker that is down
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    task_queues=[Queue(PRICING), Queue(FILES)],  # of a worker without -Q
    task_default_queue=PRICING,
    task_routes={name: {"queue": FILES} for name in (*OF_FILES, "program.fetch_exchange_rates")},
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={
        "visibility_timeout": 3600,
        "unacked_restore_interval": 1,
        # kombu would try a broker that is down for six seconds before .delay() fails.
        "max_retries": 0,
        "socket_connect_timeout": 1,
        "socket_timeout": 1,
    },
    timezone="UTC",
    # Django's part of Celery reads this name. Reconnecting took each task some 10 ms.
    CELERY_DB_REUSE_MAX=100,
    beat_scheduler="servers.supervision.worker_liveness:Scheduler",
    beat_schedule={name: {"task": name, "schedule": seconds} for name, seconds in SCHEDULE.items()},
)
app.autodiscover_tasks()
app.autodiscover_tasks(["common.jobs"])
app.steps["worker"] |= {DjangoStructLogInitStep, Watchdog}
app.steps["consumer"].add(ConsumerLives)


@setup_logging.connect
def leave_logging_to_django(**_: Any) -> None:
    """With a listener here, Celery sets up none of its own: LOG_LEVEL and LOG_FORMAT hold in workers too."""


@task_prerun.connect
def check_connections(**_: Any) -> None:
    """A connection that broke since the last task is reopened. Celery itself closes each after a hundred tasks."""
    from django.db import connections  # noqa: PLC0415 (it needs the settings)

    for connection in connections.all(initialized_only=True):
        if connection.connection is not None and not connection.is_usable():
            connection.close()


@task_postrun.connect
def forget_connections(state: str | None = None, **_: Any) -> None:
    """A task that failed may have left something on its connection: a lock, a setting. The next gets a new one."""
    from django.db import connections  # noqa: PLC0415

    if state != "SUCCESS":
        connections.close_all()


@celeryd_init.connect
def tell_that_the_worker_lives(**_: Any) -> None:
    liveness.end_forks_with_us()
    liveness.beat_from_thread(consumer_is_well)


@beat_init.connect
def tell_that_beat_lives(**_: Any) -> None:
    liveness.beat_from_thread(beat_is_well)


@worker_process_init.connect
def tell_that_the_child_lives(**_: Any) -> None:
    """Tasks have time limits of their own; this detects a process that is stopped or out of control."""
    liveness.beat_from_thread()


@worker_process_init.connect
def start_counters(**_: Any) -> None:
    """In each forked process: threads do not survive the fork."""
    from common.observability.counters import keep_telling  # noqa: PLC0415 (it needs the settings)

    keep_telling()


@worker_process_init.connect
def collect_less(**_: Any) -> None:
    """Freeze what is loaded, so that the garbage collector skips it, and collect the rest less often. The lines of a
    batch of orders are tens of thousands of objects with one lifetime; collecting them took up to a quarter of pricing.
    """
    gc.freeze()
    gc.set_threshold(50_000)


@task_postrun.connect
def count_task(task: "Task[Any, Any] | None" = None, state: str | None = None, **_: Any) -> None:
    from common.observability.counters import count  # noqa: PLC0415

    count("brandboard_tasks", str(getattr(task, "name", "")), "failed" if state == "FAILURE" else "done")
