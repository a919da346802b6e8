"""Rules of one set that no order can meet together."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.engine.rules.contradictions import contradicting
from contracts.engine.rules.predicates import matches
from contracts.engine.rules.rule import Rule

NEW, OLD = Rule("CUSTOMER_STATUS", "IS", ("New",)), Rule("CUSTOMER_STATUS", "IS", ("Returning",))
OVER, UNDER = Rule("ORDER_TOTAL", "GT", ("200",)), Rule("ORDER_TOTAL", "LTE", ("200.00",))


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ([NEW, OLD], (NEW, OLD)),
        ([OVER, UNDER], (OVER, UNDER)),
        ([Rule("ORDER_TOTAL", "GTE", ("200",)), UNDER], ()),
        ([NEW, OVER], ()),
        ([Rule("TEXT1", "IS", ("red", "blue")), Rule("TEXT1", "IS_NOT", ("Red",))], ()),
        ([Rule("TEXT1", "IS", ("r*",)), Rule("TEXT1", "IS", ("blue",))], "both"),
        ([Rule("TEXT1", "IS", ("r*",)), Rule("TEXT1", "STARTS_WITH", ("b",))], ()),
        ([Rule("TEXT1", "IS_NOT_PRESENT"), Rule("TEXT1", "IS_NOT", ("red",))], "both"),
        ([Rule("CUSTOMER_TAG", "IS_NOT_PRESENT"), Rule("CUSTOMER_TAG", "NOT_BELONGS_TO", ("VIP",))], ()),
        ([Rule("CUSTOMER_TAG", "BELONGS_TO", ("VIP",)), Rule("CUSTOMER_TAG", "NOT_BELONGS_TO", ("vip", "X"))], "both"),
        ([Rule("CUSTOMER_TAG", "BELONGS_TO", ("VIP",)), Rule("CUSTOMER_TAG", "BELONGS_TO", ("Staff",))], ()),
        ([Rule("GIFT_PURCHASE", "IS", ("yes",)), Rule("GIFT_PURCHASE", "IS", ("false",))], "both"),
        ([Rule("CUSTOMER_COUNTRY", "IS", ("GB",)), Rule("CUSTOMER_COUNTRY", "IS_NOT", ("United Kingdom",))], "both"),
        ([Rule("DATE1", "BETWEEN", ("2026-11-01", "2026-11-01"))], "both"),
        ([Rule("ORDER_TOTAL", "BETWEEN", ("5", "5"))], ()),
        ([Rule("DATE1", "BEFORE", ("2026-11-01",)), Rule("DATE1", "ON_OR_AFTER", ("2026-11-01",))], "both"),
    ],
)  # fmt: skip
def test_rules_that_cannot_hold_together_are_named(rules, found):
    expected = set(rules) if found == "both" else set(found)
    assert set(contradicting(rules)) == expected


def test_three_rules_can_contradict_where_no_two_do():
    one, red, blue = (
        Rule("TEXT1", "IS", ("red", "blue")),
        Rule("TEXT1", "IS_NOT", ("red",)),
        Rule("TEXT1", "IS_NOT", ("blue",)),
    )
    assert contradicting([one, red, blue]) == (one, red, blue)


def _values(*texts):
    return st.lists(st.sampled_from(texts), min_size=1, max_size=2, unique=True).map(tuple)


WORDS, NUMBERS, DAYS = ("red", "blue", "re*", "*d"), ("1", "2", "3"), ("2026-11-01", "2026-11-02", "2026-11-03")
RULES = st.one_of(
    st.builds(Rule, st.just("TEXT1"), st.sampled_from(("IS", "IS_NOT")), _values(*WORDS)),
    st.builds(Rule, st.just("TEXT1"), st.sampled_from(("IS_PRESENT", "IS_NOT_PRESENT"))),
    st.builds(
        Rule, st.just("NUMERIC1"), st.sampled_from(("EQ", "NE", "GT", "GTE", "LT", "LTE")),
        st.sampled_from(NUMBERS).map(lambda text: (text,)),
    ),
    st.builds(Rule, st.just("NUMERIC1"), st.just("BETWEEN"), st.tuples(st.just("1"), st.sampled_from(NUMBERS))),
    st.builds(
        Rule, st.just("DATE1"), st.sampled_from(("BEFORE", "ON_OR_AFTER")),
        st.sampled_from(DAYS).map(lambda text: (text,)),
    ),
    st.builds(Rule, st.just("CUSTOMER_TAG"), st.sampled_from(("BELONGS_TO", "NOT_BELONGS_TO")), _values("a", "b")),
    st.builds(Rule, st.just("CUSTOMER_TAG"), st.sampled_from(("IS_PRESENT", "IS_NOT_PRESENT"))),
)  # fmt: skip
ORDERS = {
    "TEXT1": [None, "red", "blue", "rest", "bed"],
    "NUMERIC1": [None, *map(Decimal, ("0", "1", "1.5", "2", "2.5", "3", "4"))],
    "DATE1": [None, *(date(2026, 11, day) for day in range(1, 5)), date(2026, 10, 31)],
    "CUSTOMER_TAG": [frozenset(), frozenset("a"), frozenset("b"), frozenset("ab"), frozenset("c")],
}


@given(st.lists(RULES, min_size=1, max_size=4))
def test_no_order_meets_rules_that_are_named(rules):
    found = contradicting(rules)
    if found:
        assert not any(
            all(matches(rule, value) for rule in found if rule.variable == key)
            for key, values in ORDERS.items()
            if key == found[0].variable
            for value in values
        )
