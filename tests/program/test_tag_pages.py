"""The list of tags, and what rests on each."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from program.models import CustomerTag
from program.models.customer import CustomerTagName, TagColor
from program.tags.assigning.services import assign_customer_tags, remove_customer_tags
from program.tags.services import change_customer_tag
from servers.home import PROJECT
from tests.factories import (
    make_action,
    make_contracts,
    make_customer,
    make_customer_tag,
    make_event_type,
    make_modification,
    make_partner,
    terms_document,
)
from tracking.modifications.apply import apply_modifications


def url(name, *args):
    return reverse(f"program:{name}", args=[1000, *args])


@pytest.fixture
def editor(erin, client_of):
    return client_of(erin)


@pytest.fixture
def terms(brand):
    make_event_type(program=brand)
    rule = {"Variable": "CUSTOMER_TAG", "Operator": "BELONGS_TO", "Values": ["VIP"]}
    group = {"Rank": 1, "Name": "Best", "Rules": [rule], "PayoutRate": "50"}
    partner = make_partner(program=brand, media_partner_id="P-1")
    make_contracts(program=brand, document=terms_document(groups=[group]), partners=[partner])


def rows(browser, **query):
    return {row.tag.name: row for row in browser.get(url("customer_tag_list"), query).context["rows"]}


def test_it_says_who_has_it_now_which_terms_ask_and_what_came_of_it(brand, terms, editor):
    _, bert = (make_customer(program=brand, customer_id=name, tags=["VIP"]) for name in ("Anna", "Bert"))
    vip = CustomerTag.objects.get()
    make_action(program=brand, CustomerId="Anna", Amount="100")
    make_action(program=brand, CustomerId="Anna", Amount="10", is_test=True)
    make_action(program=brand, CustomerId="Anna", Amount="10", EventDate="2020-01-01T12:00:00Z")
    make_action(program=brand, CustomerId="Stranger", Amount="10")
    back = make_action(program=brand, CustomerId="Bert", Amount="30")
    remove_customer_tags(customers=[bert], tags=[vip])
    change_customer_tag(tag=vip, name="Gold")
    make_action(program=brand, CustomerId="Anna", Amount="40")
    row = rows(editor)["Gold"]
    assert (row.customers, row.formerly) == (1, ["VIP"])
    assert [(use.name, use.is_in_force, use.rows) for use in row.uses] == [("Standard", True, ("payout group Best",))]
    assert [(each.currency, each.actions, each.action_cost) for each in row.figures] == [("GBP", 3, 85)]
    asked = "Standard asks for it in force; it goes on meaning this tag."
    assert asked in editor.get(url("customer_tag_edit", vip.pk), headers={"HX-Request": "true"}).content.decode()
    make_modification(program=brand, OrderId=back.order_id, Reason="ITEM_RETURNED", Amount="0")
    apply_modifications(program_id=brand.pk)
    assert rows(editor)["Gold"].figures[0].actions == 2, "reversed ones do not count"


def test_the_queries_of_the_list_do_not_depend_on_the_tags(brand, terms, editor, django_assert_num_queries):
    for count in (2, 60):
        for number in range(count):
            make_customer(program=brand, tags=[f"Tag {count} {number}"])
        with django_assert_num_queries(15):
            page = editor.get(url("customer_tag_list"), {"page_size": 100})
        assert len(page.context["rows"]) == CustomerTag.objects.count()


def test_500_tags_are_paged_and_found_by_every_name(brand, editor):
    tags = CustomerTag.objects.bulk_create(
        CustomerTag(program=brand, name=f"Tag {n}", name_key=f"tag {n}") for n in range(500)
    )
    CustomerTagName.objects.bulk_create(
        CustomerTagName(program=brand, tag=tag, name=tag.name, name_key=tag.name_key) for tag in tags
    )
    change_customer_tag(tag=tags[7], name="Friends of the shop")
    page = editor.get(url("customer_tag_list"))
    assert len(page.context["rows"]) == 25
    assert "500 tags" in page.content.decode()
    assert list(rows(editor, q="TAG 7")) == ["Friends of the shop", *(f"Tag {n}" for n in range(70, 80))]
    assert "No tag of this name" in editor.get(url("customer_tag_list"), {"q": "zebra"}).content.decode()
    dialog = editor.post(url("customer_assign"), {"row": [make_customer(program=brand).pk]}).content.decode()
    assert dialog.count('name="tags"') == 500
    assert "Find a tag" in dialog


def test_a_brand_without_tags_is_told_what_they_are_for(brand, editor):
    assert "No tag yet" in editor.get(url("customer_tag_list")).content.decode()


def test_a_tag_is_made_in_its_colour_and_given_another(brand, editor):
    editor.post(url("customer_tag_create"), {"name": "VIP", "color": "teal"})
    tag = CustomerTag.objects.get()
    assert tag.color == "teal"
    assert "tag-teal" in editor.get(url("customer_tag_list")).content.decode()
    editor.post(url("customer_tag_edit", tag.pk), {"name": "VIP", "color": "pink"})
    tag.refresh_from_db()
    assert tag.color == "pink"
    assert editor.post(url("customer_tag_edit", tag.pk), {"name": "VIP", "color": "beige"}).status_code == 422


def test_a_name_that_another_tag_had_stays_taken(brand, editor):
    change_customer_tag(tag=make_customer_tag(program=brand), name="Gold")
    refused = editor.post(url("customer_tag_create"), {"name": "vip"})
    assert refused.status_code == 422
    assert "already exists" in refused.content.decode()


def test_in_its_dialog_a_refused_name_is_said_at_the_field_and_an_accepted_one_leads_to_the_list(brand, editor):
    make_customer_tag(program=brand)
    address, htmx = url("customer_tag_create"), {"HX-Request": "true", "HX-Target": "dialog"}
    dialog = editor.get(address, headers=htmx).content.decode()
    assert f'hx-post="{address}" hx-target="#dialog"' in dialog
    refused = editor.post(address, {"name": "vip"}, headers=htmx)
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "<html" not in text
    assert text.index('value="vip"') < text.index("already exists")
    made = editor.post(address, {"name": "Gold"}, headers=htmx)
    assert (made.status_code, made["HX-Redirect"]) == (200, url("customer_tag_list"))
    gold = CustomerTag.objects.get(name="Gold")
    taken = editor.post(url("customer_tag_edit", gold.pk), {"name": "VIP"}, headers=htmx)
    assert taken.status_code == 422
    assert "<html" not in taken.content.decode()


def test_in_its_dialog_a_name_that_terms_ask_for_already_is_asked_about_first(brand, terms, editor):
    tag = make_customer_tag(program=brand, name="Gold")
    address, htmx = url("customer_tag_edit", tag.pk), {"HX-Request": "true", "HX-Target": "dialog"}
    asked = editor.post(address, {"name": "VIP"}, headers=htmx).content.decode()
    assert "<html" not in asked
    assert "Rename Gold to VIP?" in asked
    assert "Terms ask for the new name already." in asked
    renamed = editor.post(address, {"name": "VIP", "confirmed": "1"}, headers=htmx)
    assert renamed["HX-Redirect"] == url("customer_tag_list")


def test_a_tag_is_archived_and_brought_back(brand, editor):
    anna = make_customer(program=brand)
    tag = make_customer_tag(program=brand)
    assign_customer_tags(customers=[anna], tags=[tag])
    editor.post(url("customer_tag_archive", tag.pk), {"on": "yes"})
    tag.refresh_from_db()
    assert tag.archived_at <= timezone.now()
    assert "archived" in editor.get(url("customer_tag_list")).content.decode()
    assert rows(editor)["VIP"].customers == 1, "it stays where it is"
    editor.post(url("customer_tag_archive", tag.pk), {"on": "no"})
    tag.refresh_from_db()
    assert tag.archived_at is None


def luminance(colour):
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("color", TagColor.values)
def test_every_colour_passes_contrast_in_both_themes(color, theme):
    tokens = (PROJECT / "static/css/tokens.css").read_text()
    known = dict(re.findall(r"--([\w-]+): light-dark\(([^)]*)\)", tokens))
    pair = ("text-2", "chip") if color == "gray" else (f"tag-{color}", f"tag-{color}-tint")
    text, tint = sorted((luminance(known[name].split(", ")[theme]) for name in pair), reverse=True)
    assert (text + 0.05) / (tint + 0.05) >= 4.5
