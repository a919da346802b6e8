"""What rests on a mapping, tag or list is named before it is changed; what terms in force ask for is not deleted."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from contracts.drafts.rows import add_payout_group
from contracts.drafts.template_terms import add_event_payout, create_template_terms
from contracts.drafts.unpublished import open_draft
from contracts.models import TermsVersion
from program.event_types.services import set_customer_status_mapping
from program.models import CustomerTag
from program.uses import Named, terms_using
from reports.rollups.fill import fill_touched_days
from tests.factories import (
    make_action,
    make_contracts,
    make_customer_tag,
    make_event_type,
    make_exception_list,
    make_partner,
    terms_document,
)


def group(rank, name, variable, operator, *values):
    rule = {"Variable": variable, "Operator": operator, "Values": list(values)}
    return {"Rank": rank, "Name": name, "Rules": [rule], "PayoutRate": "20"}


GROUPS = [
    group(1, "New people", "CUSTOMER_STATUS", "IS", "New"),
    group(2, "VIPs", "CUSTOMER_TAG", "BELONGS_TO", "vip"),
    group(3, "Coats", "LIST_ITEM_SKU", "IN_LIST", "Winter"),
]


@pytest.fixture
def sale(brand):
    return make_event_type(program=brand)


@pytest.fixture
def in_force(brand, sale):
    """Standard, in force for P-1."""
    partner = make_partner(program=brand, media_partner_id="P-1")
    return make_contracts(program=brand, document=terms_document(groups=GROUPS), partners=[partner]).template_terms


@pytest.fixture
def draft(brand, sale):
    """Summer, never published."""
    terms = create_template_terms(program=brand, name="Summer")
    payout = add_event_payout(template_terms=terms, event_type=sale, payout_rate=10)
    make_exception_list(program=brand)
    for row in GROUPS:
        add_payout_group(event_payout=payout, name=row["Name"], rules=row["Rules"], payout_rate=20)
    return terms


@pytest.fixture
def editor(erin, client_of):
    return client_of(erin)


@pytest.mark.parametrize(
    ("named", "name", "row"),
    [
        (Named.CUSTOMER_STATUS, "", "payout group New people"),
        (Named.CUSTOMER_TAG, "VIP", "payout group VIPs"),
        (Named.EXCEPTION_LIST, "winter ", "payout group Coats"),
    ],
)
def test_terms_in_force_and_drafts_are_found_by_what_their_rules_ask_for(named, name, row, brand, in_force, draft):
    uses = terms_using(brand, named, [name] if name else ())
    assert [(use.name, use.is_in_force, use.rows) for use in uses] == [
        ("Standard", True, (row,)),
        ("Summer", False, (row,)),
    ]


def test_a_draft_that_asks_as_its_version_in_force_does_is_not_named(brand, in_force):
    assert open_draft(template_terms=in_force)
    uses = terms_using(brand, Named.CUSTOMER_STATUS)
    assert [(use.name, use.is_in_force) for use in uses] == [("Standard", True)]
    payout = in_force.event_payouts.get()
    rules = group(4, "", "CUSTOMER_STATUS", "IS", "Existing")["Rules"]
    add_payout_group(event_payout=payout, name="Known people", rules=rules, payout_rate=5)
    assert [(use.name, use.is_in_force, use.rows) for use in terms_using(brand, Named.CUSTOMER_STATUS)] == [
        ("Standard", True, ("payout group New people",)),
        ("Standard", False, ("payout group New people", "payout group Known people")),
    ]


def test_what_no_rule_names_has_no_terms(brand, in_force, draft):
    assert terms_using(brand, Named.CUSTOMER_TAG, ["Staff"]) == []
    lead = make_event_type(program=brand, code="LEAD")
    assert terms_using(brand, Named.CUSTOMER_STATUS, event_type=lead) == []


def test_terms_whose_contracts_have_ended_are_not_in_force(brand, in_force):
    brand.contract_set.update(period=(None, "2020-01-01T00:00:00Z"))
    assert terms_using(brand, Named.CUSTOMER_TAG, ["VIP"]) == []


def test_emptying_a_category_shows_the_orders_and_terms_it_touches_and_asks(brand, sale, in_force, editor):
    set_customer_status_mapping(event_type=sale, mapping={"New": ["fresh"], "Existing": ["known"]}, enabled=True)
    for n in range(3):
        make_action(program=brand, CustomerStatus="FRESH", OrderId=f"F{n}")
    make_action(program=brand, CustomerStatus="known", OrderId="K")
    fill_touched_days()
    address = reverse("program:event_type_mapping", args=[1000, sale.pk])
    data = {"category": ["New", "Existing"], "codes": ["", "known"], "enabled": "on"}
    page = editor.post(address, data)
    html = page.content.decode()
    assert page.status_code == 200
    assert [(move.before, move.after, move.orders) for move in page.context["moves"]] == [("New", "Other", 3)]
    assert "Standard</a>, in force: payout group New people" in html
    assert "Orders that are priced already keep their customer status and their payout." in html
    sale.refresh_from_db()
    assert sale.statuses()["New"] == ["fresh"], "nothing is stored before it is confirmed"

    saved = editor.post(address, {**data, "confirmed": "1"}, follow=True).content.decode()
    assert "It holds for orders that are priced from now on" in saved
    assert "in force" not in saved[saved.index('id="toasts"') :]
    assert sale.statuses() == {"Existing": ["known"]}
    entry = AuditEntry.objects.get(event="MAPPING_CHANGED", texts__content__contains="fresh (New → unmapped)")
    assert (entry.who, entry.account) == ("erin", brand.account)


def test_a_code_that_moves_is_shown_with_where_it_goes(brand, sale, editor):
    set_customer_status_mapping(event_type=sale, mapping={"New": ["a"], "Existing": ["b"]}, enabled=True)
    address = reverse("program:event_type_mapping", args=[1000, sale.pk])
    page = editor.post(address, {"category": ["Existing"], "codes": ["a, b"], "enabled": "on"})
    assert [(move.code, move.before, move.after) for move in page.context["moves"]] == [("a", "New", "Existing")]


def test_a_renamed_tag_is_meant_by_its_earlier_name_in_published_terms_and_by_the_new_one_in_drafts(
    brand, in_force, draft, editor
):
    tag = make_customer_tag(program=brand)
    assert editor.post(reverse("program:customer_tag_edit", args=[1000, tag.pk]), {"name": "Gold"}).status_code == 302
    document = TermsVersion.objects.get().document
    assert document["EventPayouts"][0]["PayoutGroups"][1]["Rules"][0]["Values"] == ["vip"], "published terms stay"
    assert draft.event_payouts.get().payout_groups.get(name="VIPs").rules[0]["Values"] == ["Gold"]
    page = editor.get(reverse("program:customer_tag_edit", args=[1000, tag.pk])).content.decode()
    assert "Formerly VIP." in page
    assert "Standard</a>, in force: payout group VIPs" in page
    assert "Summer</a>, draft: payout group VIPs" in page
    refused = editor.post(reverse("program:customer_tag_delete", args=[1000, tag.pk]))
    assert refused.status_code == 409, "published terms mean it by its earlier name"


def test_a_new_name_that_terms_ask_for_already_is_asked_about(brand, in_force, editor):
    tag = make_customer_tag(program=brand, name="Gold")
    address = reverse("program:customer_tag_edit", args=[1000, tag.pk])
    asked = editor.post(address, {"name": "VIP"})
    assert asked.status_code == 200
    assert "Standard</a>, in force: payout group VIPs" in asked.content.decode()
    tag.refresh_from_db()
    assert tag.name == "Gold", "nothing is stored before it is confirmed"
    assert editor.post(address, {"name": "VIP", "confirmed": "1"}).status_code == 302
    tag.refresh_from_db()
    assert tag.name == "VIP"


@pytest.mark.parametrize("name", ["vip", "VIP "])
def test_another_spelling_of_the_same_name_is_not_asked_about(name, brand, in_force, editor):
    tag = make_customer_tag(program=brand)
    address = reverse("program:customer_tag_edit", args=[1000, tag.pk])
    assert editor.post(address, {"name": name}).status_code == 302


def test_a_tag_that_terms_in_force_ask_for_is_not_deleted(brand, in_force, editor):
    tag = make_customer_tag(program=brand)
    answer = editor.post(reverse("program:customer_tag_delete", args=[1000, tag.pk]))
    assert answer.status_code == 409
    assert "terms in force ask for it: Standard (payout group VIPs)" in answer.content.decode()
    assert CustomerTag.objects.exists()
    page = editor.get(reverse("program:customer_tag_delete", args=[1000, tag.pk])).content.decode()
    assert "Delete tag" not in page
    assert "Archive instead" in page


def test_a_tag_is_kept_for_the_late_orders_of_terms_that_have_ended(brand, in_force, editor):
    tag = make_customer_tag(program=brand)
    address = reverse("program:customer_tag_delete", args=[1000, tag.pk])
    brand.contract_set.update(period=(None, timezone.now() - timedelta(days=399)))
    page = editor.get(address).content.decode()
    assert "Standard (payout group VIPs)" in page
    assert "Delete tag" not in page
    answer = editor.post(address)
    assert answer.status_code == 409
    assert "terms that were in force in the last 400 days ask for it: Standard" in answer.content.decode()
    brand.contract_set.update(period=(None, timezone.now() - timedelta(days=401)))
    assert editor.post(address).status_code == 302
    assert not CustomerTag.objects.exists()


def test_a_tag_that_only_drafts_ask_for_can_be_deleted_and_they_are_named(brand, draft, editor):
    tag = make_customer_tag(program=brand)
    page = editor.get(reverse("program:customer_tag_edit", args=[1000, tag.pk])).content.decode()
    assert "Summer</a>, draft" in page
    assert editor.post(reverse("program:customer_tag_delete", args=[1000, tag.pk])).status_code == 302
    assert not CustomerTag.objects.exists()


def test_a_list_names_the_terms_that_ask_for_it(brand, draft, editor):
    winter = brand.exceptionlist_set.get()
    page = editor.get(reverse("program:exception_list_detail", args=[1000, winter.pk])).content.decode()
    assert "Summer</a>, draft: payout group Coats" in page
