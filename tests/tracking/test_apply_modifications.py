"""Changes to orders: what they make of an action, what is refused and with which words."""

from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum
from django.utils import timezone

from common.refusals import Refused
from program.models import EventType
from program.models.event_type import CustomerStatusMapping
from reports.proof.verify import verify
from tests.factories import (
    make_action,
    make_contracts,
    make_event_type,
    make_modification,
    make_partner,
    terms_document,
)
from tracking.actions.explain import explain_action, reprice
from tracking.actions.locking import lock_actions
from tracking.intake import read_modification
from tracking.models import Action, ActionUpdate, Modification, TouchedDay
from tracking.models.conversion import Source
from tracking.modifications.apply import apply_all
from tracking.modifications.new_modifications import store_modifications

BASKET = {"ItemSku1": "S1", "ItemPrice1": "10.00", "ItemQuantity1": 4, "ItemSku2": "S2", "ItemPrice2": "60.00"}


def change(brand: Any, **params: Any) -> Modification:
    """The modification after the worker."""
    modification = make_modification(program=brand, **params)
    apply_all(brand.pk)
    modification.refresh_from_db()
    return modification


def now(action: Action) -> Action:
    """The action as stored, after asking what must always hold: the sum of updates, and the price worked out again."""
    action = Action.objects.select_related("conversion", "event_type", "program").get(pk=action.pk)
    sums = action.updates.aggregate(amount=Sum("delta_amount"), payout=Sum("delta_payout"))
    assert sums == {"amount": action.amount, "payout": action.payout}
    assert action.items.aggregate(payout=Sum("payout"))["payout"] == action.payout
    assert reprice(action).payout == action.payout
    assert explain_action(action)["Agrees"]
    assert action.updates.count() == action.updates_count
    return action


def test_a_returned_item_takes_its_payout_back(brand, standard):
    action = make_action(program=brand, OrderId="A1", **BASKET)
    modification = change(brand, OrderId="A1", Reason="ITEM_RETURNED", ItemSku="S1", ItemQuantity=1)
    action = now(action)
    assert modification.state == "APPLIED"
    assert (action.amount, action.payout, action.state) == (70, 7, "PENDING")
    assert [item.quantity for item in action.items.all()] == [1, 1]
    update = action.updates.last()
    assert (update.number, update.delta_amount, update.delta_payout) == (2, -30, -3)
    assert update.disposition == "ITEM_RETURNED"
    assert update.what.startswith("S1: quantity 4 → 1")
    assert (action.intended_payout, TouchedDay.objects.count()) == (10, 2)


def test_a_return_in_full_is_said_once(brand, standard):
    make_action(program=brand, OrderId="A1", **BASKET)
    change(brand, OrderId="A1", Reason="ITEM_RETURNED", Amount=0)
    assert Action.objects.get().updates.last().what == "Returned in full"


def test_an_update_says_the_currency_of_a_fixed_payout(brand):
    make_event_type(program=brand)
    fixed = terms_document(groups=[{"Rank": 1, "Name": "All", "Rules": [], "Payout": "5.00"}])
    fixed["EventPayouts"][0]["PayoutAdjustments"] = [{"Rules": [], "Direction": "DECREASE", "Amount": "1.50"}]
    make_contracts(program=brand, document=fixed, partners=[make_partner(program=brand, media_partner_id="P-1")])
    make_action(program=brand, OrderId="A1", **BASKET)
    change(brand, OrderId="A1", Reason="ITEM_RETURNED", ItemSku="S1", ItemQuantity=1)
    paying = "payout group 1 All: 5.00 GBP, −1.50 GBP"
    assert [update.what for update in Action.objects.get().updates.all()] == [
        paying,
        f"S1: quantity 4 → 1. {paying}",
    ]


def test_a_full_return_pays_exactly_nothing_and_can_be_taken_back(brand, standard):
    action = make_action(program=brand, OrderId="A1", **BASKET)
    change(brand, OrderId="A1", Amount=0, Reason="CONS_FRAUD")
    assert (now(action).state, now(action).payout, now(action).amount) == ("REVERSED", 0, 0)
    change(brand, OrderId="A1", ItemSku="S2", ItemQuantity=1)
    assert (now(action).state, now(action).payout, now(action).amount) == ("PENDING", 6, 60)


def test_an_order_of_quantities_of_0_that_earned_a_fixed_payout_is_returned_in_full(brand, sale, partner):
    document = terms_document(DefaultPayout="5", DefaultPayoutRate=None)
    make_contracts(program=brand, document=document, partners=[partner])
    action = make_action(program=brand, OrderId="A1", ItemSku1="S1", ItemPrice1="10.00", ItemQuantity1="0")
    assert (action.payout, action.state) == (5, "PENDING")
    assert change(brand, OrderId="A1", Amount="0").detail == "Returned in full"
    assert (now(action).payout, now(action).state, now(action).updates_count) == (0, "REVERSED", 2)
    assert change(brand, OrderId="A1", Amount="0").detail.startswith("Nothing to change")
    told = []
    verify(brand, tell=told.append)
    assert told == []


def test_every_item_returned_one_by_one_reverses(brand, standard):
    action = make_action(program=brand, OrderId="A1", OrderDiscount="0.99", **BASKET)
    change(brand, OrderId="A1", Sku="S1", Quantity=0, Sku2="S2", Quantity2=0)
    assert (now(action).state, now(action).payout) == ("REVERSED", 0)


def test_an_amount_replaces_that_of_an_order_without_items(brand, standard):
    action = make_action(program=brand, OrderId="A1", CustomerStatus="New")
    change(brand, OrderId="A1", Amount="80.00")
    assert (now(action).amount, now(action).payout) == (80, 12)
    change(brand, OrderId="A1", Amount="0")
    assert (now(action).state, now(action).payout) == ("REVERSED", 0)
    change(brand, OrderId="A1", Amount="100.00")
    assert (now(action).state, now(action).payout) == ("PENDING", 15)


def test_more_may_be_sold_than_was_ordered(brand, standard):
    action = make_action(program=brand, OrderId="A1", **BASKET)
    change(brand, OrderId="A1", ItemSku="S1", ItemQuantity=5)
    assert now(action).amount == 110


def test_a_status_code_counts_as_it_is_mapped_today(brand, sale, standard):
    action = make_action(program=brand, OrderId="A1", CustomerStatus="first")
    CustomerStatusMapping.objects.create(program=brand, event_type=sale, category="New", code="first", code_key="first")
    EventType.objects.update(has_status_mapping=True)
    assert now(action).payout == 10  # a mapping does not reach back by itself
    modification = change(brand, OrderId="A1", CustomerStatus="first")
    assert modification.detail.startswith("Customer status first now means New")
    assert (now(action).payout, now(action).customer_status_category) == (15, "New")
    change(brand, OrderId="A1", CustomerStatus="existing")
    assert (now(action).payout, now(action).customer_status) == (10, "existing")


def test_changes_of_one_batch_apply_by_their_date(brand, standard):
    action = make_action(program=brand, OrderId="A1", EventDate="2026-11-10T00:00:00Z", **BASKET)
    for day, quantity in ((14, 1), (12, 3), (13, 2)):
        make_modification(
            program=brand, OrderId="A1", ItemSku="S1", ItemQuantity=quantity, ModificationDate=f"2026-11-{day}"
        )
    apply_all(brand.pk)
    assert [update.what[:21] for update in now(action).updates.all()[1:]] == [
        "S1: quantity 4 → 3. d", "S1: quantity 3 → 2. d", "S1: quantity 2 → 1. d",
    ]  # fmt: skip


def test_the_same_change_delivered_twice_is_one_update(brand, standard):
    action = make_action(program=brand, OrderId="A1", EventDate="2026-11-10T00:00:00Z", **BASKET)
    returns = [
        {"OrderId": "A1", "ItemSku": "S1", "ItemQuantity": quantity, "ModificationDate": f"2026-11-1{quantity}"}
        for quantity in (1, 2)
    ]
    for params in [*returns, *returns]:
        modification = change(brand, **params)
    assert modification.state == "APPLIED"
    assert modification.detail.startswith("Nothing to change")
    assert now(action).updates_count == 3


def test_what_stands_already_is_no_update(brand, standard):
    action = make_action(program=brand, OrderId="A1", **BASKET)
    modification = change(brand, OrderId="A1", ItemSku="S1", ItemQuantity=4)
    assert (modification.state, now(action).updates_count) == ("APPLIED", 1)


@pytest.mark.parametrize("reason", ["ORDER_UPDATE", "ITEM_RETURNED"])
def test_an_amount_that_only_binary_fractions_make_another_is_no_change(brand, standard, reason):
    action = make_action(program=brand, OrderId="A1", Amount="182.45")
    same = change(brand, OrderId="A1", Amount=182.45000000000002, Reason=reason)
    assert (same.state, now(action).updates_count) == ("APPLIED", 1)
    less = change(brand, OrderId="A1", Amount="100.004", Reason=reason)
    assert (less.state, now(action).amount) == ("APPLIED", 100)
    assert change(brand, OrderId="A1", Amount="100.00", Reason=reason).detail.startswith("Nothing to change")


def test_an_order_id_means_the_newest_order(brand, standard):
    old, new = (
        make_action(program=brand, OrderId="A1", EventDate=f"2026-{month}-01T00:00:00Z") for month in ("09", "11")
    )
    change(brand, OrderId="A1", Amount=50, ModificationDate="2026-11-02")
    assert (now(old).amount, now(new).amount) == (100, 50)


def test_an_action_is_named_by_its_id_as_well(brand, standard):
    old = make_action(program=brand, OrderId="A1", EventDate="2026-09-01T00:00:00Z")
    make_action(program=brand, OrderId="A1")
    change(brand, ActionId=old.action_id, Amount=50, ModificationDate="2026-09-02")
    assert now(old).amount == 50


def test_an_action_of_another_program_cannot_be_named(brand, standard, charlie):
    action = make_action(program=brand)
    other = type(brand).objects.get(id=2000)
    with pytest.raises(match="is not a known action"):
        make_modification(program=other, ActionId=action.action_id, Amount=0)


def test_nothing_is_stored_when_one_of_many_is_unknown(brand, standard):
    data = [
        read_modification({"OrderId": "A1", "EventTypeCode": code, "Amount": 0}, now=timezone.now())
        for code in ("SALE", "LEAD")
    ]
    with pytest.raises(Refused):
        store_modifications(brand, data, source=Source.FILE)
    assert not Modification.objects.exists()


def test_the_thousandth_update_is_kept_for_the_lock(brand, standard):
    action = make_action(program=brand, OrderId="A1", EventDate="2026-11-01T10:00:00Z")
    Action.objects.filter(pk=action.pk).update(updates_count=999)
    refused = change(brand, OrderId="A1", Amount=50, ModificationDate="2026-11-02")
    assert refused.reason == "TOO_MANY_UPDATES"
    lock_actions(now=timezone.now())
    assert ActionUpdate.objects.get(action=action, number=1000).disposition == "LOCKED"


def test_a_change_that_raises_leaves_the_others_alone(brand, standard):
    actions = [make_action(program=brand, OrderId=order_id) for order_id in ("A1", "B1")]
    bad = make_modification(program=brand, OrderId="A1", Amount=50)
    make_modification(program=brand, OrderId="B1", Amount=50)
    Modification.objects.filter(pk=bad.pk).update(payload={**bad.payload, "Amount": "fifty"})
    apply_all(brand.pk)
    bad.refresh_from_db()
    assert (bad.state, bad.reason) == ("REFUSED", "ERROR")
    assert [now(action).amount for action in actions] == [100, 50]


def test_quantities_scale_line_totals_and_keep_the_discount_of_a_unit(brand, standard):
    action = make_action(
        program=brand, OrderId="A1", OrderDiscount="10.00", ItemSku2="S2", ItemPrice2="19.00",
        ItemSku1="S1", ItemSubTotal1="90.00", ItemTotalDiscount1="9.00", ItemQuantity1=3,
    )  # fmt: skip
    first = [item.sale_amount for item in action.items.all()]
    assert first == [Decimal("72.90"), Decimal("17.10")]
    change(brand, OrderId="A1", ItemSku="S1", ItemQuantity=1)
    assert [item.sale_amount for item in now(action).items.all()] == [Decimal("24.30"), Decimal("17.10")]


def test_a_return_from_an_earlier_time_zone_day_is_judged_by_the_instant(brand, standard):
    make_action(program=brand, OrderId="A1", EventDate="2026-07-01T22:30:00Z")  # locks 17 July 00:00 in London
    assert change(brand, OrderId="A1", Amount=50, ModificationDate="2026-07-16T22:59:59Z").state == "APPLIED"
    assert change(brand, OrderId="A1", Amount=40, ModificationDate="2026-07-16T23:00:00Z").reason == "ACTION_LOCKED"


@pytest.mark.parametrize("order", [BASKET, {}], ids=["items", "amount"])
def test_an_amount_that_is_nothing_in_the_order_s_currency_is_a_full_return(brand, standard, order):
    action = make_action(program=brand, OrderId="A1", **order)
    assert change(brand, OrderId="A1", Amount="0.000000000000014210854715202004").state == "APPLIED"
    assert (now(action).state, now(action).amount, now(action).payout) == ("REVERSED", 0, 0)
    assert now(action).order_state.get("Amount") in (None, "0")
