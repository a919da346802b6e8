"""Dragging a list while someone else does: the second is told, nothing is lost."""

import threading
from decimal import Decimal

import pytest
from django.db import connection, connections

from common.db.edits import Stale
from contracts.drafts.ranks import move_to, order_token, ranked_ids, reorder_rows
from contracts.drafts.rows import add_payout_group
from contracts.models import PayoutGroup


@pytest.fixture
def groups(event_payout):
    return [add_payout_group(event_payout=event_payout, name=name, rules=[], payout_rate=Decimal(1)) for name in "ABC"]


@pytest.fixture
def seen(event_payout, groups):
    return order_token(ranked_ids(event_payout=event_payout, kind=PayoutGroup))


def names(event_payout):
    return "".join(event_payout.payout_groups.order_by("rank").values_list("name", flat=True))


def reorder(event_payout, ids, seen):
    reorder_rows(event_payout=event_payout, kind=PayoutGroup, ids=ids, seen=seen)


def test_the_list_gets_the_order_of_the_ids(event_payout, groups, seen):
    reorder(event_payout, [groups[2].pk, groups[0].pk, groups[1].pk], seen)
    assert names(event_payout) == "CAB"


def test_the_same_order_sent_twice_changes_nothing(event_payout, groups, seen):
    ids = [groups[2].pk, groups[0].pk, groups[1].pk]
    reorder(event_payout, ids, seen)
    reorder(event_payout, ids, seen)
    assert names(event_payout) == "CAB"


def test_some_rows_are_ranked_within_their_places(event_payout, groups, seen):
    a, _, c = (group.pk for group in groups)
    reorder(event_payout, [c, a], seen)
    assert names(event_payout) == "CBA"


def test_an_order_that_doubles_a_row_or_holds_a_strange_one_is_stale(event_payout, groups, seen):
    a, b, c = (group.pk for group in groups)
    for ids in ([a, b, b], [b, b], [a, b, c, 10**9], [10**9]):
        with pytest.raises(Stale):
            reorder(event_payout, ids, seen)
    assert names(event_payout) == "ABC"


def test_a_list_that_was_ordered_meanwhile_is_stale(event_payout, groups, seen):
    a, b, c = (group.pk for group in groups)
    reorder(event_payout, [b, a, c], seen)
    with pytest.raises(Stale):
        reorder(event_payout, [c, b, a], seen)
    with pytest.raises(Stale):
        move_to(row=groups[0], position=3, seen=seen)
    assert names(event_payout) == "BAC"


@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_the_same_moment_the_second_is_told(event_payout, groups, seen):
    a, b, c = (group.pk for group in groups)
    start, told = threading.Barrier(2), []

    def drag(ids):
        start.wait()
        try:
            reorder(event_payout, ids, seen)
        except Stale:
            told.append(ids)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=drag, args=[ids]) for ids in ([b, a, c], [c, b, a])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    connection.close()
    assert len(told) == 1
    assert names(event_payout) == ("CBA" if told == [[b, a, c]] else "BAC")
