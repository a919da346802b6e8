"""Many rows of a list: found by text, rank and variable, changed at once, and that undone."""

from decimal import Decimal

import pytest

from contracts.drafts.ranks import order_token, ranked_ids
from contracts.drafts.rows import add_payout_group, switch_row
from contracts.models import BulkChange, PayoutGroup
from contracts.sections.lists.payout_groups import GROUPS
from tests.contracts.addresses import NEW, url

HTMX = {"HTTP_HX_REQUEST": "true"}
COUNTRY = {"Variable": "CUSTOMER_COUNTRY", "Operator": "IS", "Values": ["DE"]}


@pytest.fixture
def many(event_payout):
    """Ten groups: the odd ranks by status, the even ones by country; the last pays an amount."""
    made = [
        add_payout_group(
            event_payout=event_payout,
            rules=[COUNTRY if rank % 2 == 0 else NEW],
            name=f"Group {rank}",
            payout_rate=Decimal(rank) if rank < 10 else None,
            payout=Decimal(3) if rank == 10 else None,
        )
        for rank in range(1, 11)
    ]
    switch_row(row=made[1], on=False)
    return made


@pytest.fixture
def bulk(editor, event_payout):
    def send(do, *, ids=(), seen=None, **data):
        token = order_token(ranked_ids(event_payout=event_payout, kind=PayoutGroup)) if seen is None else seen
        data |= {"do": do, "row": list(ids), "seen": token}
        return editor.post(url("row_bulk", event_payout.pk, GROUPS), data, **HTMX)

    return send


def stored(event_payout):
    return list(event_payout.payout_groups.order_by("rank").values())


def rates(event_payout):
    return [
        each and int(each) for each in event_payout.payout_groups.order_by("rank").values_list("payout_rate", flat=True)
    ]


def found(client, event_payout, **asked):
    page = client.get(url("row_list_part", event_payout.pk, GROUPS), asked, **HTMX).context["part"]
    return [shown.row.rank for shown in page.items]


def test_a_variable_narrows_the_list_and_its_menu_counts_groups(editor, event_payout, many):
    answer = editor.get(url("row_list_part", event_payout.pk, GROUPS), **HTMX)
    counts = {each.key: each.count for each in answer.context["part"].variables}
    assert counts == {"CUSTOMER_STATUS": 5, "CUSTOMER_COUNTRY": 5}
    assert found(editor, event_payout, variable="CUSTOMER_COUNTRY") == [2, 4, 6, 8, 10]
    assert found(editor, event_payout, variable="CUSTOMER_COUNTRY", q="Group 1") == [10]
    assert found(editor, event_payout, q="Group 1") == [1, 10]


def test_a_rank_is_found_by_its_number(editor, event_payout, many):
    assert found(editor, event_payout, q="#7") == [7]
    assert found(editor, event_payout, q="#70") == []


def test_ticked_groups_are_set_to_a_percentage_and_back(bulk, event_payout, many):
    before = stored(event_payout)
    answer = bulk("pay", ids=[many[0].pk, many[9].pk], how="PERCENT", value="7.5")
    assert "2 payout groups set to 7.5%." in answer.content.decode()
    first, last = stored(event_payout)[0], stored(event_payout)[9]
    assert (first["payout_rate"], last["payout_rate"], last["payout"]) == (Decimal("7.5"), Decimal("7.5"), None)
    bulk("undo")
    assert stored(event_payout) == before


def test_all_that_match_are_raised_and_an_amount_stays(bulk, event_payout, many):
    answer = bulk("pay", every="yes", variable="CUSTOMER_COUNTRY", how="RAISE", value="10")
    assert "4 payout groups raised by 10 percentage points." in answer.content.decode()
    assert rates(event_payout) == [1, 12, 3, 14, 5, 16, 7, 18, 9, None]


def test_nothing_is_lowered_below_nothing(bulk, event_payout, many):
    answer = bulk("pay", every="yes", how="LOWER", value="2")
    assert answer.status_code == 422
    assert "1 of them would pay less than 0%" in answer.content.decode()
    assert rates(event_payout) == [1, 2, 3, 4, 5, 6, 7, 8, 9, None]


def test_a_refusal_takes_the_place_of_nothing_but_the_bars_line(bulk, editor, event_payout, many):
    answer = bulk("pay", ids=[many[0].pk], how="PERCENT", value="abc")
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#payout-groups-refused", "innerHTML")
    assert "Write what they are to pay, a number such as 7.5." in answer.content.decode()
    assert "<section" not in answer.content.decode()
    page = editor.get(url("terms_edit", event_payout.template_terms_id)).content.decode()
    assert 'id="payout-groups-refused"' in page


@pytest.mark.parametrize("value", ["", "-1", "x"])
def test_what_is_no_payout_is_refused(bulk, event_payout, many, value):
    assert bulk("pay", every="yes", how="FIXED", value=value).status_code == 422
    assert not BulkChange.objects.exists()


def test_deleted_groups_come_back_at_their_ranks(bulk, event_payout, many):
    before = stored(event_payout)
    bulk("delete", ids=[many[0].pk, many[4].pk, many[9].pk])
    assert [row["name"] for row in stored(event_payout)] == [f"Group {rank}" for rank in (2, 3, 4, 6, 7, 8, 9)]
    bulk("undo")
    assert stored(event_payout) == before


def test_a_switch_is_undone_for_each_as_it_was(bulk, event_payout, many):
    bulk("off", every="yes")
    assert not event_payout.payout_groups.filter(is_active=True).exists()
    bulk("undo")
    assert list(event_payout.payout_groups.filter(is_active=False).values_list("rank", flat=True)) == [2]


def test_an_edit_meanwhile_keeps_it_from_being_undone(bulk, event_payout, many):
    bulk("delete", ids=[many[0].pk])
    switch_row(row=many[4], on=False)
    answer = bulk("undo")
    assert answer.status_code == 409
    assert "can no longer be undone" in answer.content.decode()
    assert event_payout.payout_groups.count() == 9


def test_all_of_a_list_that_changed_meanwhile_are_left_alone(bulk, event_payout, many):
    token = order_token(ranked_ids(event_payout=event_payout, kind=PayoutGroup))
    add_payout_group(event_payout=event_payout, rules=[NEW], name="Later", payout_rate=Decimal(1))
    assert bulk("delete", every="yes", seen=token).status_code == 409
    assert event_payout.payout_groups.count() == 11
