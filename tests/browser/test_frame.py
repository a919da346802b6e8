"""The frame and its elements by mouse, by keyboard and on a phone, without one violation of the content policy."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = [pytest.mark.urls("tests.browser.frame_urls"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def frame(page: Page, live_server: Any, alice: Any, client_of: Callable[[Any], Any]) -> Iterator[Page]:
    """Alice on a page of program 1000 that shows every component. Fails on any error of the page or its console."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
    session = client_of(alice).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/p/1000/frame/")
    yield page
    assert errors == []


def scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def test_the_frame_names_the_program_its_zone_and_its_currency(frame: Page) -> None:
    assert frame.get_by_role("button", name="Program: Anvils").is_visible()
    assert frame.get_by_text("Europe/London · GBP").is_visible()


def test_the_collapsed_navigation_stays_collapsed_on_the_next_page(frame: Page) -> None:
    frame.locator("[data-nav-toggle]").click()
    frame.reload()
    assert frame.locator("#nav").bounding_box()["width"] == 56
    frame.locator("[data-nav-toggle]").click()
    assert frame.locator("#nav").bounding_box()["width"] == 232


def test_the_chosen_theme_stays_on_the_next_page(frame: Page) -> None:
    frame.get_by_role("button", name="user menu").click()
    frame.get_by_role("radio", name="Dark").check()
    frame.reload()
    assert frame.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
    frame.get_by_role("button", name="user menu").click()
    frame.get_by_role("radio", name="System").check()
    frame.reload()
    assert frame.evaluate("document.documentElement.dataset.theme") is None


def test_the_user_menu_logs_out(frame: Page) -> None:
    frame.get_by_role("button", name="user menu").click()
    frame.get_by_role("button", name="Log out").click()
    assert frame.get_by_role("heading", name="Log in").is_visible()


def test_the_first_tab_leads_past_the_navigation(frame: Page) -> None:
    frame.keyboard.press("Tab")
    frame.keyboard.press("Enter")
    assert frame.evaluate("document.activeElement.id") == "content"


def test_on_a_phone_the_navigation_is_a_sheet_and_nothing_scrolls_sideways(frame: Page) -> None:
    frame.set_viewport_size({"width": 390, "height": 844})
    assert not scrolls_sideways(frame)
    assert not frame.locator("#nav").is_visible()
    frame.get_by_role("button", name="Navigation").click()
    assert frame.locator("#nav").is_visible()
    frame.keyboard.press("Escape")
    assert not frame.locator("#nav").is_visible()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_nothing(browser: Browser, frame: Page, scheme: Any, width: int) -> None:
    # axe is a script put into the page, which the content policy rightly refuses: only here it is switched off.
    context = browser.new_context(
        bypass_csp=True,
        color_scheme=scheme,
        viewport={"width": width, "height": 844},
        storage_state=frame.context.storage_state(),
    )
    page = context.new_page()
    page.goto(frame.url)
    found = Axe().run(page)["violations"]
    context.close()
    assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []


def test_nothing_scrolls_sideways_on_a_small_laptop(frame: Page) -> None:
    frame.set_viewport_size({"width": 1280, "height": 800})
    assert not scrolls_sideways(frame)


def test_a_dialog_asks_opens_by_keyboard_and_gives_the_focus_back(frame: Page) -> None:
    button = frame.get_by_role("button", name="Delete…")
    button.focus()
    frame.keyboard.press("Enter")
    assert frame.get_by_role("dialog", name="Delete this group?").is_visible()
    frame.keyboard.press("Escape")
    assert frame.evaluate("document.activeElement.dataset.opens") == "sample-confirm"


def test_a_wrong_password_is_said_in_the_page(page: Page, live_server: Any, alice: Any) -> None:
    page.goto(f"{live_server.url}/log-in/")
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill("not hers")
    page.get_by_role("button", name="Log in").click()
    assert "Incorrect username or password" in page.get_by_role("alert").inner_text()


def test_a_page_of_another_brand_says_that_there_is_none(frame: Page, live_server: Any, charlie: Any) -> None:
    answer = frame.request.get(f"{live_server.url}/p/2000/frame/")
    assert answer.status == 404
    assert "Page not found" in answer.text()


def ranking(page: Page) -> list[str]:
    return page.locator("#sample-groups h3").all_inner_texts()


FIRST, SECOND, THIRD, REST = "New customers, big basket", "New customers", "Re-Engaged customers", "All other orders"


def test_alt_and_arrow_moves_a_group_keeps_the_focus_and_says_so(frame: Page) -> None:
    frame.get_by_role("button", name=f"Move {FIRST}", exact=True).focus()
    frame.keyboard.press("Alt+ArrowDown")
    assert ranking(frame) == [SECOND, FIRST, THIRD, REST]
    assert frame.evaluate("document.activeElement.id") == "sample-handle-1"
    expect(frame.locator("#announcer")).to_have_text(f"{FIRST} moved to 2 of 3.")


def test_nothing_moves_past_all_other_orders(frame: Page) -> None:
    frame.get_by_role("button", name=f"Move {FIRST}", exact=True).focus()
    frame.keyboard.press("Alt+End")
    frame.keyboard.press("Alt+ArrowDown")
    assert ranking(frame) == [SECOND, THIRD, FIRST, REST]


def test_a_group_is_dragged_by_its_handle(frame: Page) -> None:
    frame.locator("#sample-groups").scroll_into_view_if_needed()
    grip = frame.locator("#sample-handle-3").bounding_box()
    goal = frame.locator("#sample-handle-1").bounding_box()
    frame.mouse.move(grip["x"] + 8, grip["y"] + 8)
    frame.mouse.down()
    for below in (40, 4, -4, -5):
        frame.mouse.move(goal["x"] + 8, goal["y"] + below, steps=8)
        frame.wait_for_timeout(150)  # while rows slide (100 ms), the list takes no other place
    frame.mouse.up()
    expect(frame.locator("#sample-groups h3")).to_have_text([THIRD, FIRST, SECOND, REST])


def test_a_move_button_moves_and_undo_takes_it_back(frame: Page) -> None:
    frame.evaluate("document.addEventListener('reorder', () => (window.reorders = (window.reorders ?? 0) + 1))")
    frame.get_by_role("button", name=f"Move {SECOND} up").click()
    assert ranking(frame) == [SECOND, FIRST, THIRD, REST]
    frame.get_by_role("button", name="Undo").click()
    assert ranking(frame) == [FIRST, SECOND, THIRD, REST]
    assert frame.evaluate("window.reorders") == 2


def choose(page: Page, rule: Locator, typed: str) -> None:
    """Find a variable by typing, and take the one that is found."""
    rule.get_by_label("Variable").fill(typed)
    expect(rule.locator(".combo-list [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")


def test_a_rule_offers_the_operators_of_its_variable(frame: Page) -> None:
    rule = frame.locator("#sample-rules [data-rule]").first
    choose(frame, rule, "order tot")
    operators = rule.get_by_label("Operator").locator("option:not([hidden])").all_inner_texts()
    assert operators == ["≥", "is between", "is present"]
    rule.get_by_label("Operator").select_option("BETWEEN")
    rule.get_by_label("From").fill("10")
    rule.get_by_label("To", exact=True).fill("20")
    assert rule.locator("[name=values]").input_value() == "10, 20"


def test_rules_stay_aligned_when_one_takes_no_value(frame: Page) -> None:
    frame.get_by_role("button", name="Remove this rule").nth(1).click()
    frame.locator("#sample-rules [data-add-rule]").click()
    rules = frame.locator("#sample-rules [data-rule]")
    rules.first.get_by_label("Operator").select_option("IS_PRESENT")
    choose(frame, rules.nth(1), "order tot")
    rules.nth(1).get_by_label("Values").fill("150")
    sent = frame.evaluate(
        """() => {
          const form = document.createElement('form');
          const builder = document.getElementById('sample-rules');
          builder.replaceWith(form); form.append(builder);
          return [...new FormData(form)];
        }"""
    )
    assert sent == [
        ["variable", "CUSTOMER_STATUS"],
        ["operator", "IS_PRESENT"],
        ["values", ""],
        ["variable", "ORDER_TOTAL"],
        ["operator", "GREATER_OR_EQUAL"],
        ["values", "150"],
    ]


def test_the_last_rule_can_be_removed_by_keyboard(frame: Page) -> None:
    frame.get_by_role("button", name="Remove this rule").nth(1).click()
    frame.get_by_role("button", name="Remove this rule").focus()
    frame.keyboard.press("Enter")
    assert frame.locator("#sample-rules [data-rule]").count() == 0
    assert frame.get_by_text("Without a rule it holds for every order.").is_visible()
    assert frame.evaluate("'addRule' in document.activeElement.dataset")


def test_the_chart_follows_metric_and_kind_without_a_reload(frame: Page) -> None:
    chart = frame.locator("#sample-trend")
    expect(chart.locator("svg")).to_be_visible()
    chart.get_by_text("Revenue", exact=True).click()
    expect(chart.get_by_role("heading")).to_have_text("Revenue by day, GBP")
    expect(chart.locator(".legend b").first).to_have_text("£1,234.50")
    chart.get_by_text("Line", exact=True).click()
    expect(chart.locator("svg")).to_be_visible()


def test_a_day_of_the_chart_shows_its_figures(frame: Page) -> None:
    frame.locator("#sample-trend [data-canvas]").scroll_into_view_if_needed()
    frame.locator("#sample-trend [data-canvas]").hover()
    expect(frame.locator(".trend-tip")).to_contain_text("Re-Engaged")


def test_presets_of_the_date_range_keep_the_other_filters(frame: Page) -> None:
    address = frame.url
    frame.goto(f"{address}?partner=7&page=3")
    frame.locator("[popovertarget=date-range]").click()
    frame.get_by_role("link", name="Last 7 days").click()
    expect(frame).to_have_url(f"{address}?partner=7&start_date=2026-11-14&end_date=2026-11-20")


def test_on_a_phone_no_figure_is_broken_over_two_lines(frame: Page) -> None:
    frame.set_viewport_size({"width": 360, "height": 800})
    frame.evaluate("document.querySelector('.stat-value').textContent = '£123,456,789.01'")
    lines = "es => es.map(e => e.offsetHeight / parseFloat(getComputedStyle(e).lineHeight))"
    assert set(frame.locator(".stats .stat-value").evaluate_all(lines)) == {1}
    wide = "es => es.filter(e => e.scrollWidth > e.clientWidth).map(e => e.textContent)"
    assert frame.locator(".stats .stat-value").evaluate_all(wide) == []
    assert not scrolls_sideways(frame)


def test_figures_have_one_width_in_a_font_that_comes_with_the_product(frame: Page) -> None:
    frame.evaluate("document.fonts.ready")
    assert frame.evaluate("document.fonts.check('13px Inter')")
    width = "(e, t) => { e.innerHTML = `<i>${t}</i>`; return e.firstChild.getBoundingClientRect().width; }"
    value = frame.locator(".stat-value").first
    assert value.evaluate(width, "1111") == value.evaluate(width, "8888")


def test_a_message_covers_the_top_bar_alone_and_one_is_shown_at_a_time(frame: Page) -> None:
    say = "document.dispatchEvent(new CustomEvent('messages', {detail: [{message: 'Saved.', tags: 'success'}]}))"
    undoable = "document.dispatchEvent(new CustomEvent('undoable', {detail: {words: 'Moved.', undo() {}, ms: 9000}}))"
    frame.evaluate(undoable)
    frame.evaluate(say)
    shown = frame.locator("#toasts [data-toast]").filter(visible=True)
    expect(shown).to_contain_text("Moved.")
    box = shown.bounding_box()
    assert box["y"] + box["height"] <= frame.locator(".topbar").bounding_box()["height"]
    frame.get_by_role("button", name="Undo").click()
    expect(shown).to_contain_text("Saved.")
