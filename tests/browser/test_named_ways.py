"""The ways through the product by the names that brand managers know from the platform's own help."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from contracts.models import EventPayout, TemplateTerms
from program.models import CustomerStatusMapping, CustomerTag
from tests.factories import make_customer, make_event_type, make_partner

pytestmark = pytest.mark.django_db(transaction=True)

Settled = Callable[[Page], None]


@pytest.fixture
def home(page: Page, live_server: Any, alice: Any, client_of: Callable[[Any], Any], brand: Any) -> Iterator[Page]:
    """Alice on Home of a brand with an event type and a partner. Fails on any error of a page or its console."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    make_event_type(program=brand, code="SALE", name="Online sale")
    make_partner(program=brand, name="Anvil Blog")
    session = client_of(alice).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/p/1000/")
    yield page
    assert errors == []


def follow(page: Page, *names: str) -> None:
    """Click links of the navigation."""
    for name in names:
        page.get_by_role("navigation", name="Main").get_by_role("link", name=name, exact=True).click()


def menu_of(page: Page, name: str) -> Locator:
    """Open the menu of a button, and return what opened."""
    button = page.get_by_role("button", name=name)
    button.click()
    return page.locator(f"#{button.get_attribute('popovertarget')}")


def test_the_customer_status_mapping_is_configured_from_the_user_menu(home: Page, settled: Settled) -> None:
    menu_of(home, "alice, user menu").get_by_role("link", name="Settings").click()
    home.get_by_role("region", name="Tracking").get_by_role("link", name="Event Types").click()
    menu_of(home, "More for Online sale").get_by_role("link", name="View/Edit").click()
    home.get_by_text("Show advanced settings").click()
    home.get_by_role("link", name="Edit customer status mapping").click()
    home.get_by_role("switch", name="Add value mapping to enable different payout for new customers").check()
    for status, codes in (("New", "first, n"), ("Existing", "repeat")):
        home.get_by_label(f"Add codes for {status}", exact=True).fill(codes)
        home.keyboard.press("Enter")
        expect(home.get_by_role("button", name=f"Remove {codes.split(', ')[0]} from {status}")).to_be_visible()
        settled(home)
    home.get_by_role("button", name="Save").click()
    home.get_by_role("button", name="Switch the mapping on").click()
    expect(home.get_by_text("On: it decides")).to_be_visible()
    mapped = CustomerStatusMapping.objects.values_list("category", "code").order_by("category", "code")
    assert list(mapped) == [("Existing", "repeat"), ("New", "first"), ("New", "n")]


def test_both_customer_status_reports_are_found_by_their_names(home: Page) -> None:
    for name in ("New vs. Return Customer", "Performance by Day by Customer Status"):
        follow(home, name)
        expect(home.get_by_role("heading", name=name, exact=True)).to_be_visible()


def test_terms_are_created_populated_and_modified(home: Page, settled: Settled) -> None:
    follow(home, "Template Terms")
    home.get_by_role("link", name="Create Template Term").first.click()
    home.get_by_label("Name").fill("Standard")
    home.get_by_label("Payout", exact=True).fill("10")
    home.get_by_role("button", name="Create draft").click()
    expect(home.get_by_role("switch", name="Set up customized payout groups")).to_be_checked()
    expect(home.get_by_role("switch", name="Specify items that will not generate a payout")).to_be_checked()

    follow(home, "Template Terms")
    home.get_by_role("link", name="Create Template Term").first.click()
    home.get_by_label("Name").fill("For blogs")
    home.get_by_role("switch", name=re.compile("existing Template Term")).check()
    home.locator("select[name=existing]").select_option(label="Standard (GBP)")
    home.get_by_role("button", name="Populate terms").click()
    expect(home.get_by_text("Populated from Standard")).to_be_visible()
    home.get_by_role("button", name="Create draft").click()
    expect(home.get_by_role("heading", name="For blogs", exact=True)).to_be_visible()
    assert TemplateTerms.objects.count() == 2

    follow(home, "Template Terms")
    menu_of(home, "More for For blogs").get_by_role("link", name="Modify Terms").click()
    switch = home.get_by_role("switch", name="Adjust payouts based on specific conditions")
    switch.uncheck()
    settled(home)
    draft = EventPayout.objects.get(template_terms__name="For blogs")
    assert not draft.is_on("payout_adjustments")
    switch.check()
    settled(home)
    home.get_by_role("link", name="Add adjustment").click()
    dialog = home.get_by_role("dialog")
    dialog.get_by_label("Values").fill("New")
    dialog.get_by_label("By", exact=True).fill("10")
    dialog.get_by_role("button", name="Save adjustment").click()
    expect(home.locator("#payout-adjustments")).to_contain_text("Customer Status is New")


def test_tags_are_created_renamed_by_the_gear_and_deleted_by_the_bin(home: Page, brand: Any) -> None:
    make_customer(program=brand, customer_id="C-1", tags=["Old"])
    follow(home, "Customers")
    home.get_by_role("link", name="Tags", exact=True).click()
    dialog = home.get_by_role("dialog")
    home.get_by_role("link", name="Create new tag").click()
    dialog.get_by_label("Name").fill("VIP")
    dialog.get_by_role("button", name="Add", exact=True).click()
    home.get_by_role("link", name="Edit VIP").click()
    dialog.get_by_label("Name").fill("Very important")
    dialog.get_by_role("button", name="Save").click()
    expect(home.get_by_role("row", name=re.compile("^Very important"))).to_be_visible()
    home.get_by_role("link", name="Delete Old").click()
    expect(dialog.get_by_role("heading", name="Delete Old?")).to_be_visible()
    dialog.get_by_role("button", name="Delete tag").click()
    expect(home.get_by_role("row", name=re.compile("^Old"))).to_have_count(0)
    assert list(CustomerTag.objects.values_list("name", flat=True)) == ["Very important"]
