"""From the rows of a conversions file to orders: which rows belong together, and where an error stands."""

from datetime import UTC, datetime

import pytest

from tracking.intake import RowError, RowErrors, group_rows

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def row(order_id="A1", sku="S1", price="10", **params):
    order = {"CampaignId": "1000", "EventTypeCode": "SALE", "EventDate": "2026-11-19", "MediaPartnerId": "P-1"}
    return {**order, "OrderId": order_id, "ItemSku": sku, "ItemPrice": price, **params}


def orders(*rows):
    return list(group_rows(enumerate(rows, 2)))


def errors(order):
    with pytest.raises(RowErrors) as caught:
        order.read(now=NOW)
    return caught.value.errors


def test_consecutive_rows_of_one_order_are_one_conversion():
    first, second = orders(row(), row(sku="S2", ItemText3="x"), row("A2"))
    assert first.rows == [2, 3]
    assert first.read(now=NOW).payload["Items"] == [
        {"ItemSku": "S1", "ItemPrice": "10"}, {"ItemSku": "S2", "ItemPrice": "10", "ItemText3": "x"},
    ]  # fmt: skip
    assert second.rows == [4]
    assert second.read(now=NOW).order_id == "A2"


def test_the_same_id_of_another_event_type_is_another_order():
    assert [order.rows for order in orders(row(), row(EventTypeCode="LEAD"), row(EventTypeCode="LEAD"))] == [
        [2],
        [3, 4],
    ]


def test_a_wide_row_is_an_order_of_its_own():
    wide = {**row(), "ItemSku1": "S1", "ItemPrice1": "10", "ItemSku2": "", "ItemPrice2": ""}
    del wide["ItemSku"], wide["ItemPrice"]
    first, again = orders(wide, wide)
    assert first.read(now=NOW).payload["Items"] == [{"ItemSku": "S1", "ItemPrice": "10"}]
    assert again.rows == [3]


def test_an_order_that_comes_again_after_another_is_reported():
    *_, third = orders(row("A1"), row("A2"), row("A1", sku="S9"))
    assert errors(third) == [
        RowError(4, "OrderId", "Came before in this file: put all rows of an order together, one after the other.")
    ]


def test_rows_that_contradict_each_other_are_reported_with_row_and_column():
    (order,) = orders(row(CustomerStatus="new"), row(CustomerStatus="new"), row(CustomerStatus="repeat"))
    assert errors(order) == [RowError(4, "CustomerStatus", "Differs from row 2 of the same order: new.")]


def test_a_blank_cell_repeats_the_row_above_but_does_not_come_first():
    (order,) = orders(row(OrderDiscount="5"), row(OrderDiscount=""))
    assert order.read(now=NOW).payload["OrderDiscount"] == "5"
    (order,) = orders(row(OrderDiscount=""), row(OrderDiscount="5"))
    assert [(error.row, error.field) for error in errors(order)] == [(3, "OrderDiscount")]


def test_an_error_in_an_item_names_its_row_and_column():
    (order,) = orders(row(), row(price="ten"), row(ItemDate7="x"), row(CustomerStatus="x" * 41))
    assert [(error.row, error.field) for error in errors(order)] == [
        (3, "ItemPrice"), (4, "ItemDate7"), (5, "CustomerStatus"),
    ]  # fmt: skip


def test_an_error_of_the_order_stands_at_its_first_row():
    (order,) = orders(row(CurrencyCode="POUND"), row(CurrencyCode="POUND"))
    assert [(error.row, error.field) for error in errors(order)] == [(2, "CurrencyCode")]


def test_numbered_and_unnumbered_items_do_not_mix():
    (order,) = orders(row(ItemSku1="S1"))
    assert "Items" in {error.field for error in errors(order)}


def test_rows_without_an_id_stay_apart():
    assert [order.rows for order in orders(row(""), row(""))] == [[2], [3]]


def test_orders_come_one_by_one_while_the_file_is_read():
    def endless():
        number = 1
        while True:
            number += 1
            yield number, row(f"A{number // 2}")

    stream = group_rows(endless())
    assert [next(stream).rows for _ in range(3)] == [[2, 3], [4, 5], [6, 7]]
