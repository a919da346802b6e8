"""A server that is down is tried now and then, by one caller at a time."""

import time

from common.queue.circuit_breaker import Breaker


def test_everybody_asks_a_server_that_answers():
    breaker = Breaker(pause=5)
    assert all(breaker.lets_through() for _ in range(3))


def test_one_caller_in_each_pause_tries_a_server_that_failed():
    breaker = Breaker(pause=0.5)
    breaker.failed()
    assert not breaker.lets_through()
    for _ in range(2):  # the one may have died of it, or still wait
        time.sleep(0.6)
        assert [breaker.lets_through() for _ in range(3)] == [True, False, False], "the others do not wait with the one"


def test_a_server_that_answers_again_is_asked_by_everybody():
    breaker = Breaker(pause=5)
    breaker.failed()
    breaker.answered()
    assert all(breaker.lets_through() for _ in range(3))
