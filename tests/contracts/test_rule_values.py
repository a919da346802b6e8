"""Values in the rule builder: those that it completes, and those that no order came with or no list holds."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from contracts.drafts.rows import add_payout_group
from contracts.engine.rules.fields import VARIABLES
from contracts.rule_builder.asked_lists import _KINDS
from contracts.sections.lists.payout_groups import GROUPS
from program.exception_lists.entries import Entry, add_entries
from program.exception_lists.services import change_exception_list, close_exception_list
from program.models import CatalogItem
from tests.contracts.addresses import HTMX, url
from tests.contracts.typed_rules import SKUS, check, in_rows
from tests.factories import make_customer_tag, make_exception_list, make_partner, make_partner_group


@pytest.fixture
def complete(event_payout, editor):
    """What is offered for a variable and a text."""

    def offered(variable, text="", **more):
        asked = {"variable": variable, "q": text, **more}
        answer = editor.get(url("rule_value_list", event_payout.pk), asked)
        return {each.value: each.detail for each in answer.context["found"]}

    return offered


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


def test_an_unknown_variable_has_no_values(complete):
    assert complete("NOTHING") == {}


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
