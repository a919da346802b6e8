"""Exchange rates: crossed over the euro as a naive reading of payouts.md §2 does it, and how old one may be."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.engine.orders.context import Context
from contracts.engine.orders.exchange import Rate, RateMissing, Rates, crossed, rate_json
from tests.engine.cast import order

FRIDAY = date(2026, 10, 30)
ECB = [("USD", "1.1172"), ("GBP", "0.8338"), ("JPY", "175.68"), ("IDR", "20275.17")]
QUOTED = st.decimals(min_value="0.0001", max_value="99999", places=4)
CODES = st.sampled_from(["USD", "GBP", "EUR"])
DAYS = st.integers(0, 20).map(lambda number: FRIDAY + timedelta(days=number))


def ecb(day=FRIDAY, rows=ECB):
    return [Rate(day, "EUR", code, Decimal(rate), "ECB") for code, rate in rows]


def divided(numerator, denominator, digits=12):
    """A quotient with that many significant digits, half up, by whole numbers alone."""
    value = Fraction(numerator) / Fraction(denominator)
    places = digits
    while value * 10**places >= 10**digits:
        places -= 1
    while value * 10**places < 10 ** (digits - 1):
        places += 1
    units = value * 10**places
    whole = (2 * units.numerator + units.denominator) // (2 * units.denominator)
    return Fraction(whole) / Fraction(10) ** places


@pytest.mark.parametrize(
    ("source", "target", "rate"),
    [
        ("USD", "GBP", "0.746330110992"),  # 0.8338 ÷ 1.1172
        ("GBP", "USD", "1.33988966179"),  # 1.1172 ÷ 0.8338
        ("JPY", "GBP", "0.00474612932605"),  # 0.8338 ÷ 175.68
        ("IDR", "JPY", "0.00866478554804"),  # 175.68 ÷ 20275.17
        ("USD", "EUR", "0.895094880057"),  # 1 ÷ 1.1172
        ("EUR", "GBP", "0.8338"),  # as it is known
    ],
)
def test_a_pair_without_a_rate_of_its_own_is_crossed_over_the_euro(source, target, rate):
    assert Rates(ecb()).on(source, target, FRIDAY).rate == Decimal(rate)


@given(source=QUOTED, target=QUOTED)
def test_crossing_is_one_division_with_12_significant_digits_half_up(source, target):
    found = crossed(Rate(FRIDAY, "EUR", "USD", source), Rate(FRIDAY, "EUR", "GBP", target)).rate
    assert Fraction(found) == divided(target, source)
    assert len(found.as_tuple().digits) <= 12


def test_a_half_is_rounded_up():
    # 1 ÷ 8 × 10⁻¹¹ has its thirteenth digit exactly half way.
    found = crossed(Rate(FRIDAY, "EUR", "USD", Decimal(8)), Rate(FRIDAY, "EUR", "GBP", Decimal("8.00000000004")))
    assert found.rate == Decimal("1.00000000001")


@pytest.mark.parametrize(
    ("after", "found"),
    [(-1, False), (0, True), (1, True), (2, True), (7, True), (8, False)],
    ids=["before the first", "on its day", "Saturday", "Sunday", "seven days", "eight days"],
)
@pytest.mark.parametrize("pair", [("USD", "GBP"), ("USD", "EUR"), ("EUR", "GBP")])
def test_a_rate_is_used_for_seven_days_and_never_before_its_own(pair, after, found):
    day = FRIDAY + timedelta(days=after)
    if found:
        assert Rates(ecb()).on(*pair, day).date == FRIDAY
        return
    with pytest.raises(RateMissing) as missing:
        Rates(ecb()).on(*pair, day)
    assert (missing.value.pair, missing.value.date) == (pair, day)


def test_both_rates_are_of_the_same_day():
    monday = FRIDAY + timedelta(days=3)
    rates = Rates([*ecb(), Rate(monday, "EUR", "USD", Decimal("1.2"))])
    assert rates.on("USD", "GBP", monday).date == FRIDAY  # the pound's rate of Monday is not known
    assert rates.on("EUR", "USD", monday).date == monday


def test_on_one_day_the_rate_of_the_pair_comes_before_a_crossed_one_and_a_later_day_before_both():
    own = Rate(FRIDAY, "USD", "GBP", Decimal("0.8"), "OWN")
    assert Rates([*ecb(), own]).on("USD", "GBP", FRIDAY) == own
    monday = FRIDAY + timedelta(days=3)
    assert Rates([own, *ecb(monday)]).on("USD", "GBP", monday).over
    assert Rates([own, *ecb(FRIDAY - timedelta(days=1))]).on("USD", "GBP", monday) == own


def test_a_rate_is_never_turned_around():
    with pytest.raises(RateMissing):
        Rates([Rate(FRIDAY, "GBP", "USD", Decimal("1.3"))]).on("USD", "GBP", FRIDAY)
    with pytest.raises(RateMissing):
        Rates([Rate(FRIDAY, "USD", "EUR", Decimal("0.9")), *ecb(rows=[("GBP", "0.83")])]).on("USD", "GBP", FRIDAY)


@given(
    rows=st.dictionaries(st.tuples(DAYS, CODES, CODES).filter(lambda key: key[1] != key[2]), QUOTED, max_size=12),
    day=DAYS,
    pair=st.permutations(["USD", "GBP", "EUR"]),
)
def test_any_rates_give_what_a_naive_reading_gives(rows, day, pair):
    source, target, _ = pair
    expected = None
    for age in range(8):
        on = day - timedelta(days=age)
        own = rows.get((on, source, target))
        legs = [Decimal(1) if code == "EUR" else rows.get((on, "EUR", code)) for code in (target, source)]
        if own:
            expected = on, Fraction(own)
            break
        if source != "EUR" and all(legs):
            expected = on, divided(*legs)
            break
    rates = Rates(Rate(*key, rate) for key, rate in rows.items())
    if expected is None:
        with pytest.raises(RateMissing):
            rates.on(source, target, day)
    else:
        found = rates.on(source, target, day)
        assert (found.date, Fraction(found.rate)) == expected


def test_an_action_keeps_the_rate_with_both_that_it_was_worked_out_from():
    context = Context(currency="GBP", default_currency="GBP", digits={"GBP": 2, "USD": 2}, rates=ecb())
    sold = {"Amount": "10.00", "CurrencyCode": "USD", "EventDate": "2026-10-31"}
    kept = context.narrowed(sold)
    assert kept["ExchangeRates"] == [
        {
            "Date": "2026-10-30", "From": "USD", "To": "GBP", "Rate": "0.746330110992",
            "Over": [
                {"Date": "2026-10-30", "From": "EUR", "To": "GBP", "Rate": "0.8338", "Source": "ECB"},
                {"Date": "2026-10-30", "From": "EUR", "To": "USD", "Rate": "1.1172", "Source": "ECB"},
            ],
        }
    ]  # fmt: skip
    again = Context.from_json(kept)
    assert again.narrowed(sold) == kept
    assert order(again, **sold).sale_amount == order(context, **sold).sale_amount == Decimal("7.46")


@pytest.mark.parametrize("rate", ["0", "-1", "1" + 19 * "0", "0." + 19 * "0" + "1"])
def test_a_rate_that_no_two_currencies_have_is_refused(rate):
    row = {**rate_json(Rate(FRIDAY, "USD", "GBP", Decimal(1))), "Rate": rate}
    with pytest.raises(ValueError, match="the rate from USD to GBP must"):
        Context.from_json({"Currency": "GBP", "ExchangeRates": [row]})
