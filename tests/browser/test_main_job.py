"""The main job as a person does it, by mouse and by keyboard alone, with a real worker behind the page.

Terms of 10%, a payout group of 15% for New customers; an order of 100.00 pays 15.00. Then the group is switched off
and an adjustment of +5% takes its place: the next order pays 10.50.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.console import is_unexpected
from tests.factories import make_event_type, make_partner

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 120_000  # ms in which the worker must have priced an order
DRAFT = re.compile(r"/template-terms/\d+/")


@pytest.fixture
def log_in_page(
    page: Page, live_server: Any, brand: Any, alice: Any, celery_worker: Any, clock: None
) -> Iterator[Page]:
    """The log-in page of a brand with an event type and a partner. Fails on whatever the console complains about."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if is_unexpected(message) else None)
    page.set_default_timeout(60_000)
    make_event_type(program=brand, code="SALE", name="Online sale")
    make_partner(program=brand, media_partner_id="P-ANNA", name="Anna’s Blog")
    page.goto(f"{live_server.url}/")
    yield page
    assert errors == []


def arrive(page: Page, address: re.Pattern[str], heading: str) -> None:
    """Wait for a page with its scripts: before them a link is a plain link, which opens a page and no dialog."""
    page.wait_for_url(address, wait_until="load")
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    page.wait_for_load_state("load")


def follow(page: Page, *names: str) -> None:
    """Click the navigation's links by name, one after the other."""
    for name in names:
        page.get_by_role("navigation", name="Main").get_by_role("link", name=name, exact=True).click()


def order_by_mouse(page: Page) -> None:
    """Send a test order as the form proposes it, 100.00 by a New customer, and read why it pays what it pays."""
    follow(page, "Actions")
    page.get_by_role("link", name="Send a test order").first.click()
    page.get_by_role("textbox", name=re.compile("^Amount")).fill("100.00")
    page.get_by_label(re.compile("^Customer status", re.IGNORECASE)).fill("New")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("link", name="See why").click(timeout=PATIENCE)


def test_by_mouse(log_in_page: Page) -> None:
    page = log_in_page
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill("anvil")
    page.get_by_role("button", name="Log in").click()

    follow(page, "Template Terms")
    page.get_by_role("link", name="Create Template Term").first.click()
    page.get_by_label("Name").fill("Standard")
    page.get_by_label("Payout", exact=True).fill("10")
    page.get_by_role("button", name="Create draft").click()
    arrive(page, DRAFT, "Standard")
    page.get_by_role("link", name="Add payout group").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Payout", exact=True).fill("15")
    dialog.get_by_label("Values").fill("New")
    dialog.get_by_text("More", exact=True).click()
    dialog.get_by_label("Name").fill("New customers")
    dialog.get_by_role("button", name="Save payout group").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("#payout-groups")).to_contain_text("Customer Status is New")
    page.get_by_role("link", name="Review and publish").click()
    page.get_by_label("All active partners").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.get_by_role("heading", name="Standard, version 1")).to_be_visible()

    order_by_mouse(page)
    expect(page.get_by_role("heading", name="Why this pays £15.00")).to_be_visible()
    expect(page.locator(".is-won")).to_contain_text(
        re.compile(r"New customers.*15% of the order’s sale amount: £100\.00", re.DOTALL)
    )

    follow(page, "Template Terms")
    page.get_by_role("link", name="Standard").click()
    arrive(page, DRAFT, "Standard")
    page.get_by_role("button", name="Actions for New customers").click()
    page.get_by_role("button", name="Switch off", exact=True).last.click()
    expect(page.locator("#payout-groups")).to_contain_text("Switched off")
    page.locator("#payout-adjustments summary").click()
    page.get_by_role("link", name="Add adjustment").click()
    dialog.get_by_label("Values").fill("New")
    dialog.get_by_label("By", exact=True).fill("5")
    dialog.get_by_role("button", name="Save adjustment").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("link", name="Review 2 changes").first.click()
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("#counts")).to_contain_text("1 contract ends")
    page.get_by_role("button", name="Publish version 2").click()
    expect(page.get_by_role("heading", name="Standard, version 2")).to_be_visible()

    order_by_mouse(page)
    expect(page.get_by_role("heading", name="Why this pays £10.50")).to_be_visible()
    expect(page.locator(".is-won")).to_contain_text("10% of the order’s sale amount: £100.00")
    expect(page.locator(".receipt")).to_contain_text(re.compile(r"\+5\s?%.*£10\.00 before.*£10\.50", re.DOTALL))


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on what the selector names."""
    page.wait_for_selector(selector, state="attached")
    for _ in range(150):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {selector}")


def enter(page: Page, selector: str) -> None:
    """Tab to something and press Enter."""
    tab_to(page, selector)
    page.keyboard.press("Enter")


def type_into(page: Page, selector: str, text: str) -> None:
    """Tab to a field, which selects what is in it, and type over that."""
    tab_to(page, selector)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def go_to(page: Page, name: str) -> None:
    """Walk to an entry of the navigation."""
    enter(page, f"#nav a[title='{name}']")
    expect(page.locator(f"#nav a[title='{name}']")).to_have_attribute("aria-current", "page")


def publish_by_keyboard(page: Page, number: int) -> None:
    enter(page, ".page-actions a[href$='/publish/']")
    tab_to(page, "[name=join]")
    if number == 1:
        page.keyboard.press("ArrowDown")
        expect(page.get_by_label("All active partners")).to_be_checked()
    enter(page, ".page-foot .button-primary")
    expect(page.get_by_role("heading", name=f"Publish version {number} of Standard?")).to_be_visible()
    enter(page, "form .button-primary")
    expect(page.get_by_role("heading", name=f"Standard, version {number}")).to_be_visible()


def order_by_keyboard(page: Page) -> None:
    go_to(page, "Actions")
    enter(page, "#content a[href$='/test-order/']")
    type_into(page, "[name=amount]", "100.00")
    type_into(page, "#id_customer_status", "New")
    enter(page, "#content form .button-primary")
    expect(page.get_by_role("link", name="See why")).to_be_visible(timeout=PATIENCE)
    enter(page, "#outcome .button-primary")


def test_by_keyboard_alone(log_in_page: Page) -> None:
    page = log_in_page
    type_into(page, "[name=username]", "alice")
    type_into(page, "[name=password]", "anvil")
    page.keyboard.press("Enter")

    go_to(page, "Template Terms")
    enter(page, ".page-actions a[href$='/template-terms/new/']")
    type_into(page, "[name=name]", "Standard")
    type_into(page, "[name=value]", "10")
    page.keyboard.press("Enter")
    arrive(page, DRAFT, "Standard")
    enter(page, "#payout-groups-add")
    expect(page.get_by_role("dialog")).to_be_visible()
    type_into(page, "row-editor [name=value]", "15")
    type_into(page, "row-editor [name=values]", "New")
    enter(page, "row-editor details.advanced > summary")
    type_into(page, "row-editor [name=name]", "New customers")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("#payout-groups")).to_contain_text("Customer Status is New")
    publish_by_keyboard(page, 1)

    order_by_keyboard(page)
    expect(page.get_by_role("heading", name="Why this pays £15.00")).to_be_visible()
    expect(page.locator(".is-won")).to_contain_text(
        re.compile(r"New customers.*15% of the order’s sale amount: £100\.00", re.DOTALL)
    )

    go_to(page, "Template Terms")
    enter(page, "#content .row-link")
    arrive(page, DRAFT, "Standard")
    enter(page, "[id^='more-payout-groups-']")
    enter(page, "[id^='menu-payout-groups-'] [formaction$='/switch/']")
    expect(page.locator("#payout-groups")).to_contain_text("Switched off")
    enter(page, "#payout-adjustments summary")
    enter(page, "#payout-adjustments-add")
    expect(page.get_by_role("dialog")).to_be_visible()
    type_into(page, "row-editor [name=value]", "5")
    type_into(page, "row-editor [name=values]", "New")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("#payout-adjustments")).to_contain_text("Customer Status is New")
    publish_by_keyboard(page, 2)

    order_by_keyboard(page)
    expect(page.get_by_role("heading", name="Why this pays £10.50")).to_be_visible()
    expect(page.locator(".is-won")).to_contain_text("10% of the order’s sale amount: £100.00")
    expect(page.locator(".receipt")).to_contain_text(re.compile(r"\+5\s?%.*£10\.00 before.*£10\.50", re.DOTALL))
