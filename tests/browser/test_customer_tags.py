"""The walk of an editor who pays by tag: create a tag, put it on customers from their list and from a profile, have it
earn 50 %, publish, and see why an order pays that.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from contracts.publishing.services import publish_document
from program.models.customer import CustomerTagging
from tests.browser.console import is_unexpected
from tests.factories import make_action, make_customer, make_customer_tag, make_event_type, make_partner, terms_document

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def editor(
    page: Page, live_server: Any, brand: Any, erin: Any, client_of: Callable[[Any], Any]
) -> Iterator[Callable[[str], Page]]:
    """Erin, taken to an address of her brand, which pays 10 % by now. Fails on any error of a page or its console, but
    for refused input.
    """
    make_event_type(program=brand)
    make_partner(program=brand, media_partner_id="P-1")
    publish_document(program=brand, document=terms_document(), join="all")
    for name in ("Anna", "Bert", "Cleo"):
        make_customer(program=brand, customer_id=name)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if is_unexpected(message) else None)
    session = client_of(erin).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])

    def taken_to(address: str) -> Page:
        page.goto(f"{live_server.url}/p/1000/{address}")
        page.wait_for_load_state("load")
        return page

    yield taken_to
    assert errors == []


def test_50_percent_for_vip_customers(
    editor: Callable[[str], Page], brand: Any, settled: Callable[[Page], None]
) -> None:
    page = editor("customers/")
    page.get_by_role("navigation", name="Customers").get_by_role("link", name="Tags").click()
    page.get_by_role("link", name="Create new tag").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("VIP customers")
    dialog.get_by_label("Purple").check()
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("tbody")).to_contain_text("VIP customers")

    page = editor("customers/")
    page.get_by_label("Select Anna").check()
    page.get_by_label("Select Cleo").check()
    page.get_by_role("button", name="Assign tags").click()
    expect(dialog.get_by_role("link", name="Edit tags")).to_be_visible()
    dialog.get_by_text("VIP customers").click()
    dialog.get_by_role("button", name="Assign", exact=True).click()
    expect(dialog).to_contain_text("VIP customers assigned to 2 customers.")
    dialog.get_by_role("button", name="Undo").click()
    expect(dialog).to_contain_text("Undone")
    dialog.get_by_role("link", name="Done").click()
    page.wait_for_load_state("load")
    expect(page.locator("tbody")).not_to_contain_text("VIP customers")
    page.get_by_label("Select Anna").check()
    page.get_by_role("button", name="Assign tags").click()
    dialog.get_by_text("VIP customers").click()
    dialog.get_by_role("button", name="Assign", exact=True).click()
    dialog.get_by_role("link", name="Done").click()
    page.wait_for_load_state("load")

    page.get_by_role("link", name="Bert").click()
    page.get_by_role("link", name="Assign tags").click()
    page.get_by_label("VIP customers").check()
    page.get_by_role("button", name="Save tags").click()
    expect(page.locator("#toasts")).to_contain_text("saved")

    page = editor("settings/")
    page.get_by_role("link", name="Advanced commission").click()
    page.wait_for_load_state("load")
    page.get_by_role("button", name="Add").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Add payout group")).to_be_visible()
    page.get_by_label("Payout", exact=True).fill("50")
    page.get_by_role("button", name="Save payout group").click()
    page.wait_for_url(re.compile("/publish/"))
    page.wait_for_load_state("load")
    expect(page.locator("main")).to_contain_text("Customer Tag belongs to VIP customers")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Publish version 2").click()
    page.wait_for_url(re.compile("/advanced-commission/"))
    expect(page.locator("#toasts")).to_contain_text("In force now: 50%")
    expect(page.locator("tbody")).to_contain_text("In force")

    for customer in ("Anna", "Bert"):
        action = make_action(program=brand, CustomerId=customer, EventDate="NOW")
        page = editor(f"transactions/actions/{action.pk}/")
        expect(page.get_by_role("heading", name="Why this pays £50.00")).to_be_visible()
        expect(page.locator("main")).to_contain_text("Customer Tag belongs to VIP customers")
    other = make_action(program=brand, CustomerId="Cleo", EventDate="NOW")
    expect(editor(f"transactions/actions/{other.pk}/").locator("main")).to_contain_text("Why this pays £10.00")


def press_to(page: Page, name: str, role: Any = "button", *, key: str = "Enter") -> None:
    """Tab until what has this name has the focus, and press a key there."""
    target = page.get_by_role(role, name=name, exact=True).first
    expect(target).to_be_visible()
    for _ in range(120):
        if target.evaluate("each => each === document.activeElement"):
            return page.keyboard.press(key)
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {name}")


def test_by_keyboard_alone_a_tag_is_created_assigned_from_the_list_and_from_the_profile(
    editor: Callable[[str], Page], brand: Any, settled: Callable[[Page], None]
) -> None:
    make_customer_tag(program=brand, name="Press")
    page = editor("customers/tags/")
    dialog = page.get_by_role("dialog")
    press_to(page, "Create new tag", "link")
    name = dialog.get_by_label("Name")
    expect(name).to_be_focused()
    page.keyboard.type("press")
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("already exists")
    settled(page)
    expect(name).to_be_focused()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("VIP")
    press_to(page, "Add")
    expect(page.locator("tbody")).to_contain_text("VIP")

    page = editor("customers/")
    press_to(page, "Select Anna", "checkbox", key="Space")
    press_to(page, "Assign tags")
    expect(dialog.get_by_role("link", name="Edit tags")).to_be_visible()
    settled(page)
    press_to(page, "VIP", "checkbox", key="Space")
    press_to(page, "Assign")
    expect(dialog).to_contain_text("VIP assigned to 1 customer.")
    settled(page)
    press_to(page, "Done", "link")
    expect(dialog).to_be_hidden()
    expect(page.locator("tbody tr", has_text="Anna")).to_contain_text("VIP")

    press_to(page, "Anna", "link")
    expect(page.get_by_role("heading", name="Anna", level=1)).to_be_visible()
    press_to(page, "More")
    press_to(page, "Manage", "link")
    press_to(page, "VIP", "checkbox", key="Space")
    press_to(page, "Press", "checkbox", key="Space")
    press_to(page, "Save tags")
    expect(page.locator("#toasts")).to_contain_text("saved")
    carried = CustomerTagging.objects.current().filter(customer__customer_id="Anna")
    assert list(carried.values_list("tag__name", flat=True)) == ["Press"]
