"""The rule builder: what it offers, values to complete, rules as text, and what it says while one types."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from contracts.drafts.rows import add_payout_group, add_payout_restriction, switch_row
from contracts.drafts.sections import switch_section
from contracts.editing.row_lists import SEARCHED
from contracts.engine.rules.fields import VARIABLES
from contracts.models import PayoutGroup
from contracts.rule_builder.asked_lists import _KINDS
from contracts.rule_builder.typed_rules import as_rows, as_text, of_text, stored_rules
from contracts.rule_builder.used import used_variables
from contracts.sections.lists.payout_adjustments import ADJUSTMENTS
from contracts.sections.lists.payout_groups import GROUPS
from contracts.sections.lists.payout_restrictions import RESTRICTIONS
from program.exception_lists.entries import Entry, add_entries
from program.exception_lists.services import change_exception_list, close_exception_list
from program.models import CatalogItem, ReceivedValue
from tests.contracts.addresses import NEW, url
from tests.factories import make_customer_tag, make_exception_list, make_partner, make_partner_group

HTMX = {"HTTP_HX_REQUEST": "true"}
BIG = {"Variable": "ORDER_TOTAL", "Operator": "GTE", "Values": ["200"]}
HAMPERS = {"Variable": "ITEM_CATEGORY", "Operator": "IS", "Values": ["Hampers"]}
SKUS = {"Variable": "ITEM_SKU", "Operator": "IS", "Values": ["a", "b"]}
BOTH = "[Customer Status is New] AND [Order Total >= 200]"


@pytest.fixture
def receive(brand, sale):
    """Let a value have been received with so many orders, so many days ago."""

    def received(variable, value, orders=1, days_ago=0):
        day = timezone.localdate() - timedelta(days=days_ago)
        ReceivedValue.objects.create(
            program=brand, event_type=sale, variable=variable, value=value, day=day, orders=orders
        )

    return received


@pytest.fixture
def complete(event_payout, editor):
    """What is offered for a variable and a text."""

    def offered(variable, text="", **more):
        asked = {"variable": variable, "q": text, **more}
        answer = editor.get(url("rule_value_list", event_payout.pk), asked)
        return {each.value: each.detail for each in answer.context["found"]}

    return offered


def check(editor, event_payout, kind=GROUPS, **data):
    return editor.post(url("rule_check", event_payout.pk, kind), data, **HTMX)


def in_rows(*rules):
    names = ("variable", "operator", "values")
    return {name: [rule[place] for rule in rules] for place, name in enumerate(names)}


def test_received_values_come_with_their_orders_the_most_frequent_first(receive, complete):
    today = timezone.localdate().strftime("%-d %b %Y")
    receive("ITEM_CATEGORY", "Hampers", 3)
    receive("ITEM_CATEGORY", "Hampers", 4, days_ago=2)
    receive("ITEM_CATEGORY", "Cards, Gifts", 9)
    receive("ITEM_CATEGORY", "Old", 50, days_ago=90)
    receive("ITEM_NAME", "Hamper", 1)
    old = (timezone.localdate() - timedelta(days=90)).strftime("%-d %b %Y")
    assert list(complete("ITEM_CATEGORY").items()) == [
        ('"Cards, Gifts"', f"9 orders, last {today}"), ("Hampers", f"7 orders, last {today}"), ("Old", f"last {old}"),
    ]  # fmt: skip
    assert list(complete("ITEM_CATEGORY", "gift", plain="1")) == ["Cards, Gifts"]


def test_statuses_countries_tags_lists_groups_media_and_the_catalog_complete_values(receive, complete, brand):
    receive("CUSTOMER_STATUS", "NEW", 5)
    receive("CUSTOMER_STATUS", "vip-code", 2)
    receive("CUSTOMER_COUNTRY", "GBR", 2)
    make_customer_tag(program=brand, name="Gold")
    make_exception_list(program=brand, name="Winter", values=["A", "B"])
    make_partner_group(program=brand, name="Bloggers")
    make_partner(program=brand, name="Anvil Blog", media_partner_id="P-1")
    CatalogItem.objects.create(program=brand, sku="S1", manufacturer="Acme")
    statuses = complete("CUSTOMER_STATUS")
    assert list(statuses) == ["New", "Existing", "Re-Engaged", "vip-code"]
    assert statuses["New"].startswith("5 orders")
    assert statuses["Existing"] == "not received yet"
    assert next(iter(complete("CUSTOMER_COUNTRY"))) == "United Kingdom"
    assert list(complete("CUSTOMER_COUNTRY", "germ")) == ["Germany"]
    assert complete("CUSTOMER_TAG") == {"Gold": ""}
    assert complete("LIST_ITEM_SKU") == {"Winter": "2 entries"}
    assert "paid search" in complete("PATH_CLOSING_CHANNELS")
    assert complete("PATH_CLOSING_GROUPS") == {"Bloggers": ""}
    assert complete("PATH_CLOSING_MEDIA") == {"Anvil Blog": "P-1"}
    assert complete("ITEM_CATALOG_MANUFACTURER") == {"Acme": "1 SKU"}
    assert list(complete("GIFT_PURCHASE")) == ["yes", "no"]
    assert complete("ORDER_TOTAL") == {}


def test_variables_in_use_and_lately_received_are_marked(receive, event_payout, editor):
    receive("ITEM_BRAND", "Acme")
    receive("ITEM_NAME", "Anvil", days_ago=60)
    add_payout_restriction(event_payout=event_payout, rules=[HAMPERS])
    builder = editor.get(url("row_create", event_payout.pk, GROUPS)).context["builder"]
    assert [each.key for each in builder.variables if each.is_used] == ["ITEM_CATEGORY"]
    assert [each.key for each in builder.variables if each.is_received] == ["ITEM_BRAND"]


def test_variables_of_rows_and_sections_that_act_are_told_from_others(event_payout):
    group = add_payout_group(event_payout=event_payout, rules=[BIG], payout_rate=1)
    add_payout_restriction(event_payout=event_payout, rules=[HAMPERS])
    assert used_variables(event_payout, acting=True) == {"ORDER_TOTAL", "ITEM_CATEGORY"}
    switch_row(row=group, on=False)
    switch_section(event_payout=event_payout, section="payout_restrictions", on=False)
    event_payout.refresh_from_db()
    assert used_variables(event_payout, acting=True) == frozenset()
    assert used_variables(event_payout) == {"ORDER_TOTAL", "ITEM_CATEGORY"}


def test_a_variable_is_taken_by_its_name_too(event_payout, editor):
    data = {**in_rows(("customer  status", "IS", "New")), "kind": "PERCENT", "value": "15"}
    editor.post(url("row_create", event_payout.pk, GROUPS), data, **HTMX)
    assert PayoutGroup.objects.get().rules == [NEW]


def test_a_row_without_a_variable_is_refused_beside_it(event_payout, editor):
    data = {**in_rows(("", "IS", "")), "kind": "PERCENT", "value": "15"}
    answer = editor.post(url("row_create", event_payout.pk, GROUPS), data, **HTMX)
    assert answer.status_code == 422
    assert answer.context["builder"].typed.rows[0].error == "Choose what this rule asks for, or remove it."


def test_rules_are_pasted_as_text_in_the_form_of_files(event_payout, editor):
    data = {"rules_text": BOTH, "kind": "PERCENT", "value": "15"}
    assert editor.post(url("row_create", event_payout.pk, GROUPS), data, **HTMX).status_code == 200
    assert PayoutGroup.objects.get().rules == [NEW, BIG]
    address = url("row_create", event_payout.pk, RESTRICTIONS)
    assert editor.post(address, {"rules_text": ""}, **HTMX).status_code == 422


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("[Customer Status is New] AND [No Such Feld is 1]", 31, "“No Such Feld” is not a rule field"),
        ("[Oder Total >= 200]", 2, "did you mean Order Total?"),
        ("[Order Total >= 200] [Customer Status is New]", 22, "Expected AND"),
        (f"{BOTH} AND [Order Total >= many]", 55, "“many” is not an amount"),
    ],
)
def test_a_text_is_refused_at_its_character(text, at, message, event_payout, editor):
    data = {"rules_text": text, "kind": "PERCENT", "value": "15"}
    answer = editor.post(url("row_create", event_payout.pk, GROUPS), data, **HTMX)
    (error,) = answer.context["builder"].typed.errors
    assert (answer.status_code, error.at) == (422, at)
    assert message in error.message
    assert text.replace(">", "&gt;") in answer.content.decode()
    (error,) = check(editor, event_payout, rules_text=text).context["said"].errors
    assert error.at == at


def test_what_is_being_typed_at_the_end_is_not_wrong_yet(event_payout, editor):
    said = check(editor, event_payout, rules_text="[Customer Status is New] AND [Order To").context["said"]
    assert (said.errors, said.unfinished, [str(rule) for rule in said.rules]) == ([], 1, ["Customer Status is New"])


RULES = [
    NEW, BIG, HAMPERS,
    {"Variable": "ITEM_NAME", "Operator": "CONTAINS", "Values": ["a, b", 'say "x"', "[y]"]},
    {"Variable": "ORDER_TOTAL", "Operator": "BETWEEN", "Values": ["10", "20"]},
    {"Variable": "TEXT1", "Operator": "IS_NOT_PRESENT", "Values": []},
]  # fmt: skip


def test_rules_go_from_rows_to_text_and_back_unchanged():
    typed = as_text(stored_rules(RULES))
    assert not typed.errors
    assert as_rows(typed).raw == RULES
    assert as_rows(as_text(stored_rules([]))).raw == []


def test_unfinished_rows_stay_as_they_were_typed(event_payout, editor):
    rows = in_rows(("CUSTOMER_STATUS", "IS", ""), ("ORDER_TOTAL", "GTE", "1,000"), ("ITEM_NAME", "IS", '"open'))
    answer = editor.post(url("rule_convert", event_payout.pk, GROUPS), {**rows, "to": "text"}, **HTMX)
    text = answer.context["builder"].typed.text
    assert text == '[Customer Status is] AND [Order Total >= 1,000] AND [Item Name is "open]'
    answer = editor.post(url("rule_convert", event_payout.pk, GROUPS), {"rules_text": text, "to": "rows"}, **HTMX)
    typed = answer.context["builder"].typed
    assert (typed.text, bool(typed.errors)) == (text, True)


def test_rules_are_said_in_words_as_they_are_typed(event_payout, editor):
    data = in_rows(("CUSTOMER_STATUS", "IS", "New, Existing"), ("ORDER_TOTAL", "GTE", "200"), ("ITEM_NAME", "IS", ""))
    page = check(editor, event_payout, **data)
    assert [str(rule) for rule in page.context["said"].rules] == [
        "Customer Status is New or Existing", "Order Total ≥ £200.00",
    ]  # fmt: skip
    assert page.context["said"].unfinished == 1


def test_a_value_never_received_is_marked_and_not_refused(receive, event_payout, editor):
    receive("ITEM_CATEGORY", "Hampers")
    receive("CUSTOMER_COUNTRY", "GBR")
    data = in_rows(("ITEM_CATEGORY", "IS", "hampers, Hamperz, Ham*"), ("CUSTOMER_COUNTRY", "IS", "United Kingdom"))
    said = [finding.sentence for finding in check(editor, event_payout, **data).context["said"].findings]
    assert said == [
        "No order of the last 400 days came with Item Category “Hamperz”; did you mean Hampers?",
    ]
    said = check(editor, event_payout, **in_rows(("ITEM_BRAND", "IS", "Acme"))).context["said"].findings
    assert [str(each) for each in said] == ["no order of the last 400 days came with Item Brand"]
    data |= {"kind": "PERCENT", "value": "15"}
    page = editor.post(url("row_create", event_payout.pk, GROUPS), data, **HTMX)
    assert "came with Item Category “Hamperz”" in page.content.decode()


def test_all_values_that_were_never_received_are_said_in_one_line(receive, event_payout, editor):
    receive("ITEM_SKU", "X-1")
    receive("ITEM_CATEGORY", "Hampers")
    one = in_rows(("ITEM_SKU", "IS", "a, b, c, d"), ("ITEM_CATEGORY", "CONTAINS", "tea"), ("ITEM_BRAND", "IS", "Acme"))
    assert [finding.sentence for finding in check(editor, event_payout, **one).context["said"].findings] == [
        "No order of the last 400 days came with Item SKU “a”, “b” or 2 more or with Item Category containing “tea” "
        "or with Item Brand."
    ]
    add_payout_group(event_payout=event_payout, rules=[SKUS], name="Two", payout_rate=Decimal(1))
    page = editor.get(url("terms_edit", event_payout.template_terms_id)).content.decode()
    assert "No order of the last 400 days came with Item SKU “a” or “b”." in page
    assert page.count('class="ranked-warning"') == 1


def test_nothing_is_marked_before_the_first_order(event_payout, editor):
    page = check(editor, event_payout, **in_rows(("ITEM_CATEGORY", "IS", "Hampers")))
    assert page.context["said"].findings == []


def test_rules_that_cannot_hold_together_are_marked_in_each_list(event_payout, editor):
    data = in_rows(("CUSTOMER_STATUS", "IS", "New"), ("CUSTOMER_STATUS", "IS", "Existing"))
    said = "“Customer Status is New” and “Customer Status is Existing” cannot hold together: no order will match."
    for kind, more in (
        (GROUPS, {"kind": "PERCENT", "value": "15"}),
        (ADJUSTMENTS, {"kind": "PERCENT", "value": "5", "direction": "INCREASE"}),
        (RESTRICTIONS, {}),
    ):
        page = editor.post(url("row_create", event_payout.pk, kind), {**data, **more}, **HTMX).content.decode()
        assert said in page
        assert "is-dead" in page


def test_a_group_that_never_wins_is_moved_above_the_one_that_takes_its_orders(event_payout, editor):
    for name, rules in (("Any", []), ("New", [NEW])):
        add_payout_group(event_payout=event_payout, rules=rules, name=name, payout_rate=1)
    page = editor.get(url("row_list_part", event_payout.pk, GROUPS), **HTMX)
    assert "Move above group 1" in page.content.decode()
    covered = event_payout.payout_groups.get(name="New")
    address = f"/p/1000/contracts/payout-groups/{covered.pk}/move/"
    seen = page.context["part"].token
    page = editor.post(address, {"position": "1", "seen": seen, "row_id": [covered.pk]}, **HTMX).content.decode()
    assert "Can never win" not in page
    assert list(event_payout.payout_groups.order_by("rank").values_list("name", flat=True)) == ["New", "Any"]


@pytest.mark.parametrize("count", [3, 12])
def test_a_list_is_read_in_as_many_queries_however_many_rows_ask_for_values(
    count, receive, event_payout, editor, django_assert_num_queries
):
    receive("ITEM_CATEGORY", "Hampers")
    for number in range(count):
        rules = [{**HAMPERS, "Values": [f"Shelf {number}"]}, NEW]
        add_payout_group(event_payout=event_payout, rules=rules, payout_rate=1)
    editor.get(url("row_list_part", event_payout.pk, GROUPS), **HTMX)  # what is remembered between requests
    with django_assert_num_queries(22 + (count > SEARCHED)):  # a long list is filtered by variable, too
        editor.get(url("row_list_part", event_payout.pk, GROUPS), **HTMX)


@pytest.mark.parametrize("count", [1, 12])
def test_the_form_and_its_parts_run_as_many_queries_for_many_rules(
    count, receive, event_payout, editor, django_assert_num_queries
):
    receive("ITEM_CATEGORY", "Hampers")
    group = add_payout_group(event_payout=event_payout, rules=[HAMPERS] * count, payout_rate=1)
    with django_assert_num_queries(12):
        editor.get(f"/p/1000/contracts/payout-groups/{group.pk}/", **HTMX)
    with django_assert_num_queries(9):
        check(editor, event_payout, **in_rows(*[("ITEM_CATEGORY", "IS", "Hampers")] * count))
    with django_assert_num_queries(7):
        editor.get(url("rule_value_list", event_payout.pk), {"variable": "ITEM_CATEGORY"})


def test_the_parts_are_behind_the_same_gate(event_payout, viewer, charlie, client_of):
    stranger = client_of(charlie)
    for name in ("rule_check", "rule_convert"):
        assert viewer.post(url(name, event_payout.pk, GROUPS)).status_code == 403
        assert stranger.post(url(name, event_payout.pk, GROUPS)).status_code == 404
    asked = {"variable": "ITEM_CATEGORY"}
    assert viewer.get(url("rule_value_list", event_payout.pk), asked).status_code == 200
    assert stranger.get(url("rule_value_list", event_payout.pk), asked).status_code == 404


def test_an_unknown_variable_has_no_values(complete):
    assert complete("NOTHING") == {}


def test_a_text_that_is_blank_says_that_every_order_matches(event_payout, editor):
    assert of_text(" ").raw == []
    assert "every order" in check(editor, event_payout, rules_text=" ").content.decode()


def test_lists_that_hold_what_the_variable_looks_up_come_first_and_closed_ones_never(complete, brand):
    make_exception_list(program=brand, name="Codes", kind="PROMO_CODE", values=["SAVE10"])
    make_exception_list(program=brand, name="Winter", values=["S1", "S2"])
    make_exception_list(program=brand, name="Hats", kind="CATEGORY")
    close_exception_list(exception_list=make_exception_list(program=brand, name="Autumn"), on=True)
    assert list(complete("LIST_ITEM_SKU").items()) == [
        ("Winter", "2 entries"), ("Codes", "Promo codes, 1 entry"), ("Hats", "Categories, 0 entries"),
    ]  # fmt: skip
    for variable, first in (
        ("LIST_ORDER_PROMO_CODE", "Codes"),
        ("LIST_ITEM_PROMO_CODE", "Codes"),
        ("LIST_ITEM_CATEGORY", "Hats"),
        ("LIST_ITEM_SUPER_CATEGORY", "Hats"),
    ):
        assert next(iter(complete(variable))) == first


def test_every_list_variable_has_a_kind_of_list():
    assert {each.key for each in VARIABLES.values() if each.type == "list"} == set(_KINDS)


def test_a_long_list_is_not_counted_to_its_end_while_one_types(complete, brand):
    long = make_exception_list(program=brand, name="Long")
    add_entries(exception_list=long, entries=[Entry(f"S{number}") for number in range(1_001)])
    assert complete("LIST_ITEM_SKU", "lon") == {"Long": "over 1,000 entries"}


def test_a_rule_whose_list_holds_something_else_or_is_closed_is_marked(event_payout, brand, editor):
    codes = make_exception_list(program=brand, name="Codes", kind="PROMO_CODE")
    change_exception_list(exception_list=codes, name="Vouchers")
    close_exception_list(exception_list=make_exception_list(program=brand, name="Winter"), on=True)
    odd = "“Vouchers” is a list of promo codes, and List for Item SKU looks up SKUs."
    shut = "The list “Winter” is closed: its entries stay as they are."
    typed = in_rows(("LIST_ITEM_SKU", "IN_LIST", "codes"), ("LIST_ITEM_SKU", "NOT_IN_LIST", "Winter"))
    said = [each.sentence for each in check(editor, event_payout, **typed).context["said"].findings]
    assert said == [odd, shut]
    fits = {"Variable": "LIST_ORDER_PROMO_CODE", "Operator": "IN_LIST", "Values": ["Codes"]}
    rules = [{"Variable": "LIST_ITEM_SKU", "Operator": "IN_LIST", "Values": ["Codes"]}]
    add_payout_group(event_payout=event_payout, name="Odd", rules=rules, payout_rate=5)
    add_payout_group(event_payout=event_payout, name="Fits", rules=[fits], payout_rate=5)
    page = editor.get(url("terms_edit", event_payout.template_terms_id)).content.decode()
    assert page.count(odd) == 1
