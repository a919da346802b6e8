"""Performance bonus: the worked figures of payouts.md §9, tables and laws."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.engine.pricing.bonus import Pay, Tier, bonus, tier_errors

FOUR = Pay(rate=Decimal(4))
SIX_EIGHT = [Tier(Decimal(200), Pay(rate=Decimal(6))), Tier(Decimal(400), Pay(rate=Decimal(8)))]
BY_COUNT = [Tier(Decimal(3), Pay(fixed=Decimal(2))), Tier(Decimal(5), Pay(fixed=Decimal("3.50")))]
ONE_POUND = Pay(fixed=Decimal(1))


def amounts(*values):
    return [Decimal(value) for value in values]


@pytest.mark.parametrize(("kind", "sales", "paid"), [
    ("SUBSEQUENT_ACTIONS", ["500"], "28.00"),  # 8.00 + 12.00 + 8.00
    ("SUBSEQUENT_ACTIONS", ["150", "150", "150", "50"], "28.00"),
    ("ALL_ACTIONS", ["500"], "40.00"),
    ("ALL_ACTIONS", ["199.99"], "8.00"),
    ("ALL_ACTIONS", ["200"], "12.00"),
    ("SUBSEQUENT_ACTIONS", ["200"], "8.00"),
    ("SUBSEQUENT_ACTIONS", ["200.50"], "8.03"),
    ("SUBSEQUENT_ACTIONS", ["250", "0", "150"], "20.00"),
    ("ALL_ACTIONS", [], "0.00"),
])  # fmt: skip
def test_default_4_then_6_from_200_and_8_from_400(kind, sales, paid):
    earned = bonus(kind, "REVENUE", SIX_EIGHT, FOUR, amounts(*sales), digits=2)
    usual = (sum(amounts(*sales), Decimal(0)) * Decimal("0.04")).quantize(Decimal("0.01"))
    assert str(earned + usual) == paid


@pytest.mark.parametrize(("kind", "count", "paid"), [
    ("ALL_ACTIONS", 2, "0.00"), ("ALL_ACTIONS", 3, "3.00"), ("ALL_ACTIONS", 5, "12.50"),
    ("SUBSEQUENT_ACTIONS", 3, "0.00"), ("SUBSEQUENT_ACTIONS", 4, "1.00"), ("SUBSEQUENT_ACTIONS", 6, "4.50"),
    ("FIXED", 2, "0.00"), ("FIXED", 4, "2.00"), ("FIXED", 9, "3.50"),
])  # fmt: skip
def test_1_each_then_2_from_3_actions_and_3_50_from_5(kind, count, paid):
    assert str(bonus(kind, "ACTIONS", BY_COUNT, ONE_POUND, amounts(*["10"] * count), digits=2)) == paid


def test_actions_past_a_count_earn_the_rate_of_the_tier():
    tiers = [Tier(Decimal(2), Pay(rate=Decimal(10)))]
    assert bonus("SUBSEQUENT_ACTIONS", "ACTIONS", tiers, FOUR, amounts("100", "100", "50"), digits=2) == 3


def test_an_action_across_a_threshold_of_revenue_is_split_by_its_amount():
    tiers = [Tier(Decimal(100), Pay(fixed=Decimal(5)))]
    assert bonus("SUBSEQUENT_ACTIONS", "REVENUE", tiers, ONE_POUND, amounts("80", "80"), digits=2) == 3  # 0.75 × 4.00


@pytest.mark.parametrize(("threshold", "fixed", "default", "sales", "paid"), [
    (23, "0.18", "0.03", ["30"], "0.04"),  # 7/30 of 0.15 is 0.035
    (136, "0.40", "0.05", ["46", "18", "112"], "0.13"),  # 40/112 of 0.35 is 0.125
])  # fmt: skip
def test_a_split_that_never_ends_in_decimals_is_not_cut_before_it_is_rounded(threshold, fixed, default, sales, paid):
    tiers = [Tier(Decimal(threshold), Pay(fixed=Decimal(fixed)))]
    usual = Pay(fixed=Decimal(default))
    assert str(bonus("SUBSEQUENT_ACTIONS", "REVENUE", tiers, usual, amounts(*sales), digits=2)) == paid


@pytest.mark.parametrize(("kind", "tiers", "places"), [
    ("ALL_ACTIONS", SIX_EIGHT, []),
    ("ALL_ACTIONS", SIX_EIGHT[::-1], [1]),
    ("ALL_ACTIONS", [SIX_EIGHT[0], SIX_EIGHT[0]], [1]),
    ("SUBSEQUENT_ACTIONS", BY_COUNT, [0, 1]),
    ("FIXED", SIX_EIGHT, [0, 1]),
    ("FIXED", BY_COUNT, []),
])  # fmt: skip
def test_tiers_that_overlap_or_cannot_be_compared_are_named(kind, tiers, places):
    assert [place for place, _ in tier_errors(kind, tiers, FOUR)] == places


SALES = st.lists(st.decimals("0.00", "300.00", places=2), max_size=8)


@given(SALES, st.randoms())
def test_by_revenue_neither_the_order_nor_the_number_of_orders_matters(sales, draw):
    mixed = [*sales]
    draw.shuffle(mixed)
    for kind in ("ALL_ACTIONS", "SUBSEQUENT_ACTIONS"):
        one = bonus(kind, "REVENUE", SIX_EIGHT, FOUR, [sum(sales, Decimal(0))], digits=2)
        assert bonus(kind, "REVENUE", SIX_EIGHT, FOUR, mixed, digits=2) == one


@given(SALES, st.decimals("0.00", "300.00", places=2))
def test_one_more_sale_never_lowers_the_bonus_and_subsequent_never_exceeds_all(sales, more):
    for basis, tiers, default in (("REVENUE", SIX_EIGHT, FOUR), ("ACTIONS", BY_COUNT, ONE_POUND)):
        subsequent = bonus("SUBSEQUENT_ACTIONS", basis, tiers, default, sales, digits=2)
        assert subsequent <= bonus("SUBSEQUENT_ACTIONS", basis, tiers, default, [*sales, more], digits=2)
        assert subsequent <= bonus("ALL_ACTIONS", basis, tiers, default, sales, digits=2)


@given(SALES)
def test_a_single_tier_from_the_start_pays_the_same_either_way(sales):
    tiers = [Tier(Decimal(0), Pay(rate=Decimal(6)))]
    every = bonus("ALL_ACTIONS", "REVENUE", tiers, FOUR, sales, digits=2)
    assert every == bonus("SUBSEQUENT_ACTIONS", "REVENUE", tiers, FOUR, sales, digits=2)
