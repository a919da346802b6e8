"""The composite keys that keep programs apart: checked row by row, however many rows a program has."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from program.models import Program
from tests.factories import make_action, make_contracts, make_partner, make_program, sent, terms_document
from tracking.conversions.new_conversions import store_conversions
from tracking.intake import read_conversion
from tracking.models import Action
from tracking.models.conversion import Source
from tracking.pricing.batch import price_all
from tracking.pricing.ledger import gather_statistics

POINTED_AT = ["program_partner", "program_customer", "tracking_conversion", "tracking_action", "contracts_contract"]
FILLED = ["tracking_conversion", "tracking_action"]
INDEXED_BY_PROGRAM_ALONE = """
SELECT DISTINCT index.indexrelid::regclass::text
FROM pg_constraint AS key
JOIN pg_index AS index ON index.indrelid = key.confrelid AND index.indnkeyatts = 1
JOIN pg_attribute AS first ON first.attrelid = key.confrelid AND first.attnum = index.indkey[0]
WHERE key.contype = 'f' AND cardinality(key.confkey) = 2 AND first.attname = 'program_id'
"""


def change(action: Action, **fields: Any) -> None:
    Action.objects.filter(pk=action.pk).update(**fields)
    connection.check_constraints()


def plan_of_check(table: str) -> str:
    check = f"SELECT 1 FROM ONLY {table} x WHERE program_id = $1 AND id = $2 FOR KEY SHARE OF x"
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (GENERIC_PLAN) {check}")
        return "\n".join(line for (line,) in cursor.fetchall())


def condition_of_check(table: str) -> str:
    return next(line for line in plan_of_check(table).splitlines() if "Index Cond" in line)


@pytest.fixture
def new_tables(transactional_db: None) -> Iterator[None]:
    """As those of a new database, where other tests leave pages, and statistics of them; autovacuum keeps away."""
    with connection.cursor() as cursor:
        for table in FILLED:
            cursor.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
        cursor.execute(f"TRUNCATE {', '.join(FILLED)} CASCADE")
        cursor.execute(
            "SELECT pg_clear_attribute_stats(schemaname, tablename, attname, inherited) FROM pg_stats"
            " WHERE tablename = ANY (%s)",
            [FILLED],
        )
        yield
        for table in FILLED:
            cursor.execute(f"ALTER TABLE {table} RESET (autovacuum_enabled)")


def price_a_first_batch(program: Program) -> None:
    data = [read_conversion(sent(CustomerId=f"C{number}"), now=timezone.now()) for number in range(400)]
    store_conversions(program, data, source=Source.FILE)
    assert price_all(program.pk) == 400


def known_rows() -> list[float]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = ANY (%s::regclass[])", [FILLED])
        return [rows for (rows,) in cursor.fetchall()]


@pytest.mark.django_db
@pytest.mark.parametrize("table", POINTED_AT)
def test_a_key_is_checked_by_one_row_before_statistics_are_gathered(table):
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table} CASCADE")  # which forgets what other tests have left of them
    assert "(id = $2)" in condition_of_check(table)


@pytest.mark.django_db
def test_no_table_that_others_point_to_has_an_index_of_its_program_alone():
    """To look a row up by it would cost as much as by the key, as far as PostgreSQL knows without statistics."""
    with connection.cursor() as cursor:
        cursor.execute(INDEXED_BY_PROGRAM_ALONE)
        assert cursor.fetchall() == []


def test_a_key_is_checked_by_one_row_after_the_first_batch_of_a_new_database(new_tables, brand, standard):
    price_a_first_batch(brand)
    assert all("(id = $2)" in condition_of_check(table) for table in FILLED)


def test_statistics_gathered_while_a_first_batch_was_not_yet_committed_are_gathered_anew(new_tables, brand, standard):
    other = connection.copy()
    try:
        with transaction.atomic():
            price_a_first_batch(brand)
            other.cursor().execute(f"ANALYZE {', '.join(FILLED)}")  # as autovacuum may: it sees pages, but no rows
            assert known_rows() == [0, 0]
    finally:
        other.close()
    gather_statistics()
    assert known_rows() == [400, 400]
    assert all("(id = $2)" in condition_of_check(table) for table in FILLED)


@pytest.mark.parametrize("field", ["program", "partner", "contract", "event_type", "conversion"])
def test_the_composite_key_alone_refuses_what_is_not_there(brand, sale, field):
    partner = make_partner(program=brand, media_partner_id="P-1")
    make_contracts(program=brand, document=terms_document(), partners=[partner])
    action = make_action(program=brand)
    with pytest.raises(IntegrityError), transaction.atomic():
        change(action, **{f"{field}_id": 999_999})


def test_the_composite_key_refuses_a_partner_of_another_brand(brand, sale):
    partner = make_partner(program=brand, media_partner_id="P-1")
    make_contracts(program=brand, document=terms_document(), partners=[partner])
    action = make_action(program=brand)
    other = make_partner(program=make_program(id=2000))
    with pytest.raises(IntegrityError), transaction.atomic():
        change(action, partner=other)
