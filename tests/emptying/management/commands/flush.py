"""`flush` in a tenth of the time: the tables that hold something are emptied, row by row and without their triggers."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected

# What the migrations wrote; no test changes it.
KEPT = ["django_migrations", "django_content_type", "auth_permission"]
TRIES = 5
FILLED = """
SELECT quote_ident(relname) FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> ALL (%s) AND pg_relation_size(oid) > 0
"""


class Command(BaseCommand):
    stealth_options = ("interactive", "database", "reset_sequences", "allow_cascade", "inhibit_post_migrate")

    def handle(self, **options: Any) -> None:
        for _ in range(TRIES - 1):
            try:
                return self._empty()
            except OperationalError as error:  # a page that nobody waits for is still answered, from these tables
                if not isinstance(error.__cause__, DeadlockDetected):
                    raise
        return self._empty()

    def _empty(self) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(FILLED, [KEPT])
            if filled := [name for (name,) in cursor.fetchall()]:
                cursor.execute(f"LOCK TABLE {', '.join(filled)}")  # who still writes is waited for, as TRUNCATE does
                cursor.execute("SET LOCAL session_replication_role = replica")  # which checks no key
                cursor.execute("; ".join(f"DELETE FROM {name}" for name in filled))
