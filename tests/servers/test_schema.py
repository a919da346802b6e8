"""The first command of a new home finds a database that is ready, and one of another release is told from it."""

import json
import subprocess
import sys

import pytest
from django.db import connection

from servers.home import PROJECT
from servers.schema_check import differences


def test_the_first_command_of_a_home_makes_its_tables(environment: dict[str, str]) -> None:
    command = [sys.executable, "manage.py", "create_program", "--id=1000", "--name=Shop", "--currency=GBP"]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    assert json.loads(done.stdout)["ProgramId"] == 1000


@pytest.mark.django_db
def test_tables_that_migrations_made_are_as_the_release_wants_them() -> None:
    assert differences() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("ALTER TABLE program_customer DROP COLUMN sent_at", "program_customer has no column sent_at"),
        ("DROP TABLE tracking_customerfile", "there is no table tracking_customerfile"),
        (
            "ALTER TABLE program_customer DROP CONSTRAINT customer_id_unique",
            "program_customer lacks customer_id_unique",
        ),
        ("DROP INDEX customer_newest", "program_customer lacks customer_newest"),
        ("ALTER TABLE program_customer ADD age int NOT NULL", "program_customer asks for a column age"),
    ],
)
def test_what_tables_lack_is_told(statement: str, told: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
    assert differences() == [told]


@pytest.mark.django_db
def test_what_a_later_release_adds_is_no_difference() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE program_customer ADD age int, ADD size int NOT NULL DEFAULT 0")
        cursor.execute("CREATE TABLE program_later (id int PRIMARY KEY)")
    assert differences() == []


def test_a_home_of_another_release_is_refused_in_one_line(environment: dict[str, str]) -> None:
    def manage(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)

    assert manage("prepare").returncode == 0
    drop = "from django.db import connection; connection.cursor().execute('ALTER TABLE program_customer DROP city')"
    assert manage("shell", "--no-imports", "-c", drop).returncode == 0
    refused = manage("prepare")
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "made by another release (program_customer has no column city" in refused.stderr
    assert "make reset" in refused.stderr
