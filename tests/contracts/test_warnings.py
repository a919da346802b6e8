"""What is saved and published with a warning."""

from decimal import Decimal

import pytest
from django.urls import reverse

from contracts.drafts.documents import rules_of
from contracts.drafts.rows import add_payout_group, switch_row
from contracts.drafts.sections import set_sections
from contracts.drafts.warnings import group_warnings
from contracts.engine.document.sections.default_payout import DefaultPayout
from contracts.engine.document.sections.payout_groups import PayoutGroup
from contracts.engine.rules.rule import Rule
from contracts.publishing.services import publish_draft
from contracts.sections.default_payout import DEFAULT_PANEL
from contracts.sections.lists.payout_adjustments import ADJUSTMENTS
from contracts.sections.lists.payout_groups import GROUPS
from program.models import CustomerStatusMapping
from tests.contracts.addresses import NEW, url
from tests.factories import make_customer_tag

HTMX = {"HTTP_HX_REQUEST": "true"}

UNFILLED = {
    "region without a file": (
        "DERIVED_REGION",
        "IS",
        "England",
        "Derived State/Region is missing: this installation has no file of regions, so “Derived State/Region is "
        "England” never holds",
    ),
    "region without a file, not present": (
        "REFERRAL_DERIVED_REGION",
        "IS_NOT_PRESENT",
        "",
        "Referral Derived State/Region is missing: this installation has no file of regions, so “Referral Derived "
        "State/Region is not present” always holds",
    ),
}
VALUES = {
    "country": ("CUSTOMER_COUNTRY", "IS", "Germny", "“Germny” is not a known country; did you mean Germany?"),
    "currency by name": ("CURRENCY", "IS", "Euro", "“Euro” is not a currency code; did you mean EUR?"),
    "currency": ("CURRENCY", "IS_NOT", "GPB", "“GPB” is not a currency code; did you mean GBP?"),
    "tag": ("CUSTOMER_TAG", "BELONGS_TO", "VPI", "“VPI” is not a customer tag; did you mean VIP?"),
    "quantity": ("ITEM_QUANTITY", "EQ", "2.5", "“Item Quantity = 2.5” never holds: Item Quantity is whole"),
    "quantity is not": ("ITEM_QUANTITY", "NE", "2.5", "“Item Quantity != 2.5” always holds: Item Quantity is whole"),
    "discount rate": ("ORDER_DISCOUNT_RATE", "GT", "150", "150% is more than a discount rate can be"),
    "status": ("CUSTOMER_STATUS", "IS", "Nwe", "no customer status of SALE maps to “Nwe”"),
    "code": ("CUSTOMER_STATUS", "IS", "erst", "“erst” is a code of New, but a rule compares categories: write New"),
    "returning": (
        "CUSTOMER_STATUS",
        "IS",
        "Returning",
        "“Returning” means Existing in a rule, but as a code",
    ),
    "steps of a journey": ("PATH_STEPS", "EQ", "2.5", "“Path Steps = 2.5” never holds: Path Steps is whole"),
}
FINE = [
    ("CUSTOMER_COUNTRY", "IS", "Germany"),
    ("CUSTOMER_COUNTRY", "IS", "G*"),
    ("CUSTOMER_COUNTRY", "CONTAINS", "zz"),
    ("CURRENCY", "IS", "eur"),
    ("CUSTOMER_TAG", "BELONGS_TO", " vi\u200bp"),
    ("ITEM_QUANTITY", "EQ", "2.0"),
    ("ITEM_QUANTITY", "GTE", "2.5"),
    ("NUMERIC1", "EQ", "2.5"),
    ("ORDER_DISCOUNT_RATE", "GT", "100"),
    ("CUSTOMER_STATUS", "IS", "Return"),
    ("CUSTOMER_STATUS", "IS", "New"),
]


@pytest.fixture
def known(brand, sale):
    make_customer_tag(program=brand, name="VIP")
    sale.has_status_mapping = True
    sale.save()
    for code in ("erst", "Returning"):
        row = {"category": "New", "code": code, "code_key": code.lower()}
        CustomerStatusMapping.objects.create(program=brand, event_type=sale, **row)


def typed(variable, operator, values, **form):
    rule = {"variable": [variable], "operator": [operator], "values": [values]}
    return {**rule, "kind": "PERCENT", "value": "15", **form}


@pytest.mark.parametrize(("variable", "operator", "value", "said"), VALUES.values(), ids=VALUES)
def test_a_value_that_no_order_has_is_warned_of_on_saving_and_in_the_review(
    variable, operator, value, said, known, event_payout, editor
):
    answer = editor.post(url("row_create", event_payout.pk, GROUPS), typed(variable, operator, value), follow=True)
    warned = [str(message) for message in answer.context["messages"] if message.level_tag == "warning"]
    assert len(warned) == 1
    assert said.lower() in warned[0].lower()
    assert event_payout.payout_groups.get().rules[0]["Values"] == ([value] if value else [])
    review = editor.get(url("terms_publish", event_payout.template_terms_id))
    assert [remark.place for remark in review.context["warnings"]] == ["Online sale, payout group 1"]
    assert said.lower() in review.context["warnings"][0].message.lower()
    assert publish_draft(template_terms=event_payout.template_terms).is_new


@pytest.mark.parametrize(("variable", "operator", "value", "said"), UNFILLED.values(), ids=UNFILLED)
def test_a_variable_that_no_order_has_here_is_warned_of_where_it_is_chosen_and_not_in_the_review(
    variable, operator, value, said, known, event_payout, editor
):
    answer = editor.post(url("row_create", event_payout.pk, GROUPS), typed(variable, operator, value), follow=True)
    warned = [str(message) for message in answer.context["messages"] if message.level_tag == "warning"]
    assert len(warned) == 1
    assert said in warned[0]
    assert not editor.get(url("terms_publish", event_payout.template_terms_id)).context["warnings"]


@pytest.mark.parametrize(("variable", "operator", "value"), FINE)
def test_a_value_that_an_order_can_have_is_not(variable, operator, value, known, event_payout, editor):
    answer = editor.post(url("row_create", event_payout.pk, GROUPS), typed(variable, operator, value), follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["success"]


def test_a_change_is_warned_of_as_well(known, groups, editor):
    address = reverse("contracts:row_edit", args=[1000, GROUPS, groups[0].pk])
    answer = editor.post(address, typed("CUSTOMER_COUNTRY", "IS", "Germny"), **HTMX)
    assert "did you mean Germany?" in answer["HX-Trigger"]


def test_a_payout_of_more_than_the_sale_is_warned_of_on_the_row_and_in_the_review(event_payout, editor):
    set_sections(event_payout=event_payout, values={"default_payout": DefaultPayout("ORDER", None, Decimal(1500))})
    data = typed("CUSTOMER_STATUS", "IS", "New", value="150%")
    page = editor.post(url("row_create", event_payout.pk, GROUPS), data, **HTMX)
    assert "150% is more than the whole sale amount" in page.content.decode()
    assert "150% is more than the whole sale amount" in page["HX-Trigger"]
    data = typed("CUSTOMER_STATUS", "IS", "New", value="150", direction="DECREASE")
    page = editor.post(url("row_create", event_payout.pk, ADJUSTMENTS), data, **HTMX)
    assert "A cut of 150% leaves nothing" in page["HX-Trigger"]
    review = editor.get(url("terms_publish", event_payout.template_terms_id)).context["warnings"]
    assert [str(remark) for remark in review] == [
        "Online sale, default payout: 1500% is more than the whole sale amount",
        "Online sale, payout group 1: 150% is more than the whole sale amount",
        "Online sale, adjustment 1: A cut of 150% leaves nothing, as 100% does",
    ]


def test_a_group_that_can_never_win_is_flagged_on_its_row(event_payout, editor):
    big = {"Variable": "ORDER_TOTAL", "Operator": "GTE", "Values": ["200"]}
    for name, rules in (("New", [NEW]), ("New and big", [big, NEW]), ("Big", [big]), ("All", []), ("Last", [NEW, big])):
        add_payout_group(event_payout=event_payout, name=name, rules=rules, payout_rate=Decimal(1))
    rows = editor.get(url("row_list_part", event_payout.pk, GROUPS), **HTMX).context["part"].items
    assert {shown.words.name: list(map(str, shown.findings)) for shown in rows} == {
        "New": [],
        "New and big": ["can never win: New, above, takes all of its orders"],
        "Big": [],
        "All": [],
        "Last": ["can never win: New, above, takes all of its orders"],
    }
    switch_row(row=event_payout.payout_groups.get(name="New"), on=False)
    page = editor.get(url("terms_edit", event_payout.template_terms_id)).content.decode()
    assert page.count("Can never win") == 1
    said = "Can never win: New and big, above, takes all of its orders"
    assert said in page
    review = editor.get(url("terms_publish", event_payout.template_terms_id)).context["warnings"]
    assert [str(remark) for remark in review] == [f"Online sale, payout group 5, Last: {said}"]


def test_a_group_behind_one_without_rules_never_wins(event_payout, groups, editor):
    add_payout_group(event_payout=event_payout, rules=[], payout_rate=Decimal(1), position=1)
    rows = editor.get(url("row_list_part", event_payout.pk, GROUPS), **HTMX).context["part"].items
    said = "can never win: group 1, above, takes every order"
    assert [list(map(str, shown.findings)) for shown in rows] == [[], [said], [said], [said]]


def test_a_search_flags_a_group_whose_broader_one_is_not_found(event_payout, groups, editor):
    page = editor.get(url("row_list_part", event_payout.pk, GROUPS), {"q": "third"}, **HTMX)
    (shown,) = page.context["part"].items
    assert list(map(str, shown.findings)) == ["can never win: First, above, takes all of its orders"]


def test_groups_of_a_file_are_looked_through_alike(known, sale):
    euro = Rule("CURRENCY", "IS", ("Euro",))
    rows = [
        PayoutGroup(1, "", (), payout_rate=Decimal(1500)),
        PayoutGroup(2, "B", rules_of([NEW]), payout=Decimal(5)),
        PayoutGroup(3, "C", (euro,), payout_rate=Decimal(5)),
    ]
    assert group_warnings(sale, rows) == [
        (0, "1500% is more than the whole sale amount"),
        (1, "can never win: group 1, above, takes every order"),
        (2, "can never win: group 1, above, takes every order"),
        (2, "“Euro” is not a currency code; did you mean EUR?"),
    ]


@pytest.mark.parametrize("typed_rate", ["15%", "15 %", " 15 ", "15.00%"])
def test_a_rate_is_typed_with_its_sign_or_without(typed_rate, event_payout, sale, terms, lead, editor):
    data = {"kind": "PERCENT", "value": typed_rate, "payout_level": "ORDER"}
    editor.post(url("section_save", event_payout.pk, DEFAULT_PANEL), data)
    event_payout.refresh_from_db()
    assert event_payout.sections["DefaultPayoutRate"] == "15"
    editor.post(url("event_payout_create", terms.pk), {**data, "event_type": lead.pk})
    assert terms.event_payouts.get(event_type=lead).sections["DefaultPayoutRate"] == "15"
    row = typed("CUSTOMER_STATUS", "IS", "New", value=typed_rate)
    editor.post(url("row_create", event_payout.pk, GROUPS), row)
    assert event_payout.payout_groups.get().payout_rate == 15
    editor.post(url("row_create", event_payout.pk, ADJUSTMENTS), {**row, "direction": "INCREASE"})
    assert event_payout.payout_adjustments.get().rate == 15


def test_a_percentage_beside_a_fixed_amount_is_refused(event_payout, editor):
    data = {"kind": "FIXED", "value": "15%", "payout_level": "ORDER"}
    answer = editor.post(url("section_save", event_payout.pk, DEFAULT_PANEL), data)
    assert answer.status_code == 422
    assert "“15%” is a percentage. Choose Percentage above" in answer.content.decode()
    row = {**typed("CUSTOMER_STATUS", "IS", "New", value="15%"), "kind": "FIXED", "direction": "INCREASE"}
    for kind in (GROUPS, ADJUSTMENTS):
        answer = editor.post(url("row_create", event_payout.pk, kind), row, **HTMX)
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["value"])
    limited = {**typed("CUSTOMER_STATUS", "IS", "New"), "payable_items": "15%"}
    answer = editor.post(url("row_create", event_payout.pk, GROUPS), limited, **HTMX)
    assert list(answer.context["form"].errors) == ["payable_items"]


def test_a_limit_without_effect_is_refused_where_it_is_typed(event_payout, editor):
    data = {**typed("CUSTOMER_STATUS", "IS", "New", value="5"), "kind": "FIXED", "payable_items": "2"}
    answer = editor.post(url("row_create", event_payout.pk, GROUPS), data, **HTMX)
    assert answer.status_code == 422
    assert "no effect on a fixed payout by order" in answer.context["form"].errors["payable_items"][0]
    set_sections(event_payout=event_payout, values={"default_payout": DefaultPayout("ITEM", None, Decimal(1))})
    assert editor.post(url("row_create", event_payout.pk, GROUPS), data, **HTMX).status_code == 200
    level = {"kind": "PERCENT", "value": "1", "payout_level": "ORDER"}
    answer = editor.post(url("section_save", event_payout.pk, DEFAULT_PANEL), level)
    assert answer.status_code == 422
    assert "the payout group of rank 1" in answer.context["sent_form"].errors["payout_level"][0].lower()


def test_thousands_typed_with_a_comma_are_told_how_to_be_written(event_payout, editor):
    answer = editor.post(url("row_create", event_payout.pk, GROUPS), typed("ORDER_TOTAL", "GTE", "1,000"), **HTMX)
    assert answer.status_code == 422
    assert "a comma separates values: write 1000 for 1,000" in answer.context["builder"].typed.rows[0].error


def test_a_rule_begins_with_the_operator_that_fits_its_type(editor, event_payout):
    offered = editor.get(url("row_create", event_payout.pk, GROUPS)).context["builder"].operators
    first = {type_: each.key for each in offered for type_ in each.first.split()}
    assert first == {
        "text": "IS",
        "currency": "IS",
        "country": "IS",
        "status": "IS",
        "number": "GTE",
        "money": "GTE",
        "date": "ON_OR_AFTER",
        "bool": "IS",
        "list": "IN_LIST",
        "tags": "BELONGS_TO",
    }
