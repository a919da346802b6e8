"""The rule builder: what it offers, rules as text, and what it says while one types."""

import pytest

from contracts.drafts.rows import add_payout_group, add_payout_restriction, switch_row
from contracts.drafts.sections import switch_section
from contracts.editing.row_lists import SEARCHED
from contracts.models import PayoutGroup
from contracts.rule_builder.typed_rules import as_rows, as_text, of_text, stored_rules
from contracts.rule_builder.used import used_variables
from contracts.sections.lists.payout_adjustments import ADJUSTMENTS
from contracts.sections.lists.payout_groups import GROUPS
from contracts.sections.lists.payout_restrictions import RESTRICTIONS
from tests.contracts.addresses import HTMX, NEW, url
from tests.contracts.typed_rules import BIG, HAMPERS, check, in_rows

BOTH = "[Customer Status is New] AND [Order Total >= 200]"
RULES = [
    NEW, BIG, HAMPERS,
    {"Variable": "ITEM_NAME", "Operator": "CONTAINS", "Values": ["a, b", 'say "x"', "[y]"]},
    {"Variable": "ORDER_TOTAL", "Operator": "BETWEEN", "Values": ["10", "20"]},
    {"Variable": "TEXT1", "Operator": "IS_NOT_PRESENT", "Values": []},
]  # fmt: skip


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


def test_a_text_that_is_blank_says_that_every_order_matches(event_payout, editor):
    assert of_text(" ").raw == []
    assert "every order" in check(editor, event_payout, rules_text=" ").content.decode()
