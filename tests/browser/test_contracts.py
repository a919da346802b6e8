"""Contracts in a browser: published after what ends was shown, ended, withdrawn, published again; currency changed."""

import os
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from contracts.agreements.ends import end_contract
from contracts.drafts.template_terms import add_event_payout, create_template_terms
from contracts.models import Contract, TemplateTerms
from contracts.publishing.services import publish_document
from tests.factories import make_event_type, make_partner, terms_document

pytestmark = pytest.mark.django_db(transaction=True)
HOME = "/p/1000/contracts/"


@pytest.fixture
def contracts_page(
    page: Page, live_server: Any, alice: Any, client_of: Callable[[Any], Any], brand: Any
) -> Iterator[Page]:
    """Alice on the list of contracts: three partners under Old, and the draft of Standard, which pays £5.00."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
    sale = make_event_type(program=brand, code="SALE", name="Online sale")
    for name in ("Anvil Blog", "Bellows Weekly", "Crucible Deals"):
        make_partner(program=brand, media_partner_id=f"P-{name[0]}", name=name)
    publish_document(program=brand, document=terms_document(name="Old", rate="8"), join="all")
    terms = create_template_terms(program=brand, name="Standard")
    add_event_payout(template_terms=terms, event_type=sale, payout=Decimal(5))
    session = client_of(alice).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}{HOME}")
    yield page
    refusals = re.compile(r"status of (409|422) ")
    assert [error for error in errors if not refusals.search(error)] == []


def picture(page: Page, name: str) -> None:
    """Keep a picture at both widths where PICTURES names a folder, and see that nothing lies beside the page."""
    for width, height in ((390, 844), (1280, 800)):
        page.set_viewport_size({"width": width, "height": height})
        # The page is laid out again a moment after the window has its size; what stays too wide runs out of time.
        page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth", timeout=3_000)
        if folder := os.environ.get("PICTURES"):
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page="dialog" not in name, caret="initial")


def tab_to(page: Page, selector: str) -> None:
    page.wait_for_selector(selector, state="attached")
    for _ in range(120):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {selector}")


def enter(page: Page, selector: str) -> None:
    tab_to(page, selector)
    page.keyboard.press("Enter")


def go(page: Page, path: str) -> None:
    page.goto(re.sub(r"/p/1000/.*", HOME + path, page.url))


def test_by_keyboard_alone_contracts_are_replaced_ended_and_withdrawn(
    contracts_page: Page, settled: Callable[[Page], None]
) -> None:
    page = contracts_page
    terms = TemplateTerms.objects.get(name="Standard")
    go(page, f"template-terms/{terms.pk}/publish/")
    tab_to(page, "[name=join]")
    page.keyboard.press("ArrowDown")
    picture(page, "review")
    enter(page, ".page-foot .button-primary")
    expect(page.get_by_role("heading", name="Publish version 1 of Standard?")).to_be_visible()
    expect(page.locator("#counts")).to_contain_text("3 contracts end")
    expect(page.locator("main")).to_contain_text("Bellows Weekly")
    picture(page, "confirm")
    assert Contract.objects.count() == 3
    enter(page, "form .button-primary")
    expect(page.get_by_role("heading", name="Standard, version 1")).to_be_visible()
    assert Contract.objects.active(timezone.now()).filter(terms_version__template_terms=terms).count() == 3

    go(page, f"template-terms/{TemplateTerms.objects.get(name='Old').pk}/join/")
    tab_to(page, "[name=row][value=P-B]")
    page.keyboard.press("Space")
    later = timezone.localdate().replace(year=timezone.localdate().year + 1, day=1)
    page.locator("[name=start]").fill(later.isoformat())
    picture(page, "join")
    enter(page, "form[method=post] .button-primary")
    expect(page.get_by_role("heading", name="Join 1 partner to Old?")).to_be_visible()
    enter(page, "form .button-primary")
    expect(page.get_by_role("heading", name="Contracts")).to_be_visible()
    picture(page, "contracts")

    enter(page, "a[aria-label='Withdraw the contract of Bellows Weekly']")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Standard, version 1 pays for Online sale again without an end.")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    picture(page, "dialog-withdraw")
    enter(page, "#dialog [data-save]")
    expect(page.locator("#toasts")).to_contain_text("is withdrawn")
    assert not Contract.objects.upcoming(timezone.now()).exists()

    go(page, "")
    enter(page, "a[aria-label='End the contract of Crucible Deals']")
    expect(dialog).to_contain_text("No other contract follows")
    expect(page.locator("#dialog [name=end]")).to_be_focused()
    page.locator("#dialog [name=end]").fill("2020-01-01")
    enter(page, "#dialog [data-save]")
    expect(dialog).to_contain_text("cannot be ended before today")
    page.locator("#dialog [name=end]").fill("")
    picture(page, "dialog-end")
    end_contract(contract=Contract.objects.active(timezone.now()).get(partner__name="Crucible Deals"), on=later)
    enter(page, "#dialog [data-save]")
    expect(dialog).to_contain_text("have changed since you opened this")
    picture(page, "dialog-stale")
    enter(page, "#dialog [data-save]")
    expect(page.locator("#toasts")).to_contain_text("ends now")
    assert not Contract.objects.active(timezone.now()).filter(partner__name="Crucible Deals").exists()


def test_an_older_version_is_published_again_and_the_currency_changed(contracts_page: Page, brand: Any) -> None:
    page = contracts_page
    publish_document(program=brand, document=terms_document(name="Old", rate="9"))
    old = TemplateTerms.objects.get(name="Old")
    go(page, f"versions/{old.versions.get(number=1).pk}/")
    page.get_by_role("link", name="Publish again").click()
    expect(page.get_by_role("heading", name="Publish version 1 again")).to_be_visible()
    picture(page, "again")
    page.get_by_label("Comment").fill("As it was")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_label("Comment")).to_have_value("As it was")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Publish version 3").click()
    expect(page.get_by_role("heading", name="Old, version 3")).to_be_visible()

    terms = TemplateTerms.objects.get(name="Standard")
    go(page, f"template-terms/{terms.pk}/")
    page.locator("summary[aria-label='Change name, labels and currency']").click()
    page.get_by_label("Currency", exact=True).fill("US dollar")
    page.get_by_role("option", name="USD").click()
    page.get_by_role("button", name="Save name and currency").click()
    expect(page.get_by_role("heading", name="Change GBP to USD?")).to_be_visible()
    expect(page.locator("main")).to_contain_text("£5.00")
    expect(page.locator("main")).to_contain_text("$5.00")
    picture(page, "currency")
    page.get_by_role("button", name="Change the currency").click()
    page.wait_for_url("**/template-terms/*/")
    terms.refresh_from_db()
    assert terms.currency == "USD"
