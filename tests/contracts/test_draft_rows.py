"""Payout groups, adjustments and restrictions of a draft: checked by the engine, ranked 1, 2, 3 …"""

from decimal import Decimal

import pytest
from django.db import connection, transaction

from common.db.edits import Stale
from common.refusals import Refused
from contracts.drafts.documents import draft_document
from contracts.drafts.ranks import close_gaps, move_to, order_token, ranked_ids, reorder_rows
from contracts.drafts.rows import (
    add_payout_adjustment,
    add_payout_group,
    add_payout_restriction,
    change_payout_adjustment,
    change_payout_group,
    change_payout_restriction,
    delete_rows,
    switch_row,
)
from contracts.drafts.sections import switch_section
from contracts.models import PayoutAdjustment, PayoutGroup, PayoutRestriction

NEW = [{"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["New"]}]


def add(event_payout, name, position=None):
    return add_payout_group(event_payout=event_payout, name=name, rules=NEW, payout_rate=Decimal(15), position=position)


def ranked(event_payout):
    return list(event_payout.payout_groups.order_by("rank").values_list("rank", "name"))


@pytest.fixture
def three(event_payout):
    return [add(event_payout, name) for name in "ABC"]


def test_a_group_is_added_last_or_where_it_is_wanted(event_payout, three):
    add(event_payout, "D")
    add(event_payout, "E", position=2)
    assert ranked(event_payout) == [(1, "A"), (2, "E"), (3, "B"), (4, "C"), (5, "D")]


def test_deleting_groups_closes_the_gaps(event_payout, three):
    deleted = delete_rows(event_payout=event_payout, kind=PayoutGroup, ids=[three[0].pk, three[1].pk, 10**9])
    assert deleted == 2
    assert ranked(event_payout) == [(1, "C")]


def test_a_group_moves_to_a_position_and_no_further_than_the_ends(event_payout, three):
    move_to(row=three[2], position=1)
    assert ranked(event_payout) == [(1, "C"), (2, "A"), (3, "B")]
    move_to(row=three[2], position=99)
    assert ranked(event_payout) == [(1, "A"), (2, "B"), (3, "C")]
    move_to(row=three[2], position=-4)
    assert ranked(event_payout) == [(1, "C"), (2, "A"), (3, "B")]


def test_every_error_of_a_group_is_told_with_its_path(event_payout):
    with pytest.raises(Refused) as refused:
        add_payout_group(
            event_payout=event_payout,
            rules=[{"Variable": "ORDER_TOTAL", "Operator": "GTE", "Values": ["much"]}],
            payout=Decimal(1),
            payout_rate=Decimal(2),
        )
    assert {refusal.path for refusal in refused.value} == {"Rules[0].Values", "Payout"}
    assert not event_payout.payout_groups.exists()


@pytest.mark.parametrize("payout", ["-1", "NaN", "Infinity", "1E+30", "0.123456789"])
def test_an_amount_that_cannot_be_paid_is_refused(event_payout, payout):
    with pytest.raises(Refused):
        add_payout_group(event_payout=event_payout, rules=NEW, payout=Decimal(payout))


def test_a_restriction_without_rules_is_refused(event_payout):
    with pytest.raises(Refused):
        add_payout_restriction(event_payout=event_payout, rules=[])


def test_a_rule_on_a_list_that_does_not_exist_is_refused(event_payout):
    with pytest.raises(Refused, match="Winter"):
        add_payout_restriction(
            event_payout=event_payout,
            rules=[{"Variable": "LIST_ITEM_SKU", "Operator": "IN_LIST", "Values": ["Winter"]}],
        )


def test_changing_a_group_keeps_its_rank_and_switch(event_payout, three):
    switch_row(row=three[1], on=False)
    change_payout_group(payout_group=three[1], name="B2", rules=[], payout=Decimal("2.5"))
    group = PayoutGroup.objects.get(pk=three[1].pk)
    assert (group.rank, group.is_active, group.name, group.payout, group.payout_rate) == (
        2,
        False,
        "B2",
        Decimal("2.5"),
        None,
    )


def test_a_group_that_someone_deleted_is_stale(event_payout, three):
    delete_rows(event_payout=event_payout, kind=PayoutGroup, ids=[three[0].pk])
    with pytest.raises(Stale):
        change_payout_group(payout_group=three[0], rules=[], payout_rate=Decimal(1))
    with pytest.raises(Stale):
        switch_row(row=three[0], on=False)


def test_adjustments_and_restrictions_are_edited_likewise(event_payout):
    adjustment = add_payout_adjustment(event_payout=event_payout, rules=NEW, direction="INCREASE", rate=Decimal(5))
    change_payout_adjustment(payout_adjustment=adjustment, rules=[], direction="DECREASE", amount=Decimal("0.50"))
    restriction = add_payout_restriction(event_payout=event_payout, rules=NEW)
    change_payout_restriction(payout_restriction=restriction, rules=NEW, zero_payout_hide_report=True)
    payout = draft_document(event_payout.template_terms)["EventPayouts"][0]
    assert payout["PayoutAdjustments"] == [{"Rules": [], "Direction": "DECREASE", "Amount": "0.5"}]
    assert payout["PayoutRestrictions"] == [{"Rules": NEW, "ZeroPayoutHideReport": True}]
    delete_rows(event_payout=event_payout, kind=PayoutAdjustment, ids=[adjustment.pk])
    delete_rows(event_payout=event_payout, kind=PayoutRestriction, ids=[restriction.pk])
    payout = draft_document(event_payout.template_terms)["EventPayouts"][0]
    assert payout["PayoutAdjustments"] == payout["PayoutRestrictions"] == []


def test_what_is_switched_off_stays_in_the_draft_and_leaves_the_document(event_payout, three):
    switch_row(row=three[1], on=False)
    groups = draft_document(event_payout.template_terms)["EventPayouts"][0]["PayoutGroups"]
    assert [(group["Rank"], group["Name"]) for group in groups] == [(1, "A"), (3, "C")]
    for section in ("payout_groups", "locking", "payout_scheduling"):
        switch_section(event_payout=event_payout, section=section, on=False)
    payout = draft_document(event_payout.template_terms)["EventPayouts"][0]
    assert payout["PayoutGroups"] == []
    assert "Locking" not in payout
    assert "PayoutScheduling" not in payout
    assert len(ranked(event_payout)) == 3


def test_every_change_counts_in_the_revision(event_payout, three):
    terms = event_payout.template_terms
    terms.refresh_from_db()
    before = terms.draft_revision
    switch_row(row=three[1], on=False)
    move_to(row=three[0], position=2)
    terms.refresh_from_db()
    assert terms.draft_revision == before + 2


def test_ten_thousand_groups_are_ranked_with_few_queries(event_payout, django_assert_max_num_queries):
    groups = [
        PayoutGroup(program_id=event_payout.program_id, event_payout=event_payout, rank=rank, payout_rate=1)
        for rank in range(1, 10_001)
    ]
    PayoutGroup.objects.bulk_create(groups)
    ids = [group.pk for group in groups]
    seen = order_token(ranked_ids(event_payout=event_payout, kind=PayoutGroup))
    with django_assert_max_num_queries(6):
        reorder_rows(event_payout=event_payout, kind=PayoutGroup, ids=ids[::-1], seen=seen)
    assert PayoutGroup.objects.get(pk=ids[0]).rank == 10_000
    with django_assert_max_num_queries(9):
        delete_rows(event_payout=event_payout, kind=PayoutGroup, ids=ids[::2])
    with django_assert_max_num_queries(9):
        add_payout_group(event_payout=event_payout, rules=[], payout_rate=Decimal(3), position=1)
    ranks = list(event_payout.payout_groups.order_by("rank").values_list("rank", flat=True))
    assert ranks == list(range(1, 5_002))


@pytest.mark.django_db(transaction=True)
def test_a_long_list_closes_its_gaps_at_once_although_a_vacuum_saw_none_of_its_rows(event_payout):
    """So it comes when rows are added in the same transaction: for the planner the table has one row."""
    with transaction.atomic():
        PayoutGroup.objects.bulk_create(
            PayoutGroup(program_id=event_payout.program_id, event_payout=event_payout, rank=rank, payout_rate=1)
            for rank in range(10, 100_001, 10)
        )
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("VACUUM contracts_payoutgroup")
        other.close()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '20s'")  # instead of minutes
        close_gaps(event_payout, PayoutGroup)
    ranks = event_payout.payout_groups.order_by("rank").values_list("rank", flat=True)
    assert list(ranks) == list(range(1, 10_001))
