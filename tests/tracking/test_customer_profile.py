"""The profile of a customer: figures, orders, statuses over time, partners and tags."""

import json
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from psycopg.types.range import Range

from program.models import Customer, CustomerTag
from program.models.customer import CustomerTagging
from program.tags.assigning.services import assign_customer_tags
from reports.rollups.fill import fill_touched_days
from tests.factories import (
    make_action,
    make_ad,
    make_contracts,
    make_conversion,
    make_customer,
    make_customer_tag,
    make_event_type,
    make_partner,
    make_program,
    terms_document,
)
from tests.tracking.journey_rows import make_step, order
from tracking.erasing.customer_files import create_customer_file, write_customer_file
from tracking.pricing.batch import price_batch


@pytest.fixture
def editor(alice, client_of):
    return client_of(alice)


@pytest.fixture
def shop(brand):
    make_event_type(program=brand)
    names = {"P-1": "Kettle", "P-2": "Anvil"}
    partners = [make_partner(program=brand, media_partner_id=key, name=name) for key, name in names.items()]
    make_contracts(program=brand, document=terms_document(), partners=partners)
    return brand


def ordered(shop, day, **params):
    return make_action(program=shop, EventDate=f"2026-01-{day:02}T12:00:00Z", CustomerId="C-1", **params)


def profile(editor):
    fill_touched_days()
    return editor.get(reverse("tracking:customer_detail", args=[1000, Customer.objects.get().pk]))


def test_statuses_are_told_in_runs_and_partners_with_what_they_brought(shop, editor):
    for day, status, partner in ((1, "New", "P-1"), (2, "Existing", "P-1"), (3, "Existing", "P-2"), (4, "", "P-2")):
        ordered(shop, day, CustomerStatus=status, MediaPartnerId=partner)
    ordered(shop, 5, is_test=True)
    page = profile(editor)
    assert [(run.status, run.orders) for run, _ in page.context["statuses"]] == [("", 1), ("Existing", 2), ("New", 1)]
    brought = [(row.name, row.currency, row.orders, row.revenue, row.payout) for row in page.context["partners"]]
    assert brought == [("Anvil", "GBP", 2, 200, 20), ("Kettle", "GBP", 2, 200, 20)]
    text = page.content.decode()
    assert "First seen with the order of 1 Jan 2026" in text
    assert [action.event_date.day for action, _ in page.context["orders"]] == [4, 3, 2, 1]


def test_orders_that_could_not_be_credited_are_told(shop, editor):
    make_conversion(program=shop, CustomerId="C-1", MediaPartnerId="P-9")
    price_batch()
    page = profile(editor)
    assert "1 order could not be credited" in page.content.decode()
    assert "No order was credited yet" in page.content.decode()


def test_tags_are_listed_with_since_when_and_by_whom_also_those_that_ended(brand, alice, editor):
    customer = make_customer(program=brand, customer_id="C-1", tags=["VIP"])
    staff = make_customer_tag(program=brand, name="Staff")
    now = timezone.now()
    CustomerTagging.objects.create(
        program=brand, customer=customer, tag=staff, period=Range(now.replace(year=2025, day=1), now), assigned_by=alice
    )
    page = profile(editor)
    assert [tagging.tag.name for tagging in page.context["current_tags"]] == ["VIP"]
    assert [tagging.tag.name for tagging in page.context["ended_tags"]] == ["Staff"]
    assert f"by {alice}" in page.content.decode()


def test_of_many_tags_the_first_are_shown_and_the_others_are_one_click_away(brand, editor):
    make_customer(program=brand, customer_id="C-1", tags=[f"T-{number}" for number in range(12)])
    page = profile(editor)
    assert len(page.context["current_tags"]) == 12
    assert "4 more tags" in page.content.decode()


def test_manage_sets_the_tags_and_leads_to_where_tags_are_made(brand, editor):
    customer = make_customer(program=brand, customer_id="C-1", tags=["VIP"])
    staff = make_customer_tag(program=brand, name="Staff")
    address = reverse("tracking:customer_manage", args=[1000, customer.pk])
    assert address in profile(editor).content.decode()
    page = editor.get(address).content.decode()
    assert "Edit tags" in page
    assert reverse("program:customer_tag_list", args=[1000]) in page
    vip = CustomerTag.objects.get(name="VIP")
    assert editor.post(address, {"tags": [vip.pk, staff.pk]}).status_code == 302
    current = CustomerTagging.objects.current().filter(customer=customer)
    assert sorted(current.values_list("tag__name", flat=True)) == ["Staff", "VIP"]


def test_the_file_of_everything_known_says_what_the_profile_says(shop, alice, editor):
    for day, partner in ((1, "P-1"), (2, "P-2"), (3, "P-2")):
        ordered(shop, day, CustomerStatus="New", MediaPartnerId=partner, Amount=f"{day}9.99")
    customer = Customer.objects.get()
    assign_customer_tags(customers=[customer], tags=[make_customer_tag(program=shop)])
    page = profile(editor)
    file = create_customer_file(customer=customer, user_id=alice.pk)
    assert write_customer_file(file.pk)
    told = json.loads(editor.get(reverse("tracking:customer_file", args=[1000, file.pk])).content)
    assert (told["Customer"]["CustomerId"], told["Customer"]["Orders"]) == ("C-1", 3)
    shown = sorted(
        (action.order_id, action.partner.name, action.customer_status_category, action.amount, action.payout)
        for action, _ in page.context["orders"]
    )
    written = sorted(
        (
            order["OrderId"],
            paid["Partner"],
            paid["CustomerStatus"],
            Decimal(paid["SaleAmount"]),
            Decimal(paid["Payout"]),
        )
        for order, paid in ((order, order["Action"]) for order in told["Orders"])
    )
    assert written == shown
    assert [tag["Tag"] for tag in told["Tags"]] == [tagging.tag.name for tagging in page.context["current_tags"]]
    (revenue,), (row,) = told["Revenue"], page.context["revenues"]
    assert (revenue["currency"], Decimal(revenue["revenue"])) == (row.currency, row.revenue)
    text = page.content.decode()
    assert all(f"£{figure:.2f}" in text for *_, amount, payout in shown for figure in (amount, payout))


def test_the_queries_do_not_grow_with_the_orders(shop, editor, django_assert_num_queries):
    ordered(shop, 1)
    fill_touched_days()
    address = reverse("tracking:customer_detail", args=[1000, Customer.objects.get().pk])
    for day in range(2, 8):
        with django_assert_num_queries(13):
            editor.get(address)
        ordered(shop, day, MediaPartnerId="P-2")


def test_the_first_and_the_last_step_of_all_orders_are_told_with_partner_and_ad(
    brand, standard, partner, editor, django_assert_num_queries
):
    ad = make_ad(program=brand, name="Spring tea")
    make_step(brand, source="google", kind="VISIT", profile="P1", days=9)
    make_step(brand, partner, ad=ad, profile="P1", days=3)
    order(brand, OrderId="A", CustomProfileId="P1", CustomerId="C-1")
    fill_touched_days()
    address = reverse("tracking:customer_detail", args=[1000, Customer.objects.get().pk])
    with django_assert_num_queries(14):
        page = editor.get(address)
    ways = page.context["ways"]
    assert (ways.first.kind, ways.first.media, ways.first.partner) == ("Visit", "google", None)
    assert (ways.last.kind, ways.last.partner, ways.last.ad) == ("Click", partner.pk, "Spring tea")
    order(brand, OrderId="B", CustomProfileId="P1", CustomerId="C-1")
    with django_assert_num_queries(14):
        page = editor.get(address)
    assert page.context["ways"].sources == [("Meadow Media", 1), ("google", 1)]
    assert "Meadow Media (1), google (1)" in page.content.decode()


def test_a_viewer_sees_and_changes_nothing_and_another_brand_finds_nothing(brand, bob, charlie, client_of):
    customer = make_customer(program=brand, customer_id="C-1", tags=["VIP"])
    make_program()
    for name in ("customer_detail", "customer_manage"):
        address = reverse(f"tracking:{name}", args=[1000, customer.pk])
        assert client_of(bob).get(address).status_code == 200
        assert client_of(bob).post(address).status_code in (403, 405)
        assert client_of(charlie).get(address).status_code == 404
    assert CustomerTagging.objects.current().count() == 1
