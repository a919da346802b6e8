"""Changes that are refused, with the reason in words, and changes that wait for their order."""

from cProfile import Profile
from datetime import UTC, datetime, time
from pstats import Stats

import pytest
from django.utils import timezone

from tests.factories import (
    make_action,
    make_conversion,
    make_modification,
)
from tests.tracking.test_apply_modifications import BASKET, change, now
from tracking.actions.locking import lock_actions
from tracking.models import Action, Modification
from tracking.modifications.apply import apply_all, apply_modifications
from tracking.pricing.batch import price_all


@pytest.mark.parametrize(
    ("params", "reason", "words"),
    [
        ({"ItemSku": "s1", "ItemQuantity": 1}, "SKU_NOT_FOUND", "no item with the SKU s1"),
        ({"ItemSku": "S3", "ItemQuantity": 1}, "SKU_ON_SEVERAL_LINES", "line 3 (quantity 1), line 4 (quantity 2)"),
        ({"ItemSku": "S5", "ItemQuantity": 1}, "QUANTITY_NOT_POSSIBLE", "quantity 0"),
        ({"Amount": "5"}, "AMOUNT_ON_ITEMS", "The order has items"),
        ({"Amount": "0", "ModificationDate": "2026-11-18"}, "ACTION_LOCKED", "locked on 17 Nov 2026, 00:00 GMT"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isupper() else "",
)
def test_a_change_that_cannot_be_made_is_refused_in_words(brand, standard, params, reason, words):
    twice = {"ItemSku3": "S3", "ItemPrice3": 1, "ItemSku4": "S3", "ItemPrice4": 2, "ItemQuantity4": 2}
    none = {"ItemSku5": "S5", "ItemPrice5": 1, "ItemQuantity5": 0}
    action = make_action(program=brand, OrderId="A1", EventDate="2026-11-01T10:00:00Z", **BASKET, **twice, **none)
    modification = change(brand, **{"OrderId": "A1", "ModificationDate": "2026-11-16", **params})
    assert (modification.state, modification.reason) == ("REFUSED", reason)
    assert words in modification.detail
    assert now(action).updates_count == 1


def test_a_locked_action_says_when_it_locked_and_what_can_be_done(brand, standard):
    make_action(program=brand, OrderId="A1", EventDate="2026-11-01T10:00:00Z")
    late = change(brand, OrderId="A1", Amount=0, ModificationDate="2026-11-17T00:00:00Z")
    assert "locked on 17 Nov 2026, 00:00 GMT, before this change of 17 Nov 2026, 00:00 GMT." in late.detail
    assert "send it with that ModificationDate; else settle the difference with the partner directly" in late.detail


def test_a_change_from_before_the_lock_is_applied_after_it(brand, standard):
    action = make_action(program=brand, OrderId="A1", EventDate="2026-11-01T10:00:00Z")
    lock_actions(now=timezone.now())
    change(brand, OrderId="A1", Amount=50, ModificationDate="2026-11-16T23:59:59Z")
    assert (now(action).state, now(action).payout) == ("APPROVED", 5)
    change(brand, OrderId="A1", Amount=0, ModificationDate="2026-11-16T23:59:59Z")
    change(brand, OrderId="A1", Amount=20, ModificationDate="2026-11-16T23:59:59Z")
    assert (now(action).state, now(action).payout) == ("APPROVED", 2)


def test_a_change_waits_for_its_order_to_be_priced(brand, standard):
    make_conversion(program=brand, OrderId="A1")
    modification = change(brand, OrderId="A1", Amount=50)
    assert modification.state == "WAITING"
    price_all(brand.pk)
    apply_all(brand.pk)
    assert Action.objects.get().amount == 50


def test_a_change_that_came_before_its_order_is_applied_when_the_order_comes(brand, standard):
    modification = change(brand, OrderId="A1", Amount=50)
    assert (modification.state, modification.reason) == ("REFUSED", "ORDER_NOT_FOUND")
    make_action(program=brand, OrderId="A1")
    assert apply_modifications() == 1
    assert Action.objects.get().amount == 50


def test_a_change_of_an_order_that_was_held_says_so(brand, standard):
    make_conversion(program=brand, OrderId="A1", MediaPartnerId="P-9")
    price_all(brand.pk)
    assert "No such partner" in change(brand, OrderId="A1", Amount=50).detail


@pytest.mark.parametrize("reason", ["ITEM_RETURNED", "MP_RETURNED", "ITEM_OUT_OF_STOCK"])
def test_a_reason_that_says_return_raises_nothing(brand, standard, reason):
    action = make_action(program=brand, OrderId="A1", **BASKET)
    refused = change(brand, OrderId="A1", ItemSku="S1", ItemQuantity=5, Reason=reason)
    assert (refused.state, refused.reason) == ("REFUSED", "RAISED_BY_RETURN")
    assert f"{reason} means a return, but S1 would go from quantity 4 to 5." in refused.detail
    assert change(brand, OrderId="A1", ItemSku="S1", ItemQuantity=4, Reason=reason).state == "APPLIED"
    assert change(brand, OrderId="A1", ItemSku="S1", ItemQuantity=2, Reason=reason).state == "APPLIED"
    assert change(brand, OrderId="A1", ItemSku="S1", ItemQuantity=3, Reason=reason).state == "REFUSED"
    assert (now(action).amount, now(action).payout) == (80, 8)
    assert change(brand, OrderId="A1", ItemSku="S1", ItemQuantity=5).state == "APPLIED"
    assert now(action).amount == 110


def test_a_reason_that_says_return_raises_no_amount(brand, standard):
    action = make_action(program=brand, OrderId="A1")
    refused = change(brand, OrderId="A1", Amount="100.01", Reason="ITEM_RETURNED")
    assert (refused.reason, now(action).amount) == ("RAISED_BY_RETURN", 100)
    assert change(brand, OrderId="A1", Amount="40", Reason="ITEM_RETURNED").state == "APPLIED"
    assert change(brand, OrderId="A1", Amount="50", Reason="ITEM_RETURNED").state == "REFUSED"
    assert now(action).amount == 40


def test_a_change_dated_before_the_day_of_its_order_is_refused(brand, standard):
    action = make_action(program=brand, OrderId="A1", EventDate="2026-11-05T00:30:00Z")
    refused = change(brand, OrderId="A1", Amount="40", ModificationDate="2026-11-04T23:59:59Z")
    assert (refused.state, refused.reason) == ("REFUSED", "BEFORE_ORDER")
    assert "dated 4 Nov 2026, before its order of 5 Nov 2026" in refused.detail
    assert change(brand, OrderId="A1", Amount="40", ModificationDate="2026-11-05").state == "APPLIED"
    assert now(action).amount == 40


ITEMS_LATER = {"ItemSku": "S1", "ItemQuantity": 3}


@pytest.mark.parametrize(
    ("later", "earlier"),
    [
        ({"Amount": "0"}, {"Amount": "80"}),
        ({"Amount": "70"}, {"Amount": "30", "Reason": "ITEM_RETURNED"}),
        (ITEMS_LATER, {"ItemSku": "S1", "ItemQuantity": 1}),
        (ITEMS_LATER, {"Amount": "0"}),
        ({"CustomerStatus": "Existing"}, {"CustomerStatus": "New"}),
    ],
    ids=str,
)
def test_of_two_changes_the_later_stands_whichever_comes_in_first(brand, standard, later, earlier):
    items = BASKET if later == ITEMS_LATER else {}
    action = make_action(program=brand, OrderId="A1", EventDate="2026-11-10T00:00:00Z", **items)
    change(brand, OrderId="A1", ModificationDate="2026-11-14", **later)
    stands = now(action).payout
    refused = change(brand, OrderId="A1", ModificationDate="2026-11-12T23:00:00Z", **earlier)
    assert (refused.state, refused.reason) == ("REFUSED", "LATER_CHANGE")
    assert "of 12 Nov 2026, 23:00 GMT came in after one of 14 Nov 2026, 23:59 GMT, which is later" in refused.detail
    assert (now(action).payout, now(action).updates_count) == (stands, 2)


NOON, DAY = "2026-11-14T12:00:00Z", "2026-11-14"


def test_a_day_without_a_time_follows_what_that_day_brought_before(brand, standard):
    action = make_action(program=brand, OrderId="A1", EventDate="2026-11-10T00:00:00Z")
    change(brand, OrderId="A1", Amount="50", ModificationDate=NOON)
    assert change(brand, OrderId="A1", Amount="0", ModificationDate=DAY).state == "APPLIED"
    assert now(action).payout == 0


@pytest.mark.parametrize("came", [time(9), time(18)], ids=["in the morning", "in the evening"])
@pytest.mark.parametrize("first", ["day", "noon"])
def test_a_day_without_a_time_counts_as_it_came_in(brand, standard, came, first):
    action = make_action(program=brand, OrderId="A1", EventDate="2026-11-10T00:00:00Z")
    sent = [("0", DAY, came), ("50", NOON, time(12))]
    for amount, date, at in sent if first == "day" else reversed(sent):
        row = make_modification(program=brand, OrderId="A1", Amount=amount, ModificationDate=date)
        Modification.objects.filter(pk=row.pk).update(received_at=datetime.combine(datetime(2026, 11, 14), at, UTC))
    apply_all(brand.pk)
    assert now(action).amount == (50 if came < time(12) else 0)


def test_a_late_change_that_is_right_after_all_can_be_sent_even_after_the_lock(brand, standard):
    action = make_action(program=brand, OrderId="A1", EventDate="2026-11-01T10:00:00Z")
    change(brand, OrderId="A1", Amount="80", ModificationDate="2026-11-16T23:59:59.5Z")  # it locks half a second later
    refused = change(brand, OrderId="A1", Amount="0", ModificationDate="2026-11-16T20:00:00Z")
    assert refused.reason == "LATER_CHANGE"
    date = refused.detail.removesuffix(".").rpartition("ModificationDate, ")[2]
    assert change(brand, OrderId="A1", Amount="0", ModificationDate=date).state == "APPLIED"
    assert now(action).payout == 0


@pytest.mark.parametrize(
    "earlier",
    [
        {"ItemSku": "S2", "ItemQuantity": 0},
        {"CustomerStatus": "New"},
        {"ItemSku": "S1", "ItemQuantity": 3},
        {"ItemSku": "S1", "ItemQuantity": 2, "Reason": "ITEM_RETURNED"},  # a later return leaves no more than it does
        {"ItemSku": "S1", "ItemQuantity": 2, "ModificationDate": "2026-11-14"},
    ],
    ids=str,
)
def test_a_change_that_comes_to_the_same_by_its_date_is_applied(brand, standard, earlier):
    make_action(program=brand, OrderId="A1", EventDate="2026-11-10T00:00:00Z", **BASKET)
    change(brand, OrderId="A1", Reason="ITEM_RETURNED", ModificationDate="2026-11-14", **ITEMS_LATER)
    assert change(brand, **{"OrderId": "A1", "ModificationDate": "2026-11-12", **earlier}).state == "APPLIED"


def test_a_late_change_of_another_line_applies_no_others_again(brand, standard):
    """Of a large order that comes back line by line each would else have all others applied again by their dates."""
    lines = range(1, 31)
    basket = {f"{name}{line}": value for line in lines for name, value in _line(line).items()}
    make_action(program=brand, OrderId="A1", EventDate="2026-11-10T00:00:00Z", **basket)
    for line in range(1, 11):
        _return(brand, line, "2026-11-13")
    apply_all(brand.pk)
    for line, date, left, again in ((11, "2026-11-14", 4, 0), (12, "2026-11-12", 4, 0), (1, "2026-11-12", 3, 13)):
        _return(brand, line, date, left)
        with Profile() as profile:
            apply_all(brand.pk)
        calls = {name: count for (_, _, name), (count, *_) in Stats(profile).stats.items()}
        assert calls["change_of"] == 1 + again  # of a line that another change touched, all are


def _line(line):
    return {"ItemSku": f"S{line}", "ItemPrice": 10, "ItemQuantity": 5}


def _return(program, line, date, left=4):
    what = {"ItemSku": f"S{line}", "ItemQuantity": left, "Reason": "ITEM_RETURNED"}
    return make_modification(program=program, OrderId="A1", ModificationDate=date, **what)


def test_the_day_of_an_order_is_the_program_s(brand, standard):
    brand.time_zone = "America/New_York"
    brand.save()
    make_action(program=brand, OrderId="A1", EventDate="2026-11-05T03:30:00Z")  # the 4th in New York
    assert change(brand, OrderId="A1", Amount="40", ModificationDate="2026-11-04T12:00:00Z").state == "APPLIED"
