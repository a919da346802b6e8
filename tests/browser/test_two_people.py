"""Two people, and one person in two tabs: what the second sees, after log-out and after log-in elsewhere, too."""

import os
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from contracts.drafts.rows import add_payout_group
from contracts.drafts.template_terms import add_event_payout, create_template_terms
from tests.contracts.addresses import NEW
from tests.factories import make_event_type, make_partner

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def draft(brand: Any) -> Any:
    """A draft with one payout group of 15 %."""
    sale = make_event_type(program=brand)
    terms = create_template_terms(program=brand, name="Standard")
    payout = add_event_payout(template_terms=terms, event_type=sale, payout_rate=Decimal(10))
    add_payout_group(event_payout=payout, rules=[NEW], name="New people", payout_rate=Decimal(15))
    return terms


def log_in(page: Page, url: str, name: str, at: str) -> None:
    page.goto(f"{url}/log-in/?next={at}")
    page.locator("[name=username]").fill(name)
    page.locator("[name=password]").fill("anvil")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{url}{at}")


def picture(page: Page, name: str) -> None:
    """Keep a picture of it at both widths, if PICTURES names a folder."""
    if folder := os.environ.get("PICTURES"):
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 900})


def open_group(page: Page, url: str, name: str, at: str) -> None:
    log_in(page, url, name, at)
    page.get_by_role("link", name="New people").click()
    expect(page.locator("row-editor")).to_be_visible()


def test_the_second_editor_of_a_payout_group_sees_both_values_and_decides(
    browser: Browser, live_server: Any, alice: Any, erin: Any, draft: Any, settled: Callable[[Page], None]
) -> None:
    at = reverse("contracts:terms_edit", args=[1000, draft.pk])
    first, second = (browser.new_context().new_page() for _ in range(2))
    open_group(first, live_server.url, "alice", at)
    open_group(second, live_server.url, "erin", at)
    first.locator("row-editor").get_by_label("Payout", exact=True).fill("20")
    first.locator("row-editor").get_by_role("button", name="Save payout group").click()
    expect(first.locator("#payout-groups")).to_contain_text("20%")

    dialog = second.locator("row-editor")
    dialog.get_by_label("Payout", exact=True).fill("1500")
    dialog.get_by_role("button", name="Save payout group").click()
    expect(dialog).to_contain_text("Someone else changed this after you opened it.")
    expect(dialog).to_contain_text("Stored now: 20")
    expect(dialog).to_contain_text("You typed: 1500")
    expect(dialog.get_by_label("Payout", exact=True)).to_have_value("1500")
    picture(second, "conflict-dialog")
    group = draft.event_payouts.get().payout_groups.get()
    assert group.payout_rate == 20

    settled(second)
    dialog.get_by_role("link", name="load what is stored").click()
    expect(dialog.get_by_label("Payout", exact=True)).to_have_value("20")
    dialog.get_by_label("Payout", exact=True).fill("16")
    settled(second)
    dialog.get_by_role("button", name="Save payout group").click()
    expect(second.locator("#payout-groups")).to_contain_text("16%")


def test_the_second_editor_of_a_partner_may_save_all_the_same(
    browser: Browser, live_server: Any, alice: Any, erin: Any, brand: Any
) -> None:
    partner = make_partner(program=brand, media_partner_id="P-1", name="Kettle")
    at = reverse("program:partner_edit", args=[1000, partner.pk])
    first, second = (browser.new_context().new_page() for _ in range(2))
    for page, name in ((first, "alice"), (second, "erin")):
        log_in(page, live_server.url, name, at)
    first.get_by_label("Name").fill("Kettle & Co")
    first.get_by_role("button", name="Save").click()
    expect(first.get_by_role("heading", name="Kettle & Co")).to_be_visible()
    second.get_by_label("Country").fill("GB")
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_role("alert")).to_contain_text("Stored now: Kettle & Co")
    picture(second, "conflict-page")
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_role("heading", name="Kettle", exact=True)).to_be_visible()


def test_after_log_out_the_way_back_leads_to_the_log_in_page(page: Page, live_server: Any, erin: Any) -> None:
    make_partner(program=erin.membership_set.get().account.program_set.get(), name="Secret partner")
    log_in(page, live_server.url, "erin", "/p/1000/partners/")
    expect(page.get_by_text("Secret partner")).to_be_visible()
    page.locator("[popovertarget=user-menu]").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    for _ in range(2):
        page.go_back()
        expect(page.get_by_text("Secret partner")).to_have_count(0)
    assert "log-in" in page.url


def test_after_log_in_in_another_tab_a_click_says_to_reload_and_a_form_keeps_its_words(
    browser: Browser, live_server: Any, erin: Any, draft: Any
) -> None:
    context = browser.new_context()
    old, form = context.new_page(), context.new_page()
    at = reverse("contracts:terms_edit", args=[1000, draft.pk])
    open_group(old, live_server.url, "erin", at)
    form.goto(f"{live_server.url}/p/1000/partners/new/")
    form.get_by_label("Name").fill("Kettle & Co")
    form.get_by_label("Partner id").fill("P-9")
    tab = context.new_page()
    tab.goto(f"{live_server.url}/p/1000/partners/")
    tab.locator("[popovertarget=user-menu]").click()
    tab.get_by_role("button", name="Log out").click()
    log_in(tab, live_server.url, "erin", "/p/1000/partners/")

    old.locator("row-editor").get_by_label("Payout", exact=True).fill("22")
    old.locator("row-editor").get_by_role("button", name="Save payout group").click()
    expect(old.locator("#toasts")).to_contain_text("reload the page")
    expect(old.locator("[data-toast]")).to_have_count(1)
    expect(old.locator("row-editor").get_by_label("Payout", exact=True)).to_have_value("22")
    picture(old, "logged-in-again-click")

    form.get_by_role("button", name="Create partner").click()
    expect(form.get_by_text("So nothing was saved. What you typed is kept here.")).to_be_visible()
    picture(form, "logged-in-again-form")
    form.get_by_role("button", name="Send it again").click()
    expect(form.get_by_role("heading", name="Kettle & Co")).to_be_visible()
