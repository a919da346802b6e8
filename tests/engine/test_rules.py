"""What each kind of rule means (payouts.md §4): rule, the order's value, whether the rule matches."""

import pytest

from tests.engine.cast import group, item, order, price, rule, terms

TEXTS = [
    ("IS", ["red"], "RED", True),
    ("IS", [" Red "], "red", True),
    ("IS", ["red", "blue"], "Blue", True),
    ("IS", ["ACME, Anvils"], "ACME", False),
    ("IS", ["*facebook*"], "https://m.FACEBOOK.com/x", True),
    ("IS", ["red*shoe"], "red running shoe", True),
    ("IS", ["red*d"], "red", False),
    ("IS", ["a*b*c"], "a-c-b-c", True),
    ("IS", ["a*b*c"], "a-c-b", False),
    ("IS", ["*"], "anything", True),
    ("IS", ["*"], None, False),
    ("IS", ["5\\*"], "5*", True),
    ("IS", ["5\\*"], "55", False),
    ("IS", ["a\\b"], "a\\b", True),
    ("IS", ["STRASSE"], "Straße", True),
    ("IS_NOT", ["red"], "blue", True),
    ("IS_NOT", ["red", "blue"], "blue", False),
    ("IS_NOT", ["re*"], "red", False),
    ("IS_NOT", ["red"], None, False),
    ("IS_NOT", ["red"], "   ", False),
    ("CONTAINS", ["ed s"], "Red Shoe", True),
    ("CONTAINS", [" red"], "red", False),
    ("CONTAINS", ["*"], "a*b", True),
    ("CONTAINS", ["*"], "ab", False),
    ("NOT_CONTAINS", ["ed", "lue"], "blue", False),
    ("NOT_CONTAINS", ["ed", "lue"], "green", True),
    ("NOT_CONTAINS", ["ed"], None, False),
    ("STARTS_WITH", ["RED "], "red shoe", True),
    ("STARTS_WITH", ["RED "], "redshoe", False),
    ("ENDS_WITH", [" shoe"], "red shoe", True),
    ("ENDS_WITH", [" shoe"], "redshoe", False),
    ("IS", ["Gift Cards"], "gift\u00a0 cards", True),
    ("IS", ["Gift\u00a0 Cards"], "gift cards", True),
    ("IS", ["Caf\u00e9"], "CAFE\u0301", True),
    ("IS", ["red"], "\u200br\u200be\u00add\ufeff", True),
    ("IS", ["women's *"], "Women\u2019s Shoes", True),
    ("IS", ["„Sale“*"], '"SALE" today', True),
    ("IS_NOT", ["women's"], "Women\u2019s", False),
    ("CONTAINS", ["’s sh"], "women's\u202fshoes", True),
    ("NOT_CONTAINS", ["re\u200bd"], "a red one", False),
    ("STARTS_WITH", ["RED\u00a0"], "red  shoe", True),
    ("STARTS_WITH", ["RED\u00a0"], "redshoe", False),
    ("ENDS_WITH", ["\u00e9"], "cafe\u0301", True),
    ("IS_PRESENT", [], "x", True),
    ("IS_PRESENT", [], "  ", False),
    ("IS_PRESENT", [], "\u200b\u00a0\ufeff", False),
    ("IS_NOT_PRESENT", [], None, True),
    ("IS_NOT_PRESENT", [], "x", False),
]


def holds(variable, operator, values, **said):
    agreed = terms(group(1, rule(variable, operator, *values)))
    return price(agreed, order(**{"Amount": "1"} | {k: v for k, v in said.items() if v is not None})).group is not None


@pytest.mark.parametrize(("operator", "values", "said", "expected"), TEXTS)
def test_texts(operator, values, said, expected):
    assert holds("TEXT1", operator, values, Text1=said) is expected


@pytest.mark.parametrize(
    ("operator", "values", "said", "expected"),
    [
        ("EQ", ["5"], "5.00", True),
        ("NE", ["5"], "5.00", False),
        ("NE", ["5"], "5.01", True),
        ("NE", ["5"], None, False),
        ("GT", ["5"], "5", False),
        ("GTE", ["5"], "5", True),
        ("LT", ["5"], "5", False),
        ("LT", ["5"], "-1", True),
        ("LTE", ["5"], "5", True),
        ("BETWEEN", ["5", "10"], "5", True),
        ("BETWEEN", ["5", "10"], "10", True),
        ("BETWEEN", ["5", "10"], "10.01", False),
        ("LT", ["5"], None, False),
        ("IS_NOT_PRESENT", [], None, True),
        ("IS_PRESENT", [], "0", True),
    ],
)
def test_numbers(operator, values, said, expected):
    assert holds("NUMERIC1", operator, values, Numeric1=said) is expected


@pytest.mark.parametrize(
    ("operator", "values", "said", "expected"),
    [
        ("BETWEEN", ["2026-08-01", "2026-09-30"], "2026-08-01", True),
        ("BETWEEN", ["2026-08-01", "2026-09-30"], "2026-09-29", True),
        ("BETWEEN", ["2026-08-01", "2026-09-30"], "2026-09-30", False),
        ("BEFORE", ["2026-08-01"], "2026-07-31", True),
        ("ON_OR_AFTER", ["2026-08-01"], "2026-08-01", True),
        ("IS", ["2026-08-01", "2026-08-03"], "2026-08-03", True),
        # London is an hour ahead in summer: 23:30 UTC is the next day there.
        ("IS", ["2026-08-01"], "2026-07-31T23:30:00+00:00", True),
        ("IS", ["2026-08-01"], "2026-07-31T23:30:00Z", True),
        ("IS", ["2026-08-01"], "2026-08-01T23:30:00", True),
        ("IS", ["2026-08-01"], "2026-08-02T01:00:00+02:00", False),
        ("IS", ["2026-08-01"], "2026-08-01t23:30:00", True),
        ("IS", ["2026-08-01"], "2026-07-31t23:30:00z", True),
        # What is finer than a microsecond is cut, not rounded up into the next day.
        ("IS", ["2026-08-01"], "2026-08-01 23:59:59.999999999", True),
    ],
)
def test_dates_compare_calendar_days_of_the_programs_time_zone(operator, values, said, expected):
    assert holds("DATE1", operator, values, Date1=said) is expected


@pytest.mark.parametrize(
    ("operator", "values", "said", "expected"),
    [
        ("IS", ["United Kingdom"], "gb", True),
        ("IS", ["GBR"], "GB", True),
        ("IS", ["UK"], "GBR", True),
        ("IS_NOT", ["GB"], "United Kingdom", False),
        ("IS_NOT", ["GB"], "Atlantis", True),
        ("IS", ["atlantis"], "Atlantis", True),
        ("STARTS_WITH", ["g"], "United Kingdom", True),
        ("CONTAINS", ["Kingdom"], "United Kingdom", False),
        ("IS", ["G*"], "GBR", True),
    ],
)
def test_countries_are_the_same_by_any_name(operator, values, said, expected):
    assert holds("CUSTOMER_COUNTRY", operator, values, CustomerCountry=said) is expected


@pytest.mark.parametrize(
    ("operator", "values", "said", "expected"),
    [
        ("IS", ["New"], "fresh", True),
        ("IS", ["new"], "NEW", True),
        ("IS", ["Return"], "repeat", True),
        ("IS", ["Returning"], "existing", True),
        ("IS_NOT", ["Return"], "known", False),
        ("IS", ["fresh"], "fresh", False),
        ("IS", ["odd"], "ODD", True),
        ("IS", ["Return"], "Return", True),
        ("IS", ["Existing"], "Returning", True),
        ("IS", ["Existing"], "RETURN\u200b", True),
        ("IS", ["New"], "Re\u00adturning", False),
        ("IS", ["Re-Engaged"], "Lapsed\u00a0", True),
        ("IS_NOT", ["New"], None, False),
        ("STARTS_WITH", ["re"], "lapsed", True),
    ],
)
def test_a_status_is_the_category_of_its_code(operator, values, said, expected):
    assert holds("CUSTOMER_STATUS", operator, values, CustomerStatus=said) is expected


@pytest.mark.parametrize(
    ("operator", "values", "said", "expected"),
    [
        ("BELONGS_TO", ["vip"], ["VIP ", "x"], True),
        ("BELONGS_TO", ["vip"], None, False),
        ("NOT_BELONGS_TO", ["vip", "staff"], ["Staff"], False),
        ("NOT_BELONGS_TO", ["vip"], ["x"], True),
        ("NOT_BELONGS_TO", ["vip"], None, True),
        ("IS_PRESENT", [], ["x"], True),
        ("IS_PRESENT", [], None, False),
        ("IS_PRESENT", [], [" "], False),
        ("IS_NOT_PRESENT", [], None, True),
    ],
)
def test_for_tags_the_empty_set_is_a_value(operator, values, said, expected):
    assert holds("CUSTOMER_TAG", operator, values, CustomerTags=said) is expected


@pytest.mark.parametrize(
    ("operator", "values", "said", "expected"),
    [
        ("IN_LIST", ["winter"], "Winter10", True),
        ("IN_LIST", ["Patterns"], "win-5", True),
        ("IN_LIST", ["Patterns"], "xwin-5", False),
        ("IN_LIST", ["Winter", "Patterns"], "win-5", True),
        ("NOT_IN_LIST", ["Winter", "Patterns"], "win-5", False),
        ("NOT_IN_LIST", ["Winter"], "SUMMER", True),
        ("NOT_IN_LIST", ["Winter"], None, False),
    ],
)
def test_lists(operator, values, said, expected):
    assert holds("LIST_ORDER_PROMO_CODE", operator, values, OrderPromoCode=said) is expected


@pytest.mark.parametrize(
    ("said", "expected"), [("YES", True), ("true", True), ("1", True), ("No", False), (None, False)]
)
def test_yes_and_no_in_any_spelling(said, expected):
    assert holds("GIFT_PURCHASE", "IS", ["Yes"], GiftPurchase=said) is expected


def test_the_default_currency_is_a_value_of_the_currency_variable():
    assert holds("CURRENCY", "IS", ["gbp"])


def test_no_value_is_derived_for_a_rule_that_was_not_sent():
    only_total = {"ItemSubTotal": "10", "ItemQuantity": "2"}
    for variable, sent in (
        ("ITEM_PRICE", {"Items": [only_total]}),
        ("ITEM_QUANTITY", {"Items": [{"ItemPrice": "1"}]}),
        ("ITEM_DISCOUNT", {"Items": [item(ItemDiscountRate="10")]}),
        ("ORDER_DISCOUNT", {"Amount": "1", "OrderDiscountRate": "10"}),
    ):
        assert price(terms(group(1, rule(variable, "IS_NOT_PRESENT"))), order(**{"Items": [item()]} | sent)).group


def test_two_rules_on_one_variable_must_both_hold():
    both = group(1, rule("TEXT1", "STARTS_WITH", "a"), rule("TEXT1", "ENDS_WITH", "z"))
    assert price(terms(both), order(Amount="1", Text1="abcz")).group
    assert not price(terms(both), order(Amount="1", Text1="abc")).group
