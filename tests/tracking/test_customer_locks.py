"""A writer of taggings locks the tags first, and then the customers, all in one order, as the rollup does: two writers
wait for each other and never deadlock.
"""

from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from program.models import Customer, CustomerTag, TagAct
from program.models.customer import CustomerTagging
from program.tags.assigning.acts import act_at_once, undo_act
from program.tags.assigning.services import assign_customer_tags, remove_customer_tags, set_customer_tags
from program.tags.deleting import delete_customer_tag
from tests.factories import (
    make_action,
    make_contracts,
    make_customer,
    make_customer_tag,
    make_event_type,
    make_partner,
    terms_document,
)
from tests.tracking.beside import somebody_waits_for_us
from tests.tracking.test_workers import wait_for
from tracking.api.customers import changes
from tracking.customer_tags import file_rows
from tracking.customers.figures import recompute
from tracking.imports.table import import_table
from tracking.intake import CustomerData
from tracking.models import Upload

pytestmark = pytest.mark.django_db(transaction=True)
MARCH, MAY = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def vip(brand):
    return make_customer_tag(program=brand)


@pytest.fixture
def press(brand):
    return make_customer_tag(program=brand, name="Press")


@pytest.fixture
def first(brand):
    return make_customer(program=brand, customer_id="C-1")


@pytest.fixture
def last(brand, first, vip):
    """A later customer, who carries VIP since May."""
    customer = make_customer(program=brand, customer_id="C-2")
    assign_customer_tags(customers=[customer], tags=[vip], since=MAY)
    return customer


def assign(brand, first, last, vip):
    """Extends the tagging of the last and adds one to the first: two statements."""
    assign_customer_tags(customers=[last, first], tags=[vip], since=MARCH)


def remove(brand, first, last, vip):
    remove_customer_tags(customers=[last, first], tags=[vip])


def delete(brand, first, last, vip):
    delete_customer_tag(tag=vip)


def import_file(brand, first, last, vip):
    rows = [(2, {"CustomerId": "C-2", "Tags": "Press"}), (3, {"CustomerId": "C-1", "Tags": "VIP"})]
    with transaction.atomic():
        import_table(brand, Upload.Kind.CUSTOMER_TAGS, rows, now=timezone.now(), mode=Upload.TagMode.REPLACE)


def undo(brand, first, last, vip):
    undo_act(act=TagAct.objects.get())


def roll_up(brand, first, last, vip):
    with transaction.atomic():
        recompute(brand.pk, [last.pk, first.pk])


@pytest.mark.parametrize("write", [assign, remove, delete, import_file, undo, roll_up])
def test_who_waits_for_the_first_customer_has_not_locked_a_later_one(
    brand, first, last, vip, press, monkeypatch, beside, write
):
    monkeypatch.setattr(file_rows, "BATCH", 1)
    if write is undo:  # by two statements: the last has it no more, the first as before
        remove_customer_tags(customers=[last], tags=[vip], until=MAY)
        assign_customer_tags(customers=[first], tags=[vip], since=MAY)
    act_at_once(program=brand, kind="ASSIGN", tags=[vip], customers=[last.pk, first.pk], since=MARCH)
    if write is assign:
        remove_customer_tags(customers=[first], tags=[vip], until=MARCH)
        remove_customer_tags(customers=[last], tags=[vip], until=MAY)
    with transaction.atomic():
        Customer.objects.select_for_update(no_key=True).get(pk=first.pk)
        end = beside(lambda: write(brand, first, last, vip))
        wait_for(somebody_waits_for_us, 20)
        Customer.objects.select_for_update(no_key=True, nowait=True).get(pk=last.pk)
    end()


def replace_tags(brand, customer, tag):
    set_customer_tags(customer=customer, tags=[tag])


def add_by_api(brand, customer, tag):
    changes.add(program=brand, data=CustomerData(customer.customer_id, {"name": "Ann"}), tags=[tag.name], path="Tags")


def change_by_api(brand, customer, tag):
    data = CustomerData(customer.customer_id, {"name": "Ann"})
    changes.change(customer=customer, data=data, tags=[tag.name], path="Tags")


@pytest.mark.parametrize("write", [replace_tags, add_by_api, change_by_api])
def test_who_waits_for_a_tag_has_not_locked_the_customer(brand, first, vip, beside, write):
    with transaction.atomic():
        CustomerTag.objects.select_for_update(no_key=True).get(pk=vip.pk)
        end = beside(lambda: write(brand, first, vip))
        wait_for(somebody_waits_for_us, 20)
        Customer.objects.select_for_update(no_key=True, nowait=True).get(pk=first.pk)
    end()
    first.refresh_from_db()
    assert first.tag_ids == [vip.pk]


def test_a_tag_is_locked_before_it_is_deleted_from_customers(brand, first, last, vip, beside):
    with transaction.atomic():
        CustomerTag.objects.select_for_update(no_key=True).get(pk=vip.pk)
        end = beside(lambda: delete(brand, first, last, vip))
        wait_for(somebody_waits_for_us, 20)
        CustomerTagging.objects.select_for_update(no_key=True, nowait=True).get(tag=vip)
    end()
    last.refresh_from_db()
    assert last.tag_ids == []


def test_tags_that_two_assign_at_once_are_both_there_also_without_a_service(brand, first, vip, press, beside):
    def tag_by_hand(tag):
        CustomerTagging.objects.create(program=brand, customer=first, tag=tag, period=DateTimeTZRange(MARCH, None))

    with transaction.atomic():
        tag_by_hand(vip)
        end = beside(lambda: tag_by_hand(press))
        wait_for(somebody_waits_for_us, 20)
    end()
    first.refresh_from_db()
    assert first.tag_ids == [vip.pk, press.pk]


def test_all_tags_of_a_customer_are_replaced_also_one_that_comes_meanwhile(first, vip, press, beside):
    with transaction.atomic():
        CustomerTag.objects.select_for_update(no_key=True).get(pk=vip.pk)
        end = beside(lambda: set_customer_tags(customer=first, tags=[vip]))
        wait_for(somebody_waits_for_us, 20)
        assign_customer_tags(customers=[first], tags=[press])
    end()
    first.refresh_from_db()
    assert first.tag_ids == [vip.pk]


def test_figures_and_tags_that_are_written_at_once_are_both_right(brand, first, vip, beside):
    make_event_type(program=brand)
    partner = make_partner(program=brand, media_partner_id="P-1")
    make_contracts(program=brand, document=terms_document(), partners=[partner])
    make_action(program=brand, CustomerId="C-1")
    with transaction.atomic():
        assign_customer_tags(customers=[first], tags=[vip])
        end = beside(lambda: roll_up(brand, first, first, vip))
        wait_for(somebody_waits_for_us, 20)
    end()
    first.refresh_from_db()
    assert (first.tag_ids, first.orders, first.partner_ids) == ([vip.pk], 1, [partner.pk])
