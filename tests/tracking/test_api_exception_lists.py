"""/ExceptionLists and /PromoCodeExceptionLists: what pages do, by the API."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone

from program.exception_lists.services import close_exception_list
from program.models import ExceptionList
from tests.factories import (
    make_contracts,
    make_exception_list,
    make_partner,
    make_program,
    terms_document,
)
from tests.tracking.caller import Caller
from tests.tracking.test_api_customers import fields

LISTS = "/Advertisers/BB-ANVILS/ExceptionLists"
CODES = "/Advertisers/BB-ANVILS/PromoCodeExceptionLists"
IN_WINTER = {"Variable": "LIST_ITEM_SKU", "Operator": "IN_LIST", "Values": ["Winter"]}


@pytest.fixture
def winter(brand):
    return make_exception_list(program=brand, values=["SKU-1", "/COAT-[0-9]+/"])


def sent(shop, method, url, text, *, name="entries.csv", key="", **params):
    content = text if isinstance(text, bytes) else text.encode()
    body = encode_multipart(BOUNDARY, {**params, "File": SimpleUploadedFile(name, content)})
    headers = {**shop.headers, **({"Idempotency-Key": key} if key else {})}
    return Client().generic(method, url, body, content_type=MULTIPART_CONTENT, headers=headers)


def values_of(exception_list):
    return list(exception_list.items.values_list("value", "match_mode", "name"))


def test_a_list_is_created_answered_and_found(shop, sale):
    response = shop.post({"ActionTrackerId": sale.pk, "Name": "Winter", "Type": "SKU"}, url=LISTS)
    winter = ExceptionList.objects.get()
    assert (response.status_code, response.json()) == (200, {"Status": "OK", "Uri": f"{LISTS}/{winter.pk}"})
    answer = shop.get(f"{LISTS}/{winter.pk}").json()
    assert answer.pop("CreatedDate")
    assert answer == {
        "Id": winter.pk, "Name": "Winter", "State": "ACTIVE", "CampaignId": 1000, "Type": "SKU",
        "DeactivationDate": None, "ActionTrackers": [{"Id": sale.pk, "Name": "Online sale"}], "NumberOfItems": 0,
        "ItemsUri": f"{LISTS}/{winter.pk}/Items", "Uri": f"{LISTS}/{winter.pk}",
    }  # fmt: skip


def test_a_list_of_promo_codes_is_another_resource_whose_numbers_are_texts(shop, sale, winter):
    uri = shop.post({"ActionTrackerId": str(sale.pk), "Name": "Codes"}, url=CODES).json()["Uri"]
    answer = shop.get(uri).json()
    assert "Type" not in answer
    assert (answer["CampaignId"], answer["NumberOfItems"]) == ("1000", "0")
    assert shop.post({"Value": "SAVE10"}, url=f"{uri}/Items").json()["Added"] == 1
    (item,) = shop.get(f"{uri}/Items").json()["Items"]
    assert (item["Value"], item["ListId"]) == ("SAVE10", answer["Id"])
    assert [row["Name"] for row in shop.get(CODES).json()["PromoCodeExceptionLists"]] == ["Codes"]
    assert [row["Name"] for row in shop.get(LISTS).json()["ExceptionLists"]] == ["Winter"]
    assert shop.get(f"{CODES}/{winter.pk}").status_code == 404


def test_lists_are_found_by_type_and_state(shop, brand, winter):
    shoes = make_exception_list(program=brand, name="Shoes", kind="CATEGORY")
    close_exception_list(exception_list=shoes, on=True)

    def names(query):
        return [row["Name"] for row in shop.get(f"{LISTS}?{query}").json()["ExceptionLists"]]

    assert [names(each) for each in ("", "Type=SKU", "State=CLOSED", "State=ACTIVE", "State=DEACTIVATED")] == [
        ["Shoes", "Winter"], ["Winter"], ["Shoes"], ["Winter"], [],
    ]  # fmt: skip
    assert shop.get(f"{LISTS}?State=GONE").status_code == 400


def test_lists_of_all_programs_are_listed_where_none_is_named(shop, brand, sale, winter, django_assert_num_queries):
    other = make_program(id=1002, account=brand.account)
    make_exception_list(program=other, name="Autumn")
    make_exception_list(program=make_program(id=3000), name="Of another account")

    def found(query):
        rows = shop.get(f"{LISTS}{query}").json()["ExceptionLists"]
        return [(row["Name"], row["CampaignId"], [each["Id"] for each in row["ActionTrackers"]]) for row in rows]

    assert found("") == [("Autumn", 1002, []), ("Winter", 1000, [sale.pk])]
    assert found("?CampaignId=1002") == [("Autumn", 1002, [])]
    assert shop.get(f"{LISTS}?CampaignId=3000").status_code == 400
    assert "CampaignId" not in shop.get(f"{LISTS}?PageSize=1").json()["@nextpageuri"]
    with django_assert_num_queries(4):
        shop.get(LISTS)
    make_exception_list(program=make_program(id=1003, account=brand.account), name="Spring")
    with django_assert_num_queries(4):
        shop.get(LISTS)


def test_all_that_is_wrong_with_a_list_is_said_at_once(shop, sale):
    assert set(fields(shop.post({"Type": "BRAND", "Colour": "red"}, url=LISTS))) == {
        "ActionTrackerId", "Name", "Type", "Colour",
    }  # fmt: skip
    assert set(fields(shop.post({"Name": "W", "Type": "SKU", "ActionTrackerId": "77777"}, url=LISTS))) == {
        "ActionTrackerId"
    }


def test_a_list_is_renamed_and_its_former_name_stays_its_own(shop, sale, winter):
    assert shop.put({"Name": "Cold days"}, url=f"{LISTS}/{winter.pk}").status_code == 200
    taken = shop.post({"ActionTrackerId": sale.pk, "Name": "winter", "Type": "SKU"}, url=LISTS)
    assert taken.status_code == 409
    assert shop.get(f"{LISTS}/{winter.pk}").json()["Name"] == "Cold days"


def test_a_list_that_terms_in_force_ask_for_is_not_deleted(shop, brand, sale, winter):
    group = {"Rank": 1, "Name": "Coats", "Rules": [IN_WINTER], "PayoutRate": "20"}
    make_contracts(program=brand, document=terms_document(groups=[group]), partners=[make_partner(program=brand)])
    refused = shop.delete(f"{LISTS}/{winter.pk}")
    assert refused.status_code == 409
    assert "Standard (payout group Coats)" in refused.json()["Message"]
    brand.contract_set.update(period=(None, timezone.now() - timedelta(days=399)))
    refused = shop.delete(f"{LISTS}/{winter.pk}")
    assert refused.status_code == 409
    assert "terms that were in force in the last 400 days ask for it: Standard" in refused.json()["Message"]
    brand.contract_set.update(period=(None, timezone.now() - timedelta(days=401)))
    assert shop.delete(f"{LISTS}/{winter.pk}").status_code == 200
    assert shop.get(f"{LISTS}/{winter.pk}").status_code == 404


def test_an_entry_that_is_there_is_changed_only_where_that_is_said(shop, winter):
    url = f"{LISTS}/{winter.pk}/Items"
    assert shop.post({"Value": "sku-1", "Name": "Coat"}, url=url).status_code == 409
    answer = shop.post({"Value": "sku-1", "Name": "Coat", "Upsert": True}, url=url).json()
    assert answer == {"Status": "OK", "Uri": url, "Added": 0, "Changed": 1, "Unchanged": 0, "Removed": 0}
    assert values_of(winter)[0] == ("SKU-1", "EQ", "Coat")
    assert shop.post({"Value": "x", "Upsert": "perhaps"}, url=url).status_code == 400


def test_a_regular_expression_that_cannot_be_used_is_said_at_its_field(shop, winter):
    response = shop.post({"Value": "(?=x)", "MatchMode": "REGEX"}, url=f"{LISTS}/{winter.pk}/Items")
    assert response.status_code == 400
    assert "Look-ahead" in fields(response)["Value"]


def test_entries_are_read_found_and_taken_off(shop, winter):
    url = f"{LISTS}/{winter.pk}/Items"
    assert [item["Value"] for item in shop.get(f"{url}?PageSize=1").json()["Items"]] == ["SKU-1"]
    assert [item["Value"] for item in shop.get(shop.get(f"{url}?PageSize=1").json()["@nextpageuri"]).json()["Items"]]
    (found,) = shop.get(f"{url}?Value=sku-1").json()["Items"]
    assert shop.get(found["Uri"]).json() == found
    assert shop.delete(found["Uri"]).json() == {"Status": "OK", "Uri": found["Uri"]}
    assert shop.get(found["Uri"]).status_code == 404
    assert shop.delete(url).status_code == 200
    assert values_of(winter) == []


def test_a_file_adds_entries_or_replaces_them_all(shop, winter):
    url = f"{LISTS}/{winter.pk}/Items"
    text = "Value,Name,MatchMode\nSKU-9,Nine,\nHAT-.*,,REGEX\n"
    assert sent(shop, "POST", url, text).json()["Added"] == 2
    assert sent(shop, "POST", url, text).status_code == 409, "they are there, and nobody said Upsert"
    assert sent(shop, "POST", url, text, Upsert="true").json()["Unchanged"] == 2
    answer = sent(shop, "PATCH", url, "Value\nSKU-9\nSKU-10\n").json()
    assert [answer[name] for name in ("Added", "Changed", "Unchanged", "Removed")] == [1, 0, 1, 3]
    assert values_of(winter) == [("SKU-9", "EQ", "Nine"), ("SKU-10", "EQ", "")]


def test_a_file_with_a_bad_row_changes_nothing_and_says_which(shop, winter):
    response = sent(shop, "PATCH", f"{LISTS}/{winter.pk}/Items", "Value,MatchMode\nok,\n(,REGEX\nok,\n,EQ\n")
    assert response.status_code == 400
    assert [(error["Row"], error["Field"]) for error in response.json()["Errors"]] == [
        (3, "Value"), (4, "Value"), (5, "Value"),
    ]  # fmt: skip
    assert len(values_of(winter)) == 2


def test_a_body_that_is_no_such_form_is_refused(shop, winter):
    url = f"{LISTS}/{winter.pk}/Items"
    assert (
        Client().generic("PATCH", url, "{}", content_type="application/json", headers=shop.headers).status_code == 415
    )
    assert sent(shop, "PATCH", url, "Value\n", name="list.pdf").status_code == 400
    assert sent(shop, "PATCH", url, "Value\n").status_code == 400
    assert sent(shop, "PATCH", url, "Value\nx\n", Colour="red").status_code == 400
    broken = Client().generic(
        "PATCH", url, "no form", content_type="multipart/form-data; boundary=x", headers=shop.headers
    )
    assert broken.status_code == 400
    assert sent(shop, "PATCH", url, b"x" * (5 * 1024**2 + 1)).status_code == 413


def test_a_repeated_idempotency_key_does_each_once(shop, sale, winter):
    body = {"ActionTrackerId": sale.pk, "Name": "Summer", "Type": "SKU"}
    answers = [shop.post(body, url=LISTS, **{"Idempotency-Key": "a"}) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert ExceptionList.objects.count() == 2
    url = f"{LISTS}/{winter.pk}/Items"
    files = [sent(shop, "PATCH", url, "Value\nSKU-2\n", key="b") for _ in range(2)]
    assert files[0].content == files[1].content
    assert sent(shop, "PATCH", url, "Value\nSKU-3\n", key="b").status_code == 422


def test_a_closed_list_is_a_conflict(shop, winter):
    close_exception_list(exception_list=winter, on=True)
    url = f"{LISTS}/{winter.pk}/Items"
    item = shop.get(url).json()["Items"][0]["Uri"]
    answers = [
        shop.post({"Value": "x"}, url=url), sent(shop, "PATCH", url, "Value\nx\n"), shop.delete(url), shop.delete(item),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [409] * 4
    assert "Winter is closed" in answers[0].json()["Message"]
    assert len(values_of(winter)) == 2
    assert shop.get(f"{LISTS}/{winter.pk}").json()["DeactivationDate"]


def test_another_brands_list_does_not_exist_and_a_token_that_reads_writes_nothing(shop, brand, sale, winter):
    other = make_exception_list(program=make_program(), name="Theirs", values=["S1"])
    item = other.items.get()
    assert [
        shop.get(f"{LISTS}/{other.pk}").status_code,
        shop.get(f"{LISTS}/{other.pk}/Items").status_code,
        shop.get(f"{LISTS}/{winter.pk}/Items/{item.pk}").status_code,
        shop.post({"Value": "x"}, url=f"{LISTS}/{other.pk}/Items").status_code,
        shop.delete(f"{LISTS}/{other.pk}").status_code,
        shop.put({"Name": "Mine"}, url=f"{LISTS}/{other.pk}").status_code,
        shop.delete(f"{LISTS}/{other.pk}/Items").status_code,
        shop.delete(f"{LISTS}/{winter.pk}/Items/{item.pk}").status_code,
        sent(shop, "PATCH", f"{LISTS}/{other.pk}/Items", "Value\nx\n").status_code,
        sent(shop, "POST", f"{CODES}/{other.pk}/Items", "Value\nx\n").status_code,
    ] == [404] * 10
    assert values_of(other) == [("S1", "EQ", "")]
    reader = Caller(brand.account, scope="READ")
    assert reader.get(f"{LISTS}/{winter.pk}").status_code == 200
    url = f"{LISTS}/{winter.pk}/Items"
    assert [
        reader.post({"ActionTrackerId": sale.pk, "Name": "W", "Type": "SKU"}, url=LISTS).status_code,
        reader.post({"Value": "x"}, url=url).status_code,
        sent(reader, "PATCH", url, "Value\nx\n").status_code,
        reader.delete(url).status_code,
    ] == [403] * 4


def test_a_file_that_is_sent_again_with_its_key_is_known_however_its_form_is_divided(shop, winter):
    url = f"{LISTS}/{winter.pk}/Items"

    def attempt(boundary, text="Value\nSKU-2\n", name="a.csv"):
        body = encode_multipart(boundary, {"File": SimpleUploadedFile(name, text.encode())})
        headers = {**shop.headers, "Idempotency-Key": "again"}
        kind = f"multipart/form-data; boundary={boundary}"
        return Client().generic("PATCH", url, body, content_type=kind, headers=headers)

    first, second = attempt("one"), attempt("another", name="b.csv")
    assert first.status_code == 200
    assert (second.status_code, second.content) == (200, first.content)
    assert attempt("third", "Value\nSKU-3\n").status_code == 422


def test_a_file_of_too_many_entries_is_refused_before_all_of_it_is_read(shop, winter):
    text = "Value\n" + "".join(f"{number}\n" for number in range(100_001))
    answer = sent(shop, "PATCH", f"{LISTS}/{winter.pk}/Items", text)
    assert answer.status_code == 413
    assert "more than 100,000 entries" in answer.json()["Message"]
    assert winter.items.count() == 2


def test_lists_of_a_preview_that_would_take_too_long_to_match_are_refused(shop, sale):
    costly = [{"Value": f"(a?){{100}}a{{100}}b{number}", "MatchMode": "REGEX"} for number in range(170)]
    body = {
        "Terms": terms_document(), "Conversions": [{"OrderId": "1", "Amount": "5"}],
        "Context": {"ExceptionLists": {"Winter": costly}},
    }  # fmt: skip
    answer = shop.post(body, url="/Advertisers/BB-ANVILS/PayoutPreview")
    assert answer.status_code == 400
    assert "too long to match" in answer.content.decode()
