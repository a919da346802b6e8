"""Filters and fields whose choices are looked up as one types: by mouse, by keyboard, on a phone and without script."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from program.models import Partner
from tests.factories import make_partner, make_partner_group

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/p/1000/partners/"


@pytest.fixture
def partners(page: Page, live_server: Any, brand: Any, erin: Any, client_of: Callable[[Any], Any]) -> Iterator[Page]:
    """Erin before the list of partners, of three countries and two groups. Fails on any error of the page."""
    for number in range(30):
        make_partner(program=brand, media_partner_id=f"P-{number:02d}", name=f"Partner {number:02d}", country="GB")
    make_partner(program=brand, media_partner_id="K-1", name="Kettle", country="IE", groups=["Top"])
    make_partner(program=brand, media_partner_id="Q-1", name="Quill", country="FR", groups=["Top", "New"])
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: "422" in message.text or message.type == "log" or errors.append(message.text))
    session = client_of(erin).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(live_server.url + LIST)
    yield page
    assert errors == []


def names(page: Page) -> list[str]:
    return page.locator("tbody th").all_inner_texts()


def options(page: Page) -> Any:
    """Of the list that is open."""
    return page.locator("[role=listbox]:popover-open [role=option]")


def field(page: Page, name: str) -> Any:
    return page.get_by_role("combobox", name=name, exact=True)


def test_several_values_are_chosen_one_after_the_other_by_keyboard(
    partners: Page, settled: Callable[[Page], None]
) -> None:
    partners.get_by_role("button", name="Filter", exact=True).press("Enter")
    country = field(partners, "Country")
    country.press_sequentially("ire")
    expect(partners.get_by_role("option", name="Ireland")).to_have_attribute("aria-selected", "true")
    country.press("Enter")
    expect(partners.locator("tbody tr")).to_have_count(1)
    settled(partners)
    expect(country).to_be_focused()
    country.press("ArrowDown")
    expect(options(partners)).to_have_text(["FranceFR", "IrelandIE", "United KingdomGB"])
    country.press("ArrowDown")
    country.press("End")
    expect(partners.get_by_role("option", name="United Kingdom")).to_have_attribute("aria-selected", "true")
    country.press("Home")
    country.press("Enter")
    expect(partners.locator("tbody tr")).to_have_count(2)
    assert names(partners) == ["Kettle", "Quill"]
    assert partners.url.endswith(f"{LIST}?country=IE&country=FR")
    expect(partners.locator(".chip")).to_have_text(["Country is Ireland", "Country is France"])


def test_a_chip_is_removed_and_back_and_reload_show_what_the_address_says(partners: Page, live_server: Any) -> None:
    partners.goto(f"{live_server.url}{LIST}?country=IE&country=FR")
    partners.get_by_role("link", name="Remove filter Country: France").click()
    expect(partners.locator("tbody tr")).to_have_count(1)
    partners.go_back()
    expect(partners.locator("tbody tr")).to_have_count(2)
    partners.reload()
    assert names(partners) == ["Kettle", "Quill"]
    partners.get_by_role("link", name="Clear all").click()
    expect(partners.locator(".chip")).to_have_count(0)
    expect(partners.locator("tbody tr")).to_have_count(25)


def test_the_search_answers_while_one_types_and_keeps_what_is_typed(partners: Page) -> None:
    search = partners.get_by_label("Search partners")
    search.press_sequentially("qui")
    expect(partners.locator("tbody tr")).to_have_count(1)
    expect(search).to_be_focused()
    search.press_sequentially("ll")
    expect(partners).to_have_url(re.compile(r"\?q=quill$"))
    expect(search).to_have_value("quill")


def test_esc_closes_the_list_and_then_the_filters(partners: Page) -> None:
    button = partners.get_by_role("button", name="Filter", exact=True)
    button.click()
    field(partners, "Group").click()
    expect(options(partners)).to_have_count(2)
    partners.keyboard.press("Escape")
    expect(options(partners)).to_have_count(0)
    expect(field(partners, "Group")).to_be_visible()
    partners.keyboard.press("Escape")
    expect(field(partners, "Group")).to_be_hidden()


def test_the_list_goes_on_where_one_scrolls_to_its_end(partners: Page, live_server: Any) -> None:
    partners.goto(f"{live_server.url}/p/1000/transactions/actions/?q=none")
    partners.get_by_role("button", name="Filter", exact=True).click()
    field(partners, "Partner").click()
    expect(options(partners)).to_have_count(25)
    partners.locator("[role=listbox]:popover-open").evaluate("list => list.scrollTop = list.scrollHeight")
    expect(options(partners)).to_have_count(32)


def test_a_field_sends_what_was_chosen_and_shows_what_it_is_called(
    partners: Page, live_server: Any, brand: Any
) -> None:
    make_partner_group(program=brand, name="Influencers")
    partners.goto(f"{live_server.url}{LIST}new/")
    partners.get_by_label("Name").fill("Anvil & Sons")
    partners.get_by_label("Partner id").fill("A-1")
    field(partners, "Country optional").press_sequentially("holland")
    partners.get_by_role("option", name="Netherlands").click()
    expect(field(partners, "Country optional")).to_have_value("Netherlands")
    groups = field(partners, "Groups optional")
    groups.press_sequentially("Brand new, infl")
    partners.get_by_role("option", name="Influencers").click()
    expect(groups).to_have_value("Brand new, Influencers, ")
    partners.get_by_role("button", name="Create partner").click()
    partners.wait_for_url("**/partners/*/")
    partner = Partner.objects.get(media_partner_id="A-1")
    assert partner.country == "NL"
    assert sorted(group.name for group in partner.groups.all()) == ["Brand new", "Influencers"]


def test_what_is_typed_and_not_chosen_is_refused_beside_the_field(partners: Page, live_server: Any) -> None:
    partners.goto(f"{live_server.url}{LIST}new/")
    partners.get_by_label("Name").fill("Anvil & Sons")
    partners.get_by_label("Partner id").fill("A-1")
    field(partners, "Country optional").fill("Atlantis")
    partners.get_by_role("button", name="Create partner").click()
    expect(partners.locator(".has-error")).to_contain_text("Country")
    expect(field(partners, "Country optional")).to_have_value("Atlantis")
    assert not Partner.objects.filter(media_partner_id="A-1").exists()


def test_on_a_phone_filters_fold_behind_a_button_with_their_number(partners: Page, live_server: Any) -> None:
    partners.set_viewport_size({"width": 390, "height": 800})
    partners.goto(f"{live_server.url}{LIST}?country=IE&active=yes")
    chips = partners.locator(".chip")
    expect(chips.first).to_be_hidden()
    partners.locator("summary", has_text="Filters (2)").click()
    expect(chips).to_have_text(["Country is Ireland", "State is Active"])
    partners.get_by_role("button", name="Filter", exact=True).click()
    partners.get_by_label("State", exact=True).select_option("Not active")
    expect(partners.locator("main")).to_contain_text("No partners match these filters")
    expect(chips.last).to_have_text("State is Not active")
    assert not partners.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_without_script_filters_are_text_fields_and_a_button(partners: Page, live_server: Any) -> None:
    context = partners.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    context.add_cookies(partners.context.cookies())  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{live_server.url}{LIST}?country=IE")
    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_label("Country", exact=True).fill("FR")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**country=FR**")
    found = names(page)
    context.close()
    assert found == ["Kettle", "Quill"]


def test_days_are_chosen_in_the_calendar_by_keyboard_and_mouse(partners: Page, live_server: Any) -> None:
    actions = f"{live_server.url}/p/1000/transactions/actions/?q=none&start_date=2026-03-01&end_date=2026-03-31"
    partners.goto(actions)
    partners.get_by_role("button", name="1 Mar 2026 – 31 Mar 2026").press("Enter")
    partners.get_by_role("gridcell", name="Tuesday 31 March 2026").focus()
    for key in ("PageUp", "Home", "ArrowUp", "ArrowRight", "Enter", "ArrowDown", "Enter"):
        partners.keyboard.press(key)
    expect(partners.get_by_label("From")).to_have_value("2026-02-17")
    expect(partners.get_by_label("To, included")).to_have_value("2026-02-24")
    expect(partners.get_by_role("gridcell", name="Friday 20 February 2026")).to_have_attribute("aria-selected", "true")
    partners.get_by_role("button", name="Next month").click()
    partners.get_by_role("gridcell", name="Monday 30 March 2026").click()
    partners.get_by_role(
        "gridcell", name="Sunday 1 March 2026", exact=True
    ).click()  # before the start: it is one itself
    partners.get_by_role("gridcell", name="Monday 2 March 2026").click()
    partners.get_by_role("button", name="Apply").click()
    expect(partners.get_by_role("button", name="1 Mar 2026 – 2 Mar 2026")).to_be_visible()
    assert partners.url.endswith("?q=none&start_date=2026-03-01&end_date=2026-03-02")
    expect(partners.locator("#date-range")).to_be_hidden()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_calendar_fits_and_axe_finds_nothing_in_it(partners: Page, live_server: Any, width: int) -> None:
    context = partners.context.browser.new_context(bypass_csp=True, viewport={"width": width, "height": 800})  # type: ignore[union-attr]
    context.add_cookies(partners.context.cookies())  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{live_server.url}/p/1000/transactions/actions/?q=none")
    page.get_by_role("button", name="Any date").click()
    box = page.locator("#date-range").bounding_box()
    found = Axe().run(page)["violations"]
    context.close()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert box["y"] + box["height"] <= 800
    assert [(each["id"], [node["html"][:160] for node in each["nodes"][:2]]) for each in found] == []


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_in_open_filters(partners: Page, live_server: Any, width: int) -> None:
    context = partners.context.browser.new_context(bypass_csp=True, viewport={"width": width, "height": 800})  # type: ignore[union-attr]
    context.add_cookies(partners.context.cookies())  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{live_server.url}{LIST}?country=IE")
    if width == 390:
        page.locator("summary", has_text="Filters (1)").click()
    page.get_by_role("button", name="Filter", exact=True).click()
    field(page, "Group").press("ArrowDown")
    expect(options(page)).to_have_count(2)
    found = Axe().run(page)["violations"]
    context.close()
    assert [(each["id"], [node["html"][:160] for node in each["nodes"][:2]]) for each in found] == []


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_on_a_phone_a_list_is_sorted_by_keyboard_from_a_menu_of_its_heads(
    partners: Page, script: bool, browser: Browser
) -> None:
    context = browser.new_context(
        storage_state=partners.context.storage_state(),
        java_script_enabled=script,
        viewport={"width": 390, "height": 844},
    )
    page = context.new_page()
    page.goto(partners.url)
    button = page.get_by_role("button", name="Sort: Partner ascending")
    button.focus()
    page.keyboard.press("Enter")
    menu = page.get_by_role("navigation", name="Sort by")
    expect(menu).to_be_visible()
    page.keyboard.press("Tab")
    expect(menu.get_by_role("link", name="Partner", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/partners/?sort=-name")
    expect(page.get_by_role("button", name="Sort: Partner descending")).to_be_visible()
    assert names(page)[0] == "Quill"
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(page.locator(".sort-menu")).to_be_hidden()
    context.close()
