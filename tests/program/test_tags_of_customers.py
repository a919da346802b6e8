"""The tags that stand beside each customer's figures: always those without an end among its taggings."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from accounts.models import AuditEntry
from common.db.statements import copy_rows
from program.models import Customer
from program.models.customer import CustomerTagging
from program.tags.assigning.services import assign_customer_tags, remove_customer_tags
from program.tags.deleting import delete_customer_tag
from program.tags.services import archive_customer_tag
from tests.factories import make_customer, make_customer_tag

MAY, JUNE = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def anna(brand):
    return make_customer(program=brand, customer_id="C-1")


@pytest.fixture
def ben(brand):
    return make_customer(program=brand, customer_id="C-2")


@pytest.fixture
def vip(brand):
    return make_customer_tag(program=brand)


@pytest.fixture
def press(brand):
    return make_customer_tag(program=brand, name="Press")


def carried(customer):
    return Customer.objects.get(pk=customer.pk).tag_ids


def tagging(customer, tag, since=MAY, until=None):
    period = DateTimeTZRange(since, until)
    return CustomerTagging(program_id=customer.program_id, customer=customer, tag=tag, period=period)


def test_a_customer_has_what_is_assigned_until_it_is_removed(anna, ben, vip, press):
    assign_customer_tags(customers=[anna, ben], tags=[press, vip])
    assert carried(anna) == carried(ben) == [vip.pk, press.pk]
    remove_customer_tags(customers=[anna], tags=[vip])
    assert (carried(anna), carried(ben)) == ([press.pk], [vip.pk, press.pk])
    assign_customer_tags(customers=[anna], tags=[vip])
    assert carried(anna) == [vip.pk, press.pk]


def test_what_begins_in_the_future_is_listed_and_what_was_ended_for_a_future_moment_is_not(anna, vip, press):
    later = timezone.now() + timedelta(days=30)
    assign_customer_tags(customers=[anna], tags=[vip], since=later)
    assign_customer_tags(customers=[anna], tags=[press])
    remove_customer_tags(customers=[anna], tags=[press], until=later)
    current = CustomerTagging.objects.current().filter(customer=anna)
    assert carried(anna) == list(current.values_list("tag_id", flat=True)) == [vip.pk]


def test_rows_that_are_written_by_any_statement_count(anna, ben, vip, press):
    CustomerTagging.objects.bulk_create([tagging(anna, vip), tagging(ben, vip), tagging(ben, press, MAY, JUNE)])
    assert carried(anna) == carried(ben) == [vip.pk]
    row = (anna.program_id, anna.pk, press.pk, DateTimeTZRange(MAY, None))
    copy_rows("program_customertagging", ("program_id", "customer_id", "tag_id", "period"), [row])
    assert carried(anna) == [vip.pk, press.pk]
    CustomerTagging.objects.filter(customer=anna, tag=press).update(customer=ben, period=DateTimeTZRange(JUNE, None))
    assert (carried(anna), carried(ben)) == ([vip.pk], [vip.pk, press.pk])
    CustomerTagging.objects.filter(tag=vip).update(period=DateTimeTZRange(MAY, JUNE))
    assert (carried(anna), carried(ben)) == ([], [press.pk])
    CustomerTagging.objects.all().delete()
    assert carried(ben) == []


def test_a_deleted_tag_is_gone_and_an_archived_one_stays(anna, vip, press):
    assign_customer_tags(customers=[anna], tags=[vip, press])
    archive_customer_tag(tag=vip, on=True)
    assert carried(anna) == [vip.pk, press.pk]
    delete_customer_tag(tag=press)
    assert carried(anna) == [vip.pk]


def test_a_customer_whose_tags_stay_the_same_is_not_written(anna, ben, vip):
    assign_customer_tags(customers=[anna], tags=[vip])
    before = versions()
    assign_customer_tags(customers=[anna], tags=[vip], since=MAY)
    assert versions() == before, "it has the tag since earlier, and had it before"
    assign_customer_tags(customers=[anna, ben], tags=[vip])
    assert versions()[anna.pk] == before[anna.pk]
    assert versions()[ben.pk] != before[ben.pk]


def versions():
    """Where the database holds each customer, which every write changes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, ctid::text FROM program_customer")
        return dict(cursor.fetchall())


def test_the_audit_log_tells_of_the_tagging_alone(anna, vip):
    assign_customer_tags(customers=[anna], tags=[vip])
    assert list(AuditEntry.objects.filter(noun="program_customer")) == []
    assert AuditEntry.objects.filter(noun="program_customertagging").count() == 1
