"""Tags on customers: since when, by whom, and what that means to orders."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections
from django.utils import timezone

from common.refusals import Refused
from program.models.customer import CustomerTagging
from program.tags.assigning.services import assign_customer_tags, remove_customer_tags, set_customer_tags
from program.tags.services import archive_customer_tag
from tests.factories import (
    make_action,
    make_contracts,
    make_customer,
    make_customer_tag,
    make_event_type,
    make_partner,
    terms_document,
)

MARCH = datetime(2026, 3, 1, tzinfo=UTC)


def day(number):
    return MARCH + timedelta(days=number - 1)


def taggings(customer):
    rows = CustomerTagging.objects.filter(customer=customer).order_by("period")
    return [(each.period.lower, each.period.upper) for each in rows]


@pytest.fixture
def vip(brand):
    return make_customer_tag(program=brand)


@pytest.fixture
def anna(brand):
    return make_customer(program=brand, customer_id="C-1")


def test_an_assignment_holds_from_now_and_says_by_whom(anna, vip, alice):
    before = timezone.now()
    done = assign_customer_tags(customers=[anna], tags=[vip], by=alice.pk)
    tagging = CustomerTagging.objects.get()
    assert (done.began, done.extended, done.priced) == (1, 0, 0)
    assert before <= tagging.period.lower <= timezone.now()
    assert tagging.period.upper is None
    assert (tagging.assigned_by, tagging.assigned_at) == (alice, tagging.period.lower)
    assert assign_customer_tags(customers=[anna], tags=[vip]).changed == 0, "twice is once"


def test_an_earlier_moment_extends_a_current_tagging_and_names_who_said_so(anna, vip, alice, erin):
    assign_customer_tags(customers=[anna], tags=[vip], since=day(10), by=alice.pk)
    done = assign_customer_tags(customers=[anna], tags=[vip], since=day(3), by=erin.pk)
    assert (done.began, done.extended) == (0, 1)
    assert taggings(anna) == [(day(3), None)]
    assert CustomerTagging.objects.get().assigned_by == erin
    assert assign_customer_tags(customers=[anna], tags=[vip], since=day(7)).changed == 0


def test_earlier_periods_that_overlap_are_merged(anna, vip):
    assign_customer_tags(customers=[anna], tags=[vip], since=day(1))
    remove_customer_tags(customers=[anna], tags=[vip], until=day(5))
    assign_customer_tags(customers=[anna], tags=[vip], since=day(9))
    assert taggings(anna) == [(day(1), day(5)), (day(9), None)]
    assign_customer_tags(customers=[anna], tags=[vip], since=day(4))
    assert taggings(anna) == [(day(1), None)]


def test_removing_ends_it_now_and_one_of_the_future_is_gone(brand, anna, vip):
    later = make_customer_tag(program=brand, name="Later")
    assign_customer_tags(customers=[anna], tags=[vip], since=day(1))
    assign_customer_tags(customers=[anna], tags=[later], since=timezone.now() + timedelta(days=2))
    before = timezone.now()
    assert remove_customer_tags(customers=[anna], tags=[vip, later]).ended == 2
    ((since, until),) = taggings(anna)
    assert since == day(1)
    assert before <= until <= timezone.now()
    assert remove_customer_tags(customers=[anna], tags=[vip]).ended == 0


def test_an_archived_tag_stays_where_it_is_and_is_assigned_to_nobody_else(brand, anna, vip):
    berta = make_customer(program=brand)
    assign_customer_tags(customers=[anna], tags=[vip])
    archive_customer_tag(tag=vip, on=True)
    with pytest.raises(Refused, match="VIP is archived"):
        assign_customer_tags(customers=[berta], tags=[vip])
    with pytest.raises(Refused, match="VIP is archived"):
        set_customer_tags(customer=berta, tags=[vip])
    assert set_customer_tags(customer=anna, tags=[vip]).changed == 0, "it may be kept"
    archive_customer_tag(tag=vip, on=False)
    assert assign_customer_tags(customers=[berta], tags=[vip]).began == 1


def test_any_number_of_customers_take_the_same_queries(brand, vip, django_assert_num_queries):
    staff = make_customer_tag(program=brand, name="Staff")
    for number in (2, 30):
        customers = [make_customer(program=brand) for _ in range(number)]
        with django_assert_num_queries(6):  # savepoint, lock the tags and the customers, read, write, release
            assert assign_customer_tags(customers=customers, tags=[vip, staff]).began == 2 * number
        with django_assert_num_queries(6):
            assert remove_customer_tags(customers=customers, tags=[vip, staff]).ended == 2 * number


@pytest.fixture
def paid(brand):
    """20 % for VIP, 10 % for all others."""
    make_event_type(program=brand)
    rule = {"Variable": "CUSTOMER_TAG", "Operator": "BELONGS_TO", "Values": ["VIP"]}
    group = {"Rank": 1, "Name": "VIP", "Rules": [rule], "PayoutRate": "20"}
    partner = make_partner(program=brand, media_partner_id="P-1")
    make_contracts(program=brand, document=terms_document(groups=[group]), partners=[partner])


def order(brand, when):
    return make_action(program=brand, CustomerId="C-1", EventDate=when.isoformat())


def test_a_moment_in_the_past_counts_for_orders_priced_from_then_on_and_says_how_many_it_leaves(brand, paid, anna, vip):
    first, second = order(brand, day(2)), order(brand, day(8))
    order(brand, day(1))
    done = assign_customer_tags(customers=[anna], tags=[vip], since=day(2))
    assert done.priced == 2, "the order of the moment itself and the later one"
    assert order(brand, day(4)).payout == 20
    assert order(brand, day(1) + timedelta(hours=1)).payout == 10
    for action in (first, second):
        action.refresh_from_db()
        assert action.payout == 10, "what is priced stays"
    again = assign_customer_tags(customers=[anna], tags=[vip], since=day(1))
    assert again.priced == 2, "of the added day alone"


def test_an_order_counts_the_tags_of_its_event_date_whenever_it_is_priced(brand, paid, anna, vip):
    assign_customer_tags(customers=[anna], tags=[vip], since=day(3))
    removed = remove_customer_tags(customers=[anna], tags=[vip], until=day(5))
    assert removed.priced == 0
    payouts = [order(brand, when).payout for when in (day(3), day(5) - timedelta(seconds=1), day(5))]
    assert payouts == [20, 20, 10]


@pytest.mark.django_db(transaction=True)
def test_two_who_assign_one_tag_to_the_same_customers_at_once(brand):
    vip = make_customer_tag(program=brand)
    customers = [make_customer(program=brand) for _ in range(40)]
    done = []

    def assign(order):
        done.append(assign_customer_tags(customers=order, tags=[vip]).began)
        connections.close_all()

    threads = [threading.Thread(target=assign, args=[each]) for each in (customers, customers[::-1]) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(done) == [0, 0, 0, 40]
    assert CustomerTagging.objects.count() == 40
