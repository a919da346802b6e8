"""Each variable of the table, numbered ones at their first and last number: a group wins by it, and loses by it."""

import pytest

from contracts.engine.rules.fields import VARIABLES
from contracts.engine.rules.variables import TABLE
from tests.engine.cast import group, item, order, price, rule, terms

# A rule's operator and values, what an order says where the rule holds, and what it says where it does not.
BY_TYPE = {
    "text": (("IS", "Red*"), "red shoe", "blue shoe"),
    "country": (("IS", "United Kingdom"), "GBR", "DE"),
    "number": (("GTE", "5"), "5", "4.99"),
    "money": (("BETWEEN", "5", "10"), "10.00", "10.01"),
    "date": (("ON_OR_AFTER", "2026-03-01"), "2026-03-01T00:00:00+00:00", "2026-02-28T23:59:59+00:00"),
    "bool": (("IS", "true"), "Yes", "0"),
    "tags": (("BELONGS_TO", "VIP"), ["vip", "staff"], ["staff"]),
    "status": (("IS", "New"), "fresh", "lapsed"),
    "list": (("IN_LIST", "Winter"), "winter10", "summer"),
}
# Variables that are looked up or worked out need the order to say something of its own.
SPECIAL = {
    "CURRENCY": (("IS", "USD"), {"CurrencyCode": "USD"}, {"CurrencyCode": "GBP"}),
    "ORDER_TOTAL": (("GTE", "20.50"), {"OrderTax": "10.50"}, {"OrderTax": "10.49"}),
    "ORDER_DISCOUNT": (("BETWEEN", "1", "2"), {"OrderDiscount": "2"}, {"OrderDiscount": "2.01"}),
    "ORDER_DISCOUNT_RATE": (("GT", "5"), {"OrderDiscountRate": "6"}, {"OrderDiscountRate": "5"}),
    "ITEM_PRICE": (("LT", "9"), {"ItemPrice": "8.99"}, {"ItemPrice": "9.00"}),
    "ITEM_QUANTITY": (("EQ", "3"), {"ItemQuantity": "3"}, {"ItemQuantity": "2"}),
    "ITEM_SUBTOTAL": (("GTE", "30"), {"ItemQuantity": "3"}, {"ItemQuantity": "2"}),
    "ITEM_DISCOUNT": (("LTE", "1"), {"ItemDiscount": "1"}, {"ItemDiscount": "1.01"}),
    "ITEM_DISCOUNT_RATE": (("NE", "10"), {"ItemDiscountRate": "20"}, {"ItemDiscountRate": "10"}),
    "ITEM_CATALOG_MANUFACTURER": (("IS", "acme"), {"ItemSku": "SKU-1"}, {"ItemSku": "SKU-2"}),
    "ITEM_CATALOG_CATEGORY": (("IS", "anvils"), {"ItemSku": "SKU-1"}, {"ItemSku": "SKU-2"}),
    "ITEM_CATALOG_SUBCATEGORY": (("IS", "small"), {"ItemSku": "SKU-1"}, {"ItemSku": "SKU-2"}),
    "ITEM_CATALOG_ORIGINAL_FORMAT_CATEGORY": (("CONTAINS", " > "), {"ItemSku": "SKU-1"}, {"ItemSku": "SKU-2"}),
    "LIST_ITEM_SKU": (("IN_LIST", "Winter"), {"ItemSku": "sku-1"}, {"ItemSku": "SKU-2"}),
    "LIST_ITEM_CATEGORY": (("IN_LIST", "Winter"), {"ItemCategory": "Ski"}, {"ItemCategory": "Skis"}),
    "LIST_ITEM_SUPER_CATEGORY": (
        ("IN_LIST", "Winter"),
        {"ItemCategory": "Shoes", "ItemSubCategory": "Boots"},
        {"ItemCategory": "Shoes", "ItemSubCategory": "Sandals"},
    ),
}


def first_and_last():
    for row in TABLE.strip().splitlines():
        cells = [cell.strip() for cell in row.split("|")]
        key, count = cells[0], int(cells[6])
        yield from [key] if count == 1 else [f"{key}1", f"{key}{count}"]


def case_of(variable):
    if variable.key in SPECIAL:
        return SPECIAL[variable.key]
    (operator, *values), met, unmet = BY_TYPE[variable.type]
    return (operator, *values), {variable.parameter: met}, {variable.parameter: unmet}


@pytest.mark.parametrize("level", ["ORDER", "ITEM"])
@pytest.mark.parametrize("key", list(first_and_last()))
def test_a_group_wins_by_the_variable_and_loses_by_it(key, level):
    variable = VARIABLES[key]
    condition, met, unmet = case_of(variable)
    agreed = terms(group(1, rule(key, *condition)), group(2, payout="1"), level=level)

    def winner(said):
        if variable.level == "item":
            return price(agreed, order(Items=[item() | said]))
        return price(agreed, order(**{"Items": [item()]} | said))

    assert winner(met).group == (1, "group 1")
    assert winner(unmet).group == (2, "group 2")
    assert winner(met).lines[0].group == (1, "group 1")


@pytest.mark.parametrize("level", ["ORDER", "ITEM"])
@pytest.mark.parametrize("key", [key for key in first_and_last() if VARIABLES[key].level == "item"])
def test_without_items_no_item_rule_holds(key, level):
    variable = VARIABLES[key]
    operator = "NOT_IN_LIST" if variable.type == "list" else "IS_NOT_PRESENT"
    values = ["Winter"] if variable.type == "list" else []
    agreed = terms(group(1, rule(key, operator, *values)), level=level)
    assert price(agreed, order(Amount="100")).group is None
