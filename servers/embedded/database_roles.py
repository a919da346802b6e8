"""Roles of the embedded database: a superuser for the supervisor, and the product's, which owns its database alone."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from psycopg import Connection

DATABASE = USER = "brandboard"
SUPERUSER = "postgres"
EXTENSIONS = ("btree_gist", "pg_trgm")


def is_complete(connection: "Connection[Any]") -> bool:
    """Tell whether the product's role owns its database: the last that `set_up_database` does."""
    query = "SELECT 1 FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE d.datname = %s AND r.rolname = %s"
    return connection.execute(query, [DATABASE, USER]).fetchone() is not None


def set_up_database(connection: "Connection[Any]", connect: "Callable[[], Connection[Any]]") -> None:
    """Make role and database. Can be repeated."""
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [USER]).fetchone():
        connection.execute(f"CREATE ROLE {USER} LOGIN")
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
        connection.execute(f"CREATE DATABASE {DATABASE}")
    with connect() as inside:
        for extension in EXTENSIONS:
            inside.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    connection.execute(f"ALTER DATABASE {DATABASE} OWNER TO {USER}")
