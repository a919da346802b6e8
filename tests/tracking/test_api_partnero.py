"""/v1/customers, as Partnero's clients call it."""

import json

import pytest
from django.test import Client

from accounts.api_tokens import revoke_api_token
from program.models import Customer, CustomerTag
from tests.factories import make_customer, make_customer_tag, make_program
from tests.tracking.caller import Caller

URL = "/v1/customers"
ALICE = {
    "key": "customer_123", "email": "alice.brown@kettle.example", "name": "Alice", "surname": "Brown",
    "tags": ["new"],
}  # fmt: skip


@pytest.fixture
def client(brand):
    return Caller(brand.account).bearer()


def errors(response):
    assert response.status_code == 422, response.content
    answer = response.json()
    assert (answer["status"], answer["message"] != "") == (0, True)
    assert all(isinstance(messages, list) for messages in answer["errors"].values())
    return {field: " ".join(messages) for field, messages in answer["errors"].items()}


def test_a_customer_is_created_with_their_tags(client, brand):
    response = client.post(ALICE, url=URL)
    assert response.status_code == 201
    answer = response.json()
    assert answer["status"] == 1
    data = dict(answer["data"])
    assert data.pop("created_at") <= data.pop("updated_at")
    assert data == {
        "key": "customer_123", "partner": None, "deleted": False, "name": "Alice", "surname": "Brown",
        "email": "alice.brown@kettle.example", "status": "active", "deleted_at": None, "tags": [{"value": "new"}],
    }  # fmt: skip
    assert Customer.objects.get(program=brand).name == "Alice Brown"
    assert client.get(f"{URL}/customer_123").json() == answer


def test_a_tag_that_is_known_by_an_earlier_name_is_that_tag(client, brand, shop):
    tag = make_customer_tag(program=brand, name="New")
    shop.put({"Name": "Fresh"}, url=f"/Advertisers/BB-ANVILS/CustomerTags/{tag.pk}")
    assert client.post(ALICE, url=URL).json()["data"]["tags"] == [{"value": "Fresh"}]
    assert CustomerTag.objects.count() == 1


def test_a_key_that_was_created_before_is_refused(client):
    client.post(ALICE, url=URL)
    assert errors(client.post({**ALICE, "name": "Other"}, url=URL)) == {
        "key": "The customer customer_123 already exists."
    }
    assert client.post({"key": "k"}, url=URL).status_code == 201
    assert "key" in errors(client.post({"key": "k"}, url=URL))


def test_one_who_is_known_by_orders_alone_is_created(client, brand):
    make_customer(program=brand, customer_id="customer_123")
    assert client.post(ALICE, url=URL).status_code == 201
    assert Customer.objects.get().name == "Alice Brown"


def test_a_partner_is_refused_until_one_can_be_credited(client):
    assert set(errors(client.post({**ALICE, "partner": {"key": "ref_123"}}, url=URL))) == {"partner"}
    assert not Customer.objects.exists()
    assert client.post({**ALICE, "partner": None}, url=URL).status_code == 201


def test_every_bad_field_is_named_at_once(client):
    sent = {"email": "alice", "name": ["Alice"], "surname": "x" * 256, "tags": "x" * 81, "options": {"a": 1}}
    assert set(errors(client.post({**sent, "CampaignId": 7}, url=URL))) == {*sent, "key", "CampaignId"}
    assert "name" in errors(client.post({"key": "k", "name": "x" * 200, "surname": "y" * 200}, url=URL))
    assert "key" in errors(client.post({"key": "undefined"}, url=URL))


def test_a_repeated_idempotency_key_creates_once(client):
    first, second = (client.post(ALICE, url=URL, **{"Idempotency-Key": "k"}) for _ in range(2))
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert "Idempotency-Key" in errors(client.post({**ALICE, "key": "other"}, url=URL, **{"Idempotency-Key": "k"}))


def test_a_change_stands_in_update(client):
    client.post(ALICE, url=URL)
    answer = client.put(
        {"update": {"name": "Amanda", "email": "", "tags": ["vip", "premium"]}}, url=f"{URL}/customer_123"
    )
    assert answer.status_code == 200
    data = answer.json()["data"]
    assert (data["name"], data["surname"], data["email"]) == ("Amanda", "Brown", "")
    assert data["tags"] == [{"value": "premium"}, {"value": "vip"}]


def test_a_change_may_stand_in_the_body_itself_with_the_key_there(client):
    client.post(ALICE, url=URL)
    assert client.put({"surname": "Green"}, url=f"{URL}/customer_123").json()["data"]["surname"] == "Green"
    answer = client.put({"key": "customer_123", "update": {"key": "customer_123", "name": "Amanda"}}, url=URL)
    assert answer.json()["data"]["name"] == "Amanda"
    assert Customer.objects.get().name == "Amanda Green"


def test_a_key_that_is_a_number_is_read_as_its_digits(client):
    assert client.post({"key": 42}, url=URL).json()["data"]["key"] == "42"
    assert client.put({"key": 42, "update": {"key": 42, "name": "Ann"}}, url=f"{URL}/42").status_code == 200


def test_tags_stay_for_null_and_go_for_an_empty_list(client):
    client.post(ALICE, url=URL)
    url = f"{URL}/customer_123"
    assert client.put({"update": {"tags": None}}, url=url).json()["data"]["tags"] == [{"value": "new"}]
    assert client.put({"update": {"tags": []}}, url=url).json()["data"]["tags"] == []


@pytest.mark.parametrize(
    ("name", "surname"), [("Mary Ann", "de la Cruz"), ("Alice", ""), ("", "Brown"), ("Ann", "Ann"), ("", "")]
)
def test_both_parts_of_a_name_are_answered_as_they_were_sent(client, name, surname):
    data = client.post({**ALICE, "name": name, "surname": surname}, url=URL).json()["data"]
    assert (data["name"], data["surname"]) == (name, surname)
    changed = client.put({"surname": "of Anvil Hall"}, url=f"{URL}/customer_123").json()["data"]
    assert (changed["name"], changed["surname"]) == (name, "of Anvil Hall")


def test_a_whole_name_that_came_elsewhere_is_parted_by_the_surname_that_is_sent(client, shop):
    customers = "/Advertisers/BB-ANVILS/Customers"
    shop.post({"CustomerId": "c", "Name": "Alice de Brown"}, url=customers)
    data = client.put({"surname": "de Brown"}, url=f"{URL}/c").json()["data"]
    assert (data["name"], data["surname"]) == ("Alice", "de Brown")
    shop.put({"Name": "Alice Green"}, url=f"{customers}/c")
    assert client.get(f"{URL}/c").json()["data"]["surname"] == ""


def test_a_key_stays_and_an_unknown_one_is_not_found(client):
    client.post(ALICE, url=URL)
    for body in ({"update": {"key": "other"}}, {"key": "other", "name": "Alice"}):
        assert set(errors(client.put(body, url=f"{URL}/customer_123"))) == {"key"}
    assert set(errors(client.put({"update": ["name"]}, url=f"{URL}/customer_123"))) == {"update"}
    assert set(errors(client.put({"name": "Alice"}, url=URL))) == {"key"}
    for answer in (client.get(f"{URL}/other"), client.put({"name": "Alice"}, url=f"{URL}/other"), client.get("/v1/x")):
        assert (answer.status_code, answer.json()["status"]) == (404, 0)


def test_an_account_with_several_programs_names_one_in_body_or_address(client, brand):
    make_program(id=1001, account=brand.account)
    assert set(errors(client.post(ALICE, url=URL))) == {"CampaignId"}
    assert client.post({**ALICE, "CampaignId": 1001}, url=URL).status_code == 201
    assert client.post(ALICE, url=f"{URL}?CampaignId=1000").status_code == 201
    assert set(errors(client.get(f"{URL}/customer_123"))) == {"CampaignId"}
    assert client.get(f"{URL}/customer_123?CampaignId=1001").status_code == 200


def test_a_token_opens_its_own_account_within_its_scope(client, brand, charlie):
    client.post(ALICE, url=URL)
    reader = Caller(brand.account, scope="READ").bearer()
    theirs = Caller(charlie.membership_set.get().account).bearer()
    calls = [("GET", f"{URL}/customer_123", None), ("POST", URL, {"key": "k"}), ("PUT", f"{URL}/customer_123", {})]
    expected = {"GET": (200, 404), "POST": (403, 201), "PUT": (403, 404)}
    for method, url, body in calls:
        sent = json.dumps(body) if body is not None else ""
        answers = tuple(
            Client().generic(method, url, sent, content_type="application/json", headers=caller.headers).status_code
            for caller in (reader, theirs)
        )
        assert answers == expected[method], method
    assert Customer.objects.filter(program=brand).count() == 1


def test_who_is_not_known_is_refused_in_this_form(client, shop):
    for headers in ({}, shop.headers, {"Authorization": "Bearer x"}, {"Authorization": "Bearer "}):
        answer = Client().post(URL, "{}", content_type="application/json", headers=headers)
        assert (answer.status_code, answer.json()["status"]) == (401, 0)
        assert answer["WWW-Authenticate"].startswith("Bearer")
    revoke_api_token(token=client.token)
    assert client.post(ALICE, url=URL).status_code == 401


def test_a_token_has_one_limit_for_both_ways_to_send_it(client, settings):
    settings.API_REQUESTS_PER_MINUTE = 2
    assert client.get(f"{URL}/c")["X-RateLimit-Remaining"] == "1"
    answers = [client.post({"key": f"c{number}"}, url=URL) for number in range(2)]
    assert [answer.status_code for answer in answers] == [201, 429]
    assert int(answers[1]["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("key=k", "application/x-www-form-urlencoded", 415),
        ("{", "application/json", 400),
        ("[]", "application/json", 400),
        ('{"key": "' + "x" * 6_000_000 + '"}', "application/json", 413),
        ('{"key": "a", "key": "b"}', "application/json", 422),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(client, body, kind, status):
    answer = client.post(body, url=URL, content_type=kind)
    assert (answer.status_code, answer.json()["status"]) == (status, 0)


def test_another_method_is_answered_in_this_form(client):
    answer = client.delete(f"{URL}/c")
    assert (answer.status_code, answer.json()["status"], answer["Allow"]) == (405, 0, "GET, PUT")


def test_its_own_document_is_served(brand):
    paths = Client().get("/v1/openapi.json").json()["paths"]
    assert {path: set(operations) for path, operations in paths.items()} == {
        "/v1/customers": {"post", "put"}, "/v1/customers/{key}": {"get", "put"},
    }  # fmt: skip
    assert "/v1/openapi.json" in Client().get("/v1/docs").content.decode()
