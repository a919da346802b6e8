"""Customers and tags, as an editor meets them."""

import pytest
from django.urls import reverse

from program.models import Customer, CustomerTag
from program.models.customer import CustomerTagging
from reports.rollups.fill import fill_touched_days
from tests.factories import (
    make_action,
    make_contracts,
    make_customer,
    make_customer_tag,
    make_event_type,
    make_partner,
    make_program,
    terms_document,
)


@pytest.fixture
def editor(alice, client_of):
    return client_of(alice)


def url(name, *args):
    app = "tracking" if name in ("customer_list", "customer_manage") else "program"
    return reverse(f"{app}:{name}", args=[1000, *args])


def tags_of(customer):
    taggings = CustomerTagging.objects.current().filter(customer=customer)
    return sorted(taggings.values_list("tag__name", flat=True))


@pytest.fixture
def two(brand):
    return [
        make_customer(program=brand, customer_id="C-1", tags=["VIP"]),
        make_customer(program=brand, customer_id="D-2"),
    ]


def test_a_test_order_makes_no_customer_and_is_not_the_first_of_one(brand, editor):
    partner = make_partner(program=brand, media_partner_id="P-1")
    make_event_type(program=brand)
    vip = {"Rank": 1, "Name": "VIP", "PayoutRate": "20"}
    vip["Rules"] = [{"Variable": "CUSTOMER_TAG", "Operator": "BELONGS_TO", "Values": ["VIP"]}]
    make_contracts(program=brand, document=terms_document(groups=[vip]), partners=[partner])
    make_customer(program=brand, customer_id="C-1", tags=["VIP"])
    stranger = make_action(program=brand, is_test=True, CustomerId="X-1")
    known = make_action(program=brand, is_test=True, CustomerId="C-1")
    assert [customer.customer_id for customer in Customer.objects.all()] == ["C-1"]
    assert stranger.customer is None
    assert (known.customer.customer_id, known.payout) == ("C-1", 20)
    fill_touched_days()
    assert editor.get(url("customer_list")).context["rows"][0][0].customer.first_order is None
    assert "X-1" in editor.get(f"/p/1000/transactions/actions/{stranger.pk}/").content.decode()


def test_ticked_customers_get_the_tags_that_are_chosen_next(two, brand, editor):
    staff = make_customer_tag(program=brand, name="Staff")
    rows = [customer.pk for customer in two]
    step = editor.post(url("customer_assign"), {"row": rows, "query": "q=-"})
    page = step.content.decode()
    assert step.status_code == 200
    assert "2 customers selected." in page
    assert url("customer_tag_list") in page, "the step leads to where tags are made"

    form = {"row": rows, "tags": [staff.pk], "act": "assign", "query": "q=-"}
    done = editor.post(url("customer_assign"), form, follow=True).content.decode()
    assert "<b>Staff</b> assigned to 2 customers." in done
    assert f'href="{url("customer_list")}?q=-"' in done, "and back to the list as it was"
    assert [tags_of(customer) for customer in two] == [["Staff", "VIP"], ["Staff"]]
    editor.post(url("customer_assign"), form)
    assert tags_of(two[1]) == ["Staff"], "twice is once"

    editor.post(url("customer_assign"), {**form, "act": "remove"})
    assert [tags_of(customer) for customer in two] == [["VIP"], []]


def test_no_tag_chosen_is_an_error_and_nobody_ticked_a_message(two, editor):
    assert editor.post(url("customer_assign"), {"row": [two[0].pk], "act": "assign"}).status_code == 422
    assert "Tick customers first" in editor.post(url("customer_assign"), follow=True).content.decode()
    answer = editor.post(url("customer_assign"), headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (200, "/p/1000/customers/")


def test_customers_and_tags_of_another_brand_are_left_alone(two, editor):
    other = make_program()
    stranger, foreign = make_customer(program=other), make_customer_tag(program=other, name="Foreign")
    vip = CustomerTag.objects.get(name="VIP")
    form = {"row": [stranger.pk, two[1].pk], "tags": [vip.pk, foreign.pk], "act": "assign"}
    assert editor.post(url("customer_assign"), form).status_code == 422
    assert (tags_of(stranger), tags_of(two[1])) == ([], [])
    editor.post(url("customer_assign"), {**form, "tags": [vip.pk]})
    assert (tags_of(stranger), tags_of(two[1])) == ([], ["VIP"])
    assert editor.post(url("customer_manage", two[1].pk), {"tags": [foreign.pk]}).status_code == 422


def test_the_tags_of_one_customer_are_set_on_its_page(two, brand, editor):
    staff = make_customer_tag(program=brand, name="Staff")
    editor.post(url("customer_manage", two[0].pk), {"tags": [staff.pk]})
    assert tags_of(two[0]) == ["Staff"]
    editor.post(url("customer_manage", two[0].pk), {})
    assert tags_of(two[0]) == []


def test_the_page_of_one_customer_offers_the_tags_in_their_colours(two, brand, editor, bob, client_of):
    staff = make_customer_tag(program=brand, name="Staff")
    CustomerTag.objects.filter(pk=staff.pk).update(color="red")
    vip, address = CustomerTag.objects.get(name="VIP"), url("customer_manage", two[0].pk)
    page = editor.get(address).content.decode()
    assert "<h1>Manage C-1</h1>" in page
    assert f'name="tags" value="{vip.pk}" checked>' in page
    assert f'name="tags" value="{staff.pk}"> <span class="badge tag tag-red' in " ".join(page.split())
    assert f'name="tags" value="{staff.pk}" disabled>' in client_of(bob).get(address).content.decode()


def test_an_erased_customer_has_no_tags_to_set(two, editor):
    Customer.objects.filter(pk=two[0].pk).update(erased_at="2026-03-01T12:00Z")
    address, profile = url("customer_manage", two[0].pk), reverse("tracking:customer_detail", args=[1000, two[0].pk])
    assert editor.get(address)["Location"] == profile
    assert editor.post(address, {}).status_code == 404
    page = editor.get(profile).content.decode()
    assert "Erased on 1 Mar 2026." in page
    assert address not in page


def test_a_tag_is_made_renamed_and_deleted(two, brand, editor):
    editor.post(url("customer_tag_create"), {"name": " Trade  buyers "})
    tag = CustomerTag.objects.get(program=brand, name="Trade buyers")
    editor.post(url("customer_tag_edit", tag.pk), {"name": "Trade"})
    tag.refresh_from_db()
    assert tag.name == "Trade"
    editor.post(url("customer_tag_delete", CustomerTag.objects.get(name="VIP").pk))
    assert Customer.objects.count() == 2
    assert tags_of(two[0]) == []


def test_a_tag_that_exists_in_other_letters_is_refused(two, brand, editor):
    other = make_customer_tag(program=brand, name="Staff")
    for address in (url("customer_tag_create"), url("customer_tag_edit", other.pk)):
        response = editor.post(address, {"name": "vip"})
        assert response.status_code == 422
        assert "already exists" in response.content.decode()
