"""What a connection prepares, and what it keeps of statements that come by."""

import gc
import tracemalloc

import pytest
from django.db import connection

from common.db.statements import fetch
from tracking.imports.uploads import create_upload

ASKED = "SELECT id FROM tracking_upload WHERE id = %s"


def prepared() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [statement for (statement,) in cursor.fetchall()]


@pytest.mark.django_db
def test_what_is_asked_again_and_again_is_prepared():
    for number in range(3):
        assert fetch(ASKED, [number]) == []
    assert [statement for statement in prepared() if "tracking_upload" in statement] == [ASKED.replace("%s", "$1")]


@pytest.mark.django_db
def test_what_is_planned_by_its_values_is_never_prepared():
    for number in range(3):
        fetch(f"{ASKED} AND 3 = 3", [number], is_planned_once=False)
    assert not [statement for statement in prepared() if "3 = 3" in statement]


@pytest.mark.django_db
def test_behind_a_pooler_that_cannot_nothing_is_prepared(settings):
    settings.PREPARED_AFTER = None
    for number in range(3):
        fetch(f"{ASKED} AND 2 = 2", [number])
    assert not [statement for statement in prepared() if "2 = 2" in statement]


def test_a_connection_keeps_nothing_of_a_file_that_it_stored(brand):
    fetch(ASKED, [1])
    tracemalloc.start()
    for number in range(3):
        content = bytes([65 + number]) * 1_000_000
        create_upload(program=brand, user_id=None, kind="CONVERSIONS", filename=f"{number}.csv", content=content)
    del content
    gc.collect()
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 1_000_000
