"""Rows of terms in a browser: conditions built by mouse, with completion, as text and by keyboard alone, in the row's
place; an order tried beside.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from contracts.drafts.rows import add_payout_group
from contracts.drafts.template_terms import add_event_payout, create_template_terms
from contracts.models import EventPayout, PayoutGroup, PayoutRestriction
from program.models import ReceivedValue
from tests.browser.console import is_unexpected
from tests.contracts.addresses import NEW
from tests.factories import make_event_type

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def draft(brand: Any) -> EventPayout:
    """10% of an order, New 15%; orders came with the categories Hampers and Cards."""
    sale = make_event_type(program=brand, code="SALE", name="Online sale")
    terms = create_template_terms(program=brand, name="Standard", currency="GBP")
    payout = add_event_payout(template_terms=terms, event_type=sale, payout_rate=Decimal(10))
    add_payout_group(event_payout=payout, rules=[NEW], name="New people", payout_rate=Decimal(15))
    for value, orders in (("Hampers", 7), ("Cards, Gifts", 2)):
        ReceivedValue.objects.create(
            program=brand,
            event_type=sale,
            variable="ITEM_CATEGORY",
            value=value,
            day=timezone.localdate(),
            orders=orders,
        )
    return payout


@pytest.fixture
def draft_page(
    page: Page, live_server: Any, alice: Any, client_of: Callable[[Any], Any], draft: EventPayout
) -> Iterator[Page]:
    """The page of the draft; fails on any script error."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if is_unexpected(message) else None)
    session = client_of(alice).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/p/1000/contracts/template-terms/{draft.template_terms_id}/")
    yield page
    assert errors == []


def test_by_mouse_a_condition_is_built_with_what_was_received_and_goes_to_text_and_back(
    draft_page: Page, settled: Callable[[Page], None]
) -> None:
    page = draft_page
    page.get_by_role("link", name="Add payout group").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Remove this rule").click()
    dialog.locator("[data-add-rule]").click()
    variable = dialog.get_by_label("Variable")
    expect(variable).to_be_focused()
    expect(dialog.get_by_role("option", name="Customer Status")).to_be_visible()  # in these terms
    variable.fill("categ")
    dialog.get_by_role("option", name="Item Category").first.click()
    dialog.get_by_label("Values").click()
    dialog.get_by_role("option", name="Cards, Gifts").click()
    dialog.get_by_label("Values").click()
    expect(dialog.get_by_role("option", name="Hampers")).to_contain_text("7 orders, last")
    dialog.get_by_role("option", name="Hampers").click()
    expect(dialog.locator(".rule-words")).to_contain_text("Item Category is Cards, Gifts or Hampers")
    dialog.get_by_role("button", name="Type or paste as text").click()
    text = dialog.get_by_label("Rules as text")
    expect(text).to_have_value('[Item Category is "Cards, Gifts", Hampers]')
    text.press("Control+End")
    text.press_sequentially(" AND [Order Tot")
    dialog.get_by_role("option", name="Order Total").click()
    text.press_sequentially("> 20] AND [No Such Feld is 1]")
    expect(dialog.locator(".rule-words")).to_contain_text("“No Such Feld” is not a rule field")
    dialog.get_by_role("button", name="Back to rows").click()
    settled(page)
    expect(text).to_be_visible()  # nothing is lost while it cannot be read
    text.fill('[Item Category is "Cards, Gifts", Hamperz] AND [Order Total > 20]')
    expect(dialog.locator(".rule-words")).to_contain_text("did you mean Hampers?")
    dialog.get_by_role("button", name="Back to rows").click()
    expect(dialog.get_by_label("Values").nth(1)).to_have_value("20")
    dialog.get_by_label("Values").first.fill('"Cards, Gifts", Hampers')
    dialog.get_by_label("Payout", exact=True).fill("20")
    dialog.get_by_role("button", name="Save payout group").click()
    expect(dialog).to_be_hidden()
    assert PayoutGroup.objects.get(rank=2).rules == [
        {"Variable": "ITEM_CATEGORY", "Operator": "IS", "Values": ["Cards, Gifts", "Hampers"]},
        {"Variable": "ORDER_TOTAL", "Operator": "GT", "Values": ["20"]},
    ]


def test_by_keyboard_alone_a_restriction_is_begun_from_a_preset_left_and_saved(
    draft_page: Page, settled: Callable[[Page], None]
) -> None:
    page = draft_page
    page.locator("#payout-restrictions summary").focus()
    page.keyboard.press("Enter")
    preset = page.get_by_role("link", name="Geography")
    preset.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    variable = dialog.get_by_label("Variable")
    expect(variable).to_have_value("Customer Country/Region")
    expect(dialog.get_by_role("button", name="the shipping address")).to_have_attribute("aria-pressed", "true")
    dialog.get_by_label("Values").focus()
    page.keyboard.type("germ")
    expect(dialog.get_by_role("option", name="Germany")).to_be_visible()
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("Values")).to_have_value("Germany, ")
    page.keyboard.press("Escape")
    expect(dialog.get_by_text("Discard what you typed?")).to_be_visible()
    expect(dialog.get_by_role("button", name="Keep typing")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("Values")).to_be_focused()
    clicked = dialog.get_by_role("button", name="where the link was clicked")
    clicked.focus()
    page.keyboard.press("Space")
    expect(variable).to_have_value("Referral Derived Country/Region")
    dialog.get_by_label("Values").focus()
    page.keyboard.press("Control+Enter")
    expect(dialog).to_be_hidden()
    rules = PayoutRestriction.objects.get().rules
    assert rules == [{"Variable": "REFERRAL_DERIVED_COUNTRY", "Operator": "IS", "Values": ["Germany"]}]
    settled(page)
    page.get_by_role("link", name="New people").focus()
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_an_order_is_tried_beside_the_list_and_priced_again_when_the_draft_changes(
    draft_page: Page, settled: Callable[[Page], None]
) -> None:
    page = draft_page
    side = page.locator("#try")
    side.get_by_label("Customer Status").fill("New")
    expect(side.locator("#try-result")).to_contain_text("Payout£15.00")
    expect(page.locator("#payout-groups li[data-name='New people']")).to_have_class("ranked-row is-won")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Actions for New people").click()
    page.get_by_role("button", name="Switch off").click()
    expect(side.locator("#try-result")).to_contain_text("Payout£10.00")
    expect(side.get_by_label("Customer Status")).to_have_count(0)


def test_a_payout_that_is_none_stays_in_the_bar_of_the_selected_rows(
    draft_page: Page, draft: EventPayout, settled: Callable[[Page], None]
) -> None:
    add_payout_group(event_payout=draft, rules=[], name="Others", payout_rate=Decimal(5))
    page = draft_page
    page.reload()
    page.get_by_label("Select New people").check()
    value = page.get_by_label("Payout, or points")
    value.fill("abc")
    page.get_by_role("button", name="Change payout").click()
    refusal = page.locator("[data-bulk]").get_by_role("alert").filter(has_text="a number such as 7.5")
    expect(refusal).to_be_visible()
    expect(value).to_be_focused()
    expect(value).to_have_value("abc")
    expect(page.get_by_label("Select New people")).to_be_checked()
    page.keyboard.type("7.5")
    expect(refusal).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator("#payout-groups li[data-name='New people'] .ranked-pay")).to_have_text("7.5%")
    settled(page)


def test_on_a_narrow_screen_the_side_is_a_drawer(draft_page: Page, settled: Callable[[Page], None]) -> None:
    page = draft_page
    page.set_viewport_size({"width": 1100, "height": 800})
    side = page.locator("#side")
    expect(side).to_be_hidden()
    page.get_by_role("button", name="Try an order").click()
    expect(side.get_by_label("Customer Status")).to_be_visible()
    side.get_by_text("Changes", exact=True).click()
    expect(side.get_by_text("There is no version to compare with")).to_be_visible()
    side.get_by_role("button", name="Close").click()
    expect(side).to_be_hidden()
    settled(page)


def test_enter_before_the_list_has_answered_takes_what_it_finds_and_sends_nothing(draft_page: Page) -> None:
    page = draft_page

    def slowly(route: Any) -> None:
        page.wait_for_timeout(400)
        route.continue_()

    page.route("**/values/**", slowly)
    page.get_by_role("link", name="New people").click()
    values = page.get_by_role("dialog").get_by_label("Values")
    values.fill("")
    values.press_sequentially("exis")
    values.press("Enter")
    expect(values).to_have_value("Existing, ")
    values.press("Enter")
    expect(page.locator("#payout-groups")).to_contain_text("Customer Status is Existing")


def test_a_row_opens_in_its_place_one_at_a_time_and_what_was_typed_is_asked_about(
    draft_page: Page, draft: EventPayout, settled: Callable[[Page], None]
) -> None:
    page = draft_page
    add_payout_group(event_payout=draft, rules=[], name="Everybody", payout_rate=Decimal(5))
    page.reload()
    first, second = (page.get_by_role("link", name=name) for name in ("New people", "Everybody"))
    dialog, payout = page.get_by_role("dialog"), page.get_by_role("dialog").get_by_label("Payout", exact=True)
    row = page.locator("#payout-groups li[data-name='New people']")
    first.click()
    expect(row.get_by_role("dialog")).to_be_visible()
    expect(payout).to_be_focused()
    second.click()
    expect(dialog).to_have_count(1)
    expect(payout).to_have_value("5")
    settled(page)
    second.click()
    expect(dialog).to_have_count(0)
    expect(second).to_be_focused()
    first.click()
    payout.fill("20")
    leaving = page.get_by_text("Discard what you typed?")
    for other in (second, page.get_by_role("link", name="Add payout group")):
        other.click()
        expect(leaving).to_be_visible()
        page.keyboard.press("Escape")
        expect(leaving).to_be_hidden()
        expect(payout).to_have_value("20")
    page.get_by_role("button", name="Move Everybody").press("Alt+ArrowUp")
    expect(leaving).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#payout-groups li[data-name]").first).to_contain_text("New people")
    page.get_by_role("button", name="Actions for Everybody").click()
    page.get_by_role("button", name="Switch off").click()
    expect(leaving).to_be_visible()
    page.get_by_role("button", name="Discard", exact=True).click()
    expect(dialog).to_have_count(0)
    settled(page)
    assert list(PayoutGroup.objects.values_list("payout_rate", "is_active")) == [(15, True), (5, False)]
    page.get_by_role("link", name="New people").click()
    payout.fill("21")
    payout.press("Control+s")
    expect(page.locator("#payout-groups")).to_contain_text("21%")
    expect(page.get_by_role("link", name="New people")).to_be_focused()
    settled(page)


def test_on_a_narrow_screen_a_row_is_a_sheet_which_keeps_what_was_typed_when_the_screen_is_turned(
    draft_page: Page,
) -> None:
    page = draft_page
    page.set_viewport_size({"width": 844, "height": 390})
    page.get_by_role("link", name="New people").click()
    sheet = page.locator("row-editor > dialog:modal")
    expect(sheet).to_be_visible()
    sheet.get_by_label("Payout", exact=True).fill("20")
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(sheet).to_have_count(0)
    payout = page.get_by_role("dialog").get_by_label("Payout", exact=True)
    expect(payout).to_have_value("20")
    expect(payout).to_be_focused()
    page.set_viewport_size({"width": 390, "height": 844})
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("link", name="New people")).to_be_focused()
