"""An order is priced by the order history that is stored then (payouts.md §13), and keeps what was counted."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from program.models import Customer
from tests.factories import (
    make_action,
    make_contracts,
    make_conversion,
    make_event_type,
    make_modification,
    make_partner,
    make_program,
    sent,
    terms_document,
)
from tests.tracking.ordering import DAY, order, receipt
from tracking.actions.explain import explain_action
from tracking.conversions.new_conversions import store_conversions
from tracking.intake import read_conversion
from tracking.models import Action, Conversion
from tracking.models.conversion import Source
from tracking.modifications.apply import apply_all
from tracking.pricing.batch import price_all, price_batch
from tracking.pricing.order_history import _IS_OF_BROWSERS

FIRST = {"Variable": "CUSTOMER_ORDER_NUMBER", "Operator": "EQ", "Values": ["1"]}
A_YEAR = {"Variable": "CUSTOMER_MONTHS_SINCE_FIRST_ORDER", "Operator": "LT", "Values": ["12"]}
EARLY = {"Variable": "CUSTOMER_FIRST_ORDER_DATE", "Operator": "BEFORE", "Values": ["2020-01-01"]}
THREE = [
    {"Rank": 1, "Name": "First order", "Rules": [FIRST], "PayoutRate": "50"},
    {"Rank": 2, "Name": "For 12 months", "Rules": [A_YEAR], "PayoutRate": "10"},
]
USUAL = 29  # queries of a batch of customers


@pytest.fixture
def three(brand: Any, sale: Any, partner: Any) -> Any:
    """50% of the first order, 10% for 12 months, then nothing."""
    return make_contracts(program=brand, document=terms_document(rate="0", groups=THREE), partners=[partner])


def history_of(action: Action) -> tuple[str, str, str]:
    kept = action.profile
    return (
        kept["CustomerOrderNumber"], kept["CustomerFirstOrderDate"], kept["CustomerMonthsSinceFirstOrder"],
    )  # fmt: skip


def together(program: Any, *orders: dict[str, Any]) -> list[Action]:
    """The actions of orders that one batch prices, in the order in which they were stored."""
    rows = [
        read_conversion(sent(**{"CampaignId": program.pk, "CustomerId": "C-1", **params}), now=timezone.now())
        for params in orders
    ]
    store_conversions(program, rows, source=Source.FILE)
    price_all(program.pk)
    return list(Action.objects.order_by("conversion_id"))


def test_half_of_the_first_order_ten_percent_for_a_year_then_nothing(brand, three):
    days = ["2025-01-31", "2025-02-28", "2026-01-30", "2026-01-31", "2026-07-01"]
    actions = [order(brand, EventDate=f"{day}T12:00:00Z") for day in days]
    assert [action.payout for action in actions] == [50, 10, 10, 0, 0]
    assert [action.group_name for action in actions] == ["First order", "For 12 months", "For 12 months", "", ""]
    assert [history_of(action) for action in actions] == [
        ("1", "2025-01-31", "0"),
        ("2", "2025-01-31", "0"),
        ("3", "2025-01-31", "11"),
        ("4", "2025-01-31", "12"),
        ("5", "2025-01-31", "17"),
    ]


def test_orders_of_the_same_moment_count_in_the_order_in_which_they_were_stored(brand, three):
    moment = DAY.isoformat()
    actions = together(brand, *[{"EventDate": moment} for _ in range(3)])
    assert [history_of(action)[0] for action in actions] == ["1", "2", "3"]
    assert [action.payout for action in actions] == [50, 10, 10]


def test_orders_of_one_batch_see_each_other_by_event_date(brand, three):
    later, earlier = together(
        brand, {"EventDate": (DAY + timedelta(days=1)).isoformat()}, {"EventDate": DAY.isoformat()}
    )
    assert (history_of(later)[0], history_of(earlier)[0]) == ("2", "1")
    assert (later.payout, earlier.payout) == (10, 50)


def test_an_order_that_waits_already_counts_for_one_that_is_priced(brand, three):
    other = make_conversion(program=brand, CustomerId="C-1", EventDate=(DAY - timedelta(days=1)).isoformat())
    conversion = make_conversion(program=brand, CustomerId="C-1", EventDate=DAY.isoformat())
    Conversion.objects.filter(pk=other.pk).update(state="QUARANTINED")
    price_batch()
    assert history_of(Action.objects.get(conversion=conversion))[0] == "2"


def test_the_day_is_that_of_the_programs_time_zone(brand, three):
    action = order(brand, EventDate="2026-04-30T23:30:00Z")  # in London it is 1 May
    assert history_of(action) == ("1", "2026-05-01", "0")
    assert history_of(order(brand, EventDate="2026-05-31T23:30:00Z")) == ("2", "2026-05-01", "1")


@pytest.mark.parametrize("event", ["held", "returned", "uncredited"])
def test_held_and_returned_orders_count(brand, three, event):
    before = (DAY - timedelta(days=40)).isoformat()
    if event == "held":
        make_conversion(program=brand, CustomerId="C-1", EventDate=before, MediaPartnerId="P-404")
    elif event == "uncredited":
        make_conversion(program=brand, CustomerId="C-1", EventDate=before, MediaPartnerId="", ClickId="c")
    else:
        order(brand, EventDate=before, OrderId="A-1")
        make_modification(program=brand, OrderId="A-1", Reason="ITEM_RETURNED", Amount="0.00")
        apply_all(brand.pk)
        assert Action.objects.get(order_id="A-1").state == "REVERSED"
    action = order(brand)
    assert history_of(action)[0] == "2"
    assert history_of(action)[2] == "1"


def test_an_order_of_another_partner_counts(brand, three):
    other = make_partner(program=brand, media_partner_id="P-2")
    make_contracts(program=brand, document=terms_document(name="Other"), partners=[other])
    order(brand, DAY - timedelta(days=1), MediaPartnerId="P-2")
    assert history_of(order(brand))[0] == "2"


def test_duplicates_and_test_orders_do_not_count(brand, three):
    before = (DAY - timedelta(days=1)).isoformat()
    make_conversion(program=brand, is_test=True, CustomerId="C-1", EventDate=before)
    order(brand, OrderId="A-1")
    make_conversion(program=brand, CustomerId="C-1", OrderId="A-1", EventDate=before)
    assert Conversion.objects.filter(state="DUPLICATE").count() == 1
    assert history_of(order(brand, DAY + timedelta(days=1)))[0] == "2"


def test_a_test_order_has_a_history_and_is_in_none(brand, three):
    order(brand, DAY - timedelta(days=40))
    tried = order(brand, is_test=True)
    assert history_of(tried) == ("2", "2026-03-22", "1")
    assert history_of(order(brand, is_test=True))[0] == "2"
    assert history_of(order(brand))[0] == "2"


def test_test_orders_of_one_batch_each_have_the_history_before_them(brand, three):
    order(brand, DAY - timedelta(days=40))
    order(brand, DAY - timedelta(days=10))
    dates = [DAY - timedelta(days=20), DAY, DAY - timedelta(days=50)]
    tried = [
        make_conversion(program=brand, is_test=True, CustomerId="C-1", EventDate=moment.isoformat()) for moment in dates
    ]
    price_batch()
    histories = [history_of(Action.objects.get(conversion=each)) for each in tried]
    assert histories == [("2", "2026-03-22", "0"), ("3", "2026-03-22", "1"), ("1", "2026-03-12", "0")]


def test_orders_of_another_event_type_or_program_or_customer_do_not_count(brand, three, partner):
    make_event_type(program=brand, code="LEAD")
    other = make_program(id=2000, name="Other")
    make_event_type(program=other)
    before = (DAY - timedelta(days=1)).isoformat()
    make_conversion(program=brand, EventTypeCode="LEAD", CustomerId="C-1", EventDate=before)
    make_conversion(program=other, CustomerId="C-1", EventDate=before)
    make_conversion(program=brand, CustomerId="c-1", EventDate=before)  # ids are compared exactly
    make_conversion(program=brand, EventDate=before)
    assert history_of(order(brand)) == ("1", "2026-05-01", "0")


def test_outer_space_and_zero_width_characters_of_a_customer_id_make_no_difference(brand, three):
    order(brand, DAY - timedelta(days=1), CustomerId=" C-\u200b1 ")
    assert history_of(order(brand))[0] == "2"


@pytest.mark.parametrize(
    ("number", "first_day", "expected"),
    [
        (4, None, ("5", "2026-05-01", "0")),
        (4, date(2025, 4, 30), ("5", "2025-04-30", "12")),
        (4, date(2026, 5, 2), ("1", "2026-05-01", "0")),
        (0, None, ("1", "2026-05-01", "0")),
    ],
    ids=["no day", "a day", "a later day", "none"],
)
def test_orders_from_before_the_brand_came_count(brand, three, number, first_day, expected):
    Customer.objects.create(program=brand, customer_id="C-1", orders_before=number, first_order_date=first_day)
    assert history_of(order(brand)) == expected


def test_without_a_customer_id_the_three_are_missing(brand, three):
    action = make_action(program=brand)
    assert "CustomerOrderNumber" not in action.profile
    assert (action.payout, action.group_name) == (0, "")
    explanation = explain_action(action)
    assert [group["Rules"][0]["Actual"] for group in explanation["Units"][0]["Groups"]] == [None, None]
    assert explanation["Agrees"]


def test_an_earlier_order_that_arrives_later_changes_nothing_that_is_priced(brand, three):
    first = order(brand)
    earlier = order(brand, DAY - timedelta(days=400))
    first.refresh_from_db()
    assert (first.payout, history_of(first)) == (50, ("1", "2026-05-01", "0"))
    assert (earlier.payout, history_of(earlier)) == (50, ("1", "2025-03-27", "0"))
    assert explain_action(Action.objects.get(pk=first.pk))["Agrees"]
    make_modification(program=brand, OrderId=first.order_id, Reason="ORDER_UPDATE", Amount="80.00")
    apply_all(brand.pk)
    first.refresh_from_db()
    assert (first.payout, first.group_name) == (40, "First order")


def test_the_receipt_says_what_was_counted(brand, three, client_of, alice):
    order(brand, DAY - timedelta(days=400))
    page = receipt(client_of, alice, order(brand))
    for words in ("Customer Order Number", "Customer Months Since First Order", ">2<", ">13<"):
        assert words in page


def test_the_receipt_says_that_an_order_without_customer_has_no_history(brand, three, client_of, alice):
    assert "the order names no customer" in receipt(client_of, alice, make_action(program=brand))


def test_a_rule_on_the_first_order_date_holds_by_the_file(brand, sale, partner):
    group = {"Rank": 1, "Name": "Old friends", "Rules": [EARLY], "PayoutRate": "20"}
    make_contracts(program=brand, document=terms_document(groups=[group]), partners=[partner])
    Customer.objects.create(program=brand, customer_id="C-1", orders_before=1, first_order_date=date(2019, 12, 31))
    assert order(brand).group_name == "Old friends"
    assert order(brand, CustomerId="C-2").group_name == ""


def queries_of_a_batch(brand: Any, count: int, *, is_test: bool = False) -> list[str]:
    for number in range(count):
        make_conversion(program=brand, is_test=is_test, CustomerId=f"C-{number}", EventDate=DAY.isoformat())
    with CaptureQueriesContext(connection) as captured:
        assert price_batch() == count
    return [query["sql"] for query in captured.captured_queries]


def test_where_no_terms_ask_for_it_no_query_more_is_asked(brand, standard):
    order(brand)  # loads the terms
    assert [len(queries_of_a_batch(brand, count)) for count in (1, 20)] == [USUAL, USUAL]


def test_the_history_of_a_batch_is_two_queries_more(brand, three):
    order(brand)
    assert [len(queries_of_a_batch(brand, count)) for count in (1, 20)] == [USUAL + 2, USUAL + 2]


def test_the_history_of_a_batch_of_test_orders_is_one_query(brand, three):
    order(brand)
    few, many = (queries_of_a_batch(brand, count, is_test=True) for count in (1, 20))
    assert len(few) == len(many)
    assert sum("before.number" in query for query in many) == 1


def test_whether_browsers_report_an_event_type_is_asked_of_their_index(brand: Any) -> None:
    """Without it all orders would have to be sorted first: so no statistics have it look for the first among all."""

    def plan() -> str:
        cursor.execute(f"EXPLAIN {_IS_OF_BROWSERS}", {"asked": [1]})
        return "\n".join(line for (line,) in cursor.fetchall())

    with connection.cursor() as cursor:
        assert "Index Only Scan using conversion_of_browser" in plan()
        for way in ("indexscan", "indexonlyscan", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        assert "Sort Key: browser.order_id" in plan()
