"""Statistics of tables that are still small, before the database gathers them by itself.

A key is checked by a query that PostgreSQL plans once for a connection. Without statistics all indexes that begin with
the program look alike to it, and if it picks a wrong one each check reads all rows of the program: the first large
file of a new database would be priced in quadratic time.
"""

from django.db import connection

POINTED_AT = ["program_customer", "tracking_conversion", "tracking_action"]
# A table that has twice the pages of its last statistics, until it is so large that autovacuum has certainly analysed
# it. Or one of whose statistics hold less than a row a page: they were gathered while its rows were not yet committed.
GROWN = """
SELECT relname FROM pg_class
WHERE oid = ANY (%s::regclass[]) AND relpages < 1000
  AND pg_relation_size(oid) / current_setting('block_size')::int
      > CASE WHEN reltuples < relpages THEN 16 ELSE 2 * greatest(relpages, 8) END
"""


def gather_statistics() -> None:
    """Gather them again where a small table has doubled or was analysed without its rows. Not within a transaction."""
    if connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute(GROWN, [POINTED_AT])
        if grown := [name for (name,) in cursor.fetchall()]:
            cursor.execute(f"ANALYZE (SKIP_LOCKED) {', '.join(grown)}")
