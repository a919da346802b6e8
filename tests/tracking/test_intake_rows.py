"""From the rows of a conversions file to orders: which rows belong together, and where an error stands."""

import tracemalloc
from datetime import UTC, datetime

import pytest

from common.refusals import Refusal, Refused
from tracking.intake import Repeats, group_rows

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def row(order_id="A1", sku="S1", price="10", **params):
    order = {"CampaignId": "1000", "EventTypeCode": "SALE", "EventDate": "2026-11-19", "MediaPartnerId": "P-1"}
    return {**order, "OrderId": order_id, "ItemSku": sku, "ItemPrice": price, **params}


def orders(*rows):
    return list(group_rows(enumerate(rows, 2)))


def read_twice(*rows):
    """The orders of a file as they are at last: of its second reading, where rows stand apart."""
    repeats = Repeats()
    first = list(group_rows(enumerate(rows, 2), repeats))
    return list(group_rows(enumerate(rows, 2), repeats, again=True)) if repeats.are_found else first


def refused(*rows):
    """The first rows of the orders that stand apart, with where else they stand."""
    return [(order.rows[0], *order.apart) for order in read_twice(*rows) if order.apart]


def errors(order):
    with pytest.raises(Refused) as caught:
        order.read(now=NOW)
    return list(caught.value)


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


def test_rows_of_one_order_that_stand_apart_are_refused_with_all_of_them():
    file = row("A1"), row("A2"), row("A1", sku="S2"), row("A1", sku="S3"), row("A3"), row("A1", sku="S4")
    orders = read_twice(*file)
    assert [(order.rows, order.apart) for order in orders if order.apart] == [
        ([2], (7, True)), ([4, 5], (2, False)), ([7], (2, False)),
    ]  # fmt: skip
    assert errors(orders[2]) == [
        Refusal(
            "OrderId",
            "Order A1 is also on row 2, with other values, so all of its rows are rejected. Put all rows "
            "of an order together, one after the other, with one EventDate; give two orders two ids.",
            row=4,
        )
    ]  # fmt: skip
    assert [order.read(now=NOW).order_id for order in orders if not order.apart] == ["A2", "A3"]


def test_a_file_that_is_sorted_by_sku_is_refused_and_taken_when_it_is_sorted_by_order():
    lines = [row("A1", "S1"), row("A2", "S1"), row("A1", "S2"), row("A2", "S2")]
    assert refused(*lines) == [(2, 4, True), (3, 5, True), (4, 2, False), (5, 3, False)]
    assert [order.rows for order in read_twice(*sorted(lines, key=lambda line: line["OrderId"]))] == [[2, 3], [4, 5]]


def test_an_order_that_comes_again_with_exactly_the_same_rows_is_no_error():
    assert refused(row("A1"), row("A1", sku="S2"), row("A2"), row("A1"), row("A1", sku="S2")) == []


@pytest.mark.parametrize(
    "again",
    [{"price": "11"}, {"CustomerStatus": "new"}, {"EventDate": "2026-11-18"}, {"EventDate": ""}, {"EventTypeCode": ""},
     {"order_id": " \u200bA1"}],
)  # fmt: skip
def test_an_order_that_comes_again_otherwise_stands_apart(again):
    assert refused(row("A1"), row("A2"), row(**{"sku": "S2", **again})) == [(2, 4, True), (4, 2, False)]


@pytest.mark.parametrize(
    "again", [{"EventTypeCode": "LEAD"}, {"EventDate": "2026-10-20"}, {"EventDate": "2027-11-19"}, {"order_id": "a1"}]
)
def test_another_event_type_or_a_date_outside_of_the_window_is_another_order(again):
    assert refused(row("A1"), row("A2"), row(**again)) == []
    assert [order.rows for order in orders(row("A1"), row(**{"sku": "S2", **again}))] == [[2], [3]]


def test_rows_below_each_other_with_another_date_within_the_window_contradict_each_other():
    (order,) = orders(row(), row(sku="S2", EventDate="2026-11-19T10:00:01"), row(sku="S3", EventDate="2026-11-18"))
    assert [(error.row, error.path) for error in errors(order)] == [(3, "EventDate"), (4, "EventDate")]


def test_an_order_whose_first_rows_are_bad_and_that_comes_again_repaired_stands_apart():
    bad = [row("A1", CustomerStatus="new"), row("A1", sku="S2", CustomerStatus="old")]
    assert refused(*bad, row("A2"), *[{**line, "CustomerStatus": "new"} for line in bad])


def test_whole_orders_with_one_id_and_day_stand_apart_where_they_say_two_things():
    def wide(order_id="A1", amount="5", **params):
        return {"OrderId": order_id, "EventTypeCode": "SALE", "EventDate": "2026-11-19", "Amount": amount, **params}

    assert refused(wide(), wide(amount="7")) == [(2, 3, True), (3, 2, False)]
    assert refused(wide(), wide()) == []
    assert refused(wide(), wide(amount="7", EventDate="2026-11-20")) == []


def test_an_id_that_comes_again_more_often_than_is_compared_stands_apart():
    rows = [row("A1", EventTypeCode=f"TYPE-{number}") for number in range(52)]
    assert len(refused(*rows[:51])) == 0
    assert refused(*rows)


def test_only_the_first_row_of_an_order_needs_its_cells():
    blank = dict.fromkeys(("CampaignId", "EventTypeCode", "EventDate", "MediaPartnerId", "OrderDiscount"), "")
    first, second = orders(row(OrderDiscount="5"), row(sku="S2", **blank), row("A2", OrderDiscount=""))
    assert first.rows == [2, 3]
    payload = first.read(now=NOW).payload
    assert (payload["OrderDiscount"], len(payload["Items"])) == ("5", 2)
    assert second.read(now=NOW).order_id == "A2"


def test_a_row_of_nothing_but_an_item_refuses_the_order_above_it():
    blank = dict.fromkeys(("CampaignId", "EventTypeCode", "EventDate", "MediaPartnerId"), "")
    first, second = orders(row(), row("", sku="S2", **blank), row("A2"))
    assert [(error.row, error.path) for error in errors(first)] == [(3, "OrderId")]
    assert second.read(now=NOW).order_id == "A2"


@pytest.mark.parametrize("order_id", ["undefined", "nan", "#N/A", "x" * 65])
def test_rows_under_what_is_no_order_id_stay_apart(order_id):
    assert [order.rows for order in orders(row(order_id), row(order_id))] == [[2], [3]]


class Told(str):
    """A cell of a workbook of which more is known than its text."""

    problem = merged = ""


def told(text, **known):
    cell = Told(text)
    cell.__dict__.update(known)
    return cell


def test_a_cell_that_cannot_be_read_refuses_its_order_with_what_is_the_matter():
    problem = "Cell K3 holds a formula without a stored value."
    first, second = orders(
        row(), row(sku="S2", OrderDiscount=told("", problem=problem)), row("A2", price=told("", problem="P"))
    )
    assert errors(first) == [Refusal("OrderDiscount", problem, row=3)]
    assert errors(second) == [Refusal("ItemPrice", "P", row=4)]


def test_rows_whose_order_ids_cannot_be_read_stay_apart():
    lost = told("#REF!", problem="Cell D2 holds the error #REF!.")
    first, second = orders(row(lost), row(lost, sku="S2"))
    assert errors(first) == [Refusal("OrderId", lost.problem, row=2)]
    assert errors(second) == [Refusal("OrderId", lost.problem, row=3)]


def test_a_merged_amount_counts_once_for_its_order_and_is_refused_over_two():
    merged = told("5", merged="D2:D3")
    (order,) = orders(row(OrderDiscount=merged), row(sku="S2", OrderDiscount=merged))
    assert order.read(now=NOW).payload["OrderDiscount"] == "5"
    first, second, third = orders(
        row(OrderDiscount=merged), row("A2", OrderDiscount=merged), row("A3", OrderDiscount="5")
    )
    assert [(error.row, error.path) for error in errors(first) + errors(second)] == [
        (2, "OrderDiscount"), (3, "OrderDiscount"),
    ]  # fmt: skip
    assert "The merged cell D2:D3 covers rows of two orders, this one and that of row 3" in errors(first)[0].message
    assert third.read(now=NOW).order_id == "A3"


def test_what_is_kept_of_each_order_of_a_file_is_small():
    def file(count):
        return ((number, row(f"A{number}")) for number in range(count))

    sum(1 for _ in group_rows(file(10)))
    tracemalloc.start()
    repeats = Repeats()
    orders = sum(1 for _ in group_rows(file(20_000), repeats))
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (orders, repeats.are_found) == (20_000, False)
    assert kept / orders < 200


def test_rows_that_contradict_each_other_are_reported_with_row_and_column():
    (order,) = orders(row(CustomerStatus="new"), row(CustomerStatus="new"), row(CustomerStatus="repeat"))
    assert errors(order) == [Refusal("CustomerStatus", "Differs from row 2 of the same order: new.", row=4)]


def test_a_blank_cell_repeats_the_row_above_but_does_not_come_first():
    (order,) = orders(row(OrderDiscount="5"), row(OrderDiscount=""))
    assert order.read(now=NOW).payload["OrderDiscount"] == "5"
    (order,) = orders(row(OrderDiscount=""), row(OrderDiscount="5"))
    assert [(error.row, error.path) for error in errors(order)] == [(3, "OrderDiscount")]


def test_an_error_in_an_item_names_its_row_and_column():
    (order,) = orders(row(), row(price="ten"), row(ItemDate7="x"), row(CustomerStatus="x" * 41))
    assert [(error.row, error.path) for error in errors(order)] == [
        (3, "ItemPrice"), (4, "ItemDate7"), (5, "CustomerStatus"),
    ]  # fmt: skip


def test_an_error_of_the_order_stands_at_its_first_row():
    (order,) = orders(row(CurrencyCode="POUND"), row(CurrencyCode="POUND"))
    assert [(error.row, error.path) for error in errors(order)] == [(2, "CurrencyCode")]


def test_numbered_and_unnumbered_items_do_not_mix():
    (order,) = orders(row(ItemSku1="S1"))
    assert "Items" in {error.path for error in errors(order)}


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
