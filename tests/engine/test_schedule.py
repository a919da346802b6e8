"""Locking and clearing dates: the worked examples of payouts.md §7, month ends, and days of 23 and 25 hours."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.engine.document.sections.locking import LOCKING, Locking
from contracts.engine.document.sections.scheduling import SCHEDULING, PayoutScheduling
from contracts.engine.pricing.schedule import (
    clearing_date,
    is_open_ended,
    lock_instant,
    locking_date,
)

ZONES = ("UTC", "Europe/London", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Apia", "Africa/Cairo")


def local(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("tracked", "locking", "locks"),
    [
        ("2020-09-10T10:42", Locking("DAY", 0, 15), "2020-09-26T00:00"),
        ("2021-04-24T19:50", Locking("MONTH", 0, 15), "2021-05-16T00:00"),
        ("2026-01-01T00:00", Locking("MONTH", 0, 27), "2026-02-28T00:00"),
        ("2026-01-31T23:59", Locking("MONTH", 0, 27), "2026-02-28T00:00"),
        ("2026-03-15T12:00", Locking("DAY", 0, 0), "2026-03-16T00:00"),
        ("2026-03-15T12:00", Locking("MONTH", 0, 0), "2026-04-01T00:00"),
        ("2026-12-31T12:00", Locking("MONTH", 1, 15), "2027-02-16T00:00"),
        ("2026-01-30T12:00", Locking("DAY", 1, 0), "2026-02-28T00:00"),
        ("2024-01-30T12:00", Locking("DAY", 1, 0), "2024-02-29T00:00"),
        ("2026-01-30T12:00", Locking("DAY", 1, 1), "2026-03-01T00:00"),
        ("2026-08-31T12:00", Locking("MONTH", 12, 0), "2027-09-01T00:00"),
    ],
)
@pytest.mark.parametrize("zone", ZONES)
def test_an_action_locks_after_the_end_of_its_period(tracked, locking, locks, zone):
    instant = lock_instant(local(tracked, zone), locking, zone)
    assert instant.tzinfo is UTC
    assert instant == local(locks, zone)


def test_the_day_is_the_day_of_the_program():
    late_in_london = local("2026-03-15T23:30", "America/Los_Angeles")
    assert lock_instant(late_in_london, Locking("DAY"), "America/Los_Angeles") == local("2026-03-16T07:00")
    assert lock_instant(late_in_london, Locking("DAY"), "Europe/London") == local("2026-03-17T00:00")


@pytest.mark.parametrize(
    ("tracked", "locks"),
    [
        ("2026-03-28T12:00+00:00", "2026-03-29T00:00+00:00"),  # the night before the clocks go forward
        ("2026-03-29T12:00+01:00", "2026-03-29T23:00+00:00"),  # a day of 23 hours
        ("2026-10-24T12:00+01:00", "2026-10-24T23:00+00:00"),
        ("2026-10-25T12:00+00:00", "2026-10-26T00:00+00:00"),  # a day of 25 hours
        ("2026-10-25T01:30+01:00", "2026-10-26T00:00+00:00"),  # half past one, the first time
        ("2026-10-25T01:30+00:00", "2026-10-26T00:00+00:00"),  # and the second
    ],
)
def test_a_day_ends_at_local_midnight_when_the_clocks_move(tracked, locks):
    assert lock_instant(datetime.fromisoformat(tracked), Locking("DAY"), "Europe/London") == datetime.fromisoformat(
        locks
    )


def test_a_skipped_midnight_is_the_moment_the_clocks_move():
    # Cairo went from 2024-04-25 23:59:59 to 2024-04-26 01:00.
    locks = lock_instant(local("2024-04-25T12:00", "Africa/Cairo"), Locking("DAY"), "Africa/Cairo")
    assert locks == local("2024-04-25T22:00")
    assert locks.astimezone(ZoneInfo("Africa/Cairo")).isoformat() == "2024-04-26T01:00:00+03:00"


@pytest.mark.parametrize("locking", [None, Locking(open_ended=True), Locking("MONTH", 2, 3, open_ended=True)])
def test_an_open_ended_action_has_no_locking_date_and_locks_by_itself_after_730_days(locking):
    tracked = local("2026-11-20T10:00")
    assert is_open_ended(locking)
    assert locking_date(tracked, locking, "Europe/London") is None
    assert lock_instant(tracked, locking, "Europe/London") == local("2028-11-19T10:00")


def test_an_agreed_lock_is_the_locking_date():
    assert locking_date(local("2020-09-10T10:42"), Locking("DAY", 0, 15), "UTC") == local("2020-09-26T00:00")


@pytest.mark.parametrize(
    ("locked", "scheduling", "paid"),
    [
        ("2026-02-28T00:00", PayoutScheduling("END_OF_MONTH", 0, 20), "2026-03-20"),
        ("2026-02-01T00:00", PayoutScheduling("END_OF_MONTH", 0, 20), "2026-03-20"),
        ("2026-02-28T00:00", PayoutScheduling("END_OF_MONTH", 1, 20), "2026-04-20"),
        ("2026-02-28T00:00", PayoutScheduling("END_OF_MONTH", 1, 0), "2026-03-31"),
        ("2026-01-31T00:00", PayoutScheduling("END_OF_MONTH", 1, 0), "2026-02-28"),
        ("2026-12-05T00:00", PayoutScheduling("END_OF_MONTH", 0, 1), "2027-01-01"),
        ("2021-05-16T00:00", PayoutScheduling("END_OF_DAY", 0, 0), "2021-05-16"),
        ("2021-05-16T00:00", PayoutScheduling("END_OF_WEEK", 0, 0), "2021-05-16"),
        ("2021-05-16T00:00", PayoutScheduling("END_OF_MONTH", 0, 0), "2021-05-16"),
        ("2021-05-16T00:00", None, "2021-05-16"),
        ("2026-02-28T00:00", PayoutScheduling("END_OF_DAY", 0, 15), "2026-03-15"),
        ("2026-01-31T00:00", PayoutScheduling("END_OF_DAY", 1, 0), "2026-02-28"),
        (
            "2026-11-18T00:00",
            PayoutScheduling("END_OF_WEEK", 0, 3),
            "2026-11-25",
        ),  # a Wednesday
        ("2026-11-22T00:00", PayoutScheduling("END_OF_WEEK", 0, 3), "2026-11-25"),
        ("2026-11-23T00:00", PayoutScheduling("END_OF_WEEK", 0, 3), "2026-12-02"),
    ],
)
@pytest.mark.parametrize("zone", ZONES)
def test_an_action_is_paid_after_the_end_of_the_period_it_locked_in(locked, scheduling, paid, zone):
    assert clearing_date(local(locked, zone), scheduling, zone) == date.fromisoformat(paid)


def test_the_clearing_day_is_counted_from_the_local_day_of_locking():
    locked = local("2026-02-28T23:30")
    assert clearing_date(locked, PayoutScheduling("END_OF_MONTH", 0, 20), "UTC") == date(2026, 3, 20)
    assert clearing_date(locked, PayoutScheduling("END_OF_MONTH", 0, 20), "Asia/Kolkata") == date(2026, 4, 20)


@given(
    tracked=st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),
    later=st.timedeltas(min_value=datetime.resolution, max_value=datetime(2001, 1, 1) - datetime(2000, 1, 1)),
    locking=st.builds(Locking, st.sampled_from(["DAY", "MONTH"]), st.integers(0, 24), st.integers(0, 27)),
    zone=st.sampled_from(ZONES),
)
def test_locking_comes_after_tracking_and_keeps_the_order_of_actions(tracked, later, locking, zone):
    locks = lock_instant(tracked, locking, zone)
    assert locks > tracked
    assert lock_instant(tracked + later, locking, zone) >= locks


@pytest.mark.parametrize(
    ("locking", "sentence"),
    [
        (
            Locking("MONTH", 1, 15),
            "Actions are locked 1 month and 15 days after the end of the month they are tracked.",
        ),
        (Locking("DAY", 0, 1), "Actions are locked 1 day after the end of the day they are tracked."),
        (Locking("MONTH", 2, 0), "Actions are locked 2 months after the end of the month they are tracked."),
        (Locking("DAY"), "Actions are locked at the end of the day they are tracked."),
        (None, "Actions are open-ended: they lock by themselves 730 days after they are tracked."),
    ],
)
def test_locking_reads_as_a_sentence(locking, sentence):
    assert LOCKING.words(locking, "GBP") == sentence


@pytest.mark.parametrize(
    ("scheduling", "sentence"),
    [
        (PayoutScheduling("END_OF_MONTH", 0, 20), "Actions are paid 20 days after the end of the month they lock."),
        (PayoutScheduling("END_OF_WEEK", 1, 0), "Actions are paid 1 month after the end of the week they lock."),
        (PayoutScheduling("END_OF_DAY", 0, 0), "Actions are paid on the day they lock."),
        (None, "Actions are paid on the day they lock."),
    ],
)
def test_paying_reads_as_a_sentence(scheduling, sentence):
    assert SCHEDULING.words(scheduling, "GBP") == sentence
