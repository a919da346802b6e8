"""Two people edit one thing: the second sees the first's change, keeps what was typed, and may still save."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from common.db.edits import Stale, fingerprint
from contracts.drafts.rows import (
    add_payout_adjustment,
    add_payout_group,
    add_payout_restriction,
    change_payout_group,
    row_values,
    switch_row,
)
from contracts.drafts.template_terms import add_event_payout, create_template_terms
from contracts.models import PayoutGroup
from contracts.sections.default_payout import DEFAULT_PANEL
from contracts.sections.lists.payout_adjustments import ADJUSTMENTS
from contracts.sections.lists.payout_groups import GROUPS
from contracts.sections.lists.payout_restrictions import RESTRICTIONS
from contracts.sections.referral_window import CREDIT
from contracts.sections.scheduling import SCHEDULE
from program.models import CustomerTag, Partner
from program.models.customer import CustomerTagging
from tests.contracts.addresses import NEW
from tests.factories import (
    make_customer,
    make_customer_tag,
    make_event_type,
    make_exception_list,
    make_partner,
    make_partner_group,
    make_user,
)

RULE = {"variable": "CUSTOMER_STATUS", "operator": "IS", "values": "New"}
SALE = {
    "name": "Sale", "category": "SALE", "payout_levels": "BOTH", "deduplication_days": "30", "is_active": "on",
    "reported_by": "SERVER",
}  # fmt: skip
DATES = {
    "has_locking": "on", "locking_months": "0", "locking_days": "15", "locking_period": "MONTH",
    "has_scheduling": "on", "scheduling_months": "0", "scheduling_days": "20", "scheduling_period": "END_OF_MONTH",
}  # fmt: skip

CREDITS = {
    "credit_policy": "LAST_REFERRER", "has_clicks": "on", "clicks_window": "30", "clicks_unit": "DAY",
    "impressions_window": "1", "impressions_unit": "DAY",
}  # fmt: skip

# What is edited: the page of its form, where that is sent to, what the first and the second type, what the second is
# shown of the first's.
EDITS = {
    "event type": ({**SALE, "name": "First"}, {**SALE, "name": "Second"}, "First"),
    "partner": ({"name": "First", "is_active": "on"}, {"name": "Second", "country": "GB", "is_active": "on"}, "First"),
    "partner group": ({"name": "First"}, {"name": "Second"}, "First"),
    "customer tag": ({"name": "First"}, {"name": "Second"}, "First"),
    "exception list": ({"name": "First", "kind": "SKU"}, {"name": "Second", "kind": "SKU"}, "First"),
    "entry of a list": ({"value": "S2", "match_mode": "EQ"}, {"value": "S3", "match_mode": "EQ"}, "S2"),
    "catalog item": ({"category": "First"}, {"category": "Second"}, "First"),
    "terms": ({"name": "First", "currency": "GBP"}, {"name": "Second", "currency": "GBP"}, "First"),
    "default payout": (
        {"kind": "PERCENT", "value": "20", "payout_level": "ORDER"},
        {"kind": "PERCENT", "value": "1500", "payout_level": "ORDER"},
        "20",
    ),
    "schedule": ({**DATES, "locking_days": "10"}, {**DATES, "locking_days": "11"}, "10"),
    "credit": ({**CREDITS, "clicks_window": "10"}, {**CREDITS, "clicks_window": "11"}, "10"),
    "payout group": (
        {**RULE, "name": "New", "kind": "PERCENT", "value": "20"},
        {**RULE, "name": "New", "kind": "PERCENT", "value": "1500"},
        "20",
    ),
    "rules of a group": (
        {**RULE, "values": "Existing", "name": "Old", "kind": "PERCENT", "value": "3"},
        {**RULE, "values": "Staff", "name": "Old", "kind": "PERCENT", "value": "3"},
        "Customer Status is Existing",
    ),
    "adjustment": (
        {**RULE, "direction": "INCREASE", "kind": "PERCENT", "value": "7"},
        {**RULE, "direction": "DECREASE", "kind": "PERCENT", "value": "5"},
        "7",
    ),
    "restriction": ({**RULE, "zero_payout_hide_report": "on"}, {**RULE, "values": "Staff"}, "On"),
    "status mapping": (
        {"category": ["New"], "codes": ["first"], "confirmed": "1"},
        {"category": ["New"], "codes": ["second"], "confirmed": "1"},
        "first",
    ),
}


@pytest.fixture
def addresses(brand):
    """The page of each form, and where it is sent to."""
    sale = make_event_type(program=brand)
    group = make_partner_group(program=brand, name="Blogs")
    terms = create_template_terms(program=brand, name="Standard")
    payout = add_event_payout(template_terms=terms, event_type=sale, payout_rate=Decimal(10))
    payout_group = add_payout_group(event_payout=payout, rules=[NEW], name="Old", payout_rate=Decimal(3))
    adjustment = add_payout_adjustment(event_payout=payout, rules=[NEW], direction="INCREASE", rate=Decimal(1))
    restriction = add_payout_restriction(event_payout=payout, rules=[NEW])

    winter = make_exception_list(program=brand, values=["S1"])

    def page(name, *args, at=None):
        return (reverse(name, args=[1000, *args]), reverse(at or name, args=[1000, *args]))

    terms_page = reverse("contracts:terms_edit", args=[1000, terms.pk])
    return {
        "event type": page("program:event_type_edit", sale.pk),
        "partner": page("program:partner_edit", make_partner(program=brand).pk),
        "partner group": page("program:partner_group_edit", group.pk, at="program:partner_group_rename"),
        "customer tag": page("program:customer_tag_edit", make_customer_tag(program=brand).pk),
        "exception list": page("program:exception_list_edit", winter.pk),
        "entry of a list": page("program:exception_list_entry_edit", winter.pk, winter.items.get().pk),
        "catalog item": page("program:catalog_edit", brand.catalogitem_set.create(sku="S1").pk),
        "terms": (terms_page, reverse("contracts:terms_change", args=[1000, terms.pk])),
        "default payout": (terms_page, reverse("contracts:section_save", args=[1000, payout.pk, DEFAULT_PANEL])),
        "schedule": (terms_page, reverse("contracts:section_save", args=[1000, payout.pk, SCHEDULE])),
        "credit": (terms_page, reverse("contracts:section_save", args=[1000, payout.pk, CREDIT])),
        "payout group": page("contracts:row_edit", GROUPS, payout_group.pk),
        "rules of a group": page("contracts:row_edit", GROUPS, payout_group.pk),
        "adjustment": page("contracts:row_edit", ADJUSTMENTS, adjustment.pk),
        "restriction": page("contracts:row_edit", RESTRICTIONS, restriction.pk),
        "status mapping": page("program:event_type_mapping", sale.pk),
    }


def opened_with(html, address):
    """What the form that is sent to this address was opened with; a form without an address is sent to its page."""
    for form in re.findall(r"<form.*?</form>", html, re.DOTALL):
        head = form.partition(">")[0]
        action = re.search(r' action="([^"]*)"', head)
        found = re.search(r'name="opened_with" value="([^"]*)"', form)
        if found and (action is None or action[1] == address):
            return found[1]
    raise AssertionError(f"no form is sent to {address}")


@pytest.mark.parametrize("thing", EDITS)
def test_the_second_is_shown_both_values_and_may_save_all_the_same(thing, addresses, alice, erin, client_of):
    page, address = addresses[thing]
    first, second, shown = EDITS[thing]
    ann, ben = client_of(alice), client_of(erin)
    seen_by_ann, seen_by_ben = (opened_with(each.get(page).content.decode(), address) for each in (ann, ben))
    assert ann.post(address, {**first, "opened_with": seen_by_ann}).status_code == 302

    answer = ben.post(address, {**second, "opened_with": seen_by_ben})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Someone else changed this after you opened it." in html
    conflict = html[html.index("Someone else changed") :]
    assert shown in conflict[: conflict.index("</dl>")]

    again = {**second, "opened_with": opened_with(html, address)}
    assert ben.post(address, again).status_code == 302
    assert ben.post(address, {**first, "opened_with": seen_by_ann}).status_code == 409


@pytest.mark.parametrize("thing", EDITS)
def test_nothing_of_the_second_is_stored_before_they_decide(thing, addresses, alice, erin, client_of):
    page, address = addresses[thing]
    first, second, _ = EDITS[thing]
    editor = client_of(erin)
    seen = opened_with(editor.get(page).content.decode(), address)
    client_of(alice).post(address, {**first, "opened_with": seen})
    stored = opened_with(editor.get(page).content.decode(), address)
    editor.post(address, {**second, "opened_with": seen})
    assert opened_with(editor.get(page).content.decode(), address) == stored


def test_a_mistake_does_not_make_the_form_forget_what_it_was_opened_with(addresses, alice, erin, client_of):
    page, address = addresses["partner"]
    editor = client_of(erin)
    seen = opened_with(editor.get(page).content.decode(), address)
    client_of(alice).post(address, {"name": "First", "is_active": "on", "opened_with": seen})
    refused = editor.post(address, {"name": "", "opened_with": seen})
    assert refused.status_code == 422
    again = {"name": "Second", "opened_with": opened_with(refused.content.decode(), address)}
    assert editor.post(address, again).status_code == 409
    assert Partner.objects.get().name == "First"


def test_two_who_type_the_same_are_told_that_it_is_stored(addresses, erin, client_of):
    page, address = addresses["customer tag"]
    editor = client_of(erin)
    seen = opened_with(editor.get(page).content.decode(), address)
    editor.post(address, {"name": "Same", "color": "gray", "opened_with": seen})
    answer = editor.post(address, {"name": "Same", "color": "gray", "opened_with": seen})
    assert answer.status_code == 409
    assert "It already holds what you typed." in answer.content.decode()


def test_in_the_rows_place_the_answer_replaces_the_form(addresses, erin, client_of):
    page, address = addresses["payout group"]
    editor = client_of(erin)
    seen = opened_with(editor.get(page).content.decode(), address)
    group = PayoutGroup.objects.get()
    change_payout_group(payout_group=group, rules=[], name="New", payout_rate=Decimal(20))
    data = {**EDITS["payout group"][1], "opened_with": seen}
    answer = editor.post(address, data, headers={"hx-request": "true"})
    assert answer.status_code == 409
    assert "HX-Retarget" not in answer
    shown = answer.content.decode()
    assert 'hx-target="closest row-editor" hx-swap="outerHTML"' in shown
    assert f'<a class="link" href="{page}" hx-get="{page}">load what is stored</a>' in shown
    group.refresh_from_db()
    assert group.payout_rate == 20


@pytest.mark.parametrize("thing", ["payout group", "adjustment", "restriction"])
def test_a_row_that_was_deleted_meanwhile_is_said_to_be_gone(thing, addresses, erin, client_of):
    page, address = addresses[thing]
    editor = client_of(erin)
    form = editor.get(page).content.decode()
    event_payout = re.search(r'name="event_payout" value="(\d+)"', form)[1]
    editor.post(f"{address}delete/")
    data = {**EDITS[thing][1], "event_payout": event_payout, "opened_with": opened_with(form, address)}
    answer = editor.post(address, data, headers={"hx-request": "true"})
    assert answer.status_code == 409
    assert f"This {thing} is gone" in answer.content.decode()
    assert editor.post(address, EDITS[thing][1]).status_code == 404


def test_of_two_at_one_moment_one_is_told(addresses, erin):
    group = PayoutGroup.objects.get()
    stale = PayoutGroup.objects.get()
    seen = fingerprint(row_values(stale))
    change_payout_group(payout_group=group, rules=[NEW], name="Old", payout_rate=Decimal(20), seen=seen)
    with pytest.raises(Stale):
        change_payout_group(payout_group=stale, rules=[NEW], name="Old", payout_rate=Decimal(15), seen=seen)
    assert stale.payout_rate == 20, "it holds what is stored, to be shown"


def test_the_switch_and_the_place_of_a_row_are_no_part_of_its_form(addresses, erin, client_of):
    page, address = addresses["payout group"]
    editor = client_of(erin)
    seen = opened_with(editor.get(page).content.decode(), address)
    switch_row(row=PayoutGroup.objects.get(), on=False)
    assert editor.post(address, {**EDITS["payout group"][0], "opened_with": seen}).status_code == 302
    assert not PayoutGroup.objects.get().is_active


def test_the_tags_of_a_customer_are_not_saved_over_anothers(brand, alice, erin, client_of):
    customer = make_customer(program=brand, tags=["VIP"])
    staff = make_customer_tag(program=brand, name="Staff")
    address = reverse("tracking:customer_manage", args=[1000, customer.pk])
    editor = client_of(erin)
    seen = opened_with(editor.get(address).content.decode(), address)
    vip = CustomerTag.objects.get(name="VIP")
    client_of(alice).post(address, {"tags": [vip.pk, staff.pk], "opened_with": seen})
    answer = editor.post(address, {"opened_with": seen})
    assert answer.status_code == 409
    assert "Staff, VIP" in answer.content.decode()
    assert CustomerTagging.objects.current().filter(customer=customer).count() == 2


def test_a_role_is_not_changed_over_another_administrators_change(brand, alice, client_of):
    dora = make_user(username="dora", program=brand, role="VIEWER").membership_set.get()
    address = reverse("program:team_role", args=[1000, dora.pk])
    administrator = client_of(alice)
    assert administrator.post(address, {"role": "FINANCE", "seen": "VIEWER"}).status_code == 302
    answer = administrator.post(address, {"role": "EDITOR", "seen": "VIEWER"})
    assert answer.status_code == 409
    assert "Someone else changed the role of dora meanwhile." in answer.content.decode()
    dora.refresh_from_db()
    assert dora.role == "FINANCE"
