"""/Customers: who they are and which tags they have."""

import json
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone

from common.refusals import Refused
from config.celery import SCHEDULE
from program.models import Customer
from program.models.customer import CustomerTagging
from tests.factories import make_customer, make_customer_tag, make_program, sent
from tests.tracking.caller import Caller
from tracking.erasing.services import run_erasure
from tracking.intake.tag_data import read_customer_tags
from tracking.models import Erasure, KeptAnswer
from tracking.tasks import forget_answers

URL = "/Advertisers/BB-ANVILS/Customers"
ANN = {
    "CustomerId": "C-1", "Name": "Ann Lee", "Email": "Ann@Kettle.example", "Country": "Great Britain",
    "Region": "Leeds", "City": "Leeds", "PostCode": "LS1 1AA",
}  # fmt: skip
SHA1 = "8bcb07c4f35be01f20e3e03156520d03ebe99bfe"
SHA256 = "63ca0b8d0de51cbc3aa9419a6c604feb4099acf94d9b11eed76d800335ae7428"


def fields(response, status=400):
    assert response.status_code == status, response.content
    assert response.json()["Status"] == "ERROR"
    return {error["Field"]: error["Message"] for error in response.json()["Errors"]}


def tags_of(customer_id):
    taggings = CustomerTagging.objects.current().filter(customer__customer_id=customer_id)
    return sorted(taggings.values_list("tag__name", flat=True))


def test_a_customer_is_added_and_answered_with_where_to_read_them(shop, brand):
    make_customer_tag(program=brand, name="VIP")
    response = shop.post({**ANN, "Tags": ["vip"]}, url=URL)
    assert response.status_code == 201
    uri = f"{URL}/C-1?CampaignId=1000"
    assert response["Location"] == uri
    answer = dict(response.json())
    created = answer.pop("CreationDate")
    assert created.endswith("+00:00")
    assert answer == {
        **ANN, "CampaignId": 1000, "Email": "ann@kettle.example", "EmailSha1": SHA1, "EmailSha256": SHA256,
        "Country": "GB", "Tags": ["VIP"], "CustomerStatus": "", "Orders": 0, "FirstOrder": None, "LastOrder": None,
        "Erasing": None, "Uri": uri,
    }  # fmt: skip
    assert shop.get(uri).json() == response.json()


def test_a_form_is_taken_as_well_with_tags_in_one_text(shop, brand):
    for name in ("VIP", "Trade"):
        make_customer_tag(program=brand, name=name)
    response = shop.post("CustomerId=C-1&Name=Ann&Tags=VIP%2C+Trade&CampaignId=1000", url=URL)
    assert (response.status_code, response.json()["Tags"]) == (201, ["Trade", "VIP"])


def test_a_hash_alone_is_stored_as_it_was_sent(shop):
    answer = shop.post({"CustomerId": "C-1", "EmailSha1": SHA1.upper()}, url=URL).json()
    assert (answer["Email"], answer["EmailSha1"], answer["EmailSha256"]) == ("", SHA1, "")


def test_every_bad_field_is_named_at_once_and_nothing_is_stored(shop, brand):
    sent = {"Email": "ann", "Country": "Narnia", "EmailSha1": "x", "Tags": ["x" * 81], "FirstOrderDate": "2025-01-01"}
    assert set(fields(shop.post({**sent, "CampaignId": "2000"}, url=URL))) == {*sent, "CustomerId", "CampaignId"}
    assert "“Gold” is not a known tag" in fields(shop.post({**ANN, "Tags": ["Gold"]}, url=URL))["Tags"]
    assert "Tags" in fields(shop.post({**ANN, "Tags": [f"T{number}" for number in range(101)]}, url=URL))
    assert fields(shop.post({**ANN, "Phone": "1"}, url=URL))["Phone"].endswith("PostCode, Tags, CampaignId.")
    assert not Customer.objects.exists()


def test_a_customer_who_was_sent_before_is_changed_and_not_added(shop):
    shop.post(ANN, url=URL)
    assert fields(shop.post({**ANN, "Name": "Other"}, url=URL), 409) == {
        "CustomerId": "The customer C-1 already exists."
    }
    assert Customer.objects.get().name == "Ann Lee"


def test_one_who_is_known_by_orders_alone_is_added_to(shop, brand):
    known = make_customer(program=brand, customer_id="C-1")
    assert shop.post(ANN, url=URL).status_code == 201
    known.refresh_from_db()
    assert known.name == "Ann Lee"


def test_a_repeated_idempotency_key_adds_nothing_and_is_answered_as_the_first_was(shop):
    key = {"Idempotency-Key": "k1"}
    first, second = (shop.post(ANN, url=URL, **key) for _ in range(2))
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert first["Location"] == second["Location"]
    other = shop.post({**ANN, "CustomerId": "C-2"}, url=URL, **key)
    assert "Idempotency-Key" in fields(other, 422)
    assert Customer.objects.count() == 1


def test_the_key_of_a_refused_request_can_be_sent_again(shop, brand):
    key = {"Idempotency-Key": "k1"}
    assert shop.post({**ANN, "Tags": ["VIP"]}, url=URL, **key).status_code == 400
    make_customer_tag(program=brand, name="VIP")
    assert shop.post({**ANN, "Tags": ["VIP"]}, url=URL, **key).status_code == 201


def test_what_is_kept_for_a_key_says_of_nobody_who_they_are(shop):
    shop.post(ANN, url=URL, **{"Idempotency-Key": "Ann Lee"})
    row = str(KeptAnswer.objects.values().get())
    assert not [word for word in ("Ann", "Lee", "kettle", "C-1", "LS1", SHA1) if word in row]


def test_a_change_changes_what_is_sent_and_a_blank_text_clears(shop):
    shop.post(ANN, url=URL)
    answer = shop.put({"Name": "Ann Kay", "City": ""}, url=f"{URL}/C-1")
    assert answer.status_code == 200
    assert answer.json() == {**shop.get(f"{URL}/C-1").json(), "Name": "Ann Kay", "City": "", "Region": "Leeds"}


def test_a_change_of_tags_names_all_that_the_customer_has(shop, brand):
    for name in ("VIP", "Trade"):
        make_customer_tag(program=brand, name=name)
    shop.post({**ANN, "Tags": ["VIP"]}, url=URL)
    assert shop.put({"Tags": ["Trade"]}, url=f"{URL}/C-1").json()["Tags"] == ["Trade"]
    shop.put({"Name": "Ann"}, url=f"{URL}/C-1")
    assert tags_of("C-1") == ["Trade"]
    shop.put({"Tags": []}, url=f"{URL}/C-1")
    assert tags_of("C-1") == []
    assert "Tags" in fields(shop.put({"Name": "Kept back", "Tags": ["Gold"]}, url=f"{URL}/C-1"))
    assert Customer.objects.get().name == "Ann"


def test_an_archived_tag_stays_and_is_assigned_to_nobody_else(shop, brand):
    tag = make_customer_tag(program=brand, name="VIP")
    shop.post({**ANN, "Tags": ["VIP"]}, url=URL)
    assert shop.put({"Archived": True}, url=f"/Advertisers/BB-ANVILS/CustomerTags/{tag.pk}").status_code == 200
    assert shop.put({"Name": "Ann", "Tags": ["VIP"]}, url=f"{URL}/C-1").json()["Tags"] == ["VIP"]
    assert "is archived" in fields(shop.post({"CustomerId": "C-2", "Tags": ["VIP"]}, url=URL))["Tags"]


def test_an_id_stays_and_an_unknown_one_is_not_found(shop):
    shop.post(ANN, url=URL)
    assert "CustomerId" in fields(shop.put({"CustomerId": "C-2"}, url=f"{URL}/C-1"))
    assert shop.put({"Name": "Ann"}, url=f"{URL}/C-9").status_code == 404
    for unknown in ("C-9", "%00", "x" * 300):
        assert shop.get(f"{URL}/{unknown}").status_code == 404


@pytest.mark.parametrize("customer_id", ["a/b", "../C", "a b?c#d", "100%", "Zoë+1"])
def test_an_id_of_any_characters_is_read_where_its_answer_says(shop, customer_id):
    uri = shop.post({"CustomerId": customer_id}, url=URL).json()["Uri"]
    assert quote(customer_id, safe="") in uri
    assert shop.get(uri).json()["CustomerId"] == customer_id
    assert shop.put({"Name": "Ann"}, url=uri).json()["Name"] == "Ann"


def test_an_account_with_several_programs_names_one(shop, brand):
    make_program(id=1001, account=brand.account)
    message = "Is required: this account has several programs."
    assert fields(shop.post(ANN, url=URL)) == {"CampaignId": message}
    for url in (URL, f"{URL}/C-1"):
        assert fields(shop.get(url)) == {"CampaignId": message}
    assert shop.post({**ANN, "CampaignId": 1001}, url=URL).status_code == 201
    assert shop.post(ANN, url=f"{URL}?CampaignId=1000").status_code == 201
    assert shop.put({"Name": "Ann", "CampaignId": "1001"}, url=f"{URL}/C-1").status_code == 200
    assert dict(Customer.objects.values_list("program_id", "name")) == {1000: "Ann Lee", 1001: "Ann"}


def test_a_list_is_paged_by_addresses_that_miss_nobody(shop, brand, django_assert_max_num_queries):
    for number in range(25):
        make_customer(program=brand, customer_id=f"C-{number}", tags=["VIP"])
    page = f"{URL}?PageSize=10"
    found = []
    while page:
        with django_assert_max_num_queries(8):
            answer = shop.get(page).json()
        assert (answer["@total"], answer["@numpages"], answer["@pagesize"]) == ("25", "3", "10")
        found += [row["CustomerId"] for row in answer["Customers"]]
        page = answer["@nextpageuri"]
    assert found == [f"C-{number}" for number in range(25)]
    assert [row["CustomerId"] for row in shop.get(f"{URL}?PageSize=10&Page=2").json()["Customers"]] == found[10:20]
    assert set(fields(shop.get(f"{URL}?Page=0&PageSize=0&AfterId=x"))) == {"Page", "PageSize", "AfterId"}


def test_a_long_list_is_counted_to_its_limit_and_read_to_its_end(shop, brand, monkeypatch):
    monkeypatch.setattr("tracking.api.customers.customers.MOST_COUNTED", 3)
    for number in range(5):
        make_customer(program=brand, customer_id=f"C-{number}")
    answer = shop.get(f"{URL}?PageSize=2").json()
    assert (answer["@total"], answer["@lastpageuri"]) == ("3", "")
    for place in (2, 4):
        answer = shop.get(answer["@nextpageuri"]).json()
        assert answer["Customers"][0]["CustomerId"] == f"C-{place}"
    assert answer["@nextpageuri"] == ""


CALLS = [
    ("get", URL, None), ("get", f"{URL}/C-1", None), ("post", URL, ANN), ("put", f"{URL}/C-1", {"Name": "Other"}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "url", "body"), CALLS)
def test_each_method_takes_the_scope_that_it_needs_of_its_own_account(method, url, body, shop, brand, charlie):
    make_customer(program=brand, customer_id="C-1")
    theirs = Caller(charlie.membership_set.get().account)

    def status(caller, address=url):
        sent = json.dumps(body) if body else ""
        return (
            Client()
            .generic(method.upper(), address, sent, content_type="application/json", headers=caller.headers)
            .status_code
        )

    assert status(theirs) == 403
    assert status(theirs, url.replace("BB-ANVILS", "BB-RIVETS")) == {"post": 201}.get(
        method, 404 if "C-1" in url else 200
    )
    assert status(Caller(brand.account, scope="READ")) == (200 if method == "get" else 403)
    assert Client().generic(method.upper(), url).status_code == 401
    assert Customer.objects.get(program=brand).name == ""
    assert status(shop) == (201 if method == "post" else 200)


def test_a_customer_is_erased_and_their_id_is_free(shop, brand):
    shop.post(ANN, url=URL)
    asked = shop.delete(f"{URL}/C-1")
    assert (asked.status_code, asked.json()["Status"]) == (202, "QUEUED")
    assert Caller(brand.account, scope="READ").delete(f"{URL}/C-1").status_code == 403
    run_erasure(Erasure.objects.get().pk)
    assert shop.get(f"{URL}/C-1").status_code == shop.delete(f"{URL}/C-1").status_code == 404
    erased = Customer.objects.get(program=brand)
    assert (erased.customer_id[:7], erased.name, erased.surname, erased.email) == ("erased-", "", "", "")
    assert shop.post(ANN, url=URL).status_code == 201
    assert Customer.objects.filter(program=brand).count() == 2


def test_the_state_of_an_erasing_is_read_where_the_answer_says(shop, brand):
    shop.post(ANN, url=URL)
    uri = shop.delete(f"{URL}/C-1").json()["Uri"]
    waits = shop.get(uri).json()["Erasing"]
    assert (waits["Status"], waits["Failure"], waits["RequestDate"][-6:]) == ("QUEUED", "", "+00:00")
    Erasure.objects.update(state="FAILED", failure="orders.csv holds this customer.")
    failed = shop.get(uri).json()["Erasing"]
    assert (failed["Status"], failed["Failure"]) == ("FAILED", "orders.csv holds this customer.")
    assert shop.delete(f"{URL}/C-1").status_code == 202
    assert shop.get(uri).json()["Erasing"]["Status"] == "QUEUED"
    run_erasure(Erasure.objects.first().pk)
    assert shop.get(uri).status_code == 404


@pytest.mark.parametrize("customer_id", [".", "..", "\u200b.."])
def test_an_id_that_an_address_cannot_hold_is_refused_wherever_it_is_sent(shop, brand, customer_id):
    make_customer_tag(program=brand, name="VIP")
    why = "cannot be the id of a customer"
    assert why in fields(shop.post({**ANN, "CustomerId": customer_id}, url=URL))["CustomerId"]
    assert why in fields(shop.post(sent(CustomerId=customer_id)))["CustomerId"]
    with pytest.raises(Refused, match=why):
        read_customer_tags({"CustomerId": customer_id, "Tags": "VIP"}, time_zone="UTC")


def test_a_body_of_another_kind_is_refused(shop):
    assert shop.post("<Customer/>", url=URL, content_type="text/xml").status_code == 415
    assert shop.post("CustomerId=" + "x" * 6_000_000, url=URL).status_code == 413


def test_a_key_is_forgotten_after_a_day(shop):
    for number in range(2):
        shop.post({"CustomerId": f"C-{number}"}, url=URL, **{"Idempotency-Key": f"k{number}"})
    KeptAnswer.objects.filter(pk=KeptAnswer.objects.earliest("pk").pk).update(
        created_at=timezone.now() - timedelta(hours=25)
    )
    assert SCHEDULE["tracking.forget_answers"] == 3600
    forget_answers()
    assert shop.post({"CustomerId": "C-1"}, url=URL, **{"Idempotency-Key": "k1"}).status_code == 201
    assert shop.post({"CustomerId": "C-0"}, url=URL, **{"Idempotency-Key": "k0"}).status_code == 409
