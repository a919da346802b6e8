"""What takes longer the more there is rests in proportion to what it took."""

import time

import pytest

from common.queue.backoff import Pace


def test_what_was_never_done_may_be_done():
    assert Pace(times=50, longest=60).rest("a") == 0


def test_a_rest_is_so_many_times_as_long_as_the_work_and_ends():
    pace = Pace(times=10, longest=60)
    with pace.timed("a"):
        time.sleep(0.05)
    assert 0.4 < pace.rest("a") <= 10
    assert pace.rest("b") == 0
    time.sleep(pace.rest("a"))
    assert pace.rest("a") == 0


def test_no_rest_is_longer_than_the_longest():
    pace = Pace(times=1_000_000, longest=5)
    with pace.timed("a"):
        time.sleep(0.01)
    assert 4 < pace.rest("a") <= 5


def test_what_fails_rests_too():
    pace = Pace(times=1_000_000, longest=5)
    with pytest.raises(ZeroDivisionError), pace.timed("a"):
        raise ZeroDivisionError
    assert pace.rest("a") > 0
