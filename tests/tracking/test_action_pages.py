"""The list of actions and the page of one, through HTTP."""

from datetime import UTC, datetime

import pytest
from django.db.models.signals import post_init
from django.utils import timezone

from program.tags.assigning.services import assign_customer_tags, remove_customer_tags
from program.tags.services import change_customer_tag
from tests.factories import make_contracts, make_customer, make_event_type, make_partner, terms_document
from tracking.conversions.new_conversions import store_conversion
from tracking.intake import read_conversion
from tracking.models import Action, ActionUpdate
from tracking.pricing.batch import price_all

LIST = "/p/1000/transactions/actions/"
NEW = {"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["New"]}
BIG = {"Variable": "ORDER_TOTAL", "Operator": "GTE", "Values": ["150"]}
GROUPS = [
    {"Rank": 1, "Name": "New, big basket", "Rules": [NEW, BIG], "PayoutRate": "20"},
    {"Rank": 2, "Name": "New", "Rules": [NEW], "PayoutRate": "15"},
    {"Rank": 3, "Name": "Everyone in Wales", "Rules": [NEW], "PayoutRate": "11"},
]


@pytest.fixture
def kettle(brand):
    make_event_type(program=brand, code="SALE")
    return make_partner(program=brand, media_partner_id="P-1", name="Kettle Blog")


def order(brand, *, is_test=False, **params):
    sent = {
        "CampaignId": "1000", "EventTypeCode": "SALE", "EventDate": "2026-11-14T19:42:00Z", "OrderId": "TT-1",
        "MediaPartnerId": "P-1", "CurrencyCode": "GBP", "CustomerStatus": "New", **params,
    }  # fmt: skip
    if not any(name.startswith("Item") for name in sent):
        sent.setdefault("Amount", "100.00")
    store_conversion(brand, read_conversion(sent, now=timezone.now()), source="API", is_test=is_test)
    price_all(brand.pk)
    return Action.objects.filter(order_id=sent["OrderId"]).first()


def agree(brand, kettle, **terms):
    make_contracts(program=brand, document=terms_document(**terms), partners=[kettle])


def page_of(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_list_filters_searches_and_sums(client_of, alice, brand, kettle):
    agree(brand, kettle)
    order(brand, OrderId="A-1", OrderPromoCode="SUMMER", CustomerId="C-7")
    order(brand, OrderId="A-2", Amount="50", CustomerStatus="Existing", EventDate="2026-10-01T12:00:00Z")
    client = client_of(alice)
    everything = page_of(client, LIST)
    assert "Total, 2 actions" in everything
    assert "Amount, GBP" in everything
    assert "150.00" in everything
    assert "£150.00" not in everything  # the head names the currency
    for query, found, missed in [
        ("q=summer", "A-1", "A-2"),
        ("q=C-7", "A-1", "A-2"),
        ("q=kettle", "A-1", "A-9"),
        (f"q={Action.objects.get(order_id='A-2').action_id}", "A-2", "A-1"),
        ("status=Existing", "A-2", "A-1"),
        ("status=OTHER", "No actions match", "A-1"),
        ("start_date=2026-11-01", "A-1", "A-2"),
        ("end_date=2026-10-31", "A-2", "A-1"),
        (f"partner={kettle.pk}", "A-1", "A-9"),
        ("state=REVERSED", "No actions match", "A-1"),
    ]:
        page = page_of(client, f"{LIST}?{query}")
        assert found in page, query
        assert f">{missed}<" not in page, query
    assert "Customer status is <b>Existing</b>" in page_of(client, f"{LIST}?status=Existing")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("start_date=nonsense", "From: “nonsense” is not a valid date."),
        ("end_date=0001-01-01", "Until: “0001-01-01” is not a valid date."),
        ("start_date=2026-11-02&end_date=2026-11-01", "From: The first day is after the last."),
        ("partner=999999", "Partner: “999999” is not a known partner number."),
        ("partner=P-1", "Partner: “P-1” is not a known partner number."),
        ("event_type=x", "Event type: “x” is not a known event type number."),
        ("state=LOST", "State: “LOST” is not a valid state; use PENDING, APPROVED, REVERSED."),
        ("status=Gold", "Customer status: “Gold” is not a known customer status"),
    ],
)
def test_a_filter_that_names_nothing_is_refused_by_its_name(client_of, alice, brand, kettle, query, words):
    agree(brand, kettle)
    order(brand, OrderId="A-1")
    for headers in ({}, {"HX-Request": "true"}):
        response = client_of(alice).get(f"{LIST}?{query}", headers=headers)
        assert response.status_code == 422
        assert words in response.content.decode()


def test_the_reader_chooses_the_columns(client_of, alice, brand, kettle):
    agree(brand, kettle)
    order(brand, CustomerId="C-7")
    page = page_of(client_of(alice), f"{LIST}?show=customer&show=customer_status&show=nonsense")
    assert "C-7" in page
    assert 'data-label="Customer Status"' in page
    assert 'data-label="Payout"' not in page


def test_test_orders_stand_apart(client_of, alice, brand, kettle):
    agree(brand, kettle)
    order(brand, OrderId="T-1", is_test=True)
    client = client_of(alice)
    assert "T-1" not in page_of(client, LIST)
    assert "T-1" in page_of(client, f"{LIST}?test=1")


def test_a_part_of_the_list_is_answered_to_htmx(client_of, alice, brand, kettle):
    agree(brand, kettle)
    order(brand)
    part = client_of(alice).get(LIST, headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith('<div class="stack-small" id="actions"')


def test_the_list_asks_the_database_no_more_for_more_actions(
    client_of, alice, brand, kettle, django_assert_num_queries
):
    agree(brand, kettle)
    order(brand, OrderId="A-0", CustomerId="C-0")
    client = client_of(alice)
    with django_assert_num_queries(10):
        client.get(LIST)
    for number in range(1, 6):
        order(brand, OrderId=f"A-{number}", CustomerId=f"C-{number}")
    with django_assert_num_queries(10):
        client.get(LIST)


def test_an_action_of_another_brand_is_not_there(client_of, alice, bob, charlie, brand, kettle):
    agree(brand, kettle)
    action = order(brand)
    assert client_of(bob).get(f"{LIST}{action.pk}/").status_code == 200
    for address in (LIST, f"{LIST}{action.pk}/", f"{LIST}{action.pk}/payout-groups/"):
        assert client_of(charlie).get(address).status_code == 404
    assert client_of(charlie).get(f"/p/2000/transactions/actions/{action.pk}/").status_code == 404


def test_a_page_of_ten_thousand_actions_reads_only_its_own_rows(
    client_of, alice, brand, kettle, django_assert_max_num_queries
):
    agree(brand, kettle)
    first = order(brand)
    conversion = first.conversion
    day = datetime(2026, 11, 14, tzinfo=UTC)
    conversions = [
        type(conversion)(
            program=brand, event_type=first.event_type, order_id=f"B-{number}", event_date=day, source="FILE",
            payload={}, state="PRICED", deduplication_period=conversion.deduplication_period,
        )
        for number in range(10_000)
    ]  # fmt: skip
    conversions = type(conversion).objects.bulk_create(conversions)
    fields = {
        field.attname: getattr(first, field.attname)
        for field in Action._meta.concrete_fields
        if field.attname not in ("id", "conversion_id", "order_id")
    }
    Action.objects.bulk_create(Action(conversion=row, order_id=row.order_id, **fields) for row in conversions)
    client = client_of(alice)
    client.get(LIST)
    read = []
    post_init.connect(lambda instance, **_: read.append(instance.pk), sender=Action, weak=False, dispatch_uid="read")
    try:
        with django_assert_max_num_queries(10):
            page = page_of(client, f"{LIST}?q=B-99&page_size=100")
    finally:
        post_init.disconnect(sender=Action, dispatch_uid="read")
    assert len(read) == len(set(read)) == 100
    assert "Total, 111 actions" in page
    assert ActionUpdate.objects.count() == 1


def test_the_orders_of_a_customer_are_that_customers_alone(client_of, alice, brand, kettle):
    agree(brand, kettle)
    mine = order(brand, OrderId="A-1", CustomerId="7")
    order(brand, OrderId="A-2", CustomerId="77")
    order(brand, OrderId="X-7-3", CustomerId="8")
    client = client_of(alice)
    link = f"{LIST}?customer={mine.customer_id}"
    assert link in page_of(client, f"/p/1000/customers/{mine.customer_id}/")
    page = page_of(client, link)
    assert "Customer is <b>7</b>" in page
    assert "Total, 1 action<" in page
    assert ">A-1<" in page


def test_the_filter_bar_sends_along_each_value_in_force_once(client_of, alice, brand, kettle):
    agree(brand, kettle)
    mine = order(brand, OrderId="A-1", CustomerId="7")
    kept = (
        f"partner={kettle.pk}&customer={mine.customer_id}&currency=GBP&customer_status=New&status_not=OTHER&reported=1"
    )
    page = page_of(client_of(alice), f"{LIST}?{kept}")
    for name, value in (pair.split("=") for pair in kept.split("&")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
    assert page.count(f'name="partner" value="{kettle.pk}"') == 1


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("partner_country=Mars", "Partner country: “Mars” is not a valid country"),
        ("partner_group=Nobody", "Partner group: “Nobody” is not a known partner group."),
        ("customer_status=gold", "Status code: “gold” is not a known status code"),
        ("customer=1", "Customer: “1” is not a known customer number."),
        ("customer_tag=x", "Customer tag: “x” is not a known customer tag number."),
        ("upload=9", "Uploaded file: “9” is not a known uploaded file number."),
        ("currency=POUND", "Currency: “POUND” is not a valid currency"),
    ],
)
def test_a_filter_from_a_report_that_names_nothing_is_refused_by_its_name(
    client_of, alice, brand, kettle, query, words
):
    agree(brand, kettle)
    order(brand)
    response = client_of(alice).get(f"{LIST}?{query}")
    assert response.status_code == 422
    assert words in response.content.decode()


@pytest.mark.parametrize("query", ["start_date=2026-11-20&end_date=2026-11-01", "start_date=2026-11-31&end_date=x"])
def test_a_refused_range_keeps_what_was_typed(client_of, alice, brand, kettle, query):
    agree(brand, kettle)
    order(brand)
    page = client_of(alice).get(f"{LIST}?{query}").content.decode()
    for name, value in (pair.split("=") for pair in query.split("&")):
        assert f'name="{name}" value="{value}"' in page


def test_customer_tags_filter_the_list(client_of, alice, brand, kettle):
    agree(brand, kettle)
    vip = make_customer(program=brand, customer_id="C-1", tags=["VIP"]).customertagging_set.get().tag
    order(brand, OrderId="A-1", CustomerId="C-1")
    order(brand, OrderId="A-2", CustomerId="C-2")
    page = page_of(client_of(alice), f"{LIST}?customer_tag={vip.pk}")
    assert "Customer tag is <b>VIP</b>" in page
    assert ">A-1<" in page
    assert ">A-2<" not in page


def test_the_customer_tag_of_the_list_is_that_of_the_order_by_whatever_name(client_of, alice, brand, kettle):
    agree(brand, kettle)
    anna = make_customer(program=brand, customer_id="C-1", tags=["vip"])
    vip = anna.customertagging_set.get().tag
    order(brand, OrderId="A-1", CustomerId="C-1")
    remove_customer_tags(customers=[anna], tags=[vip])
    assign_customer_tags(customers=[make_customer(program=brand, customer_id="C-2")], tags=[vip])
    order(brand, OrderId="A-2", CustomerId="C-2")
    for name in ("Gold", "VIP"):
        change_customer_tag(tag=vip, name=name)
        page = page_of(client_of(alice), f"{LIST}?customer_tag={vip.pk}")
        assert ">A-1<" in page, "its customer had the tag then"
        assert ">A-2<" not in page, "its customer has the tag now"
