"""What takes longer the more there is rests in proportion to what it took."""

import time

import pytest

from common.queue.backoff import BackOff


def test_what_was_never_done_may_be_done():
    assert BackOff(times=50, longest=60).rest("a") == 0


def test_a_rest_is_so_many_times_as_long_as_the_work_and_ends():
    back_off = BackOff(times=10, longest=60)
    with back_off.timed("a"):
        time.sleep(0.05)
    assert 0.4 < back_off.rest("a") <= 10
    assert back_off.rest("b") == 0
    time.sleep(back_off.rest("a"))
    assert back_off.rest("a") == 0


def test_no_rest_is_longer_than_the_longest():
    back_off = BackOff(times=1_000_000, longest=5)
    with back_off.timed("a"):
        time.sleep(0.01)
    assert 4 < back_off.rest("a") <= 5


def test_what_fails_rests_too():
    back_off = BackOff(times=1_000_000, longest=5)
    with pytest.raises(ZeroDivisionError), back_off.timed("a"):
        raise ZeroDivisionError
    assert back_off.rest("a") > 0
