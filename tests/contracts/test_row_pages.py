"""The lists of a draft: payout groups, adjustments and restrictions, as an editor works on them."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from contracts.drafts.ranks import order_token, ranked_ids
from contracts.drafts.rows import add_payout_group
from contracts.drafts.sections import set_sections
from contracts.engine.document.sections.default_payout import DefaultPayout
from contracts.engine.rules.fields import VARIABLES
from contracts.models import PayoutAdjustment, PayoutGroup, PayoutRestriction
from contracts.sections.lists.payout_adjustments import ADJUSTMENTS
from contracts.sections.lists.payout_groups import GROUPS
from contracts.sections.lists.payout_restrictions import RESTRICTIONS
from contracts.sections.registry import PANELS
from tests.contracts.addresses import url
from tests.tracking.region_file import write_region_file

HTMX = {"HTTP_HX_REQUEST": "true"}


def rule(variable="CUSTOMER_STATUS", operator="IS", values="New"):
    return {"variable": [variable], "operator": [operator], "values": [values]}


def names(event_payout):
    return list(event_payout.payout_groups.order_by("rank").values_list("name", flat=True))


def test_a_payout_group_is_added_and_the_list_comes_back(event_payout, editor):
    data = {**rule(), "name": "New", "kind": "PERCENT", "value": "15"}
    answer = editor.post(url("row_create", event_payout.pk, GROUPS), data, **HTMX)
    assert answer.status_code == 200
    assert answer["HX-Retarget"] == "#payout-groups"
    assert "dialog-close" in answer["HX-Trigger"]
    assert "draft-changed" in answer["HX-Trigger"]
    assert PayoutGroup.objects.get().payout_rate == 15
    assert 'id="summary"' in answer.content.decode()


def test_a_fixed_group_is_paid_by_item_where_the_level_is_item(event_payout, editor):
    set_sections(event_payout=event_payout, values={"default_payout": DefaultPayout("ITEM", None, Decimal(10))})
    data = {**rule("ITEM_PRICE", "GTE", "20"), "name": "", "kind": "FIXED", "value": "2.5", "payable_items": "3"}
    answer = editor.post(url("row_create", event_payout.pk, GROUPS), data, follow=True)
    page = answer.content.decode()
    assert "£2.50" in page
    assert "per item" in page
    assert "at most 3 items" in page
    assert "Item Price ≥ <b>£20.00</b>" in page


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (
            rule("ORDER_TOTAL", "GTE", "many"),
            "“many” is not an amount: write a number such as 7.5",
        ),
        (rule("ORDER_TOTAL", "BETWEEN", "5"), "exactly two values"),
        (rule("CUSTOMER_STATUS", "IS", ""), "at least one value"),
        (rule("CUSTOMER_STATUS", "IS", '"New'), "close the quote"),
        (rule("CUSTOMER_STATUS", "BETWEEN", "1,2"), "takes"),
        (rule("LIST_ITEM_SKU", "IN_LIST", "Nowhere"), "is not a known exception list"),
    ],
)
def test_a_rule_that_cannot_be_evaluated_is_refused_beside_it(typed, message, event_payout, editor):
    data = {**typed, "kind": "PERCENT", "value": "15"}
    answer = editor.post(url("row_create", event_payout.pk, GROUPS), data, **HTMX)
    assert answer.status_code == 422
    assert message in answer.context["builder"].typed.rows[0].error
    assert not PayoutGroup.objects.exists()


def test_values_are_separated_by_commas_and_quotes_keep_one(event_payout, editor):
    data = {**rule("ITEM_CATEGORY", "IS", 'ACME, "Anvils, large"'), "kind": "PERCENT", "value": "15"}
    editor.post(url("row_create", event_payout.pk, GROUPS), data)
    assert PayoutGroup.objects.get().rules[0]["Values"] == ["ACME", "Anvils, large"]


def test_a_group_is_edited_switched_off_and_deleted(groups, event_payout, editor):
    first = reverse("contracts:row_edit", args=[1000, GROUPS, groups[0].pk])
    assert 'value="15"' in editor.get(first).content.decode()
    editor.post(first, {**rule(values="Existing"), "name": "Old", "kind": "FIXED", "value": "3"})
    groups[0].refresh_from_db()
    assert (groups[0].name, groups[0].payout, groups[0].payout_rate) == ("Old", 3, None)
    editor.post(reverse("contracts:row_switch", args=[1000, GROUPS, groups[0].pk]), {"on": "no"})
    groups[0].refresh_from_db()
    assert not groups[0].is_active
    editor.post(reverse("contracts:row_delete", args=[1000, GROUPS, groups[0].pk]))
    assert names(event_payout) == ["Second", "Third"]


def test_adjustments_and_restrictions_are_added_alike(event_payout, editor):
    data = {**rule(), "direction": "INCREASE", "kind": "PERCENT", "value": "5"}
    assert "+5%" in editor.post(url("row_create", event_payout.pk, ADJUSTMENTS), data, **HTMX).content.decode()
    data = {**rule("ITEM_SKU", "IS", "GIFT-*"), "zero_payout_hide_report": "on"}
    page = editor.post(url("row_create", event_payout.pk, RESTRICTIONS), data, **HTMX).content.decode()
    assert "left out of reports" in page
    assert PayoutAdjustment.objects.get().rate == 5
    assert PayoutRestriction.objects.get().zero_payout_hide_report


def test_a_restriction_without_a_rule_is_refused(event_payout, editor):
    assert editor.post(url("row_create", event_payout.pk, RESTRICTIONS), {}, **HTMX).status_code == 422


def test_a_preset_fills_the_form(event_payout, editor):
    page = editor.get(url("row_create", event_payout.pk, RESTRICTIONS), {"preset": "gift-cards"})
    assert page.context["builder"].typed.rows[0].values == "Gift Cards"


def test_the_presets_of_restrictions_are_offered_by_name(event_payout, editor):
    page = editor.get(url("terms_edit", event_payout.template_terms_id)).content.decode()
    assert re.findall(r"preset=[^>]*>(?:<svg.*?</svg>)([^<]+)</a>", page) == [
        "Traffic type", "Ad keyword", "Geography", "Gift cards", "SKUs", "Promo code", "Existing customers"
    ]  # fmt: skip


def test_the_rule_builder_offers_every_variable(event_payout, editor):
    page = editor.get(url("row_create", event_payout.pk, RESTRICTIONS), {"preset": "ad-keyword"})
    assert sorted(each.key for each in page.context["builder"].variables) == sorted(VARIABLES)
    assert 'data-words="Referral Ad Keyword"' in page.content.decode()


def test_the_rule_builder_marks_what_this_installation_cannot_fill(event_payout, editor, settings, tmp_path):
    def missing():
        page = editor.get(url("row_create", event_payout.pk, RESTRICTIONS), {"preset": "ad-keyword"})
        assert page.content.decode().count("data-missing=") == 2
        return {each.key: each.missing for each in page.context["builder"].variables if each.missing}

    why = "this installation has no file of regions"
    assert missing() == {"DERIVED_REGION": why, "REFERRAL_DERIVED_REGION": why}
    settings.REGION_DATABASE = write_region_file(tmp_path / "regions.mmdb", "81.2.0.0/16", {"region": "England"})
    page = editor.get(url("row_create", event_payout.pk, RESTRICTIONS), {"preset": "ad-keyword"})
    assert "data-missing=" not in page.content.decode()


def test_groups_are_ranked_in_the_order_posted(groups, event_payout, editor):
    seen = order_token(ranked_ids(event_payout=event_payout, kind=PayoutGroup))
    ids = [groups[2].pk, groups[0].pk, groups[1].pk]
    for _ in range(2):
        data = {"row_id": ids, "seen": seen}
        assert editor.post(url("row_reorder", event_payout.pk, GROUPS), data, **HTMX).status_code == 200
    assert names(event_payout) == ["Third", "First", "Second"]


def test_the_second_of_two_who_reorder_gets_the_present_list(groups, event_payout, editor):
    seen = order_token(ranked_ids(event_payout=event_payout, kind=PayoutGroup))
    one, two, three = (group.pk for group in groups)
    address = url("row_reorder", event_payout.pk, GROUPS)
    editor.post(address, {"row_id": [three, one, two], "seen": seen}, **HTMX)
    answer = editor.post(address, {"row_id": [two, one, three], "seen": seen}, **HTMX)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Someone else changed this list" in page
    assert page.index("Third") < page.index("First") < page.index("Second")
    assert names(event_payout) == ["Third", "First", "Second"]


def test_a_page_of_a_long_list_is_ranked_within_the_whole(event_payout, editor):
    groups = [
        add_payout_group(event_payout=event_payout, rules=[], name=f"G{n}", payout_rate=Decimal(n))
        for n in range(1, 44)
    ]
    page = editor.get(url("row_list_part", event_payout.pk, GROUPS), {"page": 2}, **HTMX)
    assert [shown.row.rank for shown in page.context["part"].items] == [41, 42, 43]
    seen = order_token(ranked_ids(event_payout=event_payout, kind=PayoutGroup))
    ids = [groups[42].pk, groups[40].pk, groups[41].pk]
    editor.post(url("row_reorder", event_payout.pk, GROUPS), {"row_id": ids, "seen": seen, "page": 2}, **HTMX)
    assert names(event_payout)[39:] == ["G40", "G43", "G41", "G42"]
    move = reverse("contracts:row_move", args=[1000, GROUPS, groups[42].pk])
    editor.post(move, {"position": 2}, **HTMX)
    assert names(event_payout)[:3] == ["G1", "G43", "G2"]


def test_a_list_is_read_once_for_its_page(groups, event_payout, editor, django_assert_num_queries):
    with django_assert_num_queries(19):
        editor.get(url("row_list_part", event_payout.pk, GROUPS), **HTMX)


def test_a_list_is_read_once_before_it_is_reordered_and_once_after(
    groups, event_payout, editor, django_assert_num_queries
):
    first, second, third = (group.pk for group in groups)
    seen = editor.get(url("row_list_part", event_payout.pk, GROUPS), **HTMX).context["part"].token
    with django_assert_num_queries(24):
        editor.post(
            url("row_reorder", event_payout.pk, GROUPS), {"row_id": [second, first, third], "seen": seen}, **HTMX
        )


def test_a_list_is_read_once_for_moving_a_row(groups, editor, django_assert_num_queries):
    with django_assert_num_queries(6):
        editor.get(reverse("contracts:row_move", args=[1000, GROUPS, groups[0].pk]), **HTMX)


def test_many_groups_are_switched_and_deleted_at_once(groups, event_payout, editor):
    address = url("row_bulk", event_payout.pk, GROUPS)
    ids = [groups[0].pk, groups[2].pk]
    editor.post(address, {"row": ids, "do": "off"}, **HTMX)
    assert list(event_payout.payout_groups.filter(is_active=True)) == [groups[1]]
    editor.post(address, {"row": ids, "do": "delete"}, **HTMX)
    assert names(event_payout) == ["Second"]


@pytest.mark.parametrize(("query", "found"), [("sec", ["Second"]), ("customer status", 3), ("new", 3), ("zzz", 0)])
def test_groups_are_found_by_name_variable_and_value(query, found, groups, event_payout, editor):
    page = editor.get(url("row_list_part", event_payout.pk, GROUPS), {"q": query}, **HTMX)
    assert len(page.context["part"].items) == (found if isinstance(found, int) else len(found))


def test_a_section_is_switched_off_and_its_rows_stay(groups, event_payout, editor):
    editor.post(url("section_switch", event_payout.pk, GROUPS), {}, **HTMX)
    event_payout.refresh_from_db()
    assert not event_payout.is_on("payout_groups")
    assert event_payout.payout_groups.count() == 3


def test_lists_of_a_draft_are_behind_the_same_gate(groups, event_payout, charlie, viewer, client_of):
    stranger = client_of(charlie)
    writes = [
        url(name, event_payout.pk, GROUPS) for name in ("row_create", "row_reorder", "row_bulk", "section_switch")
    ]
    writes += [url("section_save", event_payout.pk, panel) for panel in PANELS.values()]
    writes.append(url("group_import", event_payout.pk))
    writes += [
        reverse(f"contracts:{name}", args=[1000, GROUPS, groups[0].pk])
        for name in ("row_edit", "row_switch", "row_move", "row_delete")
    ]
    for address in writes:
        assert stranger.post(address).status_code == 404
        assert viewer.post(address).status_code == 403
    assert names(event_payout) == ["First", "Second", "Third"]


def test_a_stale_order_is_409_with_the_page_as_it_is_now_where_no_script_runs(event_payout, editor):
    groups = [add_payout_group(event_payout=event_payout, name=name, rules=[], payout_rate=1) for name in "AB"]
    answer = editor.post(
        url("row_reorder", event_payout.pk, GROUPS), {"row_id": [groups[1].pk, groups[0].pk], "seen": "else"}
    )
    assert answer.status_code == 409
    assert "Someone else changed this list meanwhile" in answer.content.decode()
    assert names(event_payout) == ["A", "B"]


def test_a_page_number_of_five_thousand_digits_is_the_first_page(event_payout, editor):
    row = add_payout_group(event_payout=event_payout, name="A", rules=[], payout_rate=1)
    data = {"row_id": [row.pk], "seen": "", "page": "9" * 5_000}
    assert editor.post(url("row_reorder", event_payout.pk, GROUPS), data, follow=True).status_code == 200
