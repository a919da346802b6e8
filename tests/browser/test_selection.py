"""Ticks of a list stay while the reader turns its pages, and are sent with those in sight."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from contracts.drafts.unpublished import open_draft
from contracts.models import Contract, PayoutGroup
from contracts.publishing.services import publish_document
from program.models.customer import CustomerTagging
from tests.factories import (
    make_customer,
    make_customer_tag,
    make_event_type,
    make_partner,
    make_partner_group,
    terms_document,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lists(page: Page, live_server: Any, brand: Any, erin: Any, client_of: Callable[[Any], Any]) -> Iterator[Page]:
    """Erin, with more customers and partners than a page holds. Fails on any error of the page or its console."""
    for number in range(60):
        make_customer(program=brand, customer_id=f"C-{number:02d}")
        make_partner(program=brand, media_partner_id=f"P-{number:02d}", name=f"Partner {number:02d}")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
    session = client_of(erin).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    yield page
    assert errors == []


def turn(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).click()
    page.wait_for_load_state("load")


def count(page: Page) -> Any:
    return page.locator("[data-count]")


def test_customers_ticked_on_several_pages_are_tagged_together(
    lists: Page, live_server: Any, brand: Any, settled: Callable[[Page], None]
) -> None:
    vip = make_customer_tag(program=brand, name="VIP")
    lists.goto(f"{live_server.url}/p/1000/customers/?page_size=25")  # the newest first
    lists.get_by_label("Select C-50").check()
    expect(count(lists)).to_have_text("1 selected")
    turn(lists, "Next page")
    lists.get_by_label("Select C-30").check()
    expect(count(lists)).to_have_text("2 selected, 1 of them on other pages")
    turn(lists, "Next page")
    expect(count(lists)).to_have_text("2 selected, 2 of them on other pages")
    turn(lists, "Customer id")  # another order
    lists.get_by_label("Search customers").fill("C-50")
    expect(lists.locator("tbody tr")).to_have_count(1)
    settled(lists)
    expect(lists.get_by_label("Select C-50")).to_be_checked()
    lists.get_by_role("button", name="Assign tags").click()
    dialog = lists.get_by_role("dialog")
    expect(dialog).to_contain_text("2 customers selected.")
    dialog.get_by_label("VIP").check()
    dialog.get_by_role("button", name="Assign", exact=True).click()
    expect(dialog).to_contain_text("VIP assigned to 2 customers")
    current = CustomerTagging.objects.current().filter(tag=vip).order_by("customer__customer_id")
    assert list(current.values_list("customer__customer_id", flat=True)) == ["C-30", "C-50"]
    dialog.get_by_role("link", name="Done").click()
    lists.wait_for_url(re.compile("customers/"))
    expect(count(lists)).to_be_hidden()


def test_esc_after_an_assignment_shows_the_rows_as_they_are_with_no_tick(
    lists: Page, live_server: Any, brand: Any
) -> None:
    make_customer_tag(program=brand, name="VIP")
    lists.goto(f"{live_server.url}/p/1000/customers/?page_size=25")
    lists.get_by_label("Select C-50").check()
    lists.get_by_role("button", name="Assign tags").click()
    dialog = lists.get_by_role("dialog")
    dialog.get_by_label("VIP").check()
    dialog.get_by_role("button", name="Assign", exact=True).click()
    expect(dialog).to_contain_text("VIP assigned to 1 customer")
    lists.keyboard.press("Escape")
    expect(lists.locator("tbody tr", has_text="C-50")).to_contain_text("VIP")
    expect(count(lists)).to_be_hidden()


def test_a_column_is_chosen_by_keyboard_and_the_focus_stays(
    lists: Page, live_server: Any, settled: Callable[[Page], None]
) -> None:
    lists.goto(f"{live_server.url}/p/1000/customers/")
    lists.get_by_role("button", name="Columns").press("Enter")
    city = lists.get_by_role("checkbox", name="City")
    city.press("Space")
    expect(lists.get_by_role("columnheader", name="City")).to_be_visible()
    settled(lists)
    expect(city).to_be_focused()
    lists.keyboard.press("Escape")
    expect(lists.get_by_role("button", name="Columns")).to_be_focused()


def test_ticks_are_cleared_on_every_page_at_once(lists: Page, live_server: Any, brand: Any) -> None:
    group = make_partner_group(program=brand, name="Top")
    lists.goto(f"{live_server.url}/p/1000/partners/")
    lists.get_by_label("Select Partner 00").check()
    turn(lists, "Next page")
    lists.get_by_label("Select all on this page").check()
    expect(count(lists)).to_have_text("26 selected, 1 of them on other pages")
    lists.get_by_role("button", name="Clear", exact=True).click()
    expect(count(lists)).to_be_hidden()
    turn(lists, "Previous page")
    expect(lists.get_by_label("Select Partner 00")).not_to_be_checked()
    lists.get_by_label("Select Partner 01").check()
    turn(lists, "Next page")
    lists.get_by_label("Select Partner 25").check()
    lists.get_by_role("combobox", name="Group", exact=True).press_sequentially("top")
    lists.get_by_role("option", name="Top").click()
    lists.get_by_role("button", name="Add to group").click()
    expect(lists.locator("#toasts")).to_contain_text("2 added to Top")
    assert sorted(group.partners.values_list("media_partner_id", flat=True)) == ["P-01", "P-25"]


def test_all_that_the_search_found_join_and_clearing_takes_that_back(lists: Page, live_server: Any, brand: Any) -> None:
    make_event_type(program=brand)
    terms = publish_document(program=brand, document=terms_document()).version.template_terms
    lists.goto(f"{live_server.url}/p/1000/contracts/template-terms/{terms.pk}/join/")
    lists.get_by_label("Select all on this page").check()
    lists.get_by_label("Select all 60").check()
    expect(count(lists)).to_have_text("All 60 selected")
    lists.get_by_role("button", name="Clear", exact=True).click()
    expect(lists.get_by_label("Select all 60")).not_to_be_checked()
    lists.get_by_label("Select Partner 00").check()
    lists.get_by_label("Select all 60").check()
    lists.get_by_label("Select Partner 01").uncheck()
    expect(count(lists)).to_have_text("24 selected")
    lists.get_by_label("Select all 60").check()
    lists.get_by_role("button", name="Review what changes").click()
    lists.get_by_role("button", name="Join 60 partners").click()
    lists.wait_for_url(re.compile(r"contracts/\?terms="))
    assert Contract.objects.count() == 60


def test_all_groups_stay_chosen_while_it_is_typed_what_they_pay(
    lists: Page, live_server: Any, brand: Any, settled: Callable[[Page], None]
) -> None:
    make_event_type(program=brand, code="SALE")
    rules = [{"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["New"]}]
    groups = [{"Rank": rank, "Name": f"Group {rank}", "Rules": rules, "PayoutRate": "1"} for rank in range(1, 46)]
    terms = publish_document(program=brand, document=terms_document(groups=groups)).version.template_terms
    open_draft(template_terms=terms)
    lists.goto(f"{live_server.url}/p/1000/contracts/template-terms/{terms.pk}/")
    settled(lists)
    lists.get_by_role("checkbox", name="Select Group 1", exact=True).check()
    lists.get_by_label("All 45").check()
    lists.get_by_label("How to change the payout").select_option("PERCENT")
    lists.get_by_label("Payout, or points").fill("7")
    before = lists.evaluate("scrollY")
    lists.get_by_role("button", name="Change payout").click()
    expect(lists.locator("#payout-groups")).to_contain_text("45 payout groups set to 7%.")
    settled(lists)
    assert lists.evaluate("scrollY") == pytest.approx(before, abs=200)
    assert set(PayoutGroup.objects.values_list("payout_rate", flat=True)) == {7}
