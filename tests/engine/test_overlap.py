"""Groups that can never win, because an earlier one takes every order that they would."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.engine.rules.overlap import never_winning
from contracts.engine.rules.rule import Rule

NEW = Rule("CUSTOMER_STATUS", "IS", ("New",))
BIG = Rule("ORDER_TOTAL", "GTE", ("200",))
RED = Rule("ITEM_CATEGORY", "IS", ("red", "blue"))


@pytest.mark.parametrize(
    ("sets", "expected"),
    [
        ([[NEW], [NEW, BIG]], {1: 0}),
        ([[NEW, BIG], [NEW]], {}),
        ([[NEW], [BIG], [RED, BIG, NEW]], {2: 0}),
        ([[NEW], [NEW]], {1: 0}),
        ([[], [NEW], []], {1: 0, 2: 0}),
        ([[BIG], [], [NEW]], {2: 1}),
        ([[NEW], [Rule("CUSTOMER_STATUS", "IS", ("new\u200b",)), BIG]], {1: 0}),
        ([[BIG], [Rule("ORDER_TOTAL", "GTE", ("200.00",)), NEW]], {1: 0}),
        ([[RED], [Rule("ITEM_CATEGORY", "IS", ("BLUE", "Red"))]], {1: 0}),
        ([[RED], [Rule("ITEM_CATEGORY", "IS", ("red", "blue", "green"))]], {}),
        ([[NEW], [Rule("CUSTOMER_STATUS", "IS_NOT", ("New",))]], {}),
        ([[NEW], [NEW, BIG], [NEW, BIG, RED]], {1: 0, 2: 0}),
        ([[Rule("LIST_ITEM_SKU", "IN_LIST", ("Winter",))], [Rule("LIST_ITEM_SKU", "IN_LIST", ("WINTER",))]], {1: 0}),
        ([[Rule("DATE1", "BEFORE", ("2026-01-01",))], [Rule("DATE1", "BEFORE", ("2026-01-01",)), NEW]], {1: 0}),
        ([[Rule("GIFT_PURCHASE", "IS", ("yes",))], [Rule("GIFT_PURCHASE", "IS", ("true",)), NEW]], {1: 0}),
    ],
)
def test_a_set_never_wins_where_every_rule_of_an_earlier_one_is_among_its_own(sets, expected):
    assert never_winning(sets) == expected


SETS = st.lists(st.sampled_from([Rule("TEXT1", "IS", (f"t{number}",)) for number in range(6)]), unique=True, max_size=4)


@given(st.lists(SETS, max_size=12))
def test_it_finds_what_comparing_each_with_each_finds(sets):
    slow = {
        later: min(earlier for earlier in range(later) if set(sets[earlier]) <= set(sets[later]))
        for later in range(len(sets))
        if any(set(sets[earlier]) <= set(sets[later]) for earlier in range(later))
    }
    assert never_winning(sets) == slow


@pytest.mark.parametrize("shared", [True, False], ids=["one rule in all", "no rule in common"])
def test_ten_thousand_groups_are_looked_through_at_once(shared):
    sets = [
        [Rule("TEXT1", "IS", (f"t{number}",)), Rule("TEXT2", "IS", (f"u{number % 100}",)), *([NEW] if shared else [])]
        for number in range(10_000)
    ]
    started = process_time()
    assert never_winning(sets) == {}
    assert process_time() - started < 2
