"""The reversal policy: which share of a partner's payouts of a month returns and reversals may take back."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine

from tests.factories import (
    make_action,
    make_contracts,
    make_conversion,
    make_modification,
    make_partner,
    terms_document,
)
from tests.tracking.test_apply_modifications import BASKET, change, now
from tracking.limits.reversal_policy import ReversalPolicies
from tracking.models import Action, Modification
from tracking.modifications.apply import apply_all
from tracking.modifications.new_modifications import retry_modifications
from tracking.pricing.batch import price_all

NOW = dt.datetime(2026, 6, 15, 12, tzinfo=dt.UTC)
JUNE, MAY = "2026-06-10T10:00:00Z", "2026-05-10T10:00:00Z"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def partner(brand, sale):
    return make_partner(program=brand, media_partner_id="P-1", name="Anna")


@pytest.fixture
def policy(brand, partner):
    """10% of each order; at most 30% of a month is taken back."""
    document = terms_document() | {"MaxReturnPercentage": "30"}
    return make_contracts(program=brand, document=document, partners=[partner])


def order(brand, order_id, amount="100.00", **params):
    return make_action(program=brand, OrderId=order_id, Amount=amount, EventDate=JUNE, **params)


def reverse(brand, order_id, **params):
    return change(brand, OrderId=order_id, Reason="ORDER_ERROR", **{"Amount": "0", **params})


def test_a_reversal_within_the_share_is_applied_and_one_beyond_it_refused_with_the_figures(brand, policy):
    for number in range(10):
        order(brand, f"A{number}")
    assert [reverse(brand, f"A{number}").state for number in range(3)] == ["APPLIED"] * 3
    refused = reverse(brand, "A3")
    assert (refused.state, refused.reason) == ("REFUSED", "REVERSAL_POLICY")
    assert refused.detail == (
        "The reversal policy lets at most 30% of Anna’s payouts of June 2026 be taken back: £30.00 of £100.00. "
        "£30.00 is taken back already, and this change would take £10.00 more."
    )
    assert now(Action.objects.get(order_id="A3")).payout == 10


def test_the_policy_alone_makes_the_difference(brand, partner):
    make_contracts(program=brand, document=terms_document(), partners=[partner])
    order(brand, "A1")
    assert reverse(brand, "A1").state == "APPLIED"
    assert now(Action.objects.get(order_id="A1")).payout == 0


def test_a_partial_return_takes_its_part_of_the_share(brand, policy):
    order(brand, "A1", amount=None, **BASKET)  # 100.00, of which S1 is 4 at 10.00
    assert change(brand, OrderId="A1", Reason="ITEM_RETURNED", ItemSku="S1", ItemQuantity=1).state == "APPLIED"
    refused = change(brand, OrderId="A1", Reason="ITEM_RETURNED", ItemSku="S1", ItemQuantity=0)
    assert refused.reason == "REVERSAL_POLICY"
    assert now(Action.objects.get(order_id="A1")).payout == 7


def test_what_is_refused_can_be_tried_again_once_the_partner_has_earned_more(brand, policy):
    order(brand, "A1")
    refused = reverse(brand, "A1")
    assert refused.reason == "REVERSAL_POLICY"
    order(brand, "A2", "300.00")
    assert retry_modifications([refused.pk], program=brand) == 1
    apply_all(brand.pk)
    refused.refresh_from_db()
    assert refused.state == "APPLIED"
    assert now(Action.objects.get(order_id="A1")).payout == 0


def test_changes_that_wait_together_share_what_is_left(brand, policy):
    for number in range(4):
        order(brand, f"A{number}")
    for number in range(4):
        make_modification(program=brand, OrderId=f"A{number}", Reason="ORDER_ERROR", Amount="0")
    apply_all(brand.pk)
    assert list(Modification.objects.order_by("pk").values_list("state", flat=True)) == ["APPLIED"] + ["REFUSED"] * 3


def test_what_is_given_back_can_be_taken_again(brand, policy):
    for number in range(4):
        order(brand, f"A{number}")
    assert reverse(brand, "A0").state == "APPLIED"
    assert reverse(brand, "A1").reason == "REVERSAL_POLICY"
    assert change(brand, OrderId="A0", Reason="ORDER_UPDATE", Amount="100.00").state == "APPLIED"
    assert reverse(brand, "A1").state == "APPLIED"


def test_a_raised_amount_makes_no_room_for_other_reversals(brand, policy):
    for number in range(4):
        order(brand, f"A{number}")
    assert change(brand, OrderId="A0", Reason="ORDER_UPDATE", Amount="900.00").state == "APPLIED"
    assert reverse(brand, "A1").state == "APPLIED"
    assert reverse(brand, "A2").reason == "REVERSAL_POLICY"


def test_a_raise_that_limits_leave_nothing_of_makes_no_room_for_a_return(brand, partner):
    limit = {"Type": "PAYOUT", "LimitBy": "ALL", "Period": "CONTRACT", "Value": "25"}
    make_contracts(
        program=brand, document=terms_document(Limits=[limit]) | {"MaxReturnPercentage": "30"}, partners=[partner]
    )
    for number in range(3):
        order(brand, f"A{number}")
    raised, returned = (
        make_modification(program=brand, OrderId="A0", Amount=amount, ModificationDate=f"2026-06-{day}")
        for amount, day in (("300", 11), ("0", 12))
    )
    apply_all(brand.pk)
    for each in (raised, returned):
        each.refresh_from_db()
    assert (raised.state, raised.detail[-20:]) == ("APPLIED", "limited to 10.00 GBP")
    assert (returned.state, returned.reason) == ("REFUSED", "REVERSAL_POLICY")


def test_each_month_has_its_own_share(brand, policy):
    order(brand, "A1", "300.00")
    make_action(program=brand, OrderId="M1", Amount="100.00", EventDate=MAY)
    assert "payouts of May 2026" in reverse(brand, "M1").detail


def test_a_month_is_cut_in_the_program_s_time_zone(brand, policy):
    """23:30 UTC of 31 May is June in London."""
    make_action(program=brand, OrderId="J1", Amount="100.00", EventDate="2026-05-31T23:30:00Z")
    assert "payouts of June 2026" in reverse(brand, "J1").detail


def test_each_partner_has_their_own_share_and_test_orders_none(brand, policy, partner):
    ben = make_partner(program=brand, media_partner_id="P-2", name="Ben")
    make_contracts(program=brand, document=terms_document() | {"MaxReturnPercentage": "30"}, partners=[ben])
    order(brand, "A1", "900.00")
    order(brand, "B1", MediaPartnerId="P-2")
    refused = reverse(brand, "B1")
    assert "Ben’s payouts" in refused.detail
    assert "£3.00 of £10.00" in refused.detail
    make_conversion(program=brand, is_test=True, OrderId="T1", Amount="100.00", EventDate=JUNE, MediaPartnerId="P-2")
    price_all(program_id=brand.pk)
    assert reverse(brand, "T1").state == "APPLIED"


def test_versions_of_the_same_terms_share_and_the_version_that_priced_the_order_decides(brand, policy, partner):
    order(brand, "A1", "300.00")
    strict = terms_document() | {"MaxReturnPercentage": "0"}
    version = policy.template_terms.versions.create(program=brand, number=policy.number + 1, document=strict)
    later = make_action(program=brand, OrderId="A2", Amount="100.00", EventDate=JUNE)
    Action.objects.filter(pk=later.pk).update(terms_version=version)
    assert "at most 0%" in reverse(brand, "A2").detail
    order(brand, "A3", "120.00")
    assert reverse(brand, "A3").state == "APPLIED", "12.00 of 52.00, which both versions priced"


def test_another_customer_status_takes_nothing_back(brand, partner):
    groups = [
        {
            "Rank": 1,
            "Name": "New",
            "Rules": [{"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["New"]}],
            "PayoutRate": "20",
        }
    ]
    document = terms_document(groups=groups) | {"MaxReturnPercentage": "0"}
    make_contracts(program=brand, document=document, partners=[partner])
    order(brand, "A1", CustomerStatus="New")
    assert change(brand, OrderId="A1", Reason="ORDER_UPDATE", CustomerStatus="Existing").state == "APPLIED"
    assert now(Action.objects.get(order_id="A1")).payout == 10
    assert reverse(brand, "A1").reason == "REVERSAL_POLICY"


def test_terms_without_a_policy_ask_nothing(brand, partner, django_assert_num_queries):
    make_contracts(program=brand, document=terms_document(), partners=[partner])
    actions = [order(brand, f"A{number}") for number in range(3)]
    ReversalPolicies(actions)  # the terms are read
    with django_assert_num_queries(0):
        ReversalPolicies(actions)


def test_a_policy_asks_as_many_questions_for_one_action_as_for_five(brand, policy, django_assert_num_queries):
    actions = [order(brand, f"A{number}") for number in range(5)]
    ReversalPolicies(actions)
    for some in (actions[:1], actions):
        with django_assert_num_queries(3):
            ReversalPolicies(some)


def test_the_figures_are_those_of_a_naive_sum(brand, policy):
    """Many changes of several orders: what is counted is what the updates say, worked out here by hand."""
    for number, amount in enumerate(["1000.00", "100.00", "50.00", "33.33"]):
        order(brand, f"A{number}", amount)
    for order_id, amount in [("A1", "80.00"), ("A2", "0"), ("A1", "90.00"), ("A3", "40.00"), ("A3", "30.00")]:
        assert change(brand, OrderId=order_id, Reason="ORDER_UPDATE", Amount=amount).state == "APPLIED"
    detail = reverse(brand, "A0").detail
    first = Decimal("100.00") + 10 + 5 + Decimal("3.33")
    taken = Decimal("1.00") + 5 + Decimal("0.33")
    assert f"of £{first}. £{taken} is taken back already, and this change would take £100.00 more." in detail
