"""Orders under limits that change, lock or are approved: what counters get back, and that verify proves it."""

from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from reports.proof.verify import verify
from tests.factories import (
    make_action,
)
from tests.tracking.limited import NOW, agreed, assert_proven, change, held, limit, payouts
from tracking.actions.locking import lock_actions
from tracking.limits.approving import approve_over_cap
from tracking.models import Action, ActionUpdate, LimitCounter

pytestmark = pytest.mark.time_machine(NOW)


def test_a_return_gives_back_in_its_own_period_and_a_raise_takes_what_is_left(brand, sale, partner):
    agreed(brand, partner, limit(period="MONTH", value="25"), limit("ACTION", period="MONTH", value="3"))
    for number in range(3):
        make_action(program=brand, OrderId=f"N-{number}", EventDate="2026-11-20T10:00:00Z")
    make_action(program=brand, OrderId="O-1", EventDate="2026-10-31T10:00:00Z")
    change(brand, OrderId="N-0", Amount="0", Reason="ITEM_RETURNED")
    months = dict(LimitCounter.objects.filter(what="PAYOUT").values_list("period_key", "value"))
    assert months == {"2026-11-01": 15, "2026-10-01": 10}
    change(brand, OrderId="N-2", Amount="110")  # due 11, was 10 clipped to 5
    change(brand, OrderId="N-1", Amount="300")  # due 30, was 10; 9 are left beside it
    assert payouts() == ["0.0000", "19.0000", "6.0000", "10.0000"]
    change(brand, OrderId="N-0", Amount="100")
    first = Action.objects.get(order_id="N-0")
    assert (first.state, first.payout) == ("PENDING", 0)  # it has its place again, and nothing is left
    change(brand, OrderId="O-1", Amount="0", Reason="ITEM_RETURNED", ModificationDate="2026-11-14T10:00:00Z")
    october = LimitCounter.objects.filter(period_key="2026-10-01").values_list("what", "value")
    assert dict(october) == {"PAYOUT": 0, "ACTIONS": 0}  # its month is over, and gets it back too
    assert_proven(brand)


def test_what_is_over_its_cap_stays_so_when_it_changes_and_a_place_becomes_free(brand, sale, partner):
    agreed(brand, partner, limit("ACTION", value="1"))
    make_action(program=brand, OrderId="A")
    make_action(program=brand, OrderId="B")
    change(brand, OrderId="A", Amount="0", Reason="ITEM_RETURNED")
    change(brand, OrderId="B", Amount="40")
    over = Action.objects.get(order_id="B")
    assert (over.state, over.payout, over.intended_payout, over.over_cap) == ("REVERSED", 0, 4, "ACTIONS")
    change(brand, OrderId="A", Amount="100")  # it comes back, and there is its place
    assert Action.objects.get(order_id="A").payout == 10
    change(brand, OrderId="B", Amount="0", Reason="ITEM_RETURNED")
    over.refresh_from_db()
    assert (over.over_cap, over.state) == ("", "REVERSED")
    assert_proven(brand)


def test_an_approved_action_pays_what_was_intended_and_counts(brand, sale, partner, bob):
    agreed(brand, partner, limit("ACTION", value="1"), limit(value="15"))
    made = [make_action(program=brand, OrderId=name) for name in "ABC"]
    approval = approve_over_cap([each.pk for each in made], program=brand, user_id=bob.pk, now=timezone.now())
    assert (approval.count, approval.payouts, approval.refused) == (2, {"GBP": Decimal(10)}, [])
    assert payouts() == ["10.0000", "5.0000", "5.0000"]
    assert held() == {("PAYOUT", "ALL", ""): 20, ("ACTIONS", "ALL", ""): 3}
    update = ActionUpdate.objects.get(action=made[1], disposition="APPROVED")
    assert (update.delta_payout, update.state, update.user) == (5, "PENDING", bob)
    assert_proven(brand)
    again = approve_over_cap([made[1].pk], program=brand, user_id=bob.pk, now=timezone.now())
    assert again.count == 0
    change(brand, OrderId="B", Amount="20")
    assert payouts() == ["10.0000", "2.0000", "5.0000"]
    assert_proven(brand)


def test_an_action_over_its_cap_stays_reversed_at_its_lock_and_cannot_be_approved_after(brand, sale, partner, bob):
    agreed(brand, partner, limit("ACTION", value="1"))
    _, over = [make_action(program=brand, EventDate="2026-10-01T10:00:00Z") for _ in range(2)]
    lock_actions(now=timezone.now())
    over.refresh_from_db()
    assert over.state == "REVERSED"
    approval = approve_over_cap([over.pk], program=brand, user_id=bob.pk, now=timezone.now())
    assert approval.count == 0
    assert "Settle its payout with the partner directly." in approval.refused[0]
    assert Action.objects.get(pk=over.pk).payout == 0
    assert_proven(brand)


@pytest.mark.parametrize("table", ["counter", "met", "update"])
def test_verify_finds_a_counter_or_a_kept_limit_that_somebody_changed(brand, sale, partner, table):
    agreed(brand, partner, limit(value="25"))
    action = make_action(program=brand)
    if table == "counter":
        LimitCounter.objects.update(value=11)
    elif table == "met":
        action.limits["Met"][0]["Took"] = "9.00"
        Action.objects.update(limits=action.limits)
    else:
        action.limits["Met"][0]["Cap"] = "26.00"
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            ActionUpdate.objects.update(limits=action.limits)
            cursor.execute("SET session_replication_role = DEFAULT")
        Action.objects.update(limits=action.limits)
    said: list[str] = []
    assert verify(brand, tell=said.append).differences
    assert any("imit" in text for text in said)
