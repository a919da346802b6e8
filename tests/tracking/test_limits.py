"""Orders under limits: what is paid, and what counters hold."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts.models import ContractEventType
from contracts.publishing.services import publish_document
from tests.factories import (
    make_action,
    make_contracts,
    make_conversion,
    make_partner,
    terms_document,
)
from tests.tracking.limited import LOCKING, NOW, agreed, assert_proven, held, join, limit, payouts
from tracking.actions.explain import explain_action
from tracking.models import Action, LimitCounter
from tracking.pricing.batch import price_batch

pytestmark = pytest.mark.time_machine(NOW)


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
