"""The log of the embedded PostgreSQL names errors, and nothing of what orders say of customers."""

from pathlib import Path

import psycopg
import pytest

from tests.servers.conftest import Hold
from tests.servers.looking import connect


def test_an_error_is_logged_without_its_statement_and_row(hold: Hold, home: Path) -> None:
    hold()
    with connect(home) as database:
        database.execute("CREATE TEMP TABLE customer (email text UNIQUE)")
        database.execute("INSERT INTO customer VALUES ('zoe@example.org')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            database.execute("INSERT INTO customer VALUES ('zoe@example.org')")
    log = (home / "log" / "postgres.log").read_text()
    assert "duplicate key value violates unique constraint" in log
    assert "zoe@example.org" not in log
