"""What an order earns and why (payouts.md §3 to §5)."""

from decimal import Decimal

import pytest

from contracts.engine.explain.sentences import in_sentences
from contracts.engine.explain.steps import explain
from contracts.engine.orders.order import OrderState
from tests.engine.cast import adjustment, group, item, order, price, restriction, rule, terms

NEW = rule("CUSTOMER_STATUS", "IS", "New")
RED = rule("ITEM_SKU", "IS", "red")


def payout_of(agreed, an_order):
    decision = price(agreed, an_order)
    explanation = explain(agreed.event_payouts[0], an_order)
    assert explanation["Payout"] == str(decision.payout)
    assert [line["Payout"] for line in explanation["Lines"]] == [str(line.payout) for line in decision.lines]
    return str(decision.payout)


def test_the_sources_example_new_customers_earn_fifteen_percent():
    agreed = terms(group(1, NEW, rate="15"), rate="10")
    decision = price(agreed, order(Amount="100.00", CustomerStatus="new"))
    assert str(decision.payout) == "15.00"
    assert decision.group == (1, "group 1")
    assert decision.reason == "payout group 1 group 1: 15%"


def test_the_sources_example_an_adjustment_of_five_percent():
    agreed = terms(adjustments=[adjustment("INCREASE", rate="5")], rate="10")
    decision = price(agreed, order(Amount="100.00", CustomerStatus="new"))
    assert str(decision.payout) == "10.50"
    assert decision.reason == "default payout: 10%, +5%"


def test_each_adjustment_starts_from_the_one_before():
    rises = [adjustment("INCREASE", rate=rate) for rate in ("50", "50", "100")]
    agreed = terms(payout="2.00", adjustments=rises)
    assert payout_of(agreed, order(Amount="1")) == "9.00"
    steps = explain(agreed.event_payouts[0], order(Amount="1"))["Units"][0]["Adjustments"]
    assert [(step["Before"], step["After"]) for step in steps] == [("2.00", "3.00"), ("3.00", "4.50"), ("4.50", "9.00")]


def test_an_adjustment_never_goes_below_nothing():
    cuts = [adjustment("DECREASE", amount="5"), adjustment("INCREASE", amount="1.00")]
    agreed = terms(payout="2.00", adjustments=cuts)
    assert payout_of(agreed, order(Amount="1")) == "1.00"
    explanation = explain(agreed.event_payouts[0], order(Amount="1"))
    assert [step["StopsAtZero"] for step in explanation["Units"][0]["Adjustments"]] == [True, False]
    assert "2.00 becomes 0.00, as no payout goes below 0" in " ".join(in_sentences(explanation))


def test_an_adjustment_that_takes_exactly_all_does_not_stop_short():
    agreed = terms(payout="2.00", adjustments=[adjustment("DECREASE", amount="2.00")])
    explanation = explain(agreed.event_payouts[0], order(Amount="1"))
    assert not explanation["Units"][0]["Adjustments"][0]["StopsAtZero"]


def test_a_payout_is_rounded_once_after_the_last_adjustment():
    cuts = [adjustment("DECREASE", rate="50"), adjustment("INCREASE", rate="100")]
    assert payout_of(terms(rate="10", adjustments=cuts), order(Amount="0.05")) == "0.01"


@pytest.mark.parametrize(
    ("level", "rate", "payout", "expected", "lines"),
    [
        ("ORDER", "10", None, "2.20", ["1.63", "0.57"]),
        ("ITEM", "10", None, "2.20", ["1.63", "0.57"]),
        ("ORDER", None, "5.00", "5.00", ["3.70", "1.30"]),
        ("ITEM", None, "5.00", "15.00", ["10.00", "5.00"]),
    ],
)
def test_a_fixed_payout_is_per_order_or_per_unit_of_quantity(level, rate, payout, expected, lines):
    sold = order(Items=[item("10.00", "2"), item("6.99")], OrderDiscount="5")
    agreed = terms(level=level, rate=rate, payout=payout)
    assert payout_of(agreed, sold) == expected
    assert [str(line.payout) for line in price(agreed, sold).lines] == lines


@pytest.mark.parametrize("level", ["ORDER", "ITEM"])
def test_an_order_without_items_is_one_unit_at_either_level(level):
    assert payout_of(terms(payout="5.00", level=level), order(Amount="100")) == "5.00"
    assert payout_of(terms(payout="5.00", level=level), order(Amount="0")) == "5.00"
    assert payout_of(terms(rate="10", level=level), order(Amount="100")) == "10.00"


def test_the_lowest_rank_that_holds_wins_however_the_groups_stand():
    agreed = terms(group(7, rate="70"), group(2, NEW, rate="20"), group(5, rate="50"))
    assert payout_of(agreed, order(Amount="100", CustomerStatus="new")) == "20.00"
    assert payout_of(agreed, order(Amount="100")) == "50.00"


def test_item_rules_of_one_group_must_meet_on_one_line():
    cheap_red = group(1, RED, rule("ITEM_PRICE", "LT", "5"))
    apart = order(Items=[item("10", ItemSku="red"), item("1", ItemSku="blue")])
    together = order(Items=[item("10", ItemSku="blue"), item("1", ItemSku="red")])
    assert price(terms(cheap_red), apart).group is None
    assert price(terms(cheap_red), together).group == (1, "group 1")


def test_a_negation_too_is_asked_of_one_line():
    not_red = group(1, rule("ITEM_SKU", "IS_NOT", "red"))
    assert price(terms(not_red), order(Items=[item(ItemSku="red"), item(ItemSku="blue")])).group
    assert not price(terms(not_red), order(Items=[item(ItemSku="red"), item()])).group


def test_items_are_priced_each_by_itself_at_item_level():
    agreed = terms(group(1, RED, rate="50"), group(2, NEW, RED), rate="10", level="ITEM")
    decision = price(agreed, order(Items=[item("10", ItemSku="red"), item("10", ItemSku="blue")]))
    assert [line.group for line in decision.lines] == [(1, "group 1"), None]
    assert [str(line.payout) for line in decision.lines] == ["5.00", "1.00"]
    assert decision.group is None
    assert decision.reason == "2 items, each priced by itself"


def test_lines_of_no_quantity_take_no_part():
    agreed = terms(group(1, RED), level="ORDER", payout="1.00")
    assert price(agreed, order(Items=[item(ItemSku="red", quantity="0"), item()])).group is None
    assert payout_of(terms(payout="1.00", level="ITEM"), order(Items=[item(quantity="0"), item()])) == "1.00"


@pytest.mark.parametrize(
    ("level", "paying", "limit", "expected"),
    [
        ("ORDER", {"rate": "10"}, "3", "5.00"),  # 2 of 10.00 and 1 of 2 of 30.00
        ("ORDER", {"rate": "10"}, "9", "8.00"),
        ("ORDER", {"payout": "7.00"}, "1", "7.00"),
        ("ITEM", {"rate": "10"}, "1", "4.00"),
        ("ITEM", {"payout": "7.00"}, "1", "14.00"),
        ("ITEM", {"payout": "7.00"}, "2", "28.00"),
    ],
)
def test_only_the_first_payable_items_earn(level, paying, limit, expected):
    sold = order(Items=[item("10.00", "2"), item("30.00", "2")])
    assert payout_of(terms(group(1, payable_items=limit, **paying), level=level), sold) == expected


def test_a_third_of_a_line_is_not_cut_before_it_is_rounded():
    sold = order(Items=[{"ItemSubTotal": "10.00", "ItemQuantity": "3"}])
    agreed = terms(group(1, rate="45", payable_items="1"), level="ITEM")
    assert payout_of(agreed, sold) == "1.50"
    assert str(price(agreed, sold).exact) == "1.5"
    assert str(price(terms(group(1, rate="10", payable_items="1")), sold).exact) == "0.333333333333"


def test_any_restriction_pays_nothing_and_says_which():
    agreed = terms(restrictions=[restriction(NEW, RED), restriction(rule("TEXT1", "IS_NOT_PRESENT"))])
    decision = price(agreed, order(Amount="100", CustomerStatus="new"))
    assert (str(decision.payout), decision.restricted, decision.restriction) == ("0.00", True, 1)
    assert decision.reason == "restricted by Text1 is not present"
    assert not decision.hidden_from_reports
    assert price(agreed, order(Amount="100", Text1="x")).payout == 10


def test_a_restriction_hides_from_reports_only_where_it_says_so():
    agreed = terms(restrictions=[restriction(RED, hide=True)], level="ITEM")
    red, blue = item(ItemSku="red"), item(ItemSku="blue")
    assert price(agreed, order(Items=[red])).hidden_from_reports
    half = price(agreed, order(Items=[red, blue]))
    assert (half.restricted, half.hidden_from_reports, str(half.payout)) == (False, False, "1.00")
    assert [line.restricted for line in half.lines] == [True, False]


def test_at_order_level_one_restricted_item_restricts_the_whole_order():
    agreed = terms(restrictions=[restriction(RED)])
    assert price(agreed, order(Items=[item(ItemSku="red"), item(ItemSku="blue")])).restricted


def test_a_fixed_payout_is_said_with_the_currency_of_the_terms():
    agreed = terms(payout="5.00", adjustments=[adjustment("INCREASE", amount="0.50")])
    paid = order(Amount="10")
    words = "default payout: 5.00 GBP, +0.50 GBP"
    assert price(agreed, paid).reason == words
    assert explain(agreed.event_payouts[0], paid)["Units"][0]["Reason"] == words


@pytest.mark.parametrize("level", ["ORDER", "ITEM"])
def test_after_a_full_return_a_fixed_payout_is_exactly_nothing(level):
    gone = order(state=OrderState(quantities={0: 0}), Items=[item()])
    assert payout_of(terms(payout="5.00", level=level), gone) == "0.00"
    assert price(terms(payout="5.00", level=level), gone).reason == "returned in full"
    undone = order(state=OrderState(reversed=True), Amount="10")
    assert price(terms(payout="5.00", level=level), undone).reason == "reversed"


def test_a_free_order_shares_its_fixed_payout_as_evenly_as_can_be():
    decision = price(terms(payout="1.00"), order(Items=[item("0"), item("0"), item("0")]))
    assert [str(line.payout) for line in decision.lines] == ["0.34", "0.33", "0.33"]


def test_the_order_total_is_the_sale_amount_and_the_tax():
    agreed = terms(group(1, rule("ORDER_TOTAL", "EQ", "12.34")))
    assert price(agreed, order(Items=[item("10.34")], OrderTax="2", OrderShipping="9")).group


def test_money_is_converted_and_rounded_before_a_rule_compares_it():
    agreed = terms(group(1, rule("ORDER_TOTAL", "EQ", "2.23")))
    # 0.744 + 0.744 + 0.744 rounded apart, and a tax of 0.0147 dollars.
    assert price(agreed, order(Items=[item("1"), item("1"), item("1")], OrderTax="0.0147", CurrencyCode="USD")).group


def test_the_explanation_names_the_failing_rule_and_its_value_in_each_group_above_the_winner():
    agreed = terms(group(1, NEW, rule("ORDER_TOTAL", "GTE", "200")), group(2, rate="20"), group(3))
    unit = explain(agreed.event_payouts[0], order(Amount="100", CustomerStatus="new"))["Units"][0]
    assert [(verdict["Rank"], verdict["Holds"]) for verdict in unit["Groups"]] == [(1, False), (2, True)]
    status, total = unit["Groups"][0]["Rules"]
    assert (status["Holds"], status["Actual"]) == (True, "New")
    assert (total["Holds"], total["Actual"], total["Text"]) == (False, "100.00", "Order Total >= 200")
    assert unit["Group"] == {"Rank": 2, "Name": "group 2"}


def test_the_trace_reads_as_sentences():
    sold = order(Items=[item("10.00", "2", ItemSku="a"), item("6.99", ItemSku="b")], OrderDiscount="5")
    assert explain(terms(group(1, NEW)).event_payouts[0], sold)["Trace"] == [
        "line 1: 2 × a: 20.00 GBP − 3.71 of the order discount = 16.29",
        "line 2: 1 × b: 6.99 GBP − 1.29 of the order discount = 5.70",
        "sale amount 21.99 GBP",
        "group 1 group 1 does not hold: Customer Status is New, but Customer Status is missing",
        "default payout: 10%",
        "2.199 of 21.99",
        "2.199 is rounded to 2.20",
        "payout 2.20 GBP",
    ]


def test_an_exact_payout_is_a_decimal():
    assert price(terms(rate="3.333"), order(Amount="10")).exact == Decimal("0.3333")
