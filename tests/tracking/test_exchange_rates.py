"""Orders in another currency: converted at the rate of their day, kept with it, and priced once it is known."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from program.exchange_rates.file_rows import QuotedRate
from program.exchange_rates.services import add_exchange_rate, save_own_rates, save_reference_rates
from program.models import Customer, ExchangeRate, ReferenceRate
from reports.proof.verify import verify
from tests.factories import (
    make_action,
    make_contracts,
    make_conversion,
    make_event_type,
    make_modification,
    make_partner,
    make_program,
    terms_document,
)
from tracking.erasing.services import erase_customer, run_erasure
from tracking.exchange_rates.known import Wanted, load_rates
from tracking.exchange_rates.waiting import missing_rates, price_with_rates
from tracking.models import Action, Conversion
from tracking.modifications.apply import apply_modifications
from tracking.pricing.batch import price_all, price_batch

FRIDAY = date(2026, 10, 30)
ECB = {"USD": "1.1172", "GBP": "0.8338", "JPY": "175.68"}


def ecb(day=FRIDAY, **rates):
    return save_reference_rates(QuotedRate(day, "EUR", code, Decimal(rate)) for code, rate in (rates or ECB).items())


def own(brand, rate, day=FRIDAY, pair=("USD", "GBP")):
    return save_own_rates(program=brand, rates=[QuotedRate(day, *pair, Decimal(rate))])


def on(day, hour=12):
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC).isoformat()


def sold(brand, day=FRIDAY, currency="USD", **params):
    return make_conversion(program=brand, CurrencyCode=currency, EventDate=on(day), **{"Amount": "100", **params})


def priced(brand, conversion):
    price_all(brand.pk)
    conversion.refresh_from_db()
    return Action.objects.filter(conversion=conversion).first()


@pytest.mark.parametrize(
    ("currency", "amount"), [("USD", "74.63"), ("JPY", "0.47"), ("EUR", "83.38"), ("GBP", "100.00")]
)
def test_an_order_is_converted_by_the_rate_of_its_day(currency, amount, brand, standard):
    ecb()
    action = priced(brand, sold(brand, currency=currency))
    assert action.amount == Decimal(amount)
    assert (action.original_currency, action.original_amount) == (currency, 100)


@pytest.mark.parametrize(
    ("after", "is_priced"), [(-1, False), (0, True), (2, True), (7, True), (8, False)],
    ids=["before the first", "its day", "Sunday", "seven days", "eight days"],
)  # fmt: skip
def test_a_gap_of_seven_days_is_bridged(after, is_priced, brand, standard):
    ecb()
    conversion = sold(brand, FRIDAY + timedelta(days=after))
    action = priced(brand, conversion)
    assert (action is not None) == is_priced
    assert conversion.missing_rate == ("" if is_priced else "USD/GBP")
    if action:
        assert action.context["ExchangeRates"][0]["Date"] == FRIDAY.isoformat()


def test_the_day_is_that_of_the_programs_time_zone(brand, standard):
    ecb(date(2026, 6, 1))
    ecb(date(2026, 6, 2), USD="2", GBP="1")
    # 23:30 in UTC is half past midnight in London.
    conversion = make_conversion(program=brand, CurrencyCode="USD", EventDate="2026-06-01T23:30:00Z", Amount="100")
    assert priced(brand, conversion).amount == 50


def test_a_programs_own_rate_comes_before_the_european_central_banks_of_the_same_day(brand, standard):
    ecb()
    own(brand, "0.7")
    assert priced(brand, sold(brand)).amount == 70
    ecb(FRIDAY + timedelta(days=3))
    assert priced(brand, sold(brand, FRIDAY + timedelta(days=3))).amount == Decimal("74.63")


def test_an_own_rate_of_the_euro_is_crossed_with_the_other_and_each_keeps_its_origin(brand, standard):
    ecb()
    own(brand, "2", pair=("EUR", "USD"))
    action = priced(brand, sold(brand))
    assert action.amount == Decimal("41.69")  # 0.8338 ÷ 2
    (kept,) = action.context["ExchangeRates"]
    assert [(each["To"], each["Rate"], each["Source"]) for each in kept["Over"]] == [
        ("GBP", "0.8338", "ECB"),
        ("USD", "2", "OWN"),
    ]


def test_rates_of_another_program_count_for_nothing(brand, standard):
    own(make_program(), "0.5")
    conversion = sold(brand)
    assert priced(brand, conversion) is None
    assert conversion.reason == "EXCHANGE_RATE_NOT_FOUND"


def test_a_changed_rate_changes_nothing_that_is_priced(brand, standard):
    ecb()
    action = priced(brand, sold(brand))
    ecb(USD="3", GBP="1", JPY="1")
    own(brand, "5")
    ReferenceRate.objects.all().delete()
    assert verify(brand, tell=print).differences == 0
    action.refresh_from_db()
    assert action.amount == Decimal("74.63")


def test_what_waited_for_a_rate_is_priced_when_it_comes_and_nothing_else(brand, standard):
    waits = sold(brand, OrderId="A")
    late = sold(brand, FRIDAY + timedelta(days=8), OrderId="B")
    unknown = sold(brand, OrderId="C", MediaPartnerId="P-9")
    price_all(brand.pk)
    ecb()
    states = {row.order_id: row.state for row in Conversion.objects.all()}
    assert states == {"A": "WAITING", "B": "HELD", "C": "HELD"}
    assert priced(brand, waits).amount == Decimal("74.63")
    for row in (late, unknown):
        row.refresh_from_db()
    assert (late.missing_rate, unknown.reason) == ("USD/GBP", "PARTNER_NOT_FOUND")
    row, orders = add_exchange_rate(
        program=brand, rate=QuotedRate(FRIDAY + timedelta(days=5), "USD", "GBP", Decimal("0.5"))
    )
    assert (row.rate, orders) == (Decimal("0.5"), 1)
    assert priced(brand, late).amount == 50


def test_an_own_rate_prices_the_orders_of_its_program_alone(brand, standard):
    other = make_program()
    for each in (brand, other):
        if each is other:
            make_event_type(program=other)
            make_contracts(
                program=other, document=terms_document(), partners=[make_partner(program=other, media_partner_id="P-1")]
            )
        sold(each)
        price_all(each.pk)
    own(brand, "0.5")
    assert price_with_rates() == 1
    assert Conversion.objects.get(state="WAITING").program == brand


def test_an_order_that_was_held_as_its_rate_came_is_found_by_the_sweep(brand, standard):
    conversion = sold(brand)
    price_all(brand.pk)
    for code, rate in ECB.items():
        ReferenceRate.objects.create(currency=code, date=FRIDAY, rate=Decimal(rate))
    assert price_with_rates() == 1
    assert priced(brand, conversion).amount == Decimal("74.63")
    assert price_with_rates() == 0


def test_an_order_of_an_erased_customer_waits_for_no_rate(brand, standard):
    erased, other = sold(brand, CustomerId="C-1"), sold(brand, CustomerId="C-2")
    price_all(brand.pk)
    assert run_erasure(erase_customer(customer=Customer.objects.get(customer_id="C-1"), user_id=None).pk)
    assert [each.orders for each in missing_rates(brand)] == [1]
    ecb()
    assert priced(brand, erased) is None
    assert (erased.state, erased.missing_rate) == ("ERASED", "")
    assert priced(brand, other).amount == Decimal("74.63")


def test_the_page_of_an_erased_order_still_says_at_which_rate_it_was_converted(brand, standard, client_of, alice):
    ecb()
    action = make_action(program=brand, CurrencyCode="USD", EventDate=on(FRIDAY), Amount="100", CustomerId="C-1")
    assert run_erasure(erase_customer(customer=Customer.objects.get(customer_id="C-1"), user_id=None).pk)
    page = client_of(alice).get(f"/p/{brand.pk}/transactions/actions/{action.pk}/")
    assert page.status_code == 200
    assert "0.746330110992" in page.content.decode()
    assert verify(brand, tell=print).differences == 0


def test_what_orders_wait_for_is_counted_by_pair_and_day(brand, standard):
    sold(brand)
    sold(brand)
    sold(brand, currency="JPY")
    sold(brand, FRIDAY - timedelta(days=40), currency="JPY")
    price_all(brand.pk)
    assert [tuple(each) for each in missing_rates(brand)] == [
        ("USD", "GBP", FRIDAY, 2),
        ("JPY", "GBP", FRIDAY - timedelta(days=40), 1),
        ("JPY", "GBP", FRIDAY, 1),
    ]


def test_rates_are_one_query_of_a_batch_and_none_where_all_orders_are_in_the_terms_currency(brand, standard):
    ecb()

    def asked(*rows):
        for day, currency in rows:
            sold(brand, day, currency)
        with CaptureQueriesContext(connection) as found:
            price_batch()
        return len(found), sum("program_referencerate" in query["sql"] for query in found)

    asked((FRIDAY, "GBP"))  # statistics
    plain = asked((FRIDAY, "GBP"), (FRIDAY, "GBP"))
    one = asked((FRIDAY, "USD"), (FRIDAY, "GBP"))
    many = asked(*((FRIDAY + timedelta(days=number), code) for number in range(7) for code in ("USD", "JPY", "EUR")))
    assert (plain[1], one[1], many[1]) == (0, 1, 1)
    assert one[0] == many[0] == plain[0] + 1


def test_a_day_has_one_rate_of_a_pair(brand):
    ecb()
    own(brand, "0.75", pair=("EUR", "GBP"))
    rates = load_rates([Wanted(brand.pk, "USD", "GBP", FRIDAY), Wanted(brand.pk, "EUR", "GBP", FRIDAY)])[brand.pk]
    assert sorted((rate.target, str(rate.rate), rate.origin) for rate in rates) == [
        ("GBP", "0.75", "OWN"),
        ("USD", "1.1172", "ECB"),
    ]
    assert ExchangeRate.objects.count() == 1


def test_an_order_of_another_currency_is_changed_at_its_first_rate(brand, standard):
    ecb()
    action = make_action(program=brand, CurrencyCode="USD", EventDate=on(FRIDAY), Amount="100")
    ecb(USD="5", GBP="5", JPY="5")
    make_modification(program=brand, OrderId=action.order_id, Amount="50", ModificationDate=on(FRIDAY, 20))
    apply_modifications(program_id=brand.pk)
    action.refresh_from_db()
    assert action.amount == Decimal("37.32")  # 50 × 0.746330110992
