"""The embedded database's schema: updated by the first command of the product that runs."""

from django.core.management import call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

ROOMS = frozenset({"program", "contracts", "tracking", "reports"})
MIGRATING = 0x5C4E3A  # the advisory lock under which one process at a time brings the schema up to date


def migrate_for(command: str) -> None:
    """Apply missing migrations before a command of the product; Django's own commands do not.

    Only for the embedded database: what a DATABASE_URL points at is migrated by `prepare`, once per release.
    """
    if get_commands().get(command) not in ROOMS or not _is_behind():
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        try:
            if _is_behind():  # another command may have done it while we waited
                call_command("migrate", verbosity=0, interactive=False)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])


def _is_behind() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
