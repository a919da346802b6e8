"""The search dialog by its keys: opened, chosen from, closed, and without one violation of the content policy."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.factories import make_action, make_contracts, make_event_type, make_partner, terms_document

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def help_page(page: Page, live_server: Any, brand: Any, alice: Any, client_of: Callable[[Any], Any]) -> Iterator[Page]:
    """Alice on a page of the brand with the orders AB-1 and AB-12. Fails on any error of the page or its console."""
    make_event_type(program=brand, code="SALE")
    partner = make_partner(program=brand, media_partner_id="P-1", name="Kettle & Quill")
    make_contracts(program=brand, document=terms_document(), partners=[partner])
    sent = {"EventTypeCode": "SALE", "MediaPartnerId": "P-1", "Amount": "100", "EventDate": "2026-11-05T10:00:00Z"}
    for order_id in ("AB-1", "AB-12"):
        make_action(program=brand, OrderId=order_id, **sent)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
    session = client_of(alice).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/p/1000/help/")
    yield page
    assert errors == []


def chosen(page: Page) -> Any:
    return page.locator("#search-found [aria-selected=true]")


def test_a_slash_opens_it_and_escape_gives_the_focus_back(help_page: Page) -> None:
    help_page.get_by_role("link", name="Payout groups").focus()
    help_page.keyboard.press("/")
    expect(help_page.get_by_role("combobox", name="What to look for")).to_be_focused()
    expect(help_page.get_by_role("option", name="Needs attention")).to_be_visible()
    help_page.keyboard.press("Escape")
    expect(help_page.get_by_role("link", name="Payout groups")).to_be_focused()


def test_an_exact_order_id_is_chosen_and_enter_opens_it(help_page: Page) -> None:
    help_page.keyboard.press("Control+k")
    help_page.keyboard.type("AB-1")
    expect(chosen(help_page)).to_contain_text("AB-1")
    help_page.keyboard.press("Enter")
    expect(help_page.get_by_role("heading", name="AB-1")).to_be_visible()


def test_enter_before_the_answer_opens_an_exact_order_too(help_page: Page) -> None:
    help_page.keyboard.press("Control+k")
    help_page.keyboard.insert_text("AB-12")
    help_page.keyboard.press("Enter")
    expect(help_page.get_by_role("heading", name="AB-12")).to_be_visible()


def test_arrows_choose_among_what_was_found(help_page: Page, settled: Any) -> None:
    help_page.get_by_role("button", name="Search").click()
    with help_page.expect_response(lambda answer: answer.url.endswith("q=kettle")):  # the last of those while typing
        help_page.keyboard.type("kettle")
    settled(help_page)
    expect(help_page.get_by_role("option", name="Kettle & Quill")).to_be_visible()
    expect(chosen(help_page)).to_have_count(0)
    help_page.keyboard.press("ArrowDown")
    expect(chosen(help_page)).to_contain_text("Kettle & Quill")
    help_page.keyboard.press("Enter")
    expect(help_page.get_by_role("heading", name="Kettle & Quill")).to_be_visible()


def test_a_slash_within_a_field_is_a_slash(help_page: Page) -> None:
    help_page.goto(help_page.url.replace("/help/", "/partners/"))
    field = help_page.get_by_role("main").get_by_role("searchbox").first
    field.press("/")
    expect(field).to_have_value("/")
    expect(help_page.locator("dialog[open]")).to_have_count(0)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_nothing_in_it(browser: Browser, help_page: Page, scheme: Any, width: int) -> None:
    context = browser.new_context(
        bypass_csp=True,
        color_scheme=scheme,
        viewport={"width": width, "height": 844},
        storage_state=help_page.context.storage_state(),
    )
    page = context.new_page()
    page.goto(help_page.url)
    page.keyboard.press("/")
    page.keyboard.type("AB")
    expect(page.get_by_role("option", name="AB-12")).to_be_visible()
    found = Axe().run(page)["violations"]
    context.close()
    assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []
