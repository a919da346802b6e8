"""Changes of orders that were refused, through HTTP: tried again, dismissed and shown again."""

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from tests.factories import make_contracts, make_event_type, make_partner, terms_document
from tests.tracking.test_conversion_pages import LIST, page_of, refused, store
from tracking.intake import read_modification
from tracking.models import Action, Modification
from tracking.modifications.apply import apply_all
from tracking.modifications.new_modifications import store_modifications
from tracking.pricing.batch import price_all


@pytest.fixture
def sale(brand):
    return make_event_type(program=brand, code="SALE")


def test_refused_changes_are_listed_and_tried_again(client_of, alice, bob, brand, sale):
    change = {
        "CampaignId": "1000", "EventTypeCode": "SALE", "OrderId": "TT-9", "Reason": "ITEM_RETURNED",
        "ModificationDate": "2026-11-18T10:05:00Z", "Amount": "0",
    }  # fmt: skip
    (row,) = store_modifications(brand, [read_modification(change, now=timezone.now())], source="FILE")
    apply_all(brand.pk)
    client = client_of(alice)
    page = page_of(client, f"{LIST}?tab=modifications")
    assert "TT-9" in page
    assert "No action of that order" in page
    assert "ITEM_RETURNED" in page_of(client, f"/p/1000/transactions/modifications/{row.pk}/")
    retry = "/p/1000/transactions/modifications/try-again/"
    assert client_of(bob).post(retry, {"all": "1"}).status_code == 403
    client.post(retry, {"row": [row.pk], "query": "tab=modifications"})
    assert Modification.objects.get().state == "WAITING"


CHANGES = "/p/1000/transactions/modifications/"


def test_a_refused_change_is_dismissed_with_a_reason_and_shown_again(client_of, frank, alice, brand, sale):
    row, other = refused(brand), refused(brand, OrderId="TT-8", Amount="0")
    client = client_of(frank)
    asked = client.post(f"{CHANGES}dismiss/", {"row": [row.pk], "query": "tab=modifications"})
    assert "1 refused change." in asked.content.decode()
    empty = client.post(f"{CHANGES}dismiss/", {"row": [row.pk], "reason": "  "})
    assert empty.status_code == 422
    assert "Say why nothing more needs to be done." in empty.content.decode()
    answer = {"row": [row.pk], "query": "tab=modifications", "reason": "Ordered by telephone"}
    assert client.post(f"{CHANGES}dismiss/", answer)["Location"] == f"{LIST}?tab=modifications"

    page = page_of(client, f"{LIST}?tab=modifications")
    assert "Refused changes (1)" in page
    assert ">TT-9<" not in page
    assert "TT-8" in page
    dismissed = page_of(client, f"{LIST}?tab=modifications&state=DISMISSED")
    assert "TT-9" in dismissed
    assert "Ordered by telephone" in dismissed
    assert "frank" in dismissed
    assert ">TT-8<" not in dismissed
    assert "Ordered by telephone" in page_of(client, f"{CHANGES}{row.pk}/")
    entry = AuditEntry.objects.filter(noun="tracking_modification").latest("pk")
    assert entry.user_id == frank.pk
    assert entry.changes["dismissal_reason"] == ["", "Ordered by telephone"]

    client.post(f"{CHANGES}restore/", {"row": [row.pk, other.pk]})
    assert "Refused changes (2)" in page_of(client, f"{LIST}?tab=modifications")
    assert Modification.objects.get(pk=row.pk).dismissal_reason == ""


def test_all_refused_changes_of_a_search_are_dismissed_at_once(client_of, erin, bob, brand, sale):
    for number in range(3):
        refused(brand, OrderId=f"AB-{number}", Amount="0")
    refused(brand)
    everything = {"all": "1", "q": "AB-"}
    assert client_of(bob).post(f"{CHANGES}dismiss/", {**everything, "reason": "x"}).status_code == 403
    client = client_of(erin)
    assert client.post(f"{CHANGES}dismiss/", everything).context["ids"]
    client.post(f"{CHANGES}dismiss/", {**everything, "reason": "Never ours"})
    assert [row.order_id for row in Modification.objects.to_settle()] == ["TT-9"]
    assert Modification.objects.dismissed().count() == 3


@pytest.mark.parametrize("address", [f"{CHANGES}try-again/", f"{CHANGES}dismiss/", f"{LIST}try-again/"])
def test_a_search_with_a_character_that_no_column_holds_is_the_search_without_it(address, client_of, erin, brand, sale):
    refused(brand, OrderId="AB-1", Amount="0")
    everything = {"all": "1", "q": " AB\x00-", "reason": "\x00"}
    assert client_of(erin).post(address, everything).status_code in (302, 422)


def test_a_longer_query_than_any_page_makes_is_not_sent_back(client_of, erin, brand, sale):
    answer = client_of(erin).post(f"{LIST}try-again/", {"query": "q=" + "a" * 100_000})
    assert answer["Location"] == LIST


@pytest.mark.parametrize("sent", [{"why": "NOPE"}, {"state": "WAITING"}, {"state": "NOPE"}])
def test_all_of_what_no_page_lists_are_none(sent, client_of, frank, brand, sale):
    refused(brand)
    client_of(frank).post(f"{CHANGES}dismiss/", {"all": "1", "reason": "Agreed", **sent})
    assert Modification.objects.dismissed().count() == 0


def test_a_dismissed_change_is_applied_all_the_same_when_its_order_arrives(client_of, frank, brand, sale):
    row = refused(brand)
    client_of(frank).post(f"{CHANGES}dismiss/", {"row": [row.pk], "reason": "Not ours"})
    partner = make_partner(program=brand, media_partner_id="P-1")
    make_contracts(program=brand, document=terms_document(), partners=[partner])
    store(brand, OrderId="TT-9")
    price_all(brand.pk)
    apply_all(brand.pk)
    row.refresh_from_db()
    assert (row.state, row.dismissed_at, row.dismissal_reason) == ("APPLIED", None, "")
    assert Action.objects.get().payout == 0


def test_what_is_dismissed_twice_or_is_no_longer_refused_stays_as_it_is(client_of, frank, erin, brand, sale):
    row = refused(brand)
    client_of(frank).post(f"{CHANGES}dismiss/", {"row": [row.pk], "reason": "First"})
    answer = client_of(erin).post(f"{CHANGES}dismiss/", {"row": [row.pk], "reason": "Second"}, follow=True)
    assert "nothing was changed" in answer.content.decode()
    assert Modification.objects.get().dismissal_reason == "First"


def test_a_change_reads_in_words(client_of, alice, brand, sale):
    row = refused(brand, ItemSku="22363", ItemQuantity="0", ItemSku2="85123A", ItemQuantity2="2", CustomerStatus="new")
    client = client_of(alice)
    for address in (f"{LIST}?tab=modifications", f"{CHANGES}{row.pk}/"):
        page = page_of(client, address)
        assert "Quantity1" not in page
        assert "Sku1" not in page
        for words in ("SKU 22363", "quantity 0", "SKU 85123A", "quantity 2", "Item returned (ITEM_RETURNED)"):
            assert words in page, (address, words)
