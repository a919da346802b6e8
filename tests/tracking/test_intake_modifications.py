"""What a modification may say about an action, and what is answered where it says it badly."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from common.refusals import Refused
from tracking.intake import EventKey, ItemChange, read_modification

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ORDER = {"OrderId": "A1", "EventTypeCode": "SALE"}


def bad_fields(params):
    with pytest.raises(Refused) as caught:
        read_modification(params, now=NOW)
    return {refusal.path for refusal in caught.value}


def test_a_row_of_a_file_changes_the_quantity_of_one_item():
    data = read_modification(
        {"CampaignId": "1000", "EventTypeCode": "SALE", "OrderId": "536488", "ItemSku": "22960", "ItemQuantity": "2",
         "ModificationDate": "2010-12-01T12:38:00", "Reason": "item_returned", "Amount": "", "CustomerStatus": ""},
        now=NOW, time_zone="Europe/Paris",
    )  # fmt: skip
    assert (data.campaign_id, data.order_id, data.action_id) == (1000, "536488", None)
    assert data.event_key == EventKey("EventTypeCode", "SALE")
    assert data.modification_date == datetime(2010, 12, 1, 11, 38, tzinfo=UTC)
    assert data.reason == "ITEM_RETURNED"
    assert data.items == (ItemChange("22960", 2),)
    assert data.amount is None


def test_the_api_spells_items_with_numbers():
    data = read_modification(
        {"ActionId": "1000.4636.1", "Sku": "S1", "Quantity": "0", "Sku3": "s1", "Quantity3": 2}, now=NOW
    )
    assert data.items == (ItemChange("S1", 0), ItemChange("s1", 2))
    assert (data.action_id, data.event_key) == ("1000.4636.1", None)


def test_a_modification_without_date_or_reason_is_an_order_update_of_now():
    data = read_modification({**ORDER, "Amount": 0}, now=NOW)
    assert (data.amount, data.reason, data.modification_date) == (Decimal(0), "ORDER_UPDATE", NOW)


def test_the_disposition_code_gives_the_reason_where_there_is_no_other():
    assert read_modification({**ORDER, "Amount": "1", "DispositionCode": "CONS_FRAUD"}, now=NOW).reason == "CONS_FRAUD"


def test_a_customer_status_may_change_alone():
    assert read_modification({**ORDER, "CustomerStatus": "lapsed"}, now=NOW).customer_status == "lapsed"


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"Amount": "1"}, "OrderId"),
        ({"OrderId": "A1", "Amount": "1"}, "EventTypeId"),
        ({**ORDER, "EventTypeId": "7", "Amount": "1"}, "EventTypeCode"),
        (ORDER, "Amount"),
        ({**ORDER, "Amount": "-1"}, "Amount"),
        ({**ORDER, "Amount": "1", "Sku": "S", "Quantity": "1"}, "Amount"),
        ({**ORDER, "Sku": "S"}, "Quantity"),
        ({**ORDER, "Quantity2": "1"}, "Sku2"),
        ({**ORDER, "Sku": "S", "Quantity": "1.5"}, "Quantity"),
        ({**ORDER, "ItemSku": "S", "ItemQuantity": "-1"}, "ItemQuantity"),
        ({**ORDER, "ItemSku": "", "ItemQuantity": "1"}, "ItemSku"),
        ({**ORDER, "Sku": "S", "Quantity": "1", "Sku2": "S", "Quantity2": "0"}, "Sku2"),
        ({**ORDER, "Sku": "S", "ItemSku": "T", "Quantity": "1"}, "ItemSku"),
        ({**ORDER, "Amount": "1", "Reason": "BORED"}, "Reason"),
        ({**ORDER, "Amount": "1", "ModificationDate": "2026-11-21"}, "ModificationDate"),
        ({**ORDER, "Amount": "1", "CampaignId": "x"}, "CampaignId"),
        ({**ORDER, "Amount": "1", "Category": "Shoes"}, "Category"),
        ({**ORDER, "ItemSubTotalDelta": "-5"}, "ItemSubTotalDelta"),
        ({**ORDER, "Amount": "1", "Colour": "red"}, "Colour"),
        ({**ORDER, "Amount": "1", "OrderId": "x" * 65}, "OrderId"),
        ({**ORDER, "CustomerStatus": "x" * 41}, "CustomerStatus"),
    ],
)
def test_a_modification_that_does_not_say_what_changes_is_refused(params, field):
    assert field in bad_fields(params)


def test_every_bad_field_of_a_modification_is_named_at_once():
    assert bad_fields({"Amount": "x", "Reason": "x", "ModificationDate": "x", "Sku2": "S"}) >= {
        "OrderId", "Amount", "Reason", "ModificationDate", "Quantity2",
    }  # fmt: skip


def test_that_nothing_changes_is_said_with_everything_else_that_is_wrong():
    assert bad_fields({"Reason": "x"}) == {"OrderId", "Reason", "Amount"}
    assert bad_fields({**ORDER, "CustomerStatus": "x" * 41}) == {"CustomerStatus"}
    assert bad_fields({**ORDER, "Sku": "S"}) == {"Quantity"}


def test_a_modification_reads_ids_and_numbers_as_a_conversion_does():
    data = read_modification(
        {"CampaignId": "1000.0", "EventTypeId": "7.0", "OrderId": "\u200bA1\u00a0", "ItemSku": "S\u20601",
         "ItemQuantity": "2.000", "ModificationDate": "2026-11-19t23:59:59.999999999z"},
        now=NOW,
    )  # fmt: skip
    assert (data.campaign_id, data.event_key, data.order_id) == (1000, EventKey("EventTypeId", "7"), "A1")
    assert data.items == (ItemChange("S1", 2),)
    assert (data.payload["Sku1"], data.payload["Quantity1"]) == ("S1", "2")
    assert data.modification_date == datetime(2026, 11, 19, 23, 59, 59, 999_999, tzinfo=UTC)
    amount = read_modification({**ORDER, "Amount": "-0.0"}, now=NOW)
    assert (amount.amount, amount.payload["Amount"]) == (0, "0")
    assert read_modification({**ORDER, "Amount": "82.45000000000002"}, now=NOW).payload["Amount"] == "82.45000000000002"


def test_a_modification_of_no_order_id_is_refused():
    assert bad_fields({"OrderId": "undefined", "EventTypeCode": "SALE", "Amount": "1"}) == {"OrderId"}
    assert bad_fields({**ORDER, "Amount": "15%"}) == {"Amount"}
    assert bad_fields({**ORDER, "Sku": "S", "Quantity": "15%"}) == {"Quantity"}


def test_a_placeholder_changes_no_customer_status():
    data = read_modification({**ORDER, "Amount": "1", "CustomerStatus": "undefined"}, now=NOW)
    assert data.customer_status is None
    assert data.payload["NotSent"] == "CustomerStatus: undefined"
    assert "CustomerStatus" not in data.payload
    with pytest.raises(match="“null” as CustomerStatus counts as not sent"):
        read_modification({**ORDER, "CustomerStatus": "null"}, now=NOW)
