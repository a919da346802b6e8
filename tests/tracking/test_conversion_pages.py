"""Conversions that made no action, and the test order, through HTTP."""

import re

import pytest
from django.utils import timezone

from tests.factories import make_contracts, make_event_type, make_partner, terms_document
from tracking.conversions.new_conversions import store_conversion
from tracking.intake import read_conversion, read_modification
from tracking.models import Action, Conversion
from tracking.modifications.apply import apply_all
from tracking.modifications.new_modifications import store_modifications
from tracking.pricing.batch import price_all

LIST = "/p/1000/transactions/conversions/"
TRY = "/p/1000/transactions/test-order/"
SENT = {
    "CampaignId": "1000", "EventTypeCode": "SALE", "EventDate": "2026-11-14T19:42:00Z", "OrderId": "TT-1",
    "MediaPartnerId": "P-1", "CurrencyCode": "GBP", "Amount": "100.00", "CustomerStatus": "New",
}  # fmt: skip
NEW = {"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["New"]}
RETURN = {
    "CampaignId": "1000", "EventTypeCode": "SALE", "OrderId": "TT-9", "Reason": "ITEM_RETURNED",
    "ModificationDate": "2026-11-18T10:05:00Z",
}  # fmt: skip


@pytest.fixture
def sale(brand):
    return make_event_type(program=brand, code="SALE")


def store(brand, **params):
    sent = {**SENT, **params}
    return store_conversion(brand, read_conversion(sent, now=timezone.now()), source="API").conversion


def held(brand, **params):
    conversion = store(brand, **params)
    price_all(brand.pk)
    return conversion


def refused(brand, **params):
    sent = {**RETURN, **(params or {"Amount": "0"})}
    (row,) = store_modifications(brand, [read_modification(sent, now=timezone.now())], source="FILE")
    apply_all(brand.pk)
    return row


def page_of(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def form(sale, **fields):
    return {
        "event_type": sale.pk, "partner": "P-1", "order_id": "T-1", "event_date": "NOW", "amount": "100.00",
        "currency": "GBP", "customer_status": "New", **fields,
    }  # fmt: skip


def test_what_could_not_be_priced_is_listed_with_its_reason_and_what_to_do(client_of, alice, brand, sale):
    held(brand)
    page = page_of(client_of(alice), LIST)
    assert "Invalid conversions (1)" in page
    assert "No such partner" in page
    assert "Add the partner, then try again." in page
    assert page_of(client_of(alice), f"{LIST}?reason=CONTRACT_NOT_FOUND").count("No conversions match") == 1


def test_the_list_opens_where_something_waits_for_a_decision(client_of, alice, brand, sale):
    client = client_of(alice)
    assert "Every conversion was priced" in page_of(client, LIST)
    refused(brand)
    assert client.get(LIST)["Location"] == f"{LIST}?tab=modifications"
    assert 'href="?state=INVALID" aria-current="page"' in page_of(client, f"{LIST}?state=INVALID")
    held(brand)
    assert "No such partner" in page_of(client, LIST)


def test_while_orders_wait_the_list_does_not_say_that_all_are_priced(client_of, alice, brand, sale):
    store(brand)
    page = page_of(client_of(alice), LIST)
    assert "Every conversion was priced" not in page
    assert "Nothing to decide, orders are waiting" in page


def test_what_is_tried_again_is_priced(client_of, alice, brand, sale):
    conversion, other = held(brand), held(brand, OrderId="TT-2")
    make_contracts(
        program=brand, document=terms_document(), partners=[make_partner(program=brand, media_partner_id="P-1")]
    )
    client = client_of(alice)
    assert client.post(f"{LIST}try-again/", {"row": [conversion.pk], "query": "q=TT"})["Location"] == f"{LIST}?q=TT"
    other.refresh_from_db()
    assert other.state == "HELD"
    client.post(f"{LIST}try-again/", {"all": "1", "reason": "PARTNER_NOT_FOUND"})
    price_all(brand.pk)
    assert Action.objects.count() == 2
    assert "Every conversion was priced" in page_of(client, LIST)


def test_one_is_tried_again_from_its_page(client_of, alice, brand, sale):
    conversion = held(brand)
    client = client_of(alice)
    page = page_of(client, f"{LIST}{conversion.pk}/")
    assert "No such partner" in page
    assert "MediaPartnerId" in page
    assert "every 1s" not in page
    assert client.post(f"{LIST}{conversion.pk}/try-again/").status_code == 302
    page = page_of(client, f"{LIST}{conversion.pk}/")
    assert 'hx-trigger="every 1s"' in page


def test_a_page_that_waits_says_when_the_worker_may_be_dead_and_stops_when_it_is_done(client_of, alice, brand, sale):
    conversion = store(brand)
    client = client_of(alice)
    htmx = {"HX-Request": "true"}
    early = client.get(f"{LIST}{conversion.pk}/?asks=3", headers=htmx).content.decode()
    assert "?asks=4" in early
    assert "This takes longer than it should" not in early
    late = client.get(f"{LIST}{conversion.pk}/?asks=10", headers=htmx).content.decode()
    assert "This takes longer than it should" in late
    price_all(brand.pk)
    assert "hx-trigger" not in client.get(f"{LIST}{conversion.pk}/?asks=11", headers=htmx).content.decode()


def test_duplicates_and_waiting_ones_have_their_own_lists(client_of, alice, brand, sale):
    first = store(brand)
    second = store(brand)
    client = client_of(alice)
    assert "TT-1" in page_of(client, f"{LIST}?state=WAITING")
    assert f">{first.batch_id}</a>" in page_of(client, f"{LIST}?state=DUPLICATE")
    assert f"/conversions/{first.pk}/" in page_of(client, f"{LIST}{second.pk}/")


def test_test_orders_are_not_counted_among_what_could_not_be_priced(client_of, alice, brand, sale):
    held(brand)
    client = client_of(alice)
    client.post(TRY, form(sale, partner="P-9"))
    price_all(brand.pk)
    page = page_of(client, LIST)
    assert "Invalid conversions (1)" in page
    assert ">T-1<" not in page
    tests = page_of(client, f"{LIST}?test=1")
    assert ">T-1<" in tests
    assert ">TT-1<" not in tests


def test_the_sources_example_pays_fifteen_for_a_new_customer(client_of, alice, brand, sale):
    groups = [{"Rank": 1, "Name": "New", "Rules": [NEW], "PayoutRate": "15"}]
    partner = make_partner(program=brand, media_partner_id="P-1")
    make_contracts(program=brand, document=terms_document(groups=groups), partners=[partner])
    client = client_of(alice)
    address = client.post(TRY, form(sale))["Location"]
    assert "It has arrived and is stored." in page_of(client, address)
    price_all(brand.pk)
    page = page_of(client, address)
    assert "£15.00" in page
    assert "Payout group 1 New: 15%" in page
    action = Action.objects.get()
    assert action.is_test
    assert f"/transactions/actions/{action.pk}/" in page


def test_the_sources_example_pays_ten_fifty_with_an_adjustment(client_of, alice, brand, sale):
    rise = {"Rules": [NEW], "Direction": "INCREASE", "Rate": "5"}
    partner = make_partner(program=brand, media_partner_id="P-1")
    make_contracts(program=brand, document=terms_document(PayoutAdjustments=[rise]), partners=[partner])
    client = client_of(alice)
    address = client.post(TRY, form(sale))["Location"]
    price_all(brand.pk)
    page = page_of(client, address)
    assert "£10.50" in page
    assert "Default payout: 10%, +5%" in page


def test_a_test_order_takes_items_and_further_parameters(client_of, alice, brand, sale):
    make_partner(program=brand, media_partner_id="P-1")
    client = client_of(alice)
    items = "S1; 2; 10.00; Shoes; Red shoes\nS2;1;5"
    response = client.post(TRY, form(sale, amount="", items=items, parameters="Text1=blue\nItemText1_3 = wide"))
    conversion = Conversion.objects.get()
    assert response["Location"] == f"{LIST}{conversion.pk}/"
    assert conversion.payload["Text1"] == "blue"
    assert conversion.payload["Items"] == [
        {"ItemSku": "S1", "ItemQuantity": "2", "ItemPrice": "10.00", "ItemCategory": "Shoes", "ItemName": "Red shoes",
         "ItemText3": "wide"},
        {"ItemSku": "S2", "ItemQuantity": "1", "ItemPrice": "5"},
    ]  # fmt: skip
    again = page_of(client, f"{TRY}?again={conversion.pk}")
    assert "S1; 2; 10.00; Shoes; Red shoes" in again
    assert "ItemText1_3=wide" in again
    assert 'value="T-1"' not in again


def test_what_is_wrong_with_a_test_order_stands_beside_its_field(client_of, alice, brand, sale):
    client = client_of(alice)
    response = client.post(TRY, form(sale, order_id="", amount="ten", partner="", parameters="Colour=red\nx"))
    page = " ".join(response.content.decode().split())
    assert response.status_code == 422
    assert re.search(r"Colour: Is not a known parameter of a conversion", page)
    assert "Write a plain number" in page
    assert "Name the partner" in page
    assert "this line has no =: x" in page
    assert page.count("Enter an order id.") == 1
    assert "OrderId" not in page
    assert not Conversion.objects.exists()


@pytest.mark.parametrize(("field", "line", "lines"), [("items", "S;x;y", 2_000), ("parameters", "no name", 20_000)])
def test_of_very_many_errors_of_a_field_the_first_are_told(field, line, lines, client_of, alice, brand, sale):
    typed = "\n".join([line] * lines)
    response = client_of(alice).post(TRY, form(sale, amount="", **{field: typed}))
    assert response.status_code == 422
    told = response.context["form"].errors[field]
    assert len(told) == 101
    assert told[-1].endswith(" more errors.")
    assert len(response.content) < 200_000 + 2 * len(typed)


def test_a_test_order_stands_under_the_actions(client_of, alice, brand, sale):
    client = client_of(alice)
    address = client.post(TRY, form(sale))["Location"]
    for path, current in ((TRY, "Actions"), (address, "Actions"), (LIST, "Needs attention")):
        assert re.findall(r'title="([^"]+)" aria-current="page"', page_of(client, path)) == [current]


def test_the_form_offers_a_new_order_id(client_of, alice, brand, sale):
    make_partner(program=brand, media_partner_id="P-1")
    page = page_of(client_of(alice), TRY)
    assert re.search(r'value="TEST-[0-9A-F]{8}"', page)
    assert 'value="P-1"' in page


def test_a_viewer_changes_nothing_and_another_brand_sees_nothing(client_of, bob, charlie, brand, sale):
    conversion = held(brand)
    writes = [f"{LIST}try-again/", f"{LIST}{conversion.pk}/try-again/", TRY]
    for address in writes:
        assert client_of(bob).post(address, {"all": "1"}).status_code == 403
        assert client_of(charlie).post(address, {"all": "1"}).status_code == 404
    page = page_of(client_of(bob), LIST)
    assert "TT-1" in page
    assert "Try all" not in page
    assert client_of(bob).get(TRY).status_code == 403
    for address in (LIST, f"{LIST}{conversion.pk}/", TRY):
        assert client_of(charlie).get(address).status_code == 404
    assert client_of(charlie).get(f"/p/2000/transactions/conversions/{conversion.pk}/").status_code == 404


def test_the_list_asks_the_database_no_more_for_more_rows(client_of, alice, brand, sale, django_assert_num_queries):
    held(brand)
    client = client_of(alice)
    with django_assert_num_queries(16):
        client.get(LIST)
    for number in range(2, 8):
        held(brand, OrderId=f"TT-{number}")
    with django_assert_num_queries(16):
        client.get(LIST)


def test_a_placeholder_is_told_where_it_was_sent(client_of, alice, brand, sale):
    partner = make_partner(program=brand, media_partner_id="P-1")
    make_contracts(program=brand, document=terms_document(groups=[]), partners=[partner])
    conversion = store(brand, CustomerId="undefined", PromoCode="null")
    price_all(brand.pk)
    action = Action.objects.get(conversion=conversion)
    assert (action.customer, action.promo_code) == (None, "")
    change = {"OrderId": "TT-1", "EventTypeCode": "SALE", "Amount": "5", "CustomerStatus": "nan"}
    (modification,) = store_modifications(brand, [read_modification(change, now=timezone.now())], source="FILE")
    alice_client = client_of(alice)
    told = "Counted as not sent: CustomerId: undefined; OrderPromoCode: null."
    for page in (f"{LIST}{conversion.pk}/", f"/p/1000/transactions/actions/{action.pk}/"):
        assert told in alice_client.get(page).content.decode()
    page = alice_client.get(f"/p/1000/transactions/modifications/{modification.pk}/").content.decode()
    assert "Counted as not sent: CustomerStatus: nan." in page
    assert "NotSent" not in page


def test_a_test_order_without_a_date_is_of_now_and_its_fields_say_what_they_hold(client_of, alice, brand, sale):
    make_partner(program=brand, media_partner_id="P-1", name="Kettle")
    client = client_of(alice)
    page = page_of(client, TRY)
    assert 'data-words="Kettle"' in page
    assert 'type="datetime-local"' in page
    assert client.post(TRY, form(sale, partner="P\x00")).status_code == 422
    assert client.post(TRY, form(sale, event_date="")).status_code == 302
    conversion = Conversion.objects.get()
    assert abs((conversion.event_date - conversion.received_at).total_seconds()) < 5
