"""The order history (payouts.md §13): months and statuses by tables, and against a count of one order after another."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.engine.orders.history import OrdersBefore, months_between, order_history, status_by_history
from tests.engine.naive import history as naive

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2021, 1, 1), datetime(2024, 12, 31), timezones=st.just(UTC))
DAYS = st.dates(date(2019, 12, 1), date(2025, 3, 31))
ZONES = ("UTC", "Europe/London", "America/Los_Angeles", "Pacific/Apia")


@pytest.mark.parametrize(
    ("first", "day", "months"),
    [
        ("2026-01-31", "2026-01-31", 0),
        ("2026-01-31", "2026-02-28", 0),
        ("2026-01-31", "2026-03-01", 1),
        ("2026-01-31", "2026-03-30", 1),
        ("2026-01-31", "2026-03-31", 2),
        ("2024-01-31", "2024-02-29", 0),
        ("2024-02-29", "2024-03-28", 0),
        ("2024-02-29", "2024-03-29", 1),
        ("2024-02-29", "2025-02-28", 11),
        ("2024-02-29", "2025-03-01", 12),
        ("2024-02-29", "2028-02-29", 48),
        ("2025-12-15", "2026-01-14", 0),
        ("2025-12-15", "2026-01-15", 1),
        ("2025-11-30", "2026-02-28", 2),
        ("2025-03-15", "2026-03-14", 11),
        ("2025-03-15", "2026-03-15", 12),
    ],
)
def test_months_are_whole_calendar_months(first, day, months):
    assert months_between(date.fromisoformat(first), date.fromisoformat(day)) == months


@given(DAYS, DAYS)
def test_months_are_those_that_counting_finds(one, other):
    first, day = sorted((one, other))
    assert months_between(first, day) == naive.months_between(first, day)


@given(DAYS, DAYS, DAYS)
def test_a_later_order_never_has_fewer_months(one, two, three):
    first, day, later = sorted((one, two, three))
    assert 0 <= months_between(first, day) <= months_between(first, later)


@pytest.mark.parametrize(
    ("ago", "status"),
    [
        (None, "New"),
        (timedelta(0), "Existing"),
        (timedelta(days=30), "Existing"),
        (timedelta(days=30, microseconds=1), "Re-Engaged"),
        (timedelta(days=29, hours=23), "Existing"),
        (timedelta(days=400), "Re-Engaged"),
    ],
)
def test_the_last_order_exactly_so_many_days_before_is_within_them(ago, status):
    last = None if ago is None else NOON - ago
    assert status_of(last=last) == status


@pytest.mark.parametrize(
    ("before", "status"),
    [
        (OrdersBefore(), "New"),
        (OrdersBefore(2), "Existing"),  # without a day they lie within the time
        (OrdersBefore(1, NOON.date() - timedelta(days=30)), "Existing"),
        (OrdersBefore(1, NOON.date() - timedelta(days=31)), "Re-Engaged"),
        (OrdersBefore(1, NOON.date()), "Existing"),
        (OrdersBefore(1, NOON.date() + timedelta(days=1)), "New"),
        (OrdersBefore(0, NOON.date() - timedelta(days=31)), "Re-Engaged"),  # a day is the day of one order
    ],
)
def test_orders_from_before_the_brand_came_count(before, status):
    assert status_of(last=None, before=before) == status


def test_a_recent_order_outweighs_old_ones_from_a_file():
    old = OrdersBefore(5, NOON.date() - timedelta(days=900))
    assert status_of(last=NOON - timedelta(days=2), before=old) == "Existing"
    assert status_of(last=NOON - timedelta(days=31), before=old) == "Re-Engaged"


@pytest.mark.parametrize(
    ("before", "number", "first"),
    [
        (OrdersBefore(), 3, "2026-02-01"),
        (OrdersBefore(4), 7, "2026-02-01"),
        (OrdersBefore(4, date(2025, 6, 30)), 7, "2025-06-30"),
        (OrdersBefore(4, date(2026, 3, 2)), 3, "2026-02-01"),  # after the order: none of them lies before it
        (OrdersBefore(0, date(2025, 6, 30)), 4, "2025-06-30"),
    ],
)
def test_the_number_and_the_first_day_are_over_stored_and_imported_orders(before, number, first):
    found = order_history(day=NOON.date(), earlier=2, first_day=date(2026, 2, 1), before=before)
    assert (found.number, found.first_day.isoformat()) == (number, first)


@given(
    st.lists(MOMENTS, min_size=1, max_size=8),
    st.integers(0, 3),
    st.none() | st.dates(date(2020, 1, 1), date(2024, 12, 31)),
    st.sampled_from(ZONES),
    st.sampled_from([1, 30, 365]),
)
def test_every_order_has_the_history_that_counting_finds(moments, number, day, zone, re_engaged_after):
    zone = ZoneInfo(zone)
    orders = [(moment, row) for row, moment in enumerate([*moments, moments[0]])]  # two of the same moment
    before = OrdersBefore(number, day)
    for place, (moment, row) in enumerate(orders):
        earlier = sorted(each for each in orders if each < (moment, row))
        today = moment.astimezone(zone).date()
        found = order_history(
            day=today,
            earlier=len(earlier),
            first_day=earlier[0][0].astimezone(zone).date() if earlier else None,
            before=before,
        )
        status = status_by_history(
            event_date=moment,
            day=today,
            last=earlier[-1][0] if earlier else None,
            before=before,
            re_engaged_after=re_engaged_after,
        )
        expected = naive.history(orders, place, zone, number, day, re_engaged_after)
        assert (found.number, found.first_day, found.months, status) == expected
        assert (found.number == 1) == (status == "New")


def status_of(*, last, before=OrdersBefore()):  # noqa: B008 (it is frozen)
    return status_by_history(event_date=NOON, day=NOON.date(), last=last, before=before, re_engaged_after=30)
