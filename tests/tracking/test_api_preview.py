"""POST /PayoutPreview: terms and orders in, payouts and reasons out, nothing stored."""

import pytest

from tests.factories import make_event_type, terms_document
from tests.tracking.caller import Caller
from tracking.models import Conversion

URL = "/Advertisers/BB-ANVILS/PayoutPreview"
NEW = {"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["New"]}
ORDER = {"OrderId": "A1", "Amount": "100.00", "CurrencyCode": "GBP", "CustomerStatus": "first-time"}


@pytest.fixture
def shop(brand):
    make_event_type(program=brand, code="SALE")
    return Caller(brand.account, scope="READ")


def test_orders_are_priced_by_any_terms_and_nothing_is_stored(shop):
    document = terms_document(groups=[{"Rank": 1, "Name": "New", "Rules": [NEW], "PayoutRate": "15"}])
    mapping = {"CustomerStatusMapping": {"SALE": {"New": ["first-time"]}}}
    body = {"Terms": document, "Conversions": [ORDER, {"Amount": "x"}], "Context": mapping}
    response = shop.post(body, url=URL)
    assert response.status_code == 200
    priced, refused = response.json()
    assert (priced["Payout"], priced["Group"]) == ("15.00", {"Rank": 1, "Name": "New"})
    assert priced["Trace"][-1] == "payout 15.00 GBP"
    assert priced["Items"] == [{"Sku": "", "SaleAmount": "100.00", "Payout": "15.00"}]
    assert {error["Field"] for error in refused["Errors"]} == {"OrderId", "Amount"}
    assert not Conversion.objects.exists()


def test_bad_terms_are_refused_with_the_path_of_each_error(shop):
    document = terms_document(groups=[{"Rank": 1, "Name": "", "Rules": [{**NEW, "Operator": "LIKES"}]}])
    response = shop.post({"Terms": document, "Conversions": [ORDER]}, url=URL)
    assert response.status_code == 400
    named = [error["Field"] for error in response.json()["Errors"]]
    assert "Terms.EventPayouts[0].PayoutGroups[0].Rules[0].Operator" in named


def test_a_fraction_in_terms_is_refused_as_wherever_terms_are_read(shop):
    response = shop.post({"Terms": terms_document(DefaultPayoutRate=10.5), "Conversions": []}, url=URL)
    assert response.status_code == 400
    [error] = response.json()["Errors"]
    assert error["Field"] == "Terms.EventPayouts[0].DefaultPayoutRate"
    assert "decimal string" in error["Message"]


def test_a_fraction_in_an_order_or_its_context_counts_to_its_last_digit(shop):
    context = {"ExchangeRates": [{"Date": "2026-05-04", "From": "USD", "To": "GBP", "Rate": 0.1}]}
    order = {"OrderId": "A1", "EventDate": "2026-05-04", "CurrencyCode": "USD", "Amount": 1000.05}
    body = {"Terms": terms_document(), "Conversions": [order], "Context": context}
    [priced] = shop.post(body, url=URL).json()
    assert (priced["Amount"], priced["Payout"]) == ("100.01", "10.00")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"Conversions": 5},
        {"Terms": 1, "Conversions": []},
        {"Terms": {"EventPayouts": [1]}, "Conversions": [ORDER]},
        {"Terms": terms_document(), "Conversions": [ORDER], "Context": {"TimeZone": "Mars"}},
    ],
)
def test_what_is_no_preview_is_refused(shop, body):
    assert shop.post(body, url=URL).status_code == 400


def test_too_much_at_once_is_refused(shop):
    assert shop.post({"Terms": terms_document(), "Conversions": [ORDER] * 1001}, url=URL).status_code == 413


def test_a_pattern_that_cannot_be_used_is_refused_with_its_path(shop):
    lists = {"ExceptionLists": {"Codes": [{"Value": "(?!x)a", "MatchMode": "REGEX"}]}}
    response = shop.post({"Terms": terms_document(), "Conversions": [ORDER], "Context": lists}, url=URL)
    assert response.status_code == 400
    (error,) = response.json()["Errors"]
    assert error["Field"] == "Context.ExceptionLists.Codes[0].Value"
    assert "Look-ahead, look-behind and back-references cannot be used" in error["Message"]


def test_many_long_codes_under_many_patterns_are_refused(shop):
    lists = {"ExceptionLists": {"Codes": [{"Value": f"a{number}", "MatchMode": "REGEX"} for number in range(1_000)]}}
    orders = [{**ORDER, "OrderPromoCode": "a" * 60, "Items": [{"ItemSku": "a" * 60}]}] * 100
    body = {"Terms": terms_document(), "Conversions": orders, "Context": lists}
    assert shop.post(body, url=URL).status_code == 413
    assert shop.post({**body, "Conversions": orders[:5]}, url=URL).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"Terms": {**terms_document(), "EventPayouts": 5}, "Conversions": [ORDER]},
        {"Terms": {**terms_document(), "EventPayouts": True}, "Conversions": [ORDER]},
        {"Terms": True, "Conversions": [ORDER]},
        {"Terms": terms_document(), "Conversions": [ORDER], "Context": {"CustomerStatusMapping": 5}},
        {"Terms": terms_document(), "Conversions": [ORDER], "Context": {"CustomerStatusMapping": {"SALE": 5}}},
        {"Terms": terms_document(), "Conversions": [ORDER], "Context": {"ExceptionLists": 5}},
        {"Terms": terms_document(), "Conversions": [ORDER], "Context": {"Catalog": 5}},
        {"Terms": terms_document(), "Conversions": [ORDER], "Context": {"ExchangeRates": 5}},
        {"Terms": terms_document(), "Conversions": [ORDER], "Context": {"TimeZone": 5}},
    ],
)
def test_a_part_of_another_type_is_refused_by_its_name(shop, body):
    response = shop.post(body, url=URL)
    assert response.status_code == 400
    assert response.json()["Errors"][0]["Field"].startswith(("Terms", "Context"))


def test_orders_that_take_too_much_processor_time_are_refused(shop, monkeypatch):
    monkeypatch.setattr("tracking.api.preview.MOST_SECONDS", 0.0)
    response = shop.post({"Terms": terms_document(), "Conversions": [ORDER]}, url=URL)
    assert response.status_code == 413
    assert "processor time" in response.json()["Message"]


def test_lines_count_for_the_bound_however_they_are_sent(shop):
    groups = [{"Rank": rank, "Name": "", "Rules": [NEW], "PayoutRate": "1"} for rank in range(1, 1_002)]
    listed = {"OrderId": "A1", "Items": [{"ItemSku": "S", "ItemPrice": "1"}] * 100}
    numbered = {"OrderId": "A1"} | {f"ItemPrice{number}": "1" for number in range(1, 101)}
    for order in (listed, numbered):
        body = {"Terms": terms_document(groups=groups), "Conversions": [order]}
        assert shop.post(body, url=URL).status_code == 413


def test_a_number_of_five_thousand_digits_is_refused_in_our_words(shop):
    body = f'{{"Terms": {"9" * 5_000}, "Conversions": []}}'
    response = shop.post(body, url=URL, content_type="application/json")
    assert response.status_code == 400
    assert "more than 64 digits" in response.json()["Message"]
