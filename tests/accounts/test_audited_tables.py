"""What each app says of its tables to the audit log is what the database does."""

from django.apps import apps
from django.db import connection

from accounts.audit.tables import audited_tables, unaudited_tables

TRIGGERS = """
SELECT tgrelid::regclass::text, tgname, tgargs FROM pg_trigger
WHERE tgfoid = 'audit_rows'::regproc ORDER BY 1, 2
"""


def test_what_is_declared_are_the_triggers_of_the_database(db):
    declared = [
        (each.table, trigger, (set(each.without), "people" if each.by_people else ""))
        for each in sorted(audited_tables().values(), key=lambda each: each.table)
        for trigger in ("audit_added", "audit_changed", "audit_removed")
    ]
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS)
        there = [
            (table, trigger, bytes(arguments).decode().split("\0")) for table, trigger, arguments in cursor.fetchall()
        ]
    assert declared == [
        (table, trigger, (set(without.split(",")) - {""}, whose)) for table, trigger, (without, whose, *_) in there
    ]


def test_columns_that_are_left_out_are_there():
    columns = {model._meta.db_table: {each.column for each in model._meta.local_fields} for model in apps.get_models()}
    assert not {each.table for each in audited_tables().values() if not set(each.without) <= columns[each.table]}


def test_each_table_is_audited_or_says_why_not():
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    audited, unaudited = set(audited_tables()), set(unaudited_tables())
    assert audited | unaudited == tables
    assert not audited & unaudited
    assert all(unaudited_tables().values())
