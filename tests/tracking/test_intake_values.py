"""Single values of a conversion: money, rates, numbers, ids and placeholders."""

from decimal import Decimal

import pytest

from tests.tracking.test_intake_conversions import BASE, SOLD, bad_fields, errors, read
from tracking.intake import EventKey


@pytest.mark.parametrize(
    "number",
    ["1e3", "NaN", "Infinity", "1_000", "1,000", "１２", "٣", "+5", "-5", "-0.01", ".5", "5.", "0x10", "1 000", "$5",
     "1234567890123", "0." + "1" * 63, "--1", "1.2.3", "15%"],
)  # fmt: skip
@pytest.mark.parametrize("field", ["Amount", "OrderTax", "Money1", "OrderDiscount", "ItemPrice1", "ItemMoney1_3"])
def test_money_is_plain_decimal_notation_and_never_negative(field, number):
    assert field in bad_fields({field: number, "ItemSku1": "S"} if field.startswith("Item") else {field: number})


@pytest.mark.parametrize(
    "number",
    ["0", "0.00", "000012.5", "123456789012", "999999999999.999999", "2.555", "182.45000000000002", "10.0000000",
     "100.83193277310924", "0." + "1" * 62],
)  # fmt: skip
def test_money_takes_12_digits_before_the_point_and_is_kept_with_all_that_follow(number):
    assert read(Amount=number).payload["Amount"] == number


@pytest.mark.parametrize("zero", ["-0", "-0.00", -0.0, Decimal("-0.0")])
@pytest.mark.parametrize("field", ["Amount", "Numeric1", "OrderMargin"])
def test_minus_zero_is_zero(field, zero):
    assert Decimal(read(**{field: zero}).payload[field]).is_signed() is False
    assert Decimal(read(**{field: zero}).payload[field]) == 0


@pytest.mark.parametrize("rate", ["15%", "15 %", "15\u00a0%", "15"])
def test_a_rate_is_read_with_or_without_its_sign(rate):
    assert read(OrderDiscountRate=rate).payload["OrderDiscountRate"] == "15"
    items = [{"ItemPrice": "10", "ItemDiscountRate": rate}]
    assert read(Items=items).payload["Items"] == [{"ItemPrice": "10", "ItemDiscountRate": "15"}]


def test_a_percentage_of_money_or_quantity_says_where_it_belongs():
    sent = {"OrderDiscount": "15%", "Money1": "3%", "ItemPrice1": "10", "ItemQuantity1": "2 %", "ItemDiscount1": "5%"}
    found = errors({**BASE, **sent})
    assert set(found) == {"OrderDiscount", "Money1", "ItemQuantity1", "ItemDiscount1"}
    assert all("OrderDiscountRate" in message for message in found.values())
    assert "OrderDiscountRate" in errors({**SOLD, "OrderDiscountRate": "101%"})


@pytest.mark.parametrize("whole", ["10", "10.0", "10.0000000", " 10\u00a0", Decimal("10.000")])
def test_a_whole_number_may_be_written_with_decimals_of_nothing(whole):
    items = [{"ItemPrice": "1", "ItemQuantity": whole}]
    assert read(Items=items).payload["Items"][0]["ItemQuantity"] == "10"


def test_an_id_of_ours_may_be_written_with_decimals_of_nothing():
    data = read(CampaignId="1000.0", EventTypeCode="", EventTypeId="7.00")
    assert (data.campaign_id, data.event_key) == (1000, EventKey("EventTypeId", "7"))


ZERO_WIDTH = ["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff"]


@pytest.mark.parametrize("character", ZERO_WIDTH)
@pytest.mark.parametrize(
    "field",
    ["OrderId", "MediaPartnerId", "CustomerId", "ClickId", "CustomProfileId", "OrderPromoCode", "EventTypeCode"],
)
def test_ids_are_freed_of_what_nobody_sees(field, character):
    sent = f"\u00a0{character} A{character}1{character}\u00a0"
    assert read(**{field: sent}).payload[field] == "A1"


@pytest.mark.parametrize("field", ["ItemSku", "ItemPromoCode"])
def test_the_ids_of_an_item_are_freed_of_what_nobody_sees(field):
    items = [{"ItemPrice": "\u00a010.00\u200b", field: "\u200bSKU\u2060-1\u00a0"}]
    assert read(Items=items).payload["Items"] == [{"ItemPrice": "10.00", field: "SKU-1"}]
    assert read(ItemPrice1="10.00", **{f"{field}1": "\ufeffSKU-1"}).payload["Items"][0][field] == "SKU-1"


def test_a_text_keeps_what_is_inside_of_it():
    assert read(Note="\u200ba\u200db\u00a0").payload["Note"] == "a\u200db"


PLACEHOLDERS = [
    "undefined", "null", "None", "NaN", "[object Object]", "UNDEFINED", "#N/A", "#ref!", "#VALUE!", "#DIV/0!", "#NAME?",
    "#NULL!", "#NUM!", "\u200bnull\u00a0", "Err:502", "#NV", "#BEZUG!", "#ÜBERLAUF!", "#N/D", "#¡REF!",
    "#¿NOMBRE?", "#VALEUR!", "#DEEL/0!",
]  # fmt: skip


NO_IDS = [
    "-", "--", "—", "n/a", "N/A", "?", "{{order_id}}", "{{ order.name }}", "${orderId}", "{order_id}", "[ORDER_ID]",
    "<order id>", "%ORDER_ID%", "%%order%%", "<%= order.id %>", "{% order %}", "{{ item_1.id }}",
]  # fmt: skip


@pytest.mark.parametrize("word", [*PLACEHOLDERS, *NO_IDS])
def test_a_placeholder_is_no_order_id(word):
    assert "is a placeholder" in errors({**SOLD, "OrderId": word})["OrderId"]


@pytest.mark.parametrize("word", PLACEHOLDERS)
@pytest.mark.parametrize("field", ["CustomerId", "CustomProfileId", "ClickId", "OrderPromoCode", "CustomerStatus"])
def test_a_placeholder_was_not_sent_and_is_told(field, word):
    payload = read(**{field: word}).payload
    assert field not in payload
    assert payload["NotSent"] == f"{field}: {word.strip('\u200b\u00a0')}"


@pytest.mark.parametrize("word", NO_IDS)
def test_what_names_nobody_is_no_customer_but_may_be_a_status_or_a_code(word):
    payload = read(CustomerId=word, CustomProfileId=word, CustomerStatus=word, OrderPromoCode=word).payload
    assert payload["NotSent"] == f"CustomerId: {word}; CustomProfileId: {word}"
    assert (payload["CustomerStatus"], payload["OrderPromoCode"]) == (word, word)


def test_a_promo_code_of_an_item_may_be_a_placeholder():
    for items in ({"Items": [{"ItemPrice": "1"}, {"ItemPrice": "2", "ItemPromoCode": "null"}]},
                  {"ItemPrice1": "1", "ItemPrice2": "2", "ItemPromoCode2": "null"}):  # fmt: skip
        payload = read(**items).payload
        assert payload["Items"] == [{"ItemPrice": "1"}, {"ItemPrice": "2"}]
        assert payload["NotSent"] == "ItemPromoCode2: null"


def test_of_many_placeholders_twenty_are_told():
    items = [{"ItemPrice": "1", "ItemPromoCode": "nan"}] * 25
    assert read(Items=items).payload["NotSent"].endswith("ItemPromoCode20: nan; and 5 more")


def test_a_placeholder_does_not_say_who_brought_the_order():
    found = errors({**SOLD, "MediaPartnerId": "", "CustomerId": "undefined"})
    assert "“undefined” as CustomerId counts as not sent." in found["ClickId"]


@pytest.mark.parametrize("word", ["nullable", "Nan1", "none-1", "12E4", "#1001", "undefined_2", "#SALE!", "#NV1",
         "-1", "n/a1", "A-1", "{3F2504E0-4F89}", "[A1]", "50%", "nan-b"])  # fmt: skip
def test_a_word_that_only_begins_like_a_placeholder_is_an_id(word):
    assert read(OrderId=word, CustomerId=word).order_id == word


@pytest.mark.parametrize("field", ["OrderId", "CustomerId", "MediaPartnerId", "ClickId", "ItemSku1"])
@pytest.mark.parametrize("value", [True, False])
def test_yes_or_no_is_no_id(field, value):
    assert "is a yes/no value" in errors({**SOLD, field: value})[field].lower()


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 1e300, 10**40, Decimal("1e90"), [1], {"a": 1}])
def test_json_numbers_that_are_no_money_are_refused(number):
    assert bad_fields({"Amount": number}) == {"Amount"}


def test_a_json_number_without_a_fraction_is_whole_however_it_is_written():
    items = [{"ItemSku": "S", "ItemPrice": Decimal("2.55"), "ItemQuantity": Decimal("6.0")}]
    assert read(Items=items).payload["Items"][0]["ItemQuantity"] == "6"


def test_free_numbers_and_the_margin_may_be_negative():
    assert read(Numeric10="-3.5", OrderMargin="-2").payload["Numeric10"] == "-3.5"


def test_lines_that_add_up_to_more_than_12_digits_are_refused():
    items = {"ItemPrice1": "900000000000", "ItemPrice2": "900000000", "ItemQuantity2": "999"}
    assert bad_fields(items) == {"ItemPrice2"}
