"""Orders and changes that wait for a decision: by reason, with what they are worth and the one act that helps."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from tests.factories import (
    make_action,
    make_contracts,
    make_conversion,
    make_event_type,
    make_modification,
    make_partner,
    terms_document,
)
from tests.tracking.journey_rows import make_step, order
from tracking.models import Conversion, Modification
from tracking.modifications.apply import apply_all
from tracking.pricing.batch import price_all

LIST = "/p/1000/transactions/conversions/"
CHANGES = "/p/1000/transactions/modifications/"


@pytest.fixture
def sale(brand):
    return make_event_type(program=brand, code="SALE")


def held(brand, **params):
    conversion = make_conversion(program=brand, **params)
    price_all(brand.pk)
    conversion.refresh_from_db()
    return conversion


def changed(brand, **params):
    row = make_modification(program=brand, ModificationDate="2026-11-18T10:05:00Z", Reason="ITEM_RETURNED", **params)
    apply_all(brand.pk)
    row.refresh_from_db()
    return row


def reasons(client, address):
    """Of each reason: its name, its figures, and its buttons and links."""
    response = client.get(address)
    assert response.status_code == 200
    page = " ".join(response.content.decode().split())
    return [
        (
            re.sub("<.*?>", "", re.search("<h2>(.*?)</h2>", row)[1]),
            re.findall("<dd>(.*?)</dd>", row),
            [
                re.sub("<.*?>", "", words)
                for words in re.findall('class="button button-small".*?>(.*?)</(?:a|button)>', row)
            ],
        )
        for row in page.partition("</ul> <row-selection")[0].split('<li class="reason">')[1:]
    ]


def test_orders_are_grouped_by_reason_with_what_they_are_worth(client_of, erin, brand, sale):
    held(
        brand,
        OrderId="A",
        MediaPartnerId="P-9",
        ItemSku1="X",
        ItemPrice1="2.50",
        ItemQuantity1="3",
        ItemSku2="Y",
        ItemSubTotal2="1",
    )
    held(brand, OrderId="B", MediaPartnerId="P-8", Amount="10", CurrencyCode="EUR")
    held(brand, OrderId="C", MediaPartnerId="P-9", Amount="0.5", OrderDiscount="0.2")
    make_partner(program=brand, media_partner_id="P-1")
    held(brand, OrderId="D", MediaPartnerId="P-1", Amount="7")
    assert reasons(client_of(erin), LIST) == [
        ("No such partner", ["3", "€10.00 + £9.00"], ["Add partner"]),
        ("No contract at that time", ["1", "£7.00"], ["Join partners"]),
    ]
    page = client_of(erin).get(LIST).content.decode()
    assert page.count("Add the partner, then try again.") == 1
    assert "P-9 (2), P-8 (1)" in page
    assert [name for name, *_ in reasons(client_of(erin), f"{LIST}?reason=CONTRACT_NOT_FOUND")] == [
        "No contract at that time"
    ]


def test_an_unknown_partner_is_added_from_its_held_orders_and_leads_back_to_them(client_of, erin, brand, sale):
    conversion = held(brand, OrderId="A", MediaPartnerId="P&9", Amount="5")
    client = client_of(erin)
    address = "/p/1000/partners/new/?media_partner_id=P%269&from=held-orders"
    for page in (LIST, f"{LIST}{conversion.pk}/"):
        assert address.replace("&", "&amp;") in client.get(page).content.decode()
    assert 'value="P&amp;9"' in client.get(address).content.decode()
    answer = client.post(address, {"media_partner_id": "P&9", "name": "Kettle", "channel": "affiliate"})
    assert answer["Location"] == f"{LIST}?state=INVALID"
    assert reasons(client, answer["Location"])[0][2] == ["Try 1 again"]


def test_trying_again_is_offered_only_where_it_can_help(client_of, erin, bob, brand, sale):
    first = held(brand, OrderId="A", MediaPartnerId="P-9", Amount="5")
    second = held(brand, OrderId="B", MediaPartnerId="P-8", Amount="5")
    client = client_of(erin)
    assert "Try again" not in client.get(f"{LIST}{first.pk}/").content.decode()
    make_partner(program=brand, media_partner_id="P-9")
    assert reasons(client, LIST) == [("No such partner", ["2", "£10.00"], ["Try 1 again"])]
    assert "Try again" in client.get(f"{LIST}{first.pk}/").content.decode()
    assert reasons(client_of(bob), LIST)[0][2] == []
    client.post(f"{LIST}try-again/", {"all": "1", "reason": "PARTNER_NOT_FOUND"})
    states = {row.order_id: row.state for row in Conversion.objects.all()}
    assert states == {"A": "WAITING", "B": "HELD"}
    assert second.reason == "PARTNER_NOT_FOUND"


def test_changes_are_grouped_by_reason_with_the_payouts_that_stand(client_of, frank, brand, sale):
    partner = make_partner(program=brand, media_partner_id="P-1")
    make_contracts(program=brand, document=terms_document(), partners=[partner])
    make_action(
        program=brand,
        OrderId="A",
        MediaPartnerId="P-1",
        EventDate="2026-11-14T10:00:00Z",
        ItemSku1="X",
        ItemPrice1="100",
    )
    for sku in ("Y", "Z"):
        changed(brand, OrderId="A", ItemSku=sku, ItemQuantity="0")
    changed(brand, OrderId="N", Amount="0")
    client = client_of(frank)
    assert reasons(client, f"{LIST}?tab=modifications") == [
        ("No such item in the order", ["2", "£10.00"], ["Dismiss 2"]),
        ("No action of that order", ["1"], ["Dismiss 1"]),
    ]
    client.post(f"{CHANGES}dismiss/", {"all": "1", "why": "SKU_NOT_FOUND", "reason": "Sent again"})
    assert [row.order_id for row in Modification.objects.to_settle()] == ["N"]
    Modification.objects.to_settle().update(reason="GIVEN_UP")
    assert reasons(client, f"{LIST}?tab=modifications")[0][2] == ["Try 1 again"]


LOCKED = {"Locking": {"Period": "DAY", "DayOffset": 1}}


def sold(brand, number=1):
    """An order of two items that locked before its changes, at 10 percent of 30.05 and 9.95."""
    return make_action(
        program=brand, OrderId=f"L-{number}", MediaPartnerId="P-1", EventDate="2026-11-14T10:00:00Z",
        ItemSku1="X", ItemPrice1="6.01", ItemQuantity1="5", ItemSku2="Y", ItemSubTotal2="9.95",
    )  # fmt: skip


def test_refused_changes_of_a_locked_order_come_to_the_difference_to_be_settled(client_of, frank, brand, sale):
    partner = make_partner(program=brand, media_partner_id="P-1", name="Kettle")
    make_contracts(program=brand, document=terms_document(**LOCKED), partners=[partner])
    action = sold(brand)
    first = changed(brand, OrderId="L-1", ItemSku="X", ItemQuantity="2")
    changed(brand, OrderId="L-1", ItemSku="X", ItemQuantity="2")
    second = changed(brand, OrderId="L-1", ItemSku="Y", ItemQuantity="0")
    last = changed(brand, OrderId="L-1", Amount="0")
    client = client_of(frank)
    response = client.get(f"{LIST}?tab=modifications")
    rows = {row.pk: about for row, _, about in response.context["rows"]}
    assert (rows[first.pk].amount, rows[first.pk].payout) == (Decimal("-18.03"), Decimal("-1.80"))
    assert (rows[second.pk].amount, rows[second.pk].payout) == (Decimal("-9.95"), Decimal("-1.00"))
    assert sum(about.payout for about in rows.values()) == -action.payout
    assert sum(about.amount for about in rows.values()) == -action.amount
    page = " ".join(response.content.decode().split())
    assert "Kettle" in page
    assert "quantity 5 → 2" in page
    client.post(f"{CHANGES}dismiss/", {"row": [first.pk], "reason": "Settled"})
    (about,) = (about for row, _, about in client.get(f"{LIST}?tab=modifications&q=L-1").context["rows"]
                if row.pk == last.pk)  # fmt: skip
    assert about.payout == rows[last.pk].payout
    page = client.get(f"{CHANGES}{first.pk}/").content.decode()
    assert "Payout as it stands" in page
    assert "It is still applied if its order arrives" not in page
    action.refresh_from_db()
    assert action.payout == 4


def test_differences_of_more_orders_ask_the_database_no_more(client_of, frank, brand, sale, django_assert_num_queries):
    partner = make_partner(program=brand, media_partner_id="P-1")
    make_contracts(program=brand, document=terms_document(**LOCKED), partners=[partner])
    client = client_of(frank)
    for number in range(2):
        sold(brand, number)
        for sku in ("X", "Y"):
            changed(brand, OrderId=f"L-{number}", ItemSku=sku, ItemQuantity="0")
        client.get(f"{LIST}?tab=modifications")  # the terms are read once
        with django_assert_num_queries(17):
            client.get(f"{LIST}?tab=modifications")


def test_payouts_of_changes_count_an_order_until_all_its_changes_are_dismissed(client_of, frank, brand, sale):
    partner = make_partner(program=brand, media_partner_id="P-1")
    make_contracts(program=brand, document=terms_document(**LOCKED), partners=[partner])
    changes = []
    for number in (1, 2):
        sold(brand, number)
        changes += [changed(brand, OrderId=f"L-{number}", ItemSku=sku, ItemQuantity="0") for sku in ("X", "Y")]
    client = client_of(frank)
    for dismissed, figures in ((changes[:1], ["3", "£8.00"]), (changes[:2], ["2", "£4.00"])):
        client.post(f"{CHANGES}dismiss/", {"row": [row.pk for row in dismissed], "reason": "Settled"})
        assert [found for _, found, _ in reasons(client, f"{LIST}?tab=modifications")] == [figures]


def test_the_lists_by_reason_ask_the_database_no_more_for_more_reasons(
    client_of, erin, brand, sale, django_assert_num_queries
):
    held(brand, OrderId="A", MediaPartnerId="P-9", Amount="5")
    changed(brand, OrderId="N", Amount="0")
    make_partner(program=brand, media_partner_id="P-1")
    client = client_of(erin)
    for _ in range(2):
        with django_assert_num_queries(16):
            client.get(LIST)
        with django_assert_num_queries(16):
            client.get(f"{LIST}?tab=modifications")
        held(brand, OrderId="B", MediaPartnerId="P-1", Amount="5")
        changed(brand, OrderId="B", Amount="0")


def test_partners_without_a_contract_are_carried_to_the_terms_that_they_join(brand, sale, alice, client_of):
    make_partner(program=brand, media_partner_id="P-1")
    make_partner(program=brand, media_partner_id="P-2")
    held(brand, MediaPartnerId="P-1", EventDate="2026-11-05T23:30:00Z")
    conversion = held(brand, MediaPartnerId="P-2", EventDate="2026-11-04T23:30:00Z")
    client = client_of(alice)
    terms = reverse("contracts:terms_list", args=[1000])
    page = client.get(LIST).content.decode()
    assert f'href="{terms}?join=P-1&amp;join=P-2&amp;start=2026-11-04">Join partners' in page
    page = client.get(f"{LIST}{conversion.pk}/").content.decode()
    assert f'href="{terms}?join=P-2&amp;start=2026-11-04">Join partners' in page


def test_the_partner_of_a_click_is_carried_too(brand, sale, partner, alice, client_of):
    conversion = order(brand, ClickId=make_step(brand, partner))
    page = client_of(alice).get(f"{LIST}{conversion.pk}/").content.decode()
    assert "?join=P-1&amp;start=2026-11-20" in page


def test_a_held_order_says_what_keeps_it_now_and_what_did_when_it_was_tried(brand, sale, alice, client_of):
    conversion = held(brand, MediaPartnerId="P-9")
    make_partner(program=brand, media_partner_id="P-9", name="Nine")
    page = " ".join(client_of(alice).get(f"{LIST}{conversion.pk}/").content.decode().split())
    assert "<b>No contract at that time.</b> Nine (P-9) had no contract for SALE" in page
    assert "<b>No such partner.</b> P-9 is not a known partner id" in page.partition("When it was last tried, ")[2]
    assert "Try again</button>" in page


def test_terms_published_since_the_orders_were_tried_are_told_beside_their_reason(
    brand, sale, partner, alice, client_of
):
    held(brand, MediaPartnerId="P-1")
    client, words = client_of(alice), "Terms were published since these were tried"
    assert words not in client.get(LIST).content.decode()
    make_contracts(program=brand, document=terms_document(), partners=[make_partner(program=brand)])
    assert words in client.get(LIST).content.decode()
