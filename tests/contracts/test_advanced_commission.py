"""Advanced commission: what is paid by customer tags over all terms, and the way to another payout."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contracts.drafts.rows import add_payout_adjustment, add_payout_group, add_payout_restriction, switch_row
from contracts.drafts.template_terms import add_event_payout, create_template_terms
from contracts.publishing.services import publish_draft
from program.tags.services import change_customer_tag
from tests.factories import make_customer_tag
from tests.flows.dashboard import words


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
    (row,) = page.context["builder"].typed.rows
    assert (row.variable, row.operator, row.values) == ("CUSTOMER_TAG", "BELONGS_TO", "VIP customers")
    assert "Add payout group" in page.content.decode()
    nowhere = editor.get(url("advanced_commission_add"), {"event_payout": "7"}, follow=True)
    assert "Choose terms first" in nowhere.content.decode()


def test_a_group_from_there_is_tried_first_and_leads_back(event_payout, vip, editor):
    add_payout_group(event_payout=event_payout, name="New", rules=[], payout_rate=Decimal(12))
    chosen = editor.get(url("advanced_commission_add"), {"event_payout": event_payout.pk, "tag": vip.pk})
    page = editor.get(chosen["Location"])
    assert "Move it down if another group should win" in page.content.decode()
    place = page.context["place"]
    data = {
        "place": place["place"].value(), "by_tags": place["by_tags"].value(), "name": "VIP", "kind": "PERCENT",
        "value": "50", "variable": "CUSTOMER_TAG", "operator": "BELONGS_TO", "values": vip.name,
    }  # fmt: skip
    saved = editor.post(chosen["Location"], data, follow=True)
    assert list(event_payout.payout_groups.order_by("rank").values_list("name", flat=True)) == ["VIP", "New"]
    said = words(saved.content.decode())
    assert "is added at rank 1. It is tried first. Move it down if another group should win." in said
    assert "Saved in the draft. It pays once you publish these terms." in said
    assert f'href="{url("advanced_commission")}">Back to Advanced commission' in saved.content.decode()
    assert said.count("Review and publish")


def publish(editor, event_payout, group, **typed):
    """Publish the draft from the page that a group of Advanced commission leads to; what the last page says."""
    address = f"{url('terms_publish', event_payout.template_terms_id)}?by_tags={group}"
    shown = editor.post(address, typed).context["effects"].fingerprint
    done = editor.post(address, {**typed, "shown": shown}, follow=True)
    assert done.redirect_chain[-1][0] == url("advanced_commission")
    return words(done.content.decode())


def test_publishing_from_there_leads_back_and_says_what_is_in_force(anna, event_payout, best, vip, editor):
    said = publish(editor, event_payout, best.pk, join="all")
    assert "In force now: 50% of the order’s sale amount where Customer Tag belongs to VIP customers, for" in said


def test_what_is_published_for_later_or_for_nobody_is_not_said_to_be_in_force(anna, event_payout, best, vip, editor):
    assert "It pays once a partner works under version 1 of Standard." in publish(editor, event_payout, best.pk)
    add_payout_group(event_payout=event_payout, name="More", rules=belongs_to("More"), payout_rate=Decimal(5))
    said = publish(editor, event_payout, 999_999, join="all", start=f"{timezone.now().year + 1}-03-01")
    assert f"In force from 1 Mar {timezone.now().year + 1} on: The payout group, for partners who" in said


def test_a_new_group_is_tried_last_unless_it_is_placed_first(event_payout, editor):
    address = reverse("contracts:row_create", args=[1000, event_payout.pk, "payout-groups"])
    assert editor.get(address).context["place"]["place"].value() == "last"
    for name, place in (("Last", {}), ("Later", {"place": "last"}), ("First", {"place": "first"})):
        editor.post(address, {"name": name, "kind": "PERCENT", "value": "5", **place})
    names = event_payout.payout_groups.order_by("rank").values_list("name", flat=True)
    assert list(names) == ["First", "Last", "Later"]


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
    queries()  # what a version says is remembered
    few = queries()
    for number in range(20):
        add_payout_group(event_payout=event_payout, name=str(number), rules=belongs_to("Staff"), payout_rate=Decimal(1))
    assert queries() == few


def test_a_viewer_sees_it_and_adds_nothing(event_payout, best, viewer):
    page = viewer.get(url("advanced_commission")).content.decode()
    assert "Customer Tag belongs to" in page
    assert 'data-opens="add"' not in page
