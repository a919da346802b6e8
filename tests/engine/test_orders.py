"""From what was sent to sale amounts (payouts.md §1, §2, §8)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from contracts.engine.orders.exchange import RateMissing
from contracts.engine.orders.order import OrderState
from tests.engine.cast import CONTEXT, item, order

TWO_LINES = [item("10.00", "2", ItemSku="a"), item("6.99", "1", ItemSku="b")]


def amounts(an_order):
    return [str(line.sale_amount) for line in an_order.lines]


def test_the_order_discount_is_shared_by_net_amount():
    worked = order(Items=TWO_LINES, OrderDiscount="5")
    assert str(worked.sale_amount) == "21.99"
    assert amounts(worked) == ["16.29", "5.70"]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"Items": [item("2.50", "3")]}, ["7.50"]),
        ({"Items": [{"ItemSubTotal": "7.00", "ItemQuantity": "3"}]}, ["7.00"]),
        ({"Items": [{"ItemPrice": "7.00"}]}, ["7.00"]),
        ({"Items": [item("10", "3", ItemDiscount="1.50")]}, ["25.50"]),
        ({"Items": [item("10", "3", ItemTotalDiscount="1.50")]}, ["28.50"]),
        ({"Items": [item("10", "3", ItemDiscount="1", ItemTotalDiscount="1.50")]}, ["25.50"]),
        ({"Items": [item("10", "3", ItemDiscountRate="33.3")]}, ["20.01"]),
        ({"Items": [item("0.335", "1")]}, ["0.34"]),
        ({"Items": [item("5", "1", ItemTotalDiscount="9"), item("5")], "OrderDiscount": "1"}, ["0.00", "4.00"]),
        ({"Items": [item("10", "0"), item("5")], "OrderDiscount": "1"}, ["0.00", "4.00"]),
        ({"Items": [item("1"), item("1"), item("1")], "OrderDiscount": "1"}, ["0.66", "0.67", "0.67"]),
        ({"Items": [item("10"), item("5")], "OrderDiscountRate": "10"}, ["9.00", "4.50"]),
        ({"Items": [item("10")], "OrderDiscount": "12"}, ["0.00"]),
        ({"Items": [item("10")], "Amount": "99"}, ["10.00"]),
        ({"Items": [item("10")], "OrderTax": "3", "OrderShipping": "4"}, ["10.00"]),
        ({"Amount": "100", "OrderDiscount": "5.005"}, ["94.99"]),
        ({"Amount": "100", "OrderDiscountRate": "7.5"}, ["92.50"]),
        ({"OrderSubTotalPostDiscount": "80"}, ["80.00"]),
        ({"OrderSubTotalPostDiscount": "80", "OrderDiscount": "5"}, ["80.00"]),
        ({"Amount": "0"}, ["0.00"]),
        # Binary fractions as programs write them are taken as sent, and rounded once.
        ({"Amount": "182.45000000000002"}, ["182.45"]),
        ({"Items": [item("100.83193277310924", "3"), item("10.0000000", "1.0")]}, ["302.50", "10.00"]),
        ({"Items": [item("0." + "3" * 60, "3")], "OrderDiscountRate": "33.33333333333333"}, ["0.67"]),
        ({"Items": [item("999999999999.999999", "999999999999")]}, ["999999999998999999000000.00"]),
    ],
)
def test_sale_amounts(sent, expected):
    assert amounts(order(**sent)) == expected


def test_what_a_discount_could_not_take_is_reported():
    worked = order(Items=[item("5", "1", ItemTotalDiscount="9"), item("5")], OrderDiscount="8")
    assert str(worked.lines[0].sale.not_taken) == "4.00"
    assert str(worked.order_discount) == "5.00"
    assert str(worked.discount_not_taken) == "3.00"


def test_each_line_is_converted_once_and_rounded():
    worked = order(Items=[item("1.00"), item("1.00"), item("1.00")], CurrencyCode="USD")
    assert amounts(worked) == ["0.74", "0.74", "0.74"]
    assert str(worked.sale_amount) == "2.22"
    assert str(worked.amount) == "3.00"
    assert worked.rate.date == date(2026, 2, 27)


@pytest.mark.parametrize(("currency", "expected"), [("JPY", ["101"]), ("KWD", ["100.505"])])
def test_amounts_have_the_digits_of_their_currency(currency, expected):
    context = replace(CONTEXT, currency=currency, default_currency=currency)
    assert amounts(order(context, Amount="100.505")) == expected


@pytest.mark.parametrize(
    ("event_date", "found"),
    [("2026-02-26", False), ("2026-02-27", True), ("2026-03-06", True), ("2026-03-07", False)],
)
def test_a_rate_is_at_most_seven_days_old_and_never_of_tomorrow(event_date, found):
    if found:
        assert order(Amount="10", CurrencyCode="USD", EventDate=event_date).sale_amount == Decimal("7.44")
        return
    with pytest.raises(RateMissing) as missing:
        order(Amount="10", CurrencyCode="USD", EventDate=event_date)
    assert missing.value.pair == ("USD", "GBP")
    assert missing.value.date == date.fromisoformat(event_date)


def test_a_returned_unit_takes_only_its_own_discount_along():
    sold = {"Items": TWO_LINES, "OrderDiscount": "5"}
    assert amounts(order(state=OrderState(quantities={1: 0}), **sold)) == ["16.29", "0.00"]
    # 3.71 was the first line's share for two units: one keeps 1.855, half up.
    assert amounts(order(state=OrderState(quantities={0: 1}), **sold)) == ["8.14", "5.70"]


def test_line_totals_scale_with_the_quantity():
    sold = {"Items": [{"ItemSubTotal": "10.00", "ItemQuantity": "3", "ItemTotalDiscount": "1.00"}]}
    assert amounts(order(state=OrderState(quantities={0: 1}), **sold)) == ["3.00"]
    assert amounts(order(state=OrderState(quantities={0: 2}), **sold)) == ["6.00"]
    assert amounts(order(state=OrderState(quantities={0: 3}), **sold)) == ["9.00"]


@pytest.mark.parametrize(
    "state", [OrderState(quantities={0: 0, 1: 0}), OrderState(amount=Decimal(0)), OrderState(reversed=True)]
)
def test_nothing_is_left_of_an_order_that_came_back_whole(state):
    worked = order(state=state, Items=TWO_LINES, OrderDiscount="5")
    assert worked.returned
    assert str(worked.sale_amount) == "0.00"


def test_a_new_amount_is_the_sale_amount_of_an_order_without_items():
    worked = order(state=OrderState(amount=Decimal("40")), Amount="100", OrderDiscount="5")
    assert amounts(worked) == ["40.00"]
    assert not worked.returned


def test_an_order_with_items_takes_no_new_amount_but_zero():
    with pytest.raises(ValueError, match="change its quantities"):
        order(state=OrderState(amount=Decimal("40")), Items=TWO_LINES)


def test_a_new_status_code_takes_the_place_of_the_first():
    worked = order(state=OrderState(customer_status="lapsed"), Amount="1", CustomerStatus="new")
    assert (worked.status_code, worked.status_category) == ("lapsed", "Re-Engaged")


@pytest.mark.parametrize(
    ("code", "category"),
    [("FRESH ", "New"), ("NEW", "New"), ("existing", "Existing"), ("lapsed", "Re-Engaged"), ("odd", None), ("", None)],
)
def test_status_codes_match_trimmed_and_in_any_case(code, category):
    assert order(Amount="1", CustomerStatus=code).status_category == category


def test_a_mapping_may_put_the_known_words_elsewhere():
    context = replace(CONTEXT, statuses={"Re-Engaged": ("new",)})
    assert order(context, Amount="1", CustomerStatus="New").status_category == "Re-Engaged"
    assert order(context, Amount="1", CustomerStatus="Existing").status_category == "Existing"


@pytest.mark.parametrize(
    "sent",
    [{}, {"Amount": "1e5"}, {"Amount": "1,00"}, {"Items": [{"ItemSku": "a"}]}, {"Items": [item(quantity="1.5")]}],
)
def test_what_intake_would_refuse_is_refused_here_too(sent):
    with pytest.raises(ValueError, match=r".+"):
        order(**sent)
