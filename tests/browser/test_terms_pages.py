"""Terms made, filled and ranked in a browser: by mouse, and by keyboard alone."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from contracts.drafts.rows import add_payout_group
from contracts.drafts.template_terms import add_event_payout, create_template_terms
from contracts.models import Contract, PayoutGroup
from program.models import EventType
from tests.contracts.addresses import NEW

pytestmark = pytest.mark.django_db(transaction=True)


def ranks(page: Page) -> list[str]:
    return page.locator("#payout-groups li[data-name]").evaluate_all("rows => rows.map(row => row.dataset.name)")


def test_by_mouse_terms_are_made_filled_and_ranked(terms_page: Page, settled: Callable[[Page], None]) -> None:
    page = terms_page
    page.get_by_role("link", name="Create Template Term").first.click()
    page.get_by_label("Name").fill("Standard")
    page.get_by_label("Payout", exact=True).fill("10")
    page.get_by_role("button", name="Create draft").click()
    page.wait_for_url("**/template-terms/*/?event=*")
    for name, status, rate in (("Existing customers", "Existing", "5"), ("New customers", "New", "15")):
        page.get_by_role("link", name="Add payout group").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_label("Payout", exact=True)).to_be_focused()
        dialog.get_by_label("Payout", exact=True).fill(rate)
        dialog.get_by_label("Values").fill(status)
        dialog.get_by_text("More", exact=True).click()
        dialog.get_by_label("Name").fill(name)
        dialog.get_by_role("button", name="Save payout group").dblclick()
        expect(dialog).to_be_hidden()
        expect(page.locator("#payout-groups")).to_contain_text(name)
        settled(page)
    expect(page.locator("#summary")).to_contain_text("Customer Status is New")
    handle = page.get_by_role("button", name="Move New customers")
    handle.hover()  # the page is moved until the bar at its foot is not before it
    box, top = handle.bounding_box(), page.locator("#payout-groups li").first.bounding_box()
    assert box
    assert top
    page.mouse.move(box["x"] + 8, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 8, top["y"] + 20, steps=8)
    page.mouse.move(box["x"] + 8, top["y"] + 6, steps=8)
    with page.expect_response("**/reorder/"):
        page.mouse.up()
    expect(page.get_by_role("button", name="Move New customers, rank 1 of 2")).to_be_visible()
    assert list(PayoutGroup.objects.values_list("name", flat=True)) == ["New customers", "Existing customers"]
    with page.expect_response("**/reorder/"):
        page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Move New customers, rank 2 of 2")).to_be_focused()
    settled(page)
    with page.expect_response("**/reorder/"):
        press(page, "Alt+ArrowUp")
    page.get_by_role("link", name="Review and publish").click()
    page.get_by_role("button", name="Choose a day").click()
    day = page.locator("date-calendar [aria-current=date]")
    today = day.get_attribute("data-day")
    day.click()
    expect(page.get_by_label("Start date")).to_have_value(str(today))
    expect(page.get_by_label("Start date")).to_be_focused()
    page.get_by_label("Those I choose").check()
    page.get_by_label("Find a partner").fill("anvil")
    page.get_by_role("option", name="Anvil Blog").click()
    expect(page.get_by_role("checkbox", name="Anvil Blog")).to_be_checked()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Publish version 1").dblclick()
    expect(page.get_by_role("heading", name="Standard, version 1")).to_be_visible()
    assert [contract.partner.name for contract in Contract.objects.all()] == ["Anvil Blog"]


def press(page: Page, keys: str, times: int = 1) -> None:
    for _ in range(times):
        page.keyboard.press(keys)


def to(page: Page, selector: str, keys: str = "Tab") -> None:
    """Press Tab until the focus is on what the selector names."""
    for _ in range(80):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press(keys)
    raise AssertionError(f"Tab never came to {selector}")


def test_by_keyboard_alone_terms_are_made_filled_and_ranked(terms_page: Page, settled: Callable[[Page], None]) -> None:
    page = terms_page
    to(page, ".page-actions a[href$='/new/']")
    press(page, "Enter")
    page.wait_for_url("**/new/")
    to(page, "[name=name]")
    page.keyboard.type("Standard")
    to(page, "[name=value]")
    page.keyboard.type("10")
    press(page, "Enter")
    page.wait_for_url("**/template-terms/*/?event=*")
    for name, status, rate in (("Existing", "Existing", "5"), ("New", "New", "15")):
        to(page, "#payout-groups-add")
        press(page, "Enter")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.type(rate)
        to(page, "row-editor [name=values]")
        page.keyboard.type(status)
        to(page, "row-editor details.advanced > summary")
        press(page, "Enter")
        to(page, "row-editor [name=name]")
        page.keyboard.type(name)
        press(page, "Enter")
        expect(page.get_by_role("dialog")).to_be_hidden()
        expect(page.locator("#payout-groups")).to_contain_text(f"Customer Status is {status}")
        settled(page)
    to(page, "#payout-groups [name=row]")
    press(page, "Space")
    press(page, "Enter")  # which switches nothing off
    page.wait_for_timeout(300)
    assert PayoutGroup.objects.filter(is_active=True).count() == 2
    press(page, "Space")
    to(page, "[data-handle][aria-label^='Move New']")
    with page.expect_response("**/reorder/"):
        press(page, "Alt+ArrowUp")
    expect(page.get_by_role("button", name="Move New, rank 1 of 2")).to_be_focused()
    assert ranks(page) == ["New", "Existing"]
    expect(page.locator("#announcer")).to_have_text("New moved to 1 of 2.")
    assert list(PayoutGroup.objects.values_list("name", flat=True)) == ["New", "Existing"]


def test_enter_makes_a_chip_of_a_code_and_saving_asks_to_put_it_in_force(
    terms_page: Page, settled: Callable[[Page], None]
) -> None:
    page = terms_page
    address = page.url.partition("contracts/")[0] + f"settings/event-types/{EventType.objects.get().pk}/"
    page.goto(f"{address}customer-status-mapping/")
    page.get_by_role("switch").check()
    page.get_by_label("Add codes for New").fill("n, neu")
    press(page, "Enter")
    settled(page)
    expect(page.get_by_label("Add codes for New")).to_be_focused()
    page.get_by_role("button", name="Remove n from New").click()
    settled(page)
    expect(page.get_by_role("button", name="Remove neu from New")).to_be_visible()
    expect(page.get_by_label("Add codes for New")).to_be_focused()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("Before the mapping changes")


def test_a_tag_rule_begins_at_belongs_to_and_a_row_says_what_is_worth_a_second_look(
    terms_page: Page, settled: Callable[[Page], None], brand: Any
) -> None:
    page = terms_page
    terms = create_template_terms(program=brand, name="Standard")
    payout = add_event_payout(template_terms=terms, event_type=EventType.objects.get(), payout_rate=Decimal(10))
    for name, rate in (("New", 15), ("New again", 150)):
        add_payout_group(event_payout=payout, rules=[NEW], name=name, payout_rate=Decimal(rate))
    page.goto(page.url + f"{terms.pk}/")
    row = page.locator("#payout-groups li[data-name='New again']")
    expect(row).to_contain_text("150% is more than the whole sale amount")
    expect(row).to_contain_text("Can never win: New, above")
    page.get_by_role("link", name="Add payout group").click()
    dialog = page.get_by_role("dialog")
    for variable, operator in (("customer tag", "BELONGS_TO"), ("order tot", "GTE"), ("customer tag", "BELONGS_TO")):
        dialog.get_by_label("Variable").fill(variable)
        dialog.locator(".combo-list [role=option]").first.click()
        expect(dialog.get_by_label("Operator")).to_have_value(operator)
    dialog.get_by_label("Values").fill("VPI")
    dialog.get_by_label("Payout", exact=True).fill("20%")
    dialog.get_by_role("button", name="Save payout group").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("#payout-groups").get_by_text("“VPI” is not a customer tag.")).to_be_visible()
    expect(page.locator("#payout-groups li[data-name]").nth(2)).to_contain_text("20%")


@pytest.mark.parametrize("width", [1280, 390])
def test_impressions_are_switched_on_with_a_window_of_their_own(terms_page: Page, brand: Any, width: int) -> None:
    page = terms_page
    page.set_viewport_size({"width": width, "height": 900})
    terms = create_template_terms(program=brand, name="Standard", currency="GBP")
    payout = add_event_payout(
        template_terms=terms, event_type=EventType.objects.get(), payout_level="ORDER", payout_rate=Decimal(10)
    )
    page.goto(f"{page.url}{terms.pk}/")
    windows, hours = page.locator("#windows"), page.get_by_label("Window of impressions", exact=True)
    page.locator("#credit > summary").click()
    expect(windows).to_contain_text("clicks since")
    expect(hours).to_be_hidden()
    page.get_by_label("Allow referrals from impressions").check()
    hours.fill("36")
    page.get_by_label("Days or hours of impressions").select_option("hours")
    expect(windows).to_contain_text("or impressions since")
    page.get_by_label("Window of clicks", exact=True).fill("401")
    expect(page.locator("#credit-problems")).to_contain_text(
        "Window of clicks: Enter a whole number from 1 to 400 days."
    )
    page.get_by_label("Window of clicks", exact=True).fill("7")
    page.locator("[name=credit_policy]").select_option("first referrer")
    expect(page.locator("#summary")).to_contain_text("clicks within 7 days and impressions within 36 hours")
    expect(page.locator("#credit-line")).to_have_text(
        "first referrer · clicks within 7 days and impressions within 36 hours"
    )
    payout.refresh_from_db()
    assert payout.sections["CreditPolicy"] == "FIRST_REFERRER"


def test_a_row_moved_while_an_order_is_on_its_way_is_moved_after_it(
    terms_page: Page, settled: Callable[[Page], None], brand: Any
) -> None:
    page = terms_page
    terms = create_template_terms(program=brand, name="Standard")
    payout = add_event_payout(template_terms=terms, event_type=EventType.objects.get(), payout_rate=Decimal(10))
    for name in "ABCDE":
        add_payout_group(event_payout=payout, rules=[NEW], name=name, payout_rate=Decimal(15))
    page.goto(page.url + f"{terms.pk}/")
    sent: list[str] = []

    def slowly(route: Any) -> None:
        sent.append(route.request.url)
        page.wait_for_timeout(400)
        route.continue_()

    page.route("**/reorder/", slowly)
    handle = page.get_by_role("button", name="Move A, rank 1 of 5")
    handle.focus()
    press(page, "Alt+ArrowDown", times=3)
    moved = page.get_by_role("button", name="Move A, rank 4 of 5")
    expect(moved).to_be_focused()
    settled(page)
    assert ranks(page) == ["B", "C", "D", "A", "E"]
    assert list(PayoutGroup.objects.order_by("rank").values_list("name", flat=True)) == ["B", "C", "D", "A", "E"]
    assert len(sent) == 2
    expect(page.locator("#announcer")).to_have_text("A moved to 4 of 5.")
    press(page, "Alt+ArrowUp")
    PayoutGroup.objects.filter(name="E").delete()  # somebody else changes the list before the order comes in
    press(page, "Alt+ArrowUp")
    expect(page.locator("#payout-groups")).to_contain_text("Someone else changed this list meanwhile.")
    settled(page)
    assert ranks(page) == ["B", "C", "D", "A"]
    assert len(sent) == 3
