"""Payout groups as files: what is exported imports again unchanged, and every error has its row."""

import io
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.formats.comparison import compared
from common.refusals import Refused
from common.tables.read import read_table
from common.tables.write import write_csv, write_xls, write_xlsx
from contracts.drafts.documents import draft_document
from contracts.drafts.rows import add_payout_group, switch_row
from contracts.group_files.cells import LAYOUT
from contracts.group_files.services import (
    COLUMNS,
    group_columns,
    group_rows,
    read_groups,
    replace_groups,
    version_group_rows,
)
from contracts.publishing.services import publish_draft
from tests.common.tables.workbooks import xls, xlsx

ROW = {"Name": "New", "Payout Type": "Percent", "Payout Value": "15", "Rules": "[Customer Status is New]"}


def numbered(*rows):
    return list(enumerate(rows, 2))


def replace(event_payout, *rows, **options):
    read = read_groups(event_payout=event_payout, rows=numbered(*rows))
    return replace_groups(event_payout=event_payout, preview=read, **options)


def read(event_payout, *rows):
    return read_groups(event_payout=event_payout, rows=numbered(*rows))


def groups(event_payout):
    return draft_document(event_payout.template_terms)["EventPayouts"][0]["PayoutGroups"]


def exported(event_payout, write=write_csv):
    out = io.BytesIO()
    write(group_columns(event_payout), group_rows(event_payout), out)
    return out.getvalue()


def test_a_row_becomes_a_group(event_payout):
    replace(event_payout, {**ROW, "Limit": "3"}, {**ROW, "Payout Type": "fixed", "Payout Value": "2.50", "Rules": ""})
    assert groups(event_payout) == [
        {
            "Rank": 1,
            "Name": "New",
            "Rules": [{"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["New"]}],
            "PayoutRate": "15",
            "Limits": [{"Type": "PAYABLE_ITEMS", "Value": "3"}],
        },
        {"Rank": 2, "Name": "New", "Rules": [], "Payout": "2.5", "Limits": []},
    ]


def test_ranks_in_the_file_count_and_not_the_order_of_the_rows(event_payout):
    replace(event_payout, {**ROW, "Rank": "20", "Name": "B"}, {**ROW, "Rank": "10", "Name": "A"})
    assert [(group["Rank"], group["Name"]) for group in groups(event_payout)] == [(10, "A"), (20, "B")]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"Payout Type": "Percentage"}, "Payout Type"),
        ({"Payout Value": ""}, "Payout Value"),
        ({"Payout Value": "ten"}, "Payout Value"),
        ({"Payout Value": "-1"}, "Payout Value"),
        ({"Payout Value": "1e3"}, "Payout Value"),
        ({"Rules": "[Customer Status is New"}, "Rules"),
        ({"Rules": "[Order Total >= much]"}, "Rules"),
        ({"Rules": "[Shoe Size is 9]"}, "Rules"),
        ({"Rules": "[List for Item SKU is Winter]"}, "Rules"),
        ({"Limit": "some"}, "Limit"),
        ({"Limit": "0"}, "Limit"),
        ({"Bonus": "Revenue >= 200: 6%"}, "Bonus"),
        ({"Name": "N" * 256}, "Name"),
        ({"Switched On": "maybe"}, "Switched On"),
    ],
)
def test_an_error_is_told_with_its_row_and_column(event_payout, cells, column):
    preview = read(event_payout, ROW, ROW | cells)
    assert [(row, name) for row, name, _ in preview.errors] == [(3, column)]
    assert [row["Rejection Reason"].split(":")[0] for row in preview.rejected] == [column]
    with pytest.raises(Refused, match=f"Row 3, {column}"):
        replace(event_payout, ROW, ROW | cells)
    assert groups(event_payout) == []
    replace(event_payout, ROW, ROW | cells, only_good_rows=True)
    assert len(groups(event_payout)) == 1


@pytest.mark.parametrize(
    ("formats", "value", "kind", "rate"),
    [
        ({}, "15%", "Percent", "15"),
        ({"C2": '0"%"'}, 15, "Percent", "15"),
        ({"C2": "0%"}, 0.08, "Percent", "8"),
        ({"C2": '0.00" % of sale"'}, 7, "Percent", "7"),
        ({}, 15, "Percent", "15"),
        ({"C2": "0%"}, 0.08, "Fixed", None),
        ({"C2": '0"%"'}, 15, "Fixed", None),
        ({}, "15%", "Fixed", None),
    ],
)
def test_a_percentage_is_read_beside_percent_as_it_is_shown_and_refused_beside_fixed(
    event_payout, formats, value, kind, rate
):
    rows = [["Name", "Payout Type", "Payout Value", "Rules"], ["A", kind, value, None]]
    for write, name in ((xlsx, "a.xlsx"), (xls, "a.xls")):
        preview = read_groups(
            event_payout=event_payout, rows=read_table(write(rows, formats=formats), name, layout=LAYOUT)
        )
        if rate:
            assert (preview.groups[0][0].payout_rate, preview.errors) == (Decimal(rate), [])
        else:
            [(row, column, message)] = preview.errors
            assert (row, column) == (2, "Payout Value")
            assert "is a percentage: write Percent beside it, or an amount" in message


def test_rules_that_are_merged_over_rows_count_for_each_and_a_merged_payout_for_none(event_payout):
    rows = [["Name", "Payout Type", "Payout Value", "Rules"], ["a", "Percent", 25, "[Customer Status is New]"],
            ["b", "Percent", 12, None]]  # fmt: skip
    for write, name in ((xlsx, "a.xlsx"), (xls, "a.xls")):
        table = read_table(write(rows, merged=["D2:D3"]), name, layout=LAYOUT)
        preview = read_groups(event_payout=event_payout, rows=table)
        assert [group.rules[0].values for group, _ in preview.groups] == [("New",), ("New",)]
        table = read_table(write([*rows[:2], ["b", "Percent", None, None]], merged=["C2:C3"]), name, layout=LAYOUT)
        errors = read_groups(event_payout=event_payout, rows=table).errors
        assert [(row, column) for row, column, _ in errors] == [(2, "Payout Value"), (3, "Payout Value")]


def test_a_rank_that_stands_twice_or_is_missing_beside_others_is_an_error(event_payout):
    ranks = [{**ROW, "Rank": rank} for rank in ("1", "1", "", "0")]
    assert [row for row, column, _ in read(event_payout, *ranks).errors if column == "Rank"] == [3, 4, 5]


def test_wrong_columns_refuse_the_whole_file(event_payout):
    preview = read(event_payout, {"Payout": "15", "Rules": ""})
    assert {(row, column) for row, column, _ in preview.errors} == {
        (1, "Payout"),
        (1, "Payout Type"),
        (1, "Payout Value"),
    }
    with pytest.raises(Refused):
        replace(event_payout, {"Payout": "15", "Rules": ""}, only_good_rows=True)


def test_a_preview_tells_what_is_added_changed_and_dropped(event_payout):
    replace(event_payout, *({**ROW, "Name": name} for name in ("Same", "Changed", "Dropped", "Renamed")))
    preview = read(
        event_payout,
        {**ROW, "Name": "Same", "Rank": "1"},
        {**ROW, "Name": "Changed", "Rank": "2", "Payout Value": "20"},
        {**ROW, "Name": "Another", "Rank": "4"},
        {**ROW, "Name": "Added", "Rank": "9"},
    )
    assert preview.unchanged == 1
    assert [(before.name, after.name) for (before, _), (after, _) in preview.changed] == [
        ("Changed", "Changed"),
        ("Renamed", "Another"),
    ]
    assert [group.name for group, _ in preview.added] == ["Added"]
    assert [group.name for group, _ in preview.dropped] == ["Dropped"]
    assert len(groups(event_payout)) == 4, "a preview stores nothing"


def test_a_group_that_is_off_comes_back_off(event_payout):
    replace(event_payout, ROW, {**ROW, "Name": "Off"})
    switch_row(row=event_payout.payout_groups.get(name="Off"), on=False)
    assert group_columns(event_payout) == (*COLUMNS, "Switched On")
    rows = list(read_table(exported(event_payout), "groups.csv", layout=LAYOUT))
    read = read_groups(event_payout=event_payout, rows=rows)
    assert replace_groups(event_payout=event_payout, preview=read).unchanged == 2
    assert not event_payout.payout_groups.get(name="Off").is_active


def test_a_version_is_exported_like_the_draft_it_came_from(event_payout):
    replace(event_payout, ROW, {**ROW, "Name": "Two", "Limit": "2"})
    version = publish_draft(template_terms=event_payout.template_terms).version
    assert list(version_group_rows(version, "SALE")) == list(group_rows(event_payout))


@pytest.mark.parametrize(("write", "name"), [(write_csv, "g.csv"), (write_xlsx, "g.xlsx"), (write_xls, "g.xls")])
def test_each_kind_of_file_imports_unchanged(event_payout, write, name):
    replace(
        event_payout,
        {**ROW, "Name": "=1+1", "Payout Value": "7.125", "Limit": "12"},
        {**ROW, "Name": "007", "Payout Type": "Fixed", "Payout Value": "0.05"},
        {**ROW, "Name": "-", "Rules": '[Item Category is "ACME,Anvils"] AND [Item Name starts with "RED "]'},
    )
    before = groups(event_payout)
    rows = list(read_table(exported(event_payout, write), name, layout=LAYOUT))
    read = read_groups(event_payout=event_payout, rows=rows)
    assert replace_groups(event_payout=event_payout, preview=read).unchanged == 3
    assert groups(event_payout) == before


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).filter(compared)
rules = st.lists(
    st.one_of(
        st.builds(
            lambda operator, values: {"Variable": "ITEM_NAME", "Operator": operator, "Values": values},
            st.sampled_from(["IS", "IS_NOT", "CONTAINS", "STARTS_WITH"]),
            st.lists(words, min_size=1, max_size=3),
        ),
        st.builds(
            lambda value: {"Variable": "ORDER_TOTAL", "Operator": "GTE", "Values": [str(value)]},
            st.decimals(0, 10**9, places=2),
        ),
        st.just({"Variable": "REFERRAL_TRAFFIC_TYPE", "Operator": "IS_NOT_PRESENT", "Values": []}),
    ),
    max_size=3,
)
payouts = st.one_of(
    st.builds(lambda value: {"payout": value}, st.decimals(0, 10**9, places=4)),
    st.builds(lambda value: {"payout_rate": value}, st.decimals(0, 100, places=8)),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.one_of(st.just(""), words), rules=rules, payout=payouts, limit=st.none() | st.integers(1, 2**31 - 1))
def test_whatever_is_exported_imports_unchanged(event_payout, name, rules, payout, limit):
    event_payout.payout_groups.all().delete()
    limit = limit if "payout_rate" in payout else None
    add_payout_group(event_payout=event_payout, name=name, rules=rules, payable_items=limit, **payout)
    before = groups(event_payout)
    rows = list(read_table(exported(event_payout), "groups.csv", layout=LAYOUT))
    preview = replace_groups(event_payout=event_payout, preview=read_groups(event_payout=event_payout, rows=rows))
    assert (preview.unchanged, preview.changed, preview.errors) == (1, [], [])
    assert groups(event_payout) == before


def test_ten_thousand_groups_go_through_a_file(event_payout, django_assert_max_num_queries):
    rows = [
        (number, {**ROW, "Name": f"Group {number}", "Rules": f"[Item SKU is S{number}] AND [Order Total >= {number}]"})
        for number in range(2, 10_002)
    ]
    with django_assert_max_num_queries(25):
        preview = replace_groups(event_payout=event_payout, preview=read_groups(event_payout=event_payout, rows=rows))
    assert len(preview.added) == 10_000
    assert event_payout.payout_groups.get(rank=10_000).payout_rate == Decimal(15)
