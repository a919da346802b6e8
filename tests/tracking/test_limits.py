"""Orders under limits: what is paid, what counters hold, what changes give back, and that verify proves it."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts.models import Contract, ContractEventType
from contracts.publishing.services import publish_document
from program.models import EventType
from reports.proof.verify import verify
from tests.factories import (
    make_action,
    make_contracts,
    make_conversion,
    make_modification,
    make_partner,
    terms_document,
)
from tracking.actions.explain import explain_action
from tracking.actions.explain_shown import explain_shown
from tracking.actions.locking import lock_actions
from tracking.limits.approving import approve_over_cap
from tracking.models import Action, ActionUpdate, LimitCounter
from tracking.modifications.apply import apply_modifications
from tracking.pricing.batch import price_batch
from tracking.pricing.priced_orders import order_of

LOCKING = {"Basis": "TRACKED", "Period": "DAY", "MonthOffset": 0, "DayOffset": 15}
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW):
        yield


def limit(type_="PAYOUT", by="ALL", period="CONTRACT", value="25"):
    return {"Type": type_, "LimitBy": by, "Value": value} | ({"Period": period} if by in ("ALL", "CUSTOMER") else {})


def agreed(program, partner, *limits, **parts):
    document = terms_document(Limits=list(limits), Locking=LOCKING, **parts)
    return make_contracts(program=program, document=document, partners=[partner])


def change(program, **params):
    params.setdefault("Reason", "ORDER_UPDATE")
    made = make_modification(program=program, **params)
    apply_modifications()
    made.refresh_from_db()
    assert made.state == "APPLIED", made.detail


def assert_proven(program):
    said: list[str] = []
    proof = verify(program, tell=said.append)
    assert said == []
    for action in Action.objects.select_related("conversion", "event_type", "program"):
        assert explain_action(action)["Agrees"]
        assert explain_shown(action, order_of(action))["Agrees"]
    return proof


def held():
    return {(row.what, row.limit_by, row.scope): row.value for row in LimitCounter.objects.all()}


def payouts():
    return [str(value) for value in Action.objects.order_by("id").values_list("payout", flat=True)]


def test_a_payout_is_clipped_to_what_is_left_and_the_action_keeps_what_it_met(brand, sale, partner):
    agreed(brand, partner, limit(value="25"))
    actions = [make_action(program=brand) for _ in range(4)]
    assert payouts() == ["10.0000", "10.0000", "5.0000", "0.0000"]
    assert [action.state for action in actions] == ["PENDING"] * 4
    assert held() == {("PAYOUT", "ALL", ""): 25}
    assert actions[2].limits["Met"][0] | {"Key": ""} == {
        "OfTerms": False, "What": "PAYOUT", "By": "ALL", "Scope": "", "Period": "CONTRACT", "Key": "",
        "Cap": "25.00", "Whole": False, "Held": "20.00", "Took": "5.00",
    }  # fmt: skip
    assert actions[2].updates.get().what == "default payout: 10%, limited to 5.00 GBP"
    assert assert_proven(brand).limit_counters == 1


def test_each_customer_click_and_period_has_a_counter_of_its_own(brand, sale, partner):
    agreed(brand, partner, limit(by="CUSTOMER", period="DAY", value="15"), limit(by="CLICK", value="12"))
    for customer, day in [("C-1", 1), ("C-1", 1), ("C-1", 2), ("C-2", 1), (None, 1), (None, 1)]:
        named = {"CustomerId": customer} if customer else {}
        make_action(program=brand, EventDate=f"2026-11-0{day}T10:00:00Z", **named)
    assert payouts() == ["10.0000", "5.0000", "10.0000", "10.0000", "10.0000", "10.0000"]
    assert LimitCounter.objects.count() == 3  # no click is named, so none is limited
    assert_proven(brand)


def test_an_order_over_an_action_cap_is_reversed_pays_nothing_and_keeps_what_it_would_pay(brand, sale, partner):
    agreed(brand, partner, limit("ACTION", value="2"), limit(value="25"))
    *_, third, fourth = [make_action(program=brand, Amount=amount) for amount in (100, 0, 200, 30)]
    assert payouts() == ["10.0000", "0.0000", "0.0000", "0.0000"]  # an order of 0 takes a place, too
    assert (third.state, third.get_over_cap_display()) == ("REVERSED", "Outside of terms: exceeded action cap")
    assert (third.intended_payout, fourth.intended_payout) == (15, 3)
    assert held() == {("PAYOUT", "ALL", ""): 10, ("ACTIONS", "ALL", ""): 2}
    assert_proven(brand)


def test_a_test_order_meets_no_counter(brand, sale, partner):
    agreed(brand, partner, limit("ACTION", value="1"))
    for is_test in (True, True, False):
        make_conversion(program=brand, is_test=is_test)
    price_batch()
    assert payouts() == ["10.0000"] * 3
    assert held() == {("ACTIONS", "ALL", ""): 1}
    assert_proven(brand)


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


def test_limits_go_on_over_versions_and_partners_have_their_own(brand, sale, partner):
    other = make_partner(program=brand, media_partner_id="P-2")
    start = datetime(2026, 11, 10, tzinfo=UTC)
    first = agreed(brand, other, limit(value="15"))
    make_action(program=brand, MediaPartnerId="P-2", EventDate="2026-11-01T10:00:00Z")
    make_contracts(
        program=brand, document=terms_document(Limits=[limit(value="18")], Locking=LOCKING), partners=[partner],
        start=start,
    )  # fmt: skip
    for _ in range(2):
        make_action(program=brand, EventDate="2026-11-12T10:00:00Z")
    assert first.template_terms.versions.count() == 2
    assert payouts() == ["10.0000", "10.0000", "8.0000"]
    assert_proven(brand)


def test_a_spend_limit_of_the_terms_takes_an_order_whole_or_not_at_all(brand, sale, partner):
    document = terms_document(Locking=LOCKING) | {"SpendLimit": {"Value": "25", "Period": "CONTRACT"}}
    make_contracts(program=brand, document=document, partners=[partner])
    made = [make_action(program=brand, Amount=amount) for amount in (100, 200, 150, 1, 0)]
    assert payouts() == ["10.0000", "0.0000", "15.0000", "0.0000", "0.0000"]
    assert [each.over_cap for each in made] == ["", "SPEND", "", "SPEND", ""]  # nothing never crosses
    assert made[1].updates.get().what == (
        "Outside of terms: exceeded budget: default payout: 10%, 20.00 GBP if it is approved"
    )
    told = explain_action(made[1])["Limits"]
    assert [(step["Text"], step["Held"], step["Left"], step["OverCap"]) for step in told] == [
        ("At most 25.00 GBP in all, all event types together", "10.00", "15.00", True)
    ]
    assert_proven(brand)


def test_a_version_that_resets_begins_to_count_again(brand, sale, partner):
    document = terms_document(Limits=[limit(value="15")], Locking=LOCKING)
    first = publish_document(program=brand, document=document).version
    second = publish_document(program=brand, document=document | {"ResetAccruedActions": True}).version
    assert (first.counters_since, second.counters_since) == (1, 2)
    for version in (first, first, second, second):
        ContractEventType.objects.all().delete()
        join(partner, version)
        make_action(program=brand)
    assert payouts() == ["10.0000", "5.0000", "10.0000", "5.0000"]
    assert_proven(brand)


def join(partner, version):
    """From ever on."""
    period = DateTimeTZRange(None, None)
    own = {"program": version.program, "partner": partner, "period": period}
    contract = Contract.objects.create(terms_version=version, **own)
    event_type = EventType.objects.get(code="SALE")
    ContractEventType.objects.create(contract=contract, event_type=event_type, **own)


def test_a_version_of_another_currency_begins_to_count_again(brand, sale, partner):
    def terms(currency, most):
        return terms_document(currency=currency, Limits=[limit(value=most)], Locking=LOCKING)

    publish_document(program=brand, document=terms("JPY", "20000"), join="all")
    assert make_action(program=brand, Amount="190000", CurrencyCode="JPY", EventDate=NOW.isoformat()).payout == 19_000
    published = publish_document(program=brand, document=terms("GBP", "100"))
    assert "limits begin to count again" in published.warnings[-1]
    after = make_action(program=brand, EventDate=timezone.now().isoformat())
    assert (after.currency, after.payout) == ("GBP", 10)
    assert [row.value for row in LimitCounter.objects.order_by("since")] == [19_000, 10]
    assert_proven(brand)


def test_terms_without_limits_ask_nothing_of_counters(brand, standard):
    make_conversion(program=brand, CustomerId="C-1")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        price_batch()
    assert not [query for query in asked if "limitcounter" in query["sql"]]
    assert Action.objects.get().limits is None


def test_terms_with_limits_ask_two_questions_more_whatever_their_number(brand, sale, partner):
    agreed(brand, partner, limit(by="CUSTOMER", value="15"), limit(value="900"), limit("ACTION", value="900"))
    for count in (1, 20):
        for number in range(count):
            make_conversion(program=brand, CustomerId=f"C-{number}")
        with CaptureQueriesContext(connection) as asked:
            price_batch()
        assert len([query for query in asked if "limitcounter" in query["sql"]]) == 2
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


def test_an_item_limit_and_an_order_limit_need_no_counter(brand, sale, partner):
    limits = [limit(by="ITEM", value="6"), limit(by="ORDER", value="8")]
    agreed(brand, partner, *limits, PayoutLevel="ITEM")
    action = make_action(program=brand, ItemSku1="A", ItemPrice1="100", ItemSku2="B", ItemPrice2="50")
    assert [item.payout for item in action.items.all()] == [6, 2]
    assert action.limits is None
    assert not LimitCounter.objects.exists()
    told: Any = explain_action(action)
    assert [(step["Text"], step["Before"], step["After"]) for step in told["Limits"]] == [
        ("At most 6 GBP for each item", "15.00", "11.00"), ("At most 8 GBP for each order", "11.00", "8.00"),
    ]  # fmt: skip
    assert_proven(brand)
