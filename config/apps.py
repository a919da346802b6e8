"""The project's own app: its checks, and the Celery app of every Django process."""

from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class ProjectConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        # Tasks are declared with @shared_task and belong to the app that is current.
        from config import celery, checks  # noqa: F401, PLC0415

        connection_created.connect(_end_with_client, dispatch_uid="end_with_client")


def _end_with_client(connection: Any, **_: Any) -> None:
    """A statement whose worker was killed, or ran out of time, ends within a second and frees its locks.

    Otherwise PostgreSQL notices only when the statement is done, which may be one that waits.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET client_connection_check_interval = '1s'")
