"""Locking: at the agreed instant, once, and not what is reversed."""

from datetime import UTC, date, datetime, timedelta

from tests.factories import make_action, make_contracts, terms_document
from tracking.actions.locking import lock_actions, locks_at
from tracking.models import Action


def test_an_action_is_approved_at_its_lock_instant_and_not_before(brand, standard):
    action = make_action(program=brand, EventDate="2026-11-01T10:00:00Z")
    instant = datetime(2026, 11, 17, tzinfo=UTC)
    assert lock_actions(now=instant - timedelta(microseconds=1)) == 0
    assert lock_actions(now=instant) == 1
    assert lock_actions(now=instant) == 0
    action.refresh_from_db()
    assert (action.state, action.payout, action.updates_count) == ("APPROVED", 10, 2)
    update = action.updates.last()
    assert (update.disposition, update.delta_amount, update.delta_payout) == ("LOCKED", 0, 0)
    assert (update.state, update.update_date) == ("APPROVED", instant)


def test_what_is_reversed_stays_reversed(brand, standard):
    action = make_action(program=brand, EventDate="2026-11-01T10:00:00Z")
    Action.objects.update(state="REVERSED")
    assert lock_actions(now=datetime(2027, 1, 1, tzinfo=UTC)) == 0
    assert action.updates.count() == 1


def test_an_open_ended_action_locks_by_itself_after_730_days(brand, sale, partner):
    scheduling = {"Basis": "LOCKED", "Period": "END_OF_MONTH", "MonthOffset": 0, "DayOffset": 20}
    make_contracts(program=brand, document=terms_document(PayoutScheduling=scheduling), partners=[partner])
    action = make_action(program=brand, EventDate="2024-11-01T10:00:00Z")
    instant = datetime(2026, 11, 1, 10, tzinfo=UTC)
    assert locks_at(action) == instant
    assert lock_actions(now=instant - timedelta(seconds=1)) == 0
    assert lock_actions(now=instant) == 1
    action.refresh_from_db()
    assert (action.state, action.locking_date, action.clearing_date) == ("APPROVED", instant, date(2026, 12, 20))


def test_many_are_locked_a_batch_at_a_time(brand, standard):
    for _ in range(3):
        make_action(program=brand, EventDate="2026-11-01T10:00:00Z")
    now = datetime(2027, 1, 1, tzinfo=UTC)
    assert [lock_actions(now=now, limit=2) for _ in range(3)] == [2, 1, 0]
