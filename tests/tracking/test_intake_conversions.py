"""What a conversion may say, and what is answered where it says it badly."""

import difflib
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.refusals import Refused
from contracts.engine.rules.fields import VARIABLES
from tracking.intake import Counter, EventKey, read_conversion, read_order_line
from tracking.intake.parameters import ITEM_PARAMETERS, JOURNEY_PARAMETERS, ORDER_PARAMETERS

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
BASE = {"CampaignId": "1000", "EventTypeCode": "SALE", "EventDate": "NOW", "OrderId": "A1", "MediaPartnerId": "P-1"}
SOLD = {**BASE, "Amount": "100.00"}


def read(**params):
    return read_conversion({**SOLD, **params}, now=NOW)


def errors(params):
    with pytest.raises(Refused) as caught:
        read_conversion(params, now=NOW)
    return {refusal.path: refusal.message for refusal in caught.value}


def bad_fields(extra):
    return set(errors({**SOLD, **extra}))


def test_a_conversion_becomes_a_canonical_payload():
    data = read(EventDate="2026-11-20T01:30:00+02:00", CustomerStatus=" new ", CurrencyCode="gbp", Note="")
    assert data.campaign_id == 1000
    assert data.event_key == EventKey("EventTypeCode", "SALE")
    assert data.event_date == datetime(2026, 11, 19, 23, 30, tzinfo=UTC)
    assert (data.order_id, data.partner_id, data.currency) == ("A1", "P-1", "GBP")
    assert data.payload == {
        "CampaignId": "1000", "EventTypeCode": "SALE", "EventDate": "2026-11-19T23:30:00+00:00", "OrderId": "A1",
        "MediaPartnerId": "P-1", "Amount": "100.00", "CustomerStatus": "new", "CurrencyCode": "GBP",
    }  # fmt: skip


def test_numbered_items_become_lines_in_the_order_of_their_numbers():
    data = read_conversion(
        {**BASE, "ItemSku9": "C", "ItemPrice9": "1", "ItemSku2": "B", "ItemPrice2": "2.50", "ItemQuantity2": "3",
         "ItemText2_50": "blue", "ItemNumeric2_10": "-4", "ItemSku30": "", "ItemPrice30": " "},
        now=NOW,
    )  # fmt: skip
    assert data.payload["Items"] == [
        {"ItemSku": "B", "ItemPrice": "2.50", "ItemQuantity": "3", "ItemText50": "blue", "ItemNumeric10": "-4"},
        {"ItemSku": "C", "ItemPrice": "1"},
    ]


def test_names_are_read_in_any_letter_case():
    data = read_conversion({**SOLD, "itemtext1_2": "Blue", "ITEMPRICE1": "2", "customerstatus": "NEW"}, now=NOW)
    assert data.payload["Items"] == [{"ItemText2": "Blue", "ItemPrice": "2"}]
    assert data.payload["CustomerStatus"] == "NEW"


def test_json_may_send_numbers_booleans_nulls_and_a_list_of_items():
    body = json.loads(
        '{"CampaignId": 1000, "ActionTrackerId": 18501, "EventDate": "NOW", "OrderId": 77, "MediaId": 5,'
        '"GiftPurchase": true, "Note": null, "OrderDiscount": 5.0,'
        '"Items": [{"ItemSku": "S1", "ItemPrice": 2.55, "ItemQuantity": 6}, {"ItemSubTotal": 10}]}'
    )
    data = read_conversion(body, now=NOW)
    assert (data.event_key, data.partner_id, data.order_id) == (EventKey("ActionTrackerId", "18501"), "5", "77")
    assert data.payload["GiftPurchase"] == "true"
    assert data.payload["OrderDiscount"] == "5"
    assert data.payload["Items"] == [
        {"ItemSku": "S1", "ItemPrice": "2.55", "ItemQuantity": "6"}, {"ItemSubTotal": "10"},
    ]  # fmt: skip


def test_every_bad_field_is_named_at_once():
    assert set(errors({"CampaignId": "x", "EventDate": "soon", "Amount": "-1", "Text51": "a"})) == {
        "CampaignId", "EventDate", "OrderId", "EventTypeId", "ClickId", "Amount", "Text51",
    }  # fmt: skip


def test_nothing_at_all_names_what_is_required():
    assert set(errors({})) == {"CampaignId", "EventDate", "OrderId", "EventTypeId", "ClickId", "Amount"}


@pytest.mark.parametrize("bad", ["Amount", "OrderSubTotalPostDiscount", "ItemPrice1", "itemPrize1"])
def test_a_bad_amount_is_not_said_to_be_none_as_well(bad):
    assert set(errors({**BASE, bad: "x"})) == {bad}


def test_the_nearest_name_of_an_unknown_column_is_looked_for_once(monkeypatch):
    looked_for = []
    monkeypatch.setattr(difflib, "get_close_matches", lambda key, *_: looked_for.append(key) or [])
    for number in range(50):
        assert "Is not a known parameter" in errors({**SOLD, "OrderId": str(number), "Shoe size": "44"})["Shoe size"]
    assert looked_for == ["shoe size"]


class Unreadable(str):
    __slots__ = ("problem",)


def test_a_cell_that_cannot_be_read_is_refused_with_its_problem():
    cell = Unreadable("")
    cell.problem = "Cell K2 holds a formula without a stored value."
    assert errors({**SOLD, "OrderDiscount": cell, "OrderId": cell}) == {
        "OrderDiscount": cell.problem, "OrderId": cell.problem,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"ItemPrice1": "1", "ItemSubTotal1": "1"}, "ItemSubTotal1"),
        ({"ItemSku1": "S"}, "ItemPrice1"),
        ({"ItemPrice1": "9", "ItemDiscountRate1": "10", "ItemDiscount1": "1"}, "ItemDiscountRate1"),
        ({"ItemPrice1": "9", "ItemDiscountRate1": "10", "ItemTotalDiscount1": "1"}, "ItemDiscountRate1"),
        ({"OrderDiscount": "1", "OrderDiscountRate": "1"}, "OrderDiscountRate"),
        ({"ItemPrice1": "9", "OrderSubTotalPostDiscount": "9"}, "OrderSubTotalPostDiscount"),
        ({"OrderSubTotalPostDiscount": "9"}, "OrderSubTotalPostDiscount"),
        ({"EventTypeId": "5"}, "EventTypeCode"),
        ({"MediaId": "5"}, "MediaId"),
        ({"PromoCode": "A", "OrderPromoCode": "B"}, "OrderPromoCode"),
        ({"Items": [{"ItemPrice": "1"}], "ItemPrice1": "1"}, "Items"),
        ({"Items": "S1"}, "Items"),
        ({"Items": [{"ItemPrice": "1", "Sku": "S"}]}, "Items[0].Sku"),
    ],
)
def test_parameters_that_exclude_each_other_are_refused(params, field):
    assert field in bad_fields(dict(reversed(params.items())) if field == "Items" else params)


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"OrderId": "x" * 65}, "OrderId"),
        ({"Text1": "x" * 65}, "Text1"),
        ({"CustomerStatus": "x" * 41}, "CustomerStatus"),
        ({"Note": "x" * 256}, "Note"),
        ({"Note": "a\x00b"}, "Note"),
        ({"Note": "a\ud800"}, "Note"),
        ({"CurrencyCode": "POUND"}, "CurrencyCode"),
        ({"CurrencyCode": "£££"}, "CurrencyCode"),
        ({"GiftPurchase": "maybe"}, "GiftPurchase"),
        ({"OrderDiscountRate": "100.01"}, "OrderDiscountRate"),
        ({"ItemPrice1": "1", "ItemQuantity1": "1.5"}, "ItemQuantity1"),
        ({"ItemPrice1": "1", "ItemQuantity1": "-1"}, "ItemQuantity1"),
        ({"Date1": "20 November"}, "Date1"),
        ({"Date1": "2026-02-30"}, "Date1"),
        ({"Date1": "0000-01-01"}, "Date1"),
        ({"Date1": "9999-12-31T23:59:59-12:00"}, "Date1"),
        ({"CustomerEmail": "someone@example.com"}, "CustomerEmail"),
        ({"ItemSku": "S1"}, "ItemSku"),
        ({"ItemSku0": "S1"}, "ItemSku0"),
        ({"ItemText1": "a"}, "ItemText1"),
        ({"ItemSku1_2": "a"}, "ItemSku1_2"),
        ({"ItemText1_51": "a"}, "ItemText1_51"),
        ({"CustomerTags": "vip"}, "CustomerTags"),
        ({"ReferralUrl": "https://example.com"}, "ReferralUrl"),
        ({"DerivedCountry": "GB"}, "DerivedCountry"),
        ({"PathSteps": "3"}, "PathSteps"),
        ({"OrderTotal": "3"}, "OrderTotal"),
        ({"EventDate": "2026-11-20T12:01:01+00:00"}, "EventDate"),
        ({"EventDate": "2026-11-20T12:00:00 02:00"}, "EventDate"),
    ],
)
def test_a_value_that_does_not_fit_its_parameter_is_refused(params, field):
    assert field in bad_fields(params)


def test_a_typing_error_in_a_name_is_answered_with_the_likely_one():
    assert "did you mean CustomerStatus?" in errors({**SOLD, "CustomerStats": "new"})["CustomerStats"]


@pytest.mark.parametrize(
    ("sent", "means"),
    [
        ("2026-11-20", "2026-11-20T05:00+00:00"),
        ("2026-11-20T03:30", "2026-11-20T08:30+00:00"),
        ("2026-11-20 03:30:15.5", "2026-11-20T08:30:15.5+00:00"),
        ("2026-11-20T03:30:00Z", "2026-11-20T03:30+00:00"),
        ("2026-11-20T03:30:00+0130", "2026-11-20T02:00+00:00"),
        ("now", "2026-11-20T12:00+00:00"),
        ("2026-11-20T12:00:59Z", "2026-11-20T12:00:59+00:00"),
        ("2026-11-20t03:30:00z", "2026-11-20T03:30+00:00"),
        ("2026-11-19 00:00:00", "2026-11-19T05:00+00:00"),
        ("2026-11-19T23:59:59.999999999", "2026-11-20T04:59:59.999999+00:00"),
        ("2026-11-19T23:59:59.1234567Z", "2026-11-19T23:59:59.123456+00:00"),
    ],
)
def test_a_date_without_offset_is_in_the_program_s_time_zone(sent, means):
    data = read_conversion({**SOLD, "EventDate": sent}, now=NOW, time_zone="America/New_York")
    assert data.event_date == datetime.fromisoformat(means)


@pytest.mark.parametrize(
    "key",
    ["ClickId", "CustomerId", "CustomProfileId", "CustomClickId", "OrderPromoCode", "UniqueUrl", "CallerId", "GoogAId",
     "AndroidId", "AppleIfa", "AppleIfv"],
)  # fmt: skip
def test_any_attribution_key_will_do(key):
    data = read_conversion({**SOLD, "MediaPartnerId": "", key: "value"}, now=NOW)
    assert data.partner_id is None
    assert data.payload[key] == "value"


def test_a_promo_code_has_two_names():
    assert read(PromoCode="TEN").payload["OrderPromoCode"] == "TEN"


def test_a_currency_that_does_not_exist_is_refused_where_the_currencies_are_known():
    with pytest.raises(match="XXY is not a valid currency code"):
        read_conversion({**SOLD, "CurrencyCode": "XXY"}, now=NOW, currencies={"GBP"})


def test_an_order_of_too_many_items_is_refused():
    assert bad_fields({"Items": [{"ItemPrice": "1"}] * 5_001}) == {"Items"}
    assert bad_fields({f"ItemPrice{number}": "1" for number in range(1, 5_002)}) == {"ItemSku1"}


def test_every_documented_parameter_is_taken():
    facts = Path(__file__).with_name("conversion_parameters.txt").read_text().split()
    unknown = [name for name in facts if name.casefold() not in {**ORDER_PARAMETERS, **ITEM_PARAMETERS}]
    assert unknown == []


def test_every_rule_variable_has_a_parameter_that_can_fill_it():
    known = {parameter.name for table in (ORDER_PARAMETERS, ITEM_PARAMETERS, JOURNEY_PARAMETERS)
             for parameter in table.values()}  # fmt: skip
    missing = [
        variable.key for variable in VARIABLES.values() if variable.parameter and variable.parameter not in known
    ]
    assert missing == []


def test_a_trial_order_needs_an_id_and_an_amount():
    line = read_order_line({"OrderId": "A1", "Amount": "5"}, now=NOW)
    assert (line.order_id, line.event_key, line.event_date) == ("A1", None, NOW)
    assert line.payload == {"OrderId": "A1", "Amount": "5", "EventDate": "2026-11-20T12:00:00+00:00"}


def test_a_trial_order_may_tell_its_journey_and_its_counters():
    line = read_order_line(
        {"OrderId": "A1", "Amount": "5", "CustomerTags": ["VIP", " a,b ", ""], "PathClosingMedia": "Blog, Shop",
         "PathSteps": 3, "ReferralParam10": "x", "DerivedOs": "Linux", "SharedId": "s", "PathClosingGroups": [],
         "Counters": {"CONTRACT": {"Payout": "80.00", "Actions": 3}, "CLICK": {}}},
        now=NOW,
    )  # fmt: skip
    assert line.payload["CustomerTags"] == ["VIP", "a,b"]
    assert line.payload["PathClosingMedia"] == ["Blog", "Shop"]
    assert line.payload["PathClosingGroups"] == []
    assert line.payload["PathSteps"] == "3"
    assert line.counters == {"CONTRACT": Counter(Decimal("80.00"), 3), "CLICK": Counter()}


@pytest.mark.parametrize(
    "counters", [[], {"PARTNER": {}}, {"CLICK": 3}, {"CLICK": {"Payout": "-1"}}, {"CLICK": {"Actions": "x"}}]
)
def test_bad_counters_of_a_trial_order_are_refused(counters):
    with pytest.raises(Refused):
        read_order_line({"OrderId": "A1", "Amount": "5", "Counters": counters}, now=NOW)


NAMES = st.sampled_from([*SOLD, "Items", "ItemPrice1", "ItemText1_1", "Date1", "CurrencyCode", "ItemQuantity2", "zz"])
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.dictionaries(st.text(), st.text()))
)


@given(st.dictionaries(st.one_of(NAMES, st.text()), VALUES))
def test_whatever_is_sent_is_read_or_refused_field_by_field(params):
    try:
        data = read_conversion({**SOLD, **params}, now=NOW)
    except Refused as refused:
        json.dumps(list(refused)).encode()
        return
    assert read_conversion(data.payload, now=NOW).payload == data.payload


def test_what_a_sender_cannot_set_is_what_rules_read_from_the_journey_and_the_profile():
    beside = {variable.parameter for variable in VARIABLES.values() if variable.given != "payload"}
    assert beside - {"SharedId"} == {parameter.name for parameter in JOURNEY_PARAMETERS.values()} - {"SharedId"}
    assert len(beside) == 55
