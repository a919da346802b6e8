"""What is kept of a visitor with a conversion, however it is reported, and how the program's settings change that."""

import json
from datetime import UTC, datetime

import pytest

from program.models import Program
from tests.factories import make_action, make_contracts, make_conversion, terms_document
from tests.tracking.caller import ORDER
from tests.tracking.uploading import checked, imported
from tracking.conversions.new_conversions import store_conversion
from tracking.intake import read_conversion
from tracking.models import CheckedOrders, Conversion
from tracking.models.conversion import Source

AGENT = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Mobile Safari/537.36"
)
VISITOR = {"UserAgent": AGENT, "IpAddress": "81.2.69.142"}
DERIVED = {"DerivedBrowser": "Chrome", "DerivedOs": "Android", "DerivedDeviceType": "Mobile", "DerivedCountry": "GB"}
HEAD = "CampaignId,EventTypeCode,EventDate,OrderId,MediaPartnerId,CurrencyCode,Amount,UserAgent,IpAddress\n"


def line(order_id):
    return f'1000,SALE,2026-01-05T10:00:00Z,{order_id},P-1,GBP,10,"{AGENT}",81.2.69.142\n'


def set_ip_addresses(brand, setting):
    brand.ip_addresses = setting
    brand.save()


def kept(conversion):
    return conversion.derived, conversion.payload.get("IpAddress"), conversion.payload.get("UserAgent")


def test_an_order_by_api_is_stored_with_the_values_of_its_visitor(shop):
    assert shop.post({**ORDER, **VISITOR}).status_code == 200
    assert kept(Conversion.objects.get()) == (DERIVED, "81.2.69.0", AGENT)


def test_so_is_one_whose_sender_is_remembered(shop):
    for number in range(3):
        assert shop.post({**ORDER, **VISITOR, "OrderId": f"A{number}"}).status_code == 200
    assert [kept(each) for each in Conversion.objects.all()] == [(DERIVED, "81.2.69.0", AGENT)] * 3


def test_an_order_that_says_nothing_of_its_visitor_has_none(shop):
    assert shop.post(ORDER).status_code == 200
    assert kept(Conversion.objects.get()) == ({}, None, None)


def test_a_duplicate_is_stored_with_them_as_well(shop):
    shop.post({**ORDER, **VISITOR})
    shop.post({**ORDER, **VISITOR})
    assert [kept(each) for each in Conversion.objects.all()] == [(DERIVED, "81.2.69.0", AGENT)] * 2


@pytest.mark.parametrize(
    ("setting", "address", "stored"),
    [
        ("FULL", "81.2.69.142", "81.2.69.142"),
        ("TRUNCATED", "81.2.69.142", "81.2.69.0"),
        ("TRUNCATED", "2001:4860:4860::8888", "2001:4860:4860::"),
        ("TRUNCATED", "the till", None),
        ("NONE", "81.2.69.142", None),
    ],
)
def test_its_ip_address_is_kept_as_the_program_says(brand, shop, setting, address, stored):
    set_ip_addresses(brand, setting)
    shop.post({**ORDER, "IpAddress": address})
    conversion = Conversion.objects.get()
    assert conversion.payload.get("IpAddress") == stored
    assert ("DerivedCountry" in conversion.derived) == (address != "the till")


def test_the_setting_holds_from_the_next_order_on(brand, shop):
    for number, setting in enumerate(("FULL", "NONE", "TRUNCATED")):
        set_ip_addresses(brand, setting)
        shop.post({**ORDER, **VISITOR, "OrderId": f"A{number}"})
    found = [each.payload.get("IpAddress") for each in Conversion.objects.order_by("id")]
    assert found == ["81.2.69.142", None, "81.2.69.0"]


def test_a_repeated_key_is_the_same_order_whatever_is_kept_of_its_address(brand, shop):
    key = {"Idempotency-Key": "k1"}
    first = shop.post({**ORDER, **VISITOR}, **key)
    set_ip_addresses(brand, "NONE")
    assert shop.post({**ORDER, **VISITOR}, **key).json() == first.json()


@pytest.mark.parametrize("sent", ["false", "No", "0"])
def test_nothing_is_kept_of_a_visitor_who_has_not_agreed(shop, sent):
    shop.post({**ORDER, **VISITOR, "TrackingConsent": sent})
    assert kept(Conversion.objects.get()) == ({}, None, None)


def test_one_who_has_agreed_is_as_any(shop):
    shop.post({**ORDER, **VISITOR, "TrackingConsent": "true"})
    assert kept(Conversion.objects.get()) == (DERIVED, "81.2.69.0", AGENT)


def test_a_file_stores_the_same_whether_its_check_is_used_or_it_is_read_again(brand, sale):
    imported(checked(brand, HEAD + line("A1") + line("A2")))
    upload = checked(brand, HEAD + line("A3") + line("A1"))
    CheckedOrders.objects.all().delete()
    imported(upload)
    found = Conversion.objects.order_by("order_id", "id")
    assert [(each.order_id, *kept(each)) for each in found] == [
        (order_id, DERIVED, "81.2.69.0", AGENT) for order_id in ("A1", "A1", "A2", "A3")
    ]


def test_a_duplicate_of_a_checked_file_has_them(brand, sale):
    imported(checked(brand, HEAD + line("A1")))
    imported(checked(brand, HEAD + line("A1") + line("A2")))
    assert [each.derived for each in Conversion.objects.all()] == [DERIVED] * 3


def test_a_setting_that_changes_between_check_and_import_holds(brand, sale):
    upload = checked(brand, HEAD + line("A1"))
    set_ip_addresses(brand, "NONE")
    upload.refresh_from_db()
    imported(upload)
    assert kept(Conversion.objects.get()) == (DERIVED, None, AGENT)


def test_what_a_check_keeps_for_the_import_has_no_address_in_full(brand, sale):
    checked(brand, HEAD + line("A1"))
    assert "81.2.69.142" not in json.dumps([each.payloads for each in CheckedOrders.objects.all()])


def test_a_browser_brings_values_of_its_own(brand, sale):
    sent = {
        "CampaignId": "1000",
        "EventTypeCode": "SALE",
        "EventDate": "NOW",
        "OrderId": "A1",
        "ClickId": "X",
        "Amount": "1",
    }
    data = read_conversion(sent, now=datetime(2026, 1, 5, tzinfo=UTC), time_zone="UTC")
    stored = store_conversion(brand, data, source=Source.TAG, derived={"DerivedBrowser": "Opera"})
    assert stored.conversion.derived == {"DerivedBrowser": "Opera"}
    refused = read_conversion({**sent, "OrderId": "A2", "TrackingConsent": "false"}, now=data.event_date)
    stored = store_conversion(brand, refused, source=Source.TAG, derived={"DerivedBrowser": "Opera"})
    assert stored.conversion.derived == {}


def test_a_test_order_has_them_and_a_group_wins_by_one(brand, sale, partner):
    rule = {"Variable": "DERIVED_DEVICE_TYPE", "Operator": "IS", "Values": ["Mobile"]}
    groups = [{"Rank": 1, "Name": "Phones", "Rules": [rule], "PayoutRate": "15"}]
    make_contracts(program=brand, document=terms_document(groups=groups), partners=[partner])
    assert make_conversion(program=brand, is_test=True, OrderId="T", **VISITOR).derived == DERIVED
    assert make_action(program=brand, OrderId="A1", **VISITOR).group_name == "Phones"
    assert make_action(program=brand, OrderId="A2").group_name == ""


def test_a_new_program_shortens_addresses():
    assert Program().ip_addresses == "TRUNCATED"
