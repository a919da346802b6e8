"""Trying orders against terms: no database, one answer a line."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from common.refusals import Refused
from contracts.engine.rules.fields import VARIABLES
from servers.home import PROJECT
from tests.factories import terms_document
from tracking.try_payout.try_orders import try_orders

NEW = {"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["New"]}
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def answer(params: dict[str, Any], context: dict[str, Any] | None = None, **terms: Any) -> dict[str, Any]:
    groups = [{"Rank": 1, "Name": "New", "Rules": [NEW], "PayoutRate": "15"}]
    document = terms_document(**{"groups": groups, **terms})
    (found,) = try_orders(document, [{"OrderId": "A1", **params}], context, now=NOW)
    return found


def test_the_sources_example_pays_15():
    found = answer({"Amount": 100, "CustomerStatus": "NEW"})
    assert list(found) == ["OrderId", "Amount", "Payout", "Group", "Restricted", "Items", "Trace"]
    assert (found["Amount"], found["Payout"]) == ("100.00", "15.00")
    assert found["Group"] == {"Rank": 1, "Name": "New"}


def test_the_sources_adjustment_pays_10_50():
    adjustment = {"Rules": [NEW], "Direction": "INCREASE", "Rate": "5"}
    found = answer({"Amount": 100, "CustomerStatus": "NEW"}, groups=[], PayoutAdjustments=[adjustment])
    assert (found["Payout"], found["Group"]) == ("10.50", None)


def test_items_share_the_discount_and_the_payout():
    order = {"ItemSku1": "a", "ItemPrice1": "10", "ItemQuantity1": 2, "ItemSku2": "b", "ItemPrice2": "6.99"}
    found = answer({**order, "OrderDiscount": 5})
    assert [item["SaleAmount"] for item in found["Items"]] == ["16.29", "5.70"]
    assert [item["Payout"] for item in found["Items"]] == ["1.63", "0.57"]
    assert set(found["Items"][0]) == {"Sku", "SaleAmount", "Payout"}


def test_at_item_level_each_item_carries_its_group():
    sku = {"Rank": 1, "Name": "A", "Rules": [{"Variable": "ITEM_SKU", "Operator": "IS", "Values": ["a"]}]}
    order = {"ItemSku1": "a", "ItemPrice1": "10", "ItemSku2": "b", "ItemPrice2": "10"}
    found = answer(order, groups=[{**sku, "PayoutRate": "20"}], PayoutLevel="ITEM")
    assert found["Group"] is None
    assert [item["Group"] for item in found["Items"]] == [{"Rank": 1, "Name": "A"}, None]
    assert found["Payout"] == "3.00"


def test_the_context_maps_codes_lists_catalog_and_rates():
    rules = [
        NEW,
        {"Variable": "LIST_ITEM_SKU", "Operator": "IN_LIST", "Values": ["Winter"]},
        {"Variable": "ITEM_CATALOG_CATEGORY", "Operator": "IS", "Values": ["Tools"]},
    ]
    context = {
        "CustomerStatusMapping": {"SALE": {"New": ["first"]}},
        "ExceptionLists": {"Winter": [{"Value": "SKU-.*", "MatchMode": "REGEX"}]},
        "Catalog": {"SKU-1": {"Category": "Tools"}},
        "ExchangeRates": [{"Date": "2026-11-19", "From": "USD", "To": "GBP", "Rate": "0.5"}],
    }
    order = {"CustomerStatus": "FIRST", "ItemSku1": "sku-1", "ItemPrice1": 100, "CurrencyCode": "USD"}
    group = {"Rank": 1, "Name": "All", "Rules": rules[:2], "PayoutRate": "20"}
    assert answer(order, context, groups=[group])["Payout"] == "10.00"
    order["ItemSku1"] = "SKU-1"
    assert answer(order, context, groups=[{**group, "Rules": rules}])["Payout"] == "10.00"


def test_a_context_may_write_rates_and_codes_as_json_numbers():
    context = {
        "CustomerStatusMapping": {"SALE": {"New": [1]}},
        "ExchangeRates": [{"Date": "2026-11-19", "From": "USD", "To": "GBP", "Rate": Decimal("0.7441")}],
    }
    found = answer({"Amount": 10, "CurrencyCode": "USD", "CustomerStatus": 1}, context)
    assert (found["Amount"], found["Payout"]) == ("7.44", "1.12")


def test_a_trial_order_may_be_of_next_month():
    assert answer({"Amount": 10, "EventDate": "2026-12-24", "CustomerStatus": "new"})["Payout"] == "1.50"


def test_customer_tags_are_taken_from_the_line():
    vip = {"Variable": "CUSTOMER_TAG", "Operator": "BELONGS_TO", "Values": ["VIP"]}
    group = {"Rank": 1, "Name": "VIP", "Rules": [vip], "PayoutRate": "30"}
    assert answer({"Amount": 10, "CustomerTags": ["vip"]}, groups=[group])["Payout"] == "3.00"


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"Amount": "-1"}, "Amount"),
        ({"Amount": 1, "CurrencyCode": "USD"}, "CurrencyCode"),
        ({"Amount": 1, "EventTypeCode": "LEAD"}, "EventTypeCode"),
        ({"Amount": 1, "EventTypeId": 5}, "EventTypeId"),
        ({}, "Amount"),
    ],
)
def test_an_order_that_cannot_be_priced_is_answered_with_its_errors(params, field):
    found = answer(params)
    assert found["OrderId"] == "A1"
    assert [error["Field"] for error in found["Errors"]] == [field]


def test_a_missing_rate_names_pair_and_date():
    found = answer({"Amount": 1, "CurrencyCode": "USD", "EventDate": "2026-03-01"})
    assert "from USD to GBP on 2026-03-01" in found["Errors"][0]["Message"]


def test_a_list_that_does_not_exist_is_refused():
    rule = {"Variable": "LIST_ITEM_SKU", "Operator": "IN_LIST", "Values": ["Winter"]}
    with pytest.raises(Refused) as refused:
        answer({"Amount": 1}, groups=[{"Rank": 1, "Name": "", "Rules": [rule], "PayoutRate": "1"}])
    assert next(iter(refused.value)).path == "Terms.EventPayouts[0].PayoutGroups[0].Rules[0].Values"


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"TimeZone": "Mars/Base"}, "TimeZone"),
        ({"DefaultCurrency": "XXY"}, "XXY"),
        ({"ExceptionLists": {"Winter": [{"Value": "(", "MatchMode": "REGEX"}]}}, "Winter"),
        ({"ExceptionLists": {"Winter": [{"Value": None}]}}, "None is not a text"),
        ({"CustomerStatusMapping": {"SALE": {"New": [["x"]]}}}, "is not a text"),
        ({"Catalog": {"SKU-1": 5}}, "context cannot be read"),
        ({"Catalog": {"SKU-1": {"Category": ["x"]}}}, "is not a text"),
    ],
)
def test_a_bad_context_is_refused(known, words):
    with pytest.raises(Refused, match=words):
        answer({"Amount": 1}, known)


@pytest.mark.parametrize(
    ("lists", "said"),
    [
        (
            {"Winter": [{"Value": "a"}, {"Value": "(?=x)a", "MatchMode": "REGEX"}]},
            "ExceptionLists.Winter[1].Value: “(?=x)a”",
        ),
        ({"Winter": [{"Value": "a", "MatchMode": "LIKE"}]}, "ExceptionLists.Winter[0].MatchMode: must be EQ or REGEX"),
        ({"Winter": [], "winter\u200b": []}, "this is the name of the list Winter"),
        ({"Winter": [{"Value": f"a{n}", "MatchMode": "REGEX"} for n in range(1_001)]}, "at most 1,000 regular"),
        ({"Winter": [{"Value": "a" * 501, "MatchMode": "REGEX"}]}, "at most 500 characters"),
    ],
)
def test_a_list_that_cannot_be_asked_about_is_refused_with_its_path(lists, said):
    with pytest.raises(Refused) as refused:
        answer({"Amount": 1}, {"ExceptionLists": lists})
    assert said in str(refused.value)


@pytest.mark.parametrize("letters", [28, 60])
def test_a_pattern_of_nested_repetition_is_answered_at_once(letters):
    rule = {"Variable": "LIST_ORDER_PROMO_CODE", "Operator": "IN_LIST", "Values": ["Codes"]}
    lists = {"Codes": [{"Value": "(a+)+b", "MatchMode": "REGEX"}]}
    group = {"Rank": 1, "Name": "Codes", "Rules": [rule], "PayoutRate": "20"}
    started = perf_counter()
    found = answer({"Amount": 100, "OrderPromoCode": "a" * letters}, {"ExceptionLists": lists}, groups=[group])
    assert perf_counter() - started < 0.5
    assert found["Payout"] == "10.00"
    found = answer({"Amount": 100, "OrderPromoCode": "AAAB"}, {"ExceptionLists": lists}, groups=[group])
    assert found["Payout"] == "20.00"


@pytest.mark.parametrize(
    ("said", "mapping", "payout"),
    [
        ("Returning", {}, "15.00"),
        ("return", {}, "15.00"),
        ("RE\u200bTURN ", {}, "15.00"),
        ("Existing", {}, "15.00"),
        ("Returning", {"Existing": ["known"]}, "15.00"),
        ("Returning", {"New": ["returning"]}, "10.00"),
        ("New", {}, "10.00"),
    ],
)
def test_returning_means_existing_unless_the_mapping_puts_it_elsewhere(said, mapping, payout):
    for value in ("Existing", "Return", "Returning"):
        rule = {"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": [value]}
        group = {"Rank": 1, "Name": "Known", "Rules": [rule], "PayoutRate": "15"}
        order = {"Amount": 100, "CustomerStatus": said}
        assert answer(order, {"CustomerStatusMapping": {"SALE": mapping}}, groups=[group])["Payout"] == payout


def run(folder: Path, orders: str, terms: str) -> subprocess.CompletedProcess[str]:
    (folder / "terms.json").write_text(terms)
    (folder / "orders.jsonl").write_text(orders)
    command = [sys.executable, "manage.py", "try_payout", "--terms", folder / "terms.json", "--orders"]
    nowhere = {"DATABASE_URL": "postgresql://127.0.0.1:1/none", "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.run(
        [*command, folder / "orders.jsonl"],
        cwd=PROJECT,
        env={**os.environ, **nowhere},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_prints_a_json_line_an_order_without_a_database(tmp_path):
    orders = '{"OrderId": "A1", "Amount": 2.55}\n\n{"OrderId": "A2", "Amount": -1}\n'
    done = run(tmp_path, orders, json.dumps(terms_document()))
    assert (done.returncode, done.stderr) == (0, "")
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert (first["Amount"], first["Payout"]) == ("2.55", "0.26")
    assert second["Errors"]


@pytest.mark.parametrize(
    ("orders", "terms"), [("{}", '{"Name": "x"}'), ("{}", "{"), ("no json", json.dumps(terms_document()))]
)
def test_the_command_fails_in_one_line(tmp_path, orders, terms):
    done = run(tmp_path, orders, terms)
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "the following arguments are required: --terms, --orders"),
        (["--terms", "t.json", "--orders", "o.jsonl", "--colour", "red"], "unrecognized arguments: --colour red"),
        (["--terms"], "--terms: expected one argument"),
    ],
)
def test_wrong_arguments_are_an_error_as_any_other(arguments, told):
    command = [sys.executable, "manage.py", "try_payout", *arguments]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    [line] = done.stderr.splitlines()
    assert told in line


@pytest.mark.parametrize(
    ("variable", "operator", "value", "given", "payout"),
    [
        ("CUSTOMER_ORDER_NUMBER", "EQ", "1", {"CustomerOrderNumber": 1}, "50.00"),
        ("CUSTOMER_ORDER_NUMBER", "EQ", "1", {"CustomerOrderNumber": "2"}, "10.00"),
        ("CUSTOMER_MONTHS_SINCE_FIRST_ORDER", "LT", "12", {"CustomerMonthsSinceFirstOrder": 11}, "50.00"),
        ("CUSTOMER_FIRST_ORDER_DATE", "BEFORE", "2026-01-01", {"CustomerFirstOrderDate": "2025-12-31"}, "50.00"),
        ("CUSTOMER_FIRST_ORDER_DATE", "BEFORE", "2026-01-01", {"CustomerFirstOrderDate": "2026-01-01"}, "10.00"),
        ("CUSTOMER_ORDER_NUMBER", "GTE", "1", {"CustomerId": "C-1"}, "10.00"),  # nothing is looked up
    ],
)
def test_the_order_history_is_taken_as_it_is_given(variable, operator, value, given, payout):
    rule = {"Variable": variable, "Operator": operator, "Values": [value]}
    found = answer({"Amount": 100, **given}, groups=[{"Rank": 1, "Name": "H", "Rules": [rule], "PayoutRate": "50"}])
    assert found["Payout"] == payout


GIVEN = {"number": ("EQ", "3", 3), "tags": ("BELONGS_TO", "Blogs", ["Blogs"]), "country": ("IS", "France", "FRA")}
JOURNEY = {key: each for key, each in VARIABLES.items() if each.given == "journey"}


@pytest.mark.parametrize("key", JOURNEY)
def test_how_the_customer_came_is_taken_as_it_is_given(key: str):
    operator, asked, given = GIVEN.get(JOURNEY[key].type, ("IS", "*shop*", "from the shop"))
    rule = {"Variable": key, "Operator": operator, "Values": [asked]}
    groups = [{"Rank": 1, "Rules": [rule], "PayoutRate": "50"}]
    assert answer({"Amount": 100, JOURNEY[key].parameter: given}, groups=groups)["Payout"] == "50.00"
    assert answer({"Amount": 100}, groups=groups)["Payout"] == "10.00"


@pytest.mark.parametrize(("limits", "order", "payout", "said"), [
    ([("PAYOUT", "ALL", "85")], {"Counters": {"CONTRACT": {"Payout": "80.00"}}}, "5.00", "10.00 becomes 5.00"),
    ([("PAYOUT", "ALL", "85")], {}, "10.00", "0.00 taken, 85.00 left"),
    ([("PAYOUT", "CUSTOMER", "9")], {"CustomerId": "C-1"}, "9.00", "for each customer"),
    ([("PAYOUT", "CUSTOMER", "9")], {"Counters": {"CUSTOMER": {"Payout": "2.50"}}}, "6.50", "2.50 taken, 6.50 left"),
    ([("PAYOUT", "CUSTOMER", "9")], {}, "10.00", "payout 10.00"),
    ([("ACTION", "ALL", "3")], {"Counters": {"CONTRACT": {"Actions": 3}}}, "0.00", "over cap, so 10.00 is not paid"),
    ([("ACTION", "CLICK", "1")], {"ClickId": "X", "Counters": {"CLICK": {"Actions": 0}}}, "10.00", "1 left"),
    ([("PAYOUT", "ORDER", "4")], {}, "4.00", "10.00 becomes 4.00"),
])  # fmt: skip
def test_limits_count_what_the_order_brings_as_counted_so_far(limits, order, payout, said):
    raw = [{"Type": type_, "LimitBy": by, "Value": value} | ({"Period": "MONTH"} if by in ("ALL", "CUSTOMER") else {})
           for type_, by, value in limits]  # fmt: skip
    found = answer({"Amount": 100, **order}, Limits=raw)
    assert found["Payout"] == found["Items"][0]["Payout"] == payout
    assert any(said in sentence for sentence in found["Trace"]), found["Trace"]
    assert found["Trace"][-1] == f"payout {payout} GBP"
