"""Try an order beside a draft: the fields that its rules ask for, and what the order earns, with nothing stored."""

from decimal import Decimal

import pytest
from django.urls import reverse

from contracts.drafts.documents import fill_draft, published_terms
from contracts.drafts.rows import (
    add_payout_adjustment,
    add_payout_group,
    add_payout_restriction,
    change_payout_group,
    switch_row,
)
from contracts.drafts.sections import set_sections, set_terms_sections
from contracts.engine.document.sections.default_payout import DefaultPayout
from contracts.engine.document.sections.limits import Limit
from contracts.engine.document.whole_terms.whole_limits import WholeLimit
from contracts.models import EventPayout
from contracts.publishing.services import publish_draft
from program.models import CatalogItem
from tests.factories import make_action, make_exception_list
from tracking.models import Conversion
from tracking.try_payout.draft_fields import fields_for

HTMX = {"HTTP_HX_REQUEST": "true"}
NEW = {"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["New"]}


@pytest.fixture
def draft(brand, standard):
    """The draft of the published terms: 10%, New 15%."""
    fill_draft(standard.template_terms, published_terms(standard.document))
    return EventPayout.objects.select_related("template_terms__program", "event_type").get()


@pytest.fixture
def tries(draft, alice, client_of):
    """What an order of these values earns by the draft."""
    client = client_of(alice)

    def tried(**values):
        page = client.get(reverse("tracking:draft_try", args=[1000, draft.pk]), {"part": "result", **values}, **HTMX)
        return page.context["tried"] or page

    return tried


def rule(variable, operator, *values):
    return {"Variable": variable, "Operator": operator, "Values": list(values)}


def test_an_order_is_priced_by_the_draft_and_by_the_version_in_force(draft, standard, tries):
    change_payout_group(payout_group=draft.payout_groups.get(), rules=[NEW], name="New", payout_rate=Decimal(20))
    tried = tries(Amount="118.43", CustomerStatus="NEW")
    assert (tried.payout, tried.rank, tried.in_force) == (Decimal("23.69"), 1, Decimal("17.76"))
    assert tried.version == standard.number
    assert tried.locks.strftime("%H:%M") == "00:00"
    assert tried.paid is not None
    tried = tries(Amount="100", CustomerStatus="Existing")
    assert (tried.payout, tried.rank, tried.in_force) == (Decimal("10.00"), None, Decimal("10.00"))
    assert not Conversion.objects.exists()


def test_the_fields_are_those_of_the_rules_that_act(draft, alice, client_of):
    add_payout_adjustment(
        event_payout=draft, rules=[rule("ORDER_TOTAL", "GTE", "5")], direction="INCREASE", rate=Decimal(5)
    )
    off = add_payout_restriction(event_payout=draft, rules=[rule("TEXT1", "IS", "x")])
    switch_row(row=off, on=False)
    page = client_of(alice).get(reverse("tracking:draft_try", args=[1000, draft.pk]))
    assert [field.parameter for field in page.context["fields"]] == ["CustomerStatus", "OrderTax"]
    assert "Sale amount" in page.content.decode()


def test_a_variable_that_is_looked_up_has_the_field_that_it_is_looked_up_by():
    used = ["LIST_ITEM_SUPER_CATEGORY", "ITEM_CATALOG_CATEGORY", "LIST_ORDER_PROMO_CODE", "ITEM_SUBTOTAL", "ITEM_TEXT3"]
    assert [field.parameter for field in fields_for(used, {})] == [
        "OrderPromoCode", "ItemCategory", "ItemSubCategory", "ItemSku", "ItemText3",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "values"),
    [
        ([rule("ORDER_TOTAL", "GTE", "120")], {"OrderTax": "20"}),
        ([rule("ITEM_CATEGORY", "IS", "Hampers"), rule("ITEM_SUBTOTAL", "EQ", "100")], {"ItemCategory": "hampers"}),
        ([rule("ITEM_PRICE", "GT", "40"), rule("ITEM_QUANTITY", "EQ", "2")], {"ItemPrice": "50", "ItemQuantity": "2"}),
        ([rule("ITEM_TEXT3", "IS", "x")], {"ItemText3": "x"}),
        ([rule("LIST_ITEM_SKU", "IN_LIST", "Winter")], {"ItemSku": "SKU-1"}),
        ([rule("ITEM_CATALOG_CATEGORY", "IS", "Toys")], {"ItemSku": "SKU-1"}),
        ([rule("CUSTOMER_TAG", "BELONGS_TO", "VIP")], {"CustomerTags": "Staff, VIP"}),
        ([rule("CUSTOMER_ORDER_NUMBER", "EQ", "3")], {"CustomerOrderNumber": "3"}),
        ([rule("REFERRAL_TRAFFIC_TYPE", "IS", "Email")], {"ReferralTrafficType": "email"}),
        ([rule("PATH_CLOSING_CHANNELS", "BELONGS_TO", "content")], {"PathClosingChannels": "content"}),
        ([rule("CUSTOMER_COUNTRY", "IS", "Germany")], {"CustomerCountry": "DEU"}),
        ([rule("DATE1", "BEFORE", "2026-12-01")], {"Date1": "2026-11-30"}),
    ],
)
def test_each_kind_of_variable_can_be_tried(rules, values, brand, draft, tries):
    make_exception_list(program=brand, name="Winter", values=["SKU-1"])
    CatalogItem.objects.create(program=brand, sku="SKU-1", category="Toys")
    add_payout_group(event_payout=draft, rules=rules, name="It", payout_rate=Decimal(30))
    assert tries(Amount="100", **values).payout == Decimal("30.00")
    assert tries(Amount="100").payout == Decimal("10.00")


def test_restrictions_and_adjustments_show_what_they_do(draft, tries):
    add_payout_restriction(event_payout=draft, rules=[rule("ITEM_SKU", "IS", "GIFT")])
    add_payout_adjustment(event_payout=draft, rules=[NEW], direction="INCREASE", rate=Decimal(5))
    assert tries(Amount="100", CustomerStatus="New").payout == Decimal("15.75")
    tried = tries(Amount="100", CustomerStatus="New", ItemSku="gift")
    assert (tried.payout, tried.units[0]["Restricted"]) == (Decimal("0.00"), True)


def test_a_limit_of_the_order_acts_and_what_is_counted_over_several_orders_is_named(draft, tries):
    limits = (
        Limit("PAYOUT", "ORDER", Decimal(8)), Limit("PAYOUT", "CUSTOMER", Decimal(5), "MONTH"),
        Limit("ACTION", "ALL", Decimal(500), "WEEK"),
    )  # fmt: skip
    set_sections(event_payout=draft, values={"limits": limits}, switches={"limits": True})
    spend = WholeLimit(Decimal(90), "DAY", Decimal(20))
    set_terms_sections(template_terms=draft.template_terms, values={"spend_limit": spend})
    tried = tries(Amount="100")
    assert (tried.payout, tried.in_force) == (Decimal("8.00"), Decimal("10.00"))
    assert [(step["Text"], step["After"]) for step in tried.limits] == [("At most £8.00 for each order", 8)]
    assert tried.not_counted == [
        "At most £5.00 for each customer in a month", "At most 500 actions in a week",
        "At most £90.00 each day, £20.00 at weekends, all event types together",
    ]  # fmt: skip
    assert tries(Amount="50").limits == []


def test_the_version_in_force_is_tried_with_its_own_limit_of_an_order(draft, standard, tries):
    of_order = (Limit("PAYOUT", "ORDER", Decimal(8)),)
    set_sections(event_payout=draft, values={"limits": of_order}, switches={"limits": True})
    publish_draft(template_terms=draft.template_terms)
    set_sections(event_payout=draft, values={"limits": ()})
    tried = tries(Amount="100")
    assert (tried.payout, tried.in_force) == (Decimal("10.00"), Decimal("8.00"))


def test_a_draft_that_pays_by_item_prices_the_line(draft, tries):
    set_sections(event_payout=draft, values={"default_payout": DefaultPayout("ITEM", Decimal(2), None)})
    add_payout_group(event_payout=draft, rules=[rule("ITEM_SKU", "IS", "A")], payout=Decimal(3))
    assert tries(Amount="100", ItemSku="A").payout == Decimal("3.00")
    assert tries(Amount="100", ItemSku="B").payout == Decimal("2.00")


def test_what_cannot_be_read_is_said_beside_its_field(draft, tries):
    add_payout_group(event_payout=draft, rules=[rule("ITEM_PRICE", "GT", "40")], payout_rate=Decimal(30))
    page = tries(Amount="many")
    assert page.context["amount"].error
    page = tries(Amount="100", ItemPrice="dear")
    (field,) = [field for field in page.context["fields"] if field.parameter == "ItemPrice"]
    assert field.error
    assert "Not priced" in page.content.decode()


def test_a_received_order_is_priced_with_all_its_lines(brand, draft, alice, client_of):
    add_payout_group(event_payout=draft, rules=[rule("ITEM_SKU", "IS", "B")], payout_rate=Decimal(30))
    items = [{"ItemSku": "A", "ItemPrice": "10"}, {"ItemSku": "B", "ItemPrice": "20"}]
    action = make_action(program=brand, Items=items, CustomerStatus="Existing")
    page = client_of(alice).get(reverse("tracking:draft_try", args=[1000, draft.pk]), {"order": action.pk}, **HTMX)
    assert page.context["tried"].payout == Decimal("9.00")
    assert page.context["recent"] == [action]
    assert page.context["amount"].value == "30"
    assert "Change its values" in page.content.decode()


def test_the_panel_runs_as_many_queries_for_many_groups(draft, tries, django_assert_num_queries):
    for number in range(20):
        add_payout_group(event_payout=draft, rules=[rule("ORDER_TOTAL", "EQ", str(number))], payout_rate=Decimal(1))
    tries(Amount="100")
    with django_assert_num_queries(8):
        tries(Amount="101")


def test_others_cannot_try_an_order_on_it(draft, bob, charlie, client_of):
    address = reverse("tracking:draft_try", args=[1000, draft.pk])
    assert client_of(bob).get(address).status_code == 200
    assert client_of(charlie).get(address).status_code == 404
    assert client_of(bob).post(address).status_code == 405
