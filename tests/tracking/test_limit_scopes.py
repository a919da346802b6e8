"""Whose counter an order takes from: by click, lock, month of the program, event type and template terms."""

from decimal import Decimal

import pytest

from contracts.models import ContractEventType
from contracts.publishing.services import publish_document
from tests.factories import make_action, make_contracts, make_event_type, terms_document
from tests.tracking.journey_rows import make_step
from tests.tracking.limited import LOCKING, agreed, assert_proven, change, held, join, limit, payouts
from tracking.models import Action, LimitCounter

RESTRICTION = {"Rules": [{"Variable": "ITEM_SKU", "Operator": "IS", "Values": ["GIFT"]}]}


def test_each_click_has_a_counter_and_an_order_credited_otherwise_has_none(brand, sale, partner):
    agreed(brand, partner, limit(by="CLICK", value="12"), limit("ACTION", by="CLICK", value="2"))
    first, second = make_step(brand, partner), make_step(brand, partner)
    for click in (first, first, first, second):
        make_action(program=brand, MediaPartnerId=None, ClickId=click)
    make_action(program=brand)
    assert payouts() == ["10.0000", "2.0000", "0.0000", "10.0000", "10.0000"]
    assert [each.over_cap for each in Action.objects.order_by("id")] == ["", "", "ACTIONS", "", ""]
    assert LimitCounter.objects.count() == 4
    assert_proven(brand)


def test_a_locking_period_is_all_that_locks_at_the_same_instant(brand, sale, partner):
    agreed(brand, partner, limit(period="LOCKING_PERIOD", value="15"))
    for when in ("2026-11-20T01:00:00Z", "2026-11-20T22:00:00Z", "2026-11-21T01:00:00Z"):
        make_action(program=brand, EventDate=when)
    assert payouts() == ["10.0000", "5.0000", "10.0000"]
    keys = LimitCounter.objects.order_by("period_key").values_list("period_key", flat=True)
    assert list(keys) == ["2026-12-06T00:00:00+00:00", "2026-12-07T00:00:00+00:00"]
    assert_proven(brand)


def test_a_month_is_that_of_the_event_in_the_program_s_zone(brand, sale, partner):
    agreed(brand, partner, limit(period="MONTH", value="15"))
    for when in ("2026-06-30T22:30:00Z", "2026-06-30T23:30:00Z", "2026-07-02T10:00:00Z"):  # in London it is July
        make_action(program=brand, EventDate=when)
    assert payouts() == ["10.0000", "10.0000", "5.0000"]
    assert_proven(brand)


def test_a_limit_of_an_event_type_is_its_own_and_those_of_the_terms_are_of_all(brand, sale, partner):
    make_event_type(program=brand, code="LEAD")
    document = terms_document(Limits=[limit(value="15")], Locking=LOCKING)
    [payout] = document["EventPayouts"]
    document["EventPayouts"] = [payout, payout | {"EventTypeCode": "LEAD"}]
    document |= {
        "SpendLimit": {"Value": "32", "Period": "CONTRACT"}, "ActionLimit": {"Value": "5", "Period": "CONTRACT"},
    }  # fmt: skip
    make_contracts(program=brand, document=document, partners=[partner])
    for code in ("SALE", "LEAD", "SALE", "LEAD", "SALE", "SALE"):
        make_action(program=brand, EventTypeCode=code)
    assert payouts() == ["10.0000", "10.0000", "5.0000", "5.0000", "0.0000", "0.0000"]
    over = list(Action.objects.order_by("id").values_list("over_cap", flat=True))
    assert over == ["", "", "", "", "", "ACTIONS"]  # the fifth was due nothing, which crosses no limit of money
    assert_proven(brand)


def test_a_restricted_order_takes_a_place_among_the_actions(brand, sale, partner):
    agreed(brand, partner, limit("ACTION", value="1"), PayoutRestrictions=[RESTRICTION])
    make_action(program=brand, ItemSku1="GIFT", ItemPrice1="100")
    over = make_action(program=brand)
    assert (payouts(), over.over_cap) == (["0.0000", "0.0000"], "ACTIONS")
    assert held() == {("ACTIONS", "ALL", ""): 1}
    assert_proven(brand)


def test_other_terms_count_from_nothing(brand, sale, partner):
    for name in ("Standard", "Other"):
        version = publish_document(
            program=brand, document=terms_document(name=name, Limits=[limit(value="15")], Locking=LOCKING)
        ).version
        ContractEventType.objects.all().delete()
        join(partner, version)
        for _ in range(2):
            make_action(program=brand)
    assert payouts() == ["10.0000", "5.0000", "10.0000", "5.0000"]
    assert_proven(brand)


@pytest.mark.parametrize(("level", "by"), [("ORDER", "ORDER"), ("ITEM", "ORDER"), ("ITEM", "ITEM")])
def test_a_limit_of_one_order_or_item_is_asked_again_at_each_change(brand, sale, partner, level, by):
    """Nothing of it is counted, so what was cut is paid once the limit leaves it."""
    agreed(brand, partner, limit(by=by, value="8"), PayoutLevel=level)
    make_action(program=brand, OrderId="A", Amount="100")
    for amount, payout in (("50", 5), ("90", 8), ("0", 0), ("70", 7)):
        change(brand, OrderId="A", Amount=amount)
        assert Action.objects.get().payout == Decimal(payout)
    assert_proven(brand)
