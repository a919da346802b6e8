"""The months in which steps are kept: a partition each, made before it begins and dropped whole when it is too old."""

from datetime import UTC, datetime, timedelta

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

log = structlog.get_logger(__name__)

AHEAD = 3  # this month and the next two
PATIENCE = "2s"  # for the lock that dropping takes: who waits for it has others wait


def make_months() -> int:
    """Make the partitions of this month and the next two; how many are new."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT make_step_months(%s::date, %s)", [timezone.now().astimezone(UTC).date(), AHEAD])
        return int(cursor.fetchone()[0])


def drop_old_months() -> int:
    """Drop every month whose last day is older than CLICK_RETENTION_DAYS; how many."""
    oldest = timezone.now() - timedelta(days=settings.CLICK_RETENTION_DAYS)
    dropped = [name for name, end in _months() if end <= oldest]
    for name in dropped:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(name)}")
        log.info("clicks of a month were dropped", month=name)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM tracking_step_other WHERE at < %s", [oldest])
    return len(dropped)


def _months() -> list[tuple[str, datetime]]:
    """Each partition of a month with its end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, ends FROM step_months()")
        return list(cursor.fetchall())
