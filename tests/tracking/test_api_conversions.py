"""POST /Conversions, as the platform's clients send it."""

import gzip
import json
import threading
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client

from accounts.api_tokens import revoke_api_token
from common.observability import counters
from common.queue.circuit_breaker import Breaker
from tests.factories import make_contracts, make_partner, terms_document
from tests.tracking.caller import FORM, ORDER, URL, Caller
from tracking.api import rates
from tracking.models import Action, Conversion
from tracking.pricing.batch import price_all


def fields(response):
    assert response.status_code == 400, response.content
    answer = response.json()
    assert (answer["Status"], answer["Message"]) == ("ERROR", "Validation Failed")
    return {error["Field"]: error["Message"] for error in answer["Errors"]}


def test_a_form_is_stored_and_answered_with_where_to_look(shop):
    body = (
        "CampaignId=1000&EventTypeCode=SALE&EventDate=2026-01-05T10%3A00%3A00%2B00%3A00&OrderId=A1&MediaPartnerId=P-1"
        "&CurrencyCode=GBP&OrderDiscount=5&ItemSku1=S1&ItemPrice1=10&ItemQuantity1=2&ItemText1_3=blue"
    )
    response = shop.post(body)
    conversion = Conversion.objects.get()
    assert response.status_code == 200
    uri = f"/Advertisers/BB-ANVILS/APISubmissions/{conversion.batch_id}"
    assert response.json() == {"Status": "QUEUED", "QueuedUri": uri}
    item = {"ItemSku": "S1", "ItemPrice": "10", "ItemQuantity": "2", "ItemText3": "blue"}
    assert conversion.payload["Items"] == [item]
    assert (conversion.state, conversion.source, conversion.order_id) == ("WAITING", "API", "A1")


def test_json_is_taken_as_well_and_its_numbers_stay_exact(shop):
    for number in ("0." + "1" * 63, "1e60"):
        body = json.dumps({**ORDER, "CampaignId": 1000}).replace('"100.00"', number)
        assert "Amount" in fields(shop.post(body, content_type="application/json"))
    for number in ("100.10", "182.45000000000002", "0.1234567890123456789"):
        body = json.dumps({**ORDER, "CampaignId": 1000, "OrderId": number}).replace('"100.00"', number)
        assert shop.post(body, content_type="application/json; charset=utf-8").status_code == 200
        assert Conversion.objects.get(order_id=number).payload["Amount"] == number


def test_every_bad_field_is_named_at_once(shop):
    body = {"CampaignId": "1000", "EventTypeCode": "LEAD", "EventDate": "yesterday", "Amount": "-1", "Colour": "red"}
    errors = fields(shop.post(body))
    assert set(errors) == {"EventDate", "OrderId", "Amount", "Colour", "ClickId", "EventTypeCode"}
    assert "its event type codes are: SALE" in errors["EventTypeCode"]
    assert not Conversion.objects.exists()


def test_a_program_of_another_account_is_as_unknown_as_none(shop, charlie):
    other = fields(shop.post({**ORDER, "CampaignId": "2000", "Amount": "x"}))
    none = fields(shop.post({**ORDER, "CampaignId": "3000", "Amount": "x"}))
    assert other == none
    assert other["CampaignId"] == "This is not a known program of this account."
    assert "Amount" in other


def test_an_order_id_that_came_before_is_answered_as_the_first_was(shop):
    first = shop.post(ORDER).json()
    assert shop.post({**ORDER, "Amount": "7"}).json() == first
    assert list(Conversion.objects.order_by("id").values_list("state", flat=True)) == ["WAITING", "DUPLICATE"]


def test_a_repeated_idempotency_key_stores_nothing(shop):
    key = {"Idempotency-Key": "k1"}
    assert shop.post(ORDER, **key).json() == shop.post(ORDER, **key).json()
    assert Conversion.objects.count() == 1
    reused = shop.post({**ORDER, "OrderId": "A2"}, **key)
    assert reused.status_code == 422
    assert reused.json()["Errors"][0]["Field"] == "Idempotency-Key"
    assert "Idempotency-Key" in fields(shop.post(ORDER, **{"Idempotency-Key": "k" * 256}))


def test_who_is_not_known_is_refused(shop, brand, charlie):
    assert Client().post(URL, ORDER).status_code == 401
    shop_of_charlie = Caller(charlie.membership_set.get().account)
    assert shop_of_charlie.post(ORDER).status_code == 403
    assert shop_of_charlie.post(ORDER, url="/Advertisers/NOBODY/Conversions").status_code == 403
    assert Caller(brand.account, scope="READ").post(ORDER).status_code == 403
    revoke_api_token(token=shop.token)
    response = shop.post(ORDER)
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Basic")
    assert response.json()["Status"] == "ERROR"
    assert not Conversion.objects.exists()


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("<Order/>", "text/xml", 415),
        ("{", "application/json", 400),
        ("[]", "application/json", 400),
        ("[" * 100_000, "application/json", 400),
        ('{"Amount": NaN}', "application/json", 400),
        (b"OrderId=\xff", FORM, 400),
        ("OrderId=%FF", FORM, 400),
        ("OrderId=%00&CampaignId=1000", FORM, 400),
        ("x=1&" * 70_001, FORM, 413),
        ("OrderId=" + "x" * 6_000_000, FORM, 413),
        ('{"CampaignId": ' + "9" * 5_000 + "}", "application/json", 400),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_in_json(shop, body, kind, status):
    response = shop.post(body, content_type=kind)
    assert response.status_code == status
    assert response.json()["Status"] == "ERROR"
    assert not Conversion.objects.exists()


def test_a_parameter_that_came_twice_is_refused(shop):
    assert "OrderId" in fields(shop.post("OrderId=A1&OrderId=A2"))
    assert "OrderId" in fields(shop.post('{"OrderId": "A1", "OrderId": "A2"}', content_type="application/json"))


def test_other_methods_and_addresses_answer_in_json(shop):
    wrong = shop.get(URL)
    assert (wrong.status_code, wrong["Allow"], wrong.json()["Status"]) == (405, "POST", "ERROR")
    nowhere = shop.get("/Advertisers/BB-ANVILS/Nothing")
    assert (nowhere.status_code, nowhere.json()["Status"]) == (404, "ERROR")


def test_a_token_has_so_many_requests_a_minute(shop, settings):
    settings.API_REQUESTS_PER_MINUTE = 2
    answers = [shop.post({**ORDER, "OrderId": f"A{number}"}) for number in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer["X-RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[2]["X-RateLimit-Limit"] == "2"
    assert 0 < int(answers[2]["Retry-After"]) <= 60


def test_without_the_broker_orders_are_taken_all_the_same(shop, settings, monkeypatch):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(rates, "valkey", Breaker(pause=3600.0))
    counters.made_clients.cache_clear()
    answers = [shop.post({**ORDER, "OrderId": f"A{number}"}).status_code for number in range(5)]
    asked = counters.made_clients.cache_info()
    counters.made_clients.cache_clear()
    assert answers == [200] * 5
    assert asked.hits + asked.misses == 1  # the broker was waited for once, not with every order


def test_a_submission_is_followed_from_queued_to_complete(shop, brand, sale):
    partner = make_partner(program=brand, media_partner_id="P-1")
    make_contracts(program=brand, document=terms_document(), partners=[partner])
    uri = shop.post(ORDER).json()["QueuedUri"]
    queued = shop.get(uri).json()
    assert (queued["Status"], queued["ErrorType"], queued["CompletionDate"]) == ("Queued", None, None)
    assert "OrderId=A1" in queued["Payload"]
    price_all(brand.pk)
    done = shop.get(uri).json()
    assert (done["Status"], done["ErrorReason"], done["MediaPartnerId"]) == ("Complete", None, "P-1")
    assert done["CompletionDate"]
    assert Action.objects.get().payout == 10


@pytest.mark.parametrize(
    ("sent", "answered"), [("501", 501), (501, 501), ("0501", "0501"), ("P-1", "P-1"), ("7" * 19, "7" * 19)]
)
def test_a_submission_names_its_partner_by_a_number_where_the_id_is_one(shop, sent, answered):
    uri = shop.post({**ORDER, "MediaPartnerId": sent}).json()["QueuedUri"]
    assert shop.get(uri).json()["MediaPartnerId"] == answered


def test_a_submission_that_pays_nobody_says_why(shop, brand):
    uri = shop.post(ORDER).json()["QueuedUri"]
    shop.post(ORDER)
    price_all(brand.pk)
    told = shop.get(uri).json()
    assert (told["Status"], told["ErrorType"], told["ErrorReason"]) == (
        "Complete", "Contract Error", "PARTNER_NOT_FOUND",
    )  # fmt: skip
    everything = shop.get("/Advertisers/BB-ANVILS/APISubmissions?PageSize=1").json()
    assert (everything["@total"], everything["@numpages"]) == ("2", "2")
    assert everything["@nextpageuri"] == "/Advertisers/BB-ANVILS/APISubmissions?Page=2&PageSize=1"
    (newest,) = everything["APISubmissions"]
    assert (newest["ErrorType"], newest["ErrorReason"]) == ("Validation", "CONV_DUPLICATE")


def test_a_submission_of_another_account_is_not_there(shop, charlie):
    uri = shop.post(ORDER).json()["QueuedUri"].replace("BB-ANVILS", "BB-RIVETS")
    theirs = Caller(charlie.membership_set.get().account)
    assert theirs.get(uri).status_code == 404
    assert theirs.get("/Advertisers/BB-RIVETS/APISubmissions").json()["APISubmissions"] == []
    assert shop.get("/Advertisers/BB-ANVILS/APISubmissions/A-x").status_code == 404
    assert shop.get("/Advertisers/BB-ANVILS/APISubmissions?Page=0").status_code == 400
    assert shop.get("/Advertisers/BB-ANVILS/APISubmissions?Page=x").status_code == 400


def test_a_query_of_more_fields_than_are_read_is_refused_in_json(shop):
    response = shop.get("/Advertisers/BB-ANVILS/APISubmissions?" + "x=1&" * 1_001)
    assert (response.status_code, response.json()["Message"]) == (400, "The request cannot be read.")


def test_an_idempotency_key_that_cannot_be_stored_is_named(shop):
    assert fields(shop.post(ORDER, **{"Idempotency-Key": "a\x00b"})) == {
        "Idempotency-Key": "Contains a NUL character; remove it."
    }


def test_what_is_refused_before_the_api_is_answered_in_its_form_as_well(shop):
    for response in (shop.get("/Advertisers/"), shop.post(ORDER, Host="elsewhere.example")):
        assert response.status_code in (400, 404)
        assert response.json()["Status"] == "ERROR"


def test_the_schema_and_a_page_to_read_it_are_served(brand):
    schema = Client().get("/Advertisers/openapi.json").json()
    body = schema["paths"]["/Advertisers/{AccountSID}/Conversions"]["post"]["requestBody"]["content"][FORM]["schema"]
    assert body["properties"]["CustomerStatus"] == {"type": "string", "maxLength": 40}
    page = Client().get("/Advertisers/docs").content.decode()
    assert "/Advertisers/openapi.json" in page
    assert "https://" not in page


@pytest.mark.django_db(transaction=True)
def test_one_order_id_sent_fifty_times_at_once_is_one_conversion(shop):
    answers = []

    def send():
        answers.append(shop.post(ORDER).content)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1
    assert Conversion.objects.exclude(state="DUPLICATE").count() == 1


def test_a_body_with_a_byte_order_mark_is_read(shop):
    body = b"\xef\xbb\xbf" + json.dumps(ORDER).encode()
    assert shop.post(body, content_type="application/json").status_code == 200
    form = "\ufeff" + urlencode({**ORDER, "OrderId": "A2"})
    assert shop.post(form).status_code == 200
    assert sorted(Conversion.objects.values_list("order_id", flat=True)) == ["A1", "A2"]


def test_a_packed_body_is_refused_by_its_name(shop):
    answer = shop.post(gzip.compress(json.dumps(ORDER).encode()), content_type="application/json",
                       **{"Content-Encoding": "gzip"})  # fmt: skip
    assert (answer.status_code, "Content-Encoding: gzip is not supported" in answer.json()["Message"]) == (415, True)
    plain = shop.post(ORDER, **{"Content-Encoding": "identity"})
    assert plain.status_code == 200


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_a_constant_that_json_does_not_have_is_said_to_be_none(shop, constant):
    response = shop.post(f'{{"CampaignId": {constant}}}', content_type="application/json")
    assert response.status_code == 400
    assert f"{constant} is not a JSON value" in response.json()["Message"]
