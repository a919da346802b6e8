"""Exception lists as an editor meets them: made, filled, renamed, closed, deleted, what that touches said first."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from contracts.drafts.rows import add_payout_group
from contracts.drafts.template_terms import add_event_payout, create_template_terms
from program.exception_lists.entries import Entry, add_entries, read_entries
from program.models import CatalogItem, ExceptionList, ExceptionListItem, ReceivedValue
from tests.factories import (
    make_action,
    make_contracts,
    make_event_type,
    make_exception_list,
    make_partner,
    terms_document,
)

HTMX = {"HTTP_HX_REQUEST": "true"}


def rule(variable="LIST_ITEM_SKU", operator="IN_LIST", value="Winter"):
    return {"Variable": variable, "Operator": operator, "Values": [value]}


def url(name, *args):
    return reverse(f"program:{name}", args=[1000, *args])


@pytest.fixture
def editor(erin, client_of):
    return client_of(erin)


@pytest.fixture
def sale(brand):
    return make_event_type(program=brand)


@pytest.fixture
def winter(brand):
    return make_exception_list(program=brand, values=["SKU-1", "SKU-2"])


@pytest.fixture
def in_force(brand, sale, winter):
    """Standard, which pays 20 % for what is on the list."""
    group = {"Rank": 1, "Name": "Coats", "Rules": [rule()], "PayoutRate": "20"}
    partner = make_partner(program=brand, media_partner_id="P-1")
    return make_contracts(program=brand, document=terms_document(groups=[group]), partners=[partner]).template_terms


def received(program, event_type, value, orders, *, variable="ITEM_SKU", days_ago=1):
    day = timezone.localdate(timezone=program.zone) - timedelta(days=days_ago)
    ReceivedValue.objects.create(
        program=program, event_type=event_type, variable=variable, value=value, day=day, orders=orders
    )


def values_of(exception_list):
    return list(exception_list.items.values_list("value", "match_mode", "name"))


def test_a_list_is_made_with_its_entries_and_shown(brand, editor):
    data = {"name": "Winter", "kind": "SKU", "entries": "S1\tThe coat\n/^S[23]$/"}
    page = editor.post(url("exception_list_create"), data, follow=True).content.decode()
    winter = ExceptionList.objects.get(program=brand)
    assert values_of(winter) == [("S1", "EQ", "The coat"), ("^S[23]$", "REGEX", "")]
    assert "The coat" in page
    assert "Regular expression" in page
    listed = editor.get(url("exception_list_list"))
    assert [(row.exception_list.name, row.entries) for row in listed.context["rows"]] == [("Winter", 2)]


def test_a_bad_line_is_named_and_what_was_typed_is_kept(winter, editor):
    response = editor.post(url("exception_list_entry_create", winter.pk), {"entries": "ok\n/[/"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "Line 2: “[” is not a valid regular expression" in page
    assert "ok\n/[/" in page
    assert winter.items.count() == 2


def test_entries_of_a_list_that_nobody_asks_for_are_added_at_once(winter, editor):
    page = editor.post(
        url("exception_list_entry_create", winter.pk), {"entries": "sku-1\nSKU-3"}, follow=True
    ).content.decode()
    assert "1 added to Winter. 1 were on it already." in page
    assert [value for value, *_ in values_of(winter)] == ["SKU-1", "SKU-2", "SKU-3"]


def test_before_entries_are_added_the_terms_in_force_and_the_orders_are_said(brand, sale, winter, in_force, editor):
    received(brand, sale, "sku-3", 4)
    received(brand, sale, "COAT-12", 5)
    received(brand, sale, "SKU-9", 100)
    received(brand, sale, "SKU-3", 1_000, days_ago=31)
    address = url("exception_list_entry_create", winter.pk)
    asked = editor.post(address, {"entries": "SKU-3\n/coat-[0-9]+/"})
    page = asked.content.decode()
    assert (asked.status_code, asked.context["orders"]) == (200, 9)
    assert "Add 2 entries?" in page
    assert "Standard</a>, in force: payout group Coats" in page
    assert "<b>9 orders</b> carried one of these values" in page
    assert winter.items.count() == 2, "nothing is stored before it is confirmed"
    assert editor.post(address, {"entries": "SKU-3\n/coat-[0-9]+/", "confirmed": "1"}).status_code == 302
    assert winter.items.count() == 4


def test_an_entry_is_changed_after_what_it_touches_was_said(brand, sale, winter, in_force, editor):
    received(brand, sale, "SKU-1", 3)
    item = winter.items.get(value="SKU-1")
    address = url("exception_list_entry_edit", winter.pk, item.pk)
    assert "SKU-1" in editor.get(address, **HTMX).content.decode()
    named = {"value": "SKU-1", "match_mode": "EQ", "name": "Coat"}
    assert editor.post(address, named).status_code == 302, "a name moves no payout"
    asked = editor.post(address, {**named, "value": "SKU-8"})
    assert (asked.status_code, asked.context["orders"]) == (200, 3)
    assert editor.post(address, {**named, "value": "SKU-8", "confirmed": "1"}).status_code == 302
    assert values_of(winter)[0] == ("SKU-8", "EQ", "Coat")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"value": "sku-2", "match_mode": "EQ"}, "“SKU-2” is on the list already."),
        ({"value": "(?!x)", "match_mode": "REGEX"}, "Look-ahead, look-behind and back-references cannot be used"),
        ({"value": "x" * 256, "match_mode": "EQ"}, "Is longer than 255 characters."),
    ],
)
def test_a_bad_entry_is_told_at_its_field(data, said, winter, editor):
    item = winter.items.get(value="SKU-1")
    response = editor.post(url("exception_list_entry_edit", winter.pk, item.pk), data)
    assert response.status_code == 422
    assert any(said in str(error) for error in response.context["form"].errors["value"])


def test_an_entry_is_taken_off_after_what_it_touches_was_said(brand, sale, winter, in_force, editor):
    received(brand, sale, "SKU-1", 7)
    item = winter.items.get(value="SKU-1")
    address = url("exception_list_entry_delete", winter.pk, item.pk)
    asked = editor.get(address, **HTMX).content.decode()
    assert "<b>7 orders</b>" in asked
    assert "Standard</a>" in asked
    assert "is off the list Winter" in editor.post(address, follow=True).content.decode()
    assert [value for value, *_ in values_of(winter)] == ["SKU-2"]


@pytest.mark.parametrize(
    ("kind", "variable", "value"),
    [
        ("CATEGORY", "ITEM_CATEGORY", "Coats"),
        ("CATEGORY", "LIST_ITEM_SUPER_CATEGORY", "Coats"),
        ("PROMO_CODE", "ORDER_PROMO_CODE", "coats"),
        ("PROMO_CODE", "ITEM_PROMO_CODE", "COATS"),
    ],
)
def test_orders_are_counted_by_what_the_list_holds(kind, variable, value, brand, sale, winter, in_force, editor):
    ExceptionList.objects.update(kind=kind)
    received(brand, sale, value, 2, variable=variable)
    received(brand, sale, value, 50, variable="ITEM_SKU")
    asked = editor.post(url("exception_list_entry_create", winter.pk), {"entries": "Coats"})
    assert asked.context["orders"] == 2


def test_a_list_of_a_hundred_thousand_is_paged_and_searched(brand, editor, django_assert_num_queries):
    big = make_exception_list(program=brand)
    add_entries(exception_list=big, entries=[Entry(f"SKU-{n:06}", name=f"Product {n}") for n in range(100_000)])
    address = url("exception_list_detail", big.pk)
    with django_assert_num_queries(14):
        page = editor.get(address, {"page": "4000"})
    assert [item.value for item in page.context["page"]][-1] == "SKU-099999"
    assert [item.value for item in editor.get(address, {"q": "sku-012345"}).context["page"]] == ["SKU-012345"]
    assert editor.get(address, {"q": "product 777"}).context["page"][0].value == "SKU-000777"
    assert "No entries match this search" in editor.get(address, {"q": "nothing"}).content.decode()
    entries = AuditEntry.objects.filter(noun="program_exceptionlistitem")
    assert [(entry.event, entry.count) for entry in entries] == [("ADDED", 100_000)]


def test_a_renamed_list_is_meant_by_its_earlier_name_and_drafts_ask_by_the_new_one(
    brand, sale, winter, in_force, editor
):
    summer = create_template_terms(program=brand, name="Summer")
    payout = add_event_payout(template_terms=summer, event_type=sale, payout_rate=10)
    add_payout_group(event_payout=payout, name="Coats", rules=[rule()], payout_rate=20)
    address = url("exception_list_edit", winter.pk)
    assert editor.post(address, {"name": "Cold days", "kind": "SKU"}).status_code == 302
    assert payout.payout_groups.get().rules[0]["Values"] == ["Cold days"]
    action = make_action(program=brand, ItemSku1="SKU-1", ItemPrice1="100")
    assert (action.payout, action.group_name) == (20, "Coats"), "published terms go on meaning it"
    page = editor.get(url("exception_list_detail", winter.pk)).content.decode()
    assert "Formerly Winter." in page
    assert "Standard</a>, in force: payout group Coats" in page
    assert editor.post(url("exception_list_delete", winter.pk)).status_code == 409


def test_a_new_name_that_terms_ask_for_already_is_asked_about(brand, sale, winter, in_force, editor):
    other = make_exception_list(program=brand, name="Other")
    winter.names.all().delete()
    winter.delete()
    address = url("exception_list_edit", other.pk)
    asked = editor.post(address, {"name": "Winter", "kind": "SKU"}).content.decode()
    assert "Rename Other to Winter?" in asked
    assert "Standard</a>, in force" in asked
    other.refresh_from_db()
    assert other.name == "Other"
    assert editor.post(address, {"name": "Winter", "kind": "SKU", "confirmed": "1"}).status_code == 302
    other.refresh_from_db()
    assert other.name == "Winter"


def test_a_list_that_terms_in_force_ask_for_is_closed_and_not_deleted(winter, in_force, editor):
    refused = editor.post(url("exception_list_delete", winter.pk))
    assert refused.status_code == 409
    assert "terms in force ask for it: Standard (payout group Coats)" in refused.content.decode()
    page = editor.get(url("exception_list_delete", winter.pk), **HTMX).content.decode()
    assert "Delete list" not in page
    assert "Close instead" in page
    closed = editor.post(url("exception_list_close", winter.pk), {"on": "yes"}, follow=True).content.decode()
    assert "Closed since" in closed
    assert "Add entries" not in closed
    typed = {"entries": "SKU-3", "confirmed": "1"}
    answer = editor.post(url("exception_list_entry_create", winter.pk), typed)
    assert answer.status_code == 422
    assert "Winter is closed" in answer.content.decode()
    item = winter.items.first()
    page = editor.post(url("exception_list_entry_delete", winter.pk, item.pk), follow=True).content.decode()
    assert "Winter is closed" in page
    assert winter.items.count() == 2
    editor.post(url("exception_list_close", winter.pk), {"on": "no"})
    assert editor.post(url("exception_list_entry_create", winter.pk), typed).status_code == 302


def test_a_closed_list_goes_on_being_found_by_rules(brand, winter, in_force, editor):
    editor.post(url("exception_list_close", winter.pk), {"on": "yes"})
    assert make_action(program=brand, ItemSku1="SKU-1", ItemPrice1="100").payout == 20


def test_a_list_that_only_drafts_ask_for_is_deleted_with_its_entries(winter, editor):
    assert editor.post(url("exception_list_delete", winter.pk)).status_code == 302
    assert not ExceptionList.objects.exists()
    assert not ExceptionListItem.objects.exists()


def test_what_is_priced_keeps_what_the_list_said(brand, winter, in_force, editor):
    action = make_action(program=brand, ItemSku1="SKU-1", ItemPrice1="100")
    item = winter.items.get(value="SKU-1")
    editor.post(url("exception_list_entry_delete", winter.pk, item.pk))
    action.refresh_from_db()
    assert action.context["ExceptionLists"] == {"Winter": [{"Value": "SKU-1", "MatchMode": "EQ"}]}
    page = editor.get(reverse("tracking:action_detail", args=[1000, action.pk])).content.decode()
    assert "Coats" in page
    assert make_action(program=brand, OrderId="later", ItemSku1="SKU-1", ItemPrice1="100").payout == 10


def test_only_the_entries_that_orders_meet_are_looked_up(brand, sale, winter, in_force):
    add_entries(exception_list=winter, entries=read_entries("/coat-[0-9]+/\n" + "\n".join(map(str, range(500)))))
    action = make_action(program=brand, ItemSku1="COAT-7", ItemPrice1="100", ItemSku2="SKU-1", ItemPrice2="1")
    assert action.group_name == "Coats"
    assert action.context["ExceptionLists"]["Winter"] == [
        {"Value": "coat-[0-9]+", "MatchMode": "REGEX"}, {"Value": "SKU-1", "MatchMode": "EQ"},
    ]  # fmt: skip


def test_viewers_see_lists_and_change_nothing(winter, bob, client_of):
    page = client_of(bob).get(url("exception_list_detail", winter.pk)).content.decode()
    assert "SKU-1" in page
    for words in ("Add entries", "Upload a file", "Rename", "Delete SKU-1"):
        assert words not in page


def test_before_the_catalog_changes_the_terms_in_force_and_the_orders_are_said(brand, sale, editor):
    acme = rule("ITEM_CATALOG_MANUFACTURER", "IS", "Acme")
    group = {"Rank": 1, "Name": "Acme", "Rules": [acme], "PayoutRate": "20"}
    make_contracts(program=brand, document=terms_document(groups=[group]), partners=[make_partner(program=brand)])
    received(brand, sale, "S1", 6)
    asked = editor.post(url("catalog_add"), {"rows": "S1,Anvil,Acme"})
    assert "<b>6 orders</b> carried one of these SKUs" in asked.content.decode()
    assert not CatalogItem.objects.exists()
    editor.post(url("catalog_add"), {"rows": "S1,Anvil,Acme", "confirmed": "1"})
    item = CatalogItem.objects.get()
    for address in (url("catalog_edit", item.pk), url("catalog_delete", item.pk)):
        page = editor.get(address).content.decode()
        assert "Standard</a>, in force: payout group Acme" in page
        assert "<b>6 orders</b>" in page


def test_a_list_that_terms_lately_asked_for_is_kept_for_their_late_orders(brand, winter, in_force, editor):
    brand.contract_set.update(period=(None, timezone.now() - timedelta(days=30)))
    page = editor.get(url("exception_list_delete", winter.pk)).content.decode()
    assert "orders of that time may still come" in page
    assert "Standard (payout group Coats)" in page
    assert "Delete list" not in page
    assert editor.post(url("exception_list_delete", winter.pk)).status_code == 409
    late = make_action(program=brand, ItemSku1="SKU-1", ItemPrice1="100", EventDate="2026-01-05T10:00:00Z")
    assert late.payout == 20
