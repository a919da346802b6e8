"""Advanced commission: what is paid by customer tags over all terms, and the way to another payout."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts.drafts.rows import add_payout_adjustment, add_payout_group, add_payout_restriction, switch_row
from contracts.drafts.template_terms import add_event_payout, create_template_terms
from contracts.publishing.services import publish_draft
from program.tags.services import change_customer_tag
from tests.factories import make_customer_tag


def belongs_to(name, operator="BELONGS_TO"):
    return [{"Variable": "CUSTOMER_TAG", "Operator": operator, "Values": [name]}]


def url(name, *args):
    return reverse(f"contracts:{name}", args=[1000, *args])


@pytest.fixture
def vip(brand):
    return make_customer_tag(program=brand, name="VIP customers")


@pytest.fixture
def best(event_payout, vip):
    return add_payout_group(event_payout=event_payout, name="Best", rules=belongs_to(vip.name), payout_rate=Decimal(50))


def listed(browser):
    rows = browser.get(url("advanced_commission")).context["rows"]
    return [(row.terms.name, row.noun, row.words.condition, row.words.figure, row.version) for row in rows]


def test_every_payout_by_tag_is_listed_in_force_and_drafted(brand, anna, sale, event_payout, best, terms, vip, editor):
    publish_draft(template_terms=terms, join="all")
    adjustment = add_payout_adjustment(
        event_payout=event_payout, rules=belongs_to("Staff", "NOT_BELONGS_TO"), direction="INCREASE", rate=Decimal(5)
    )
    summer = add_event_payout(
        template_terms=create_template_terms(program=brand, name="Summer"), event_type=sale, payout_rate=Decimal(1)
    )
    add_payout_restriction(event_payout=summer, rules=belongs_to("Staff"))
    assert listed(editor) == [
        ("Standard", "payout group", "Customer Tag belongs to VIP customers", "50%", 1),
        ("Standard", "adjustment", "Customer Tag does not belong to Staff", "+5%", None),
        ("Summer", "restriction", "Customer Tag belongs to Staff", "No payout", None),
    ]
    switch_row(row=adjustment, on=False)
    change_customer_tag(tag=vip, name="Gold")
    assert [row[2] for row in listed(editor)] == ["Customer Tag belongs to Gold", "Customer Tag belongs to Staff"]


def test_add_leads_into_the_payout_group_of_the_terms_with_the_rule_begun(event_payout, vip, editor):
    chosen = editor.get(url("advanced_commission_add"), {"event_payout": event_payout.pk, "tag": vip.pk})
    page = editor.get(chosen["Location"])
    assert page.context["typed"] == [
        {"variable": "CUSTOMER_TAG", "operator": "BELONGS_TO", "values": "VIP customers", "error": ""}
    ]
    assert "Add payout group" in page.content.decode()
    nowhere = editor.get(url("advanced_commission_add"), {"event_payout": "7"}, follow=True)
    assert "Choose terms first" in nowhere.content.decode()


def test_what_is_missing_is_said(brand, editor):
    assert "Create a tag first" in editor.get(url("advanced_commission")).content.decode()
    make_customer_tag(program=brand)
    assert "create them first" in editor.get(url("advanced_commission")).content.decode()


def test_settings_lead_to_it(brand, editor):
    assert url("advanced_commission") in editor.get("/p/1000/settings/").content.decode()


def test_its_queries_do_not_depend_on_how_many_payouts_there_are(event_payout, best, terms, editor, anna, brand):
    def queries():
        with CaptureQueriesContext(connection) as context:
            editor.get(url("advanced_commission"))
        return len(context)

    publish_draft(template_terms=terms, join="all")
    few = queries()
    for number in range(20):
        add_payout_group(event_payout=event_payout, name=str(number), rules=belongs_to("Staff"), payout_rate=Decimal(1))
    assert queries() == few


def test_a_viewer_sees_it_and_adds_nothing(event_payout, best, viewer):
    page = viewer.get(url("advanced_commission")).content.decode()
    assert "Customer Tag belongs to" in page
    assert 'data-opens="add"' not in page
