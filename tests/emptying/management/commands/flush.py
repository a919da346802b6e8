"""`flush` in a tenth of the time: the tables that hold something are emptied, row by row and without their triggers."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

# What the migrations wrote; no test changes it.
KEPT = ["django_migrations", "django_content_type", "auth_permission"]
FILLED = """
SELECT quote_ident(relname) FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> ALL (%s) AND pg_relation_size(oid) > 0
"""


class Command(BaseCommand):
    stealth_options = ("interactive", "database", "reset_sequences", "allow_cascade", "inhibit_post_migrate")

    def handle(self, **options: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(FILLED, [KEPT])
            if filled := [name for (name,) in cursor.fetchall()]:
                cursor.execute(f"LOCK TABLE {', '.join(filled)}")  # who still writes is waited for, as TRUNCATE does
                cursor.execute("SET LOCAL session_replication_role = replica")  # which checks no key
                cursor.execute("; ".join(f"DELETE FROM {name}" for name in filled))
