"""Roles of the embedded database: a superuser for the supervisor, and the product's, which owns its database alone."""

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from psycopg import Connection

DATABASE = USER = "brandboard"
SUPERUSER = "postgres"
RENAMING = "brandboard_renaming"
EXTENSIONS = ("btree_gist", "pg_trgm")
# Of a cluster whose superuser was the product's role: everything in the database that belongs to no extension.
HAND_OVER = f"""
DO $$ DECLARE statement text; BEGIN
    FOR statement IN
        SELECT format('ALTER TABLE %s OWNER TO {USER}', c.oid::regclass) FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                AND (d.deptype = 'e' OR c.relkind = 'S' AND d.deptype IN ('a', 'i')))
        UNION ALL
        SELECT format('ALTER ROUTINE %s OWNER TO {USER}', p.oid::regprocedure) FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace
            AND NOT EXISTS (SELECT FROM pg_depend d
                WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    LOOP EXECUTE statement; END LOOP;
END $$
"""  # noqa: S608 (of our own names)


def is_complete(connection: "Connection[Any]") -> bool:
    """Tell whether the product's role owns its database: the last that `set_up_database` does."""
    query = "SELECT 1 FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE d.datname = %s AND r.rolname = %s"
    return connection.execute(query, [DATABASE, USER]).fetchone() is not None


def set_up_database(connection: "Connection[Any]", connect: "Callable[[], Connection[Any]]") -> None:
    """Make role and database, or bring those of an earlier release to the present state. Can be repeated."""
    connection.execute(f"DROP ROLE IF EXISTS {RENAMING}")
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [USER]).fetchone():
        connection.execute(f"CREATE ROLE {USER} LOGIN")
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
        connection.execute(f"CREATE DATABASE {DATABASE}")
    with connect() as inside:
        for extension in EXTENSIONS:
            inside.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
        inside.execute(HAND_OVER)
    connection.execute(f"ALTER DATABASE {DATABASE} OWNER TO {USER}")


def release_name(connect: "Callable[[str], Connection[Any]]") -> None:
    """Rename the superuser of an earlier release, who had the product's name.

    The first superuser of a cluster stays one, and no role can rename itself, so another does it. Raises
    psycopg.OperationalError while the server does not take connections.
    """
    from psycopg.errors import DuplicateObject  # noqa: PLC0415 (see `Postgres.is_ready`)

    with connect(USER) as connection, suppress(DuplicateObject):  # of an attempt that was killed
        connection.execute(f"CREATE ROLE {RENAMING} LOGIN SUPERUSER")
    with connect(RENAMING) as connection:
        connection.execute(f"ALTER ROLE {USER} RENAME TO {SUPERUSER}")
