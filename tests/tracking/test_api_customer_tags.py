"""/CustomerTags: the tags of a program, and a tag on many customers at once."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from program.models import CustomerTag
from program.models.customer import CustomerTagging
from tests.factories import (
    make_action,
    make_contracts,
    make_customer,
    make_customer_tag,
    make_partner,
    make_program,
    terms_document,
)
from tests.tracking.caller import Caller
from tests.tracking.test_api_customers import fields

URL = "/Advertisers/BB-ANVILS/CustomerTags"
MANY = 10_000


@pytest.fixture
def vip(brand):
    return make_customer_tag(program=brand, name="VIP")


@pytest.fixture
def customers(vip):
    """The address of those that carry the tag VIP."""
    return f"{URL}/{vip.pk}/Customers"


def carried(tag):
    taggings = CustomerTagging.objects.current().filter(tag=tag)
    return sorted(taggings.values_list("customer__customer_id", flat=True))


def test_a_tag_is_created_and_answered_with_where_to_read_it(shop):
    response = shop.post({"Name": " VIP  customers ", "Color": "green"}, url=URL)
    tag = CustomerTag.objects.get()
    assert (response.status_code, response["Location"]) == (201, f"{URL}/{tag.pk}")
    answer = dict(response.json())
    assert answer.pop("CreationDate")
    assert answer == {
        "Id": tag.pk, "CampaignId": 1000, "Name": "VIP customers", "EarlierNames": [], "Color": "green",
        "Archived": False, "CustomersUri": f"{URL}/{tag.pk}/Customers", "Uri": f"{URL}/{tag.pk}",
    }  # fmt: skip
    assert shop.get(response["Location"]).json() == response.json()


def test_a_repeated_idempotency_key_creates_one_tag(shop):
    answers = [shop.post({"Name": "VIP"}, url=URL, **{"Idempotency-Key": "k"}) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert CustomerTag.objects.count() == 1


def test_a_tag_that_was_deleted_since_is_not_found_by_its_key(shop):
    key = {"Idempotency-Key": "k"}
    uri = shop.post({"Name": "VIP"}, url=URL, **key).json()["Uri"]
    assert shop.delete(uri).status_code == 200
    assert shop.post({"Name": "VIP"}, url=URL, **key).status_code == 404


def test_every_bad_field_is_named_at_once(shop, vip):
    sent = {"Color": "gold", "CampaignId": 2000, "Colour": "red"}
    assert set(fields(shop.post(sent, url=URL))) == {*sent, "Name"}
    assert set(fields(shop.put({"Archived": "perhaps", "Name": "x" * 81}, url=f"{URL}/{vip.pk}"))) == {"Archived"}
    for wrong in ("", " ", "x" * 81):
        assert "Name" in fields(shop.post({"Name": wrong}, url=URL))
        assert "Name" in fields(shop.put({"Name": wrong}, url=f"{URL}/{vip.pk}"))


def test_a_name_that_a_tag_has_or_had_is_taken(shop, vip):
    assert "Name" in fields(shop.post({"Name": "vip"}, url=URL), 409)
    renamed = shop.put({"Name": "Gold"}, url=f"{URL}/{vip.pk}").json()
    assert (renamed["Name"], renamed["EarlierNames"]) == ("Gold", ["VIP"])
    assert "Name" in fields(shop.post({"Name": "VIP"}, url=URL), 409)


def test_a_tag_is_changed_by_what_is_sent(shop, vip):
    assert shop.put({"Color": "teal"}, url=f"{URL}/{vip.pk}").json()["Name"] == "VIP"
    changed = shop.put({"Archived": "true"}, url=f"{URL}/{vip.pk}").json()
    assert (changed["Color"], changed["Archived"]) == ("teal", True)
    assert shop.put({"Archived": False}, url=f"{URL}/{vip.pk}").json()["Archived"] is False


def test_tags_are_listed_by_name_and_found_by_the_names_that_they_had(shop, vip, brand):
    make_customer_tag(program=brand, name="Trade")
    shop.put({"Name": "Gold"}, url=f"{URL}/{vip.pk}")
    assert [tag["Name"] for tag in shop.get(URL).json()["CustomerTags"]] == ["Gold", "Trade"]
    for name in ("vip", "GOLD"):
        assert [tag["Id"] for tag in shop.get(f"{URL}?Name={name}").json()["CustomerTags"]] == [vip.pk]
    page = shop.get(f"{URL}?PageSize=1").json()
    assert page["@nextpageuri"] == f"{URL}?CampaignId=1000&Page=2&PageSize=1"
    assert shop.get(page["@nextpageuri"]).json()["CustomerTags"][0]["Name"] == "Trade"


def test_a_tag_that_terms_in_force_ask_for_is_not_deleted(shop, brand, sale, vip):
    partner = make_partner(program=brand, media_partner_id="P-1")
    document = terms_document(
        groups=[{"Rank": 1, "Name": "VIP", "PayoutRate": "50", "Limits": [],
                 "Rules": [{"Variable": "CUSTOMER_TAG", "Operator": "BELONGS_TO", "Values": ["VIP"]}]}]
    )  # fmt: skip
    make_contracts(program=brand, document=document, partners=[partner])
    answer = shop.delete(f"{URL}/{vip.pk}")
    assert answer.status_code == 409
    assert "Standard (payout group VIP)" in answer.json()["Message"]
    assert CustomerTag.objects.exists()


def test_a_tag_is_deleted_with_its_taggings(shop, brand):
    make_customer(program=brand, tags=["VIP"])
    tag = CustomerTag.objects.get()
    assert shop.delete(f"{URL}/{tag.pk}").json() == {"Status": "OK", "Uri": f"{URL}/{tag.pk}"}
    assert not CustomerTagging.objects.exists()
    assert shop.delete(f"{URL}/{tag.pk}").status_code == 404


def test_known_customers_are_tagged_and_the_others_named(shop, brand, vip, customers):
    for name in ("C-1", "C-2"):
        make_customer(program=brand, customer_id=name)
    make_customer(program=brand, customer_id="C-3", tags=["VIP"])
    sent = {"CustomerIds": ["C-1", "C-9", "C-2", "C-3", "C-1", 8]}
    assert shop.post(sent, url=customers).json() == {
        "Status": "OK", "Assigned": 2, "Extended": 0, "AlreadyAssigned": 1, "PricedOrders": 0, "NotFound": ["C-9", "8"],
    }  # fmt: skip
    assert carried(vip) == ["C-1", "C-2", "C-3"]
    assert shop.delete(customers, {"CustomerIds": ["C-1", "C-2", "C-9"]}).json() == {
        "Status": "OK", "Removed": 2, "NotAssigned": 0, "NotFound": ["C-9"],
    }  # fmt: skip
    assert shop.delete(customers, {"CustomerIds": ["C-1"]}).json()["NotAssigned"] == 1
    assert carried(vip) == ["C-3"]


def test_a_form_lists_customers_with_commas(shop, brand, vip, customers):
    make_customer(program=brand, customer_id="C-1")
    assert shop.post("CustomerIds=C-1,%20C-2", url=customers).json()["NotFound"] == ["C-2"]
    assert carried(vip) == ["C-1"]


def test_a_repeated_key_is_answered_with_the_first_counts(shop, brand, vip, customers):
    make_customer(program=brand, customer_id="C-1")
    key = {"Idempotency-Key": "k"}
    answers = [shop.post({"CustomerIds": ["C-1", "C-2"]}, url=customers, **key).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert (answers[0]["Assigned"], answers[0]["NotFound"]) == (1, ["C-2"])
    assert shop.post({"CustomerIds": ["C-2"]}, url=customers, **key).status_code == 422


def test_from_assigns_from_then_on_and_says_which_orders_stay(shop, brand, sale, vip, customers):
    make_contracts(
        program=brand, document=terms_document(), partners=[make_partner(program=brand, media_partner_id="P-1")]
    )
    since = timezone.now() - timedelta(days=3)
    make_action(program=brand, CustomerId="C-1", EventDate=(since + timedelta(days=1)).isoformat())
    answer = shop.post({"CustomerIds": ["C-1"], "From": since.isoformat()}, url=customers).json()
    assert (answer["Assigned"], answer["PricedOrders"]) == (1, 1)
    assert CustomerTagging.objects.get().period.lower == since
    earlier = (since - timedelta(days=1)).isoformat()
    extended = shop.post({"CustomerIds": ["C-1"], "From": earlier}, url=customers).json()
    assert (extended["Assigned"], extended["Extended"], extended["AlreadyAssigned"]) == (0, 1, 0)


def test_from_without_an_offset_is_in_the_time_zone_of_the_program(shop, brand, vip, customers):
    make_customer(program=brand, customer_id="C-1")
    shop.post({"CustomerIds": ["C-1"], "From": "2026-07-01"}, url=customers)
    assert CustomerTagging.objects.get().period.lower == datetime(2026, 6, 30, 23, tzinfo=UTC)


def test_a_list_that_cannot_be_read_is_named(shop, brand, vip, customers):
    assert fields(shop.post({}, url=customers)) == {"CustomerIds": "Is required."}
    assert "CustomerIds" in fields(shop.post({"CustomerIds": {"C-1": 1}}, url=customers))
    sent = {"CustomerIds": ["C-1", ["C-2"], "x" * 256], "From": "yesterday", "Until": "NOW"}
    assert set(fields(shop.post(sent, url=customers))) == {"CustomerIds[1]", "CustomerIds[2]", "From", "Until"}
    skipped = {"CustomerIds": ["C-1"], "From": "2026-03-29T01:30"}
    assert "01:30 does not exist" in fields(shop.post(skipped, url=customers))["From"]
    assert "From" in fields(shop.delete(customers, {"CustomerIds": ["C-1"], "From": "2026-01-01"}))
    assert len(fields(shop.post({"CustomerIds": [["x"]] * 100}, url=customers))) == 20


def test_an_archived_tag_is_assigned_to_nobody(shop, brand, vip, customers):
    make_customer(program=brand, customer_id="C-1")
    shop.put({"Archived": True}, url=f"{URL}/{vip.pk}")
    assert shop.post({"CustomerIds": ["C-1"]}, url=customers).status_code == 400
    assert carried(vip) == []


def test_ten_thousand_customers_are_tagged_in_one_call_and_no_more(
    shop, brand, vip, customers, django_assert_max_num_queries
):
    from program.models import Customer  # noqa: PLC0415

    Customer.objects.bulk_create(Customer(program=brand, customer_id=f"C-{number}") for number in range(MANY))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE program_customer")  # or each key may be looked for row by row, in a table once empty
    ids = [f"C-{number}" for number in range(MANY)]
    with django_assert_max_num_queries(15):
        answer = shop.post({"CustomerIds": ids}, url=customers)
    assert (answer.status_code, answer.json()["Assigned"]) == (200, MANY)
    with django_assert_max_num_queries(15):
        assert shop.delete(customers, {"CustomerIds": ids}).json()["Removed"] == MANY
    assert f"at most {MANY:,} a call" in fields(shop.post({"CustomerIds": [*ids, "C-x"]}, url=customers))["CustomerIds"]


CALLS = [
    ("GET", "", None), ("GET", "/{pk}", None), ("POST", "", {"Name": "Gold"}), ("PUT", "/{pk}", {"Name": "Gold"}),
    ("DELETE", "/{pk}", None), ("POST", "/{pk}/Customers", {"CustomerIds": ["C-1"]}),
    ("DELETE", "/{pk}/Customers", {"CustomerIds": ["C-2"]}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "rest", "body"), CALLS)
def test_each_method_takes_the_scope_that_it_needs_of_its_own_account(method, rest, body, shop, brand, vip, charlie):
    make_customer(program=brand, customer_id="C-1")
    make_customer(program=brand, customer_id="C-2", tags=["VIP"])
    theirs = Caller(charlie.membership_set.get().account)
    address = URL + rest.format(pk=vip.pk)

    def status(caller, sid="BB-ANVILS"):
        sent = json.dumps(body) if body else ""
        url = address.replace("BB-ANVILS", sid)
        return Client().generic(method, url, sent, content_type="application/json", headers=caller.headers).status_code

    assert status(theirs) == 403
    assert status(theirs, "BB-RIVETS") == (404 if rest else 201 if method == "POST" else 200)
    assert status(Caller(brand.account, scope="READ")) == (200 if method == "GET" else 403)
    assert Client().generic(method, address).status_code == 401
    assert (CustomerTag.objects.get(program=brand).name, carried(vip)) == ("VIP", ["C-2"])
    assert status(shop) == (201 if (method, rest) == ("POST", "") else 200)


def test_a_tag_names_its_program_by_itself(shop, brand):
    second = make_program(id=1001, account=brand.account)
    tag = make_customer_tag(program=second, name="VIP")
    make_customer(program=second, customer_id="C-1")
    make_customer(program=brand, customer_id="C-2")
    assert "CampaignId" in fields(shop.get(URL))
    assert shop.get(f"{URL}/{tag.pk}").json()["CampaignId"] == 1001
    answer = shop.post({"CustomerIds": ["C-1", "C-2"]}, url=f"{URL}/{tag.pk}/Customers").json()
    assert (answer["Assigned"], answer["NotFound"]) == (1, ["C-2"])
