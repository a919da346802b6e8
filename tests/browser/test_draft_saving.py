"""What is typed in a draft saves itself: what is refused, what was saved by somebody else, and what the bar says."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from contracts.drafts.sections import set_sections
from contracts.drafts.template_terms import add_event_payout, create_template_terms
from contracts.engine.document.sections.locking import Locking
from program.models import EventType

pytestmark = pytest.mark.django_db(transaction=True)


def test_no_date_is_shown_for_what_saving_refuses(
    terms_page: Page, settled: Callable[[Page], None], brand: Any
) -> None:
    page = terms_page
    terms = create_template_terms(program=brand, name="Standard")
    add_event_payout(template_terms=terms, event_type=EventType.objects.get(), payout_rate=Decimal(10))
    page.goto(page.url + f"{terms.pk}/")
    page.locator("#schedule > summary").click()
    page.get_by_label("Months to lock").fill("1")
    expect(page.locator("#dates .dates")).to_be_visible()
    page.get_by_label("Days to lock").fill("28")
    problems = page.locator("#schedule-problems")
    expect(problems).to_contain_text("Days to lock: Must be at most 27 where months are counted")
    expect(page.locator("#dates .dates")).to_be_hidden()
    expect(page.locator("draft-bar")).to_contain_text("1 part is not saved: Locking and payment")
    page.get_by_label("Days to lock").fill("27")
    expect(page.locator("#dates .dates")).to_be_visible()
    expect(problems).to_be_hidden()
    expect(page.locator("draft-bar")).to_contain_text("Saved")
    page.locator("draft-bar").get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Days to lock")).not_to_have_value("27")
    expect(page.locator("#schedule-line")).not_to_contain_text("27 days")


def test_review_and_publish_saves_what_was_typed_first(terms_page: Page, brand: Any) -> None:
    page = terms_page
    terms = create_template_terms(program=brand, name="Standard")
    add_event_payout(template_terms=terms, event_type=EventType.objects.get(), payout_rate=Decimal(10))
    page.goto(f"{page.url}{terms.pk}/")
    rate, review = page.locator("#default_value"), "Review and publish"
    rate.fill("12.5")
    page.get_by_role("link", name=review).click()
    expect(page.get_by_role("heading", name=review)).to_be_visible()
    assert terms.event_payouts.get().sections["DefaultPayoutRate"] == "12.5"
    page.get_by_role("link", name="Back to the draft").click()
    rate.fill("no rate")
    page.get_by_role("link", name=review).click()
    expect(page.locator("#default-payout-problems")).to_contain_text("Payout: Write a number")
    expect(page.locator("draft-bar")).to_contain_text("1 part is not saved: Default payout")
    expect(page.get_by_role("heading", name=review)).to_have_count(0)
    assert terms.event_payouts.get().sections["DefaultPayoutRate"] == "12.5"


def schedule_page(page: Page, brand: Any) -> Any:
    """The page of a draft with its dates open; returns the event payout."""
    terms = create_template_terms(program=brand, name="Standard")
    payout = add_event_payout(template_terms=terms, event_type=EventType.objects.get(), payout_rate=Decimal(10))
    page.goto(f"{page.url}{terms.pk}/")
    page.locator("#schedule > summary").click()
    return payout


def test_what_is_typed_while_a_save_is_on_its_way_is_saved_after_it(terms_page: Page, brand: Any) -> None:
    page = terms_page
    payout = schedule_page(page, brand)
    sent: list[str] = []

    def slowly(route: Any) -> None:
        sent.append(route.request.post_data)
        page.wait_for_timeout(1500)
        route.continue_()

    page.route("**/schedule/", slowly)
    days, bar = page.get_by_label("Days to lock"), page.locator("draft-bar")
    days.fill("3")
    page.wait_for_timeout(1000)
    days.fill("900")  # while the first is on its way; refused
    expect(bar).to_contain_text("1 part is not saved: Locking and payment", timeout=10_000)
    days.press("Tab")
    expect(bar).to_contain_text("1 part is not saved")
    days.fill("9")
    expect(bar).to_contain_text("Saved", timeout=10_000)
    payout.refresh_from_db()
    assert payout.sections["Locking"]["DayOffset"] == 9
    assert len(sent) == 3


def test_leaving_a_field_does_not_replace_what_somebody_else_has_saved(terms_page: Page, brand: Any) -> None:
    page = terms_page
    payout = schedule_page(page, brand)
    set_sections(event_payout=payout, values={"locking": Locking("MONTH", 0, 5)})
    days = page.get_by_label("Days to lock")
    days.fill("7")
    expect(page.locator("#schedule")).to_contain_text("Someone else changed this after you opened it.")
    days.press("Tab")
    days.fill("8")
    days.press("Tab")
    page.wait_for_timeout(1500)
    payout.refresh_from_db()
    assert payout.sections["Locking"]["DayOffset"] == 5
    page.get_by_role("button", name="Save what I typed").click()
    expect(page.locator("draft-bar")).to_contain_text("Saved")
    payout.refresh_from_db()
    assert payout.sections["Locking"]["DayOffset"] == 8


def test_the_bar_says_what_was_typed_and_what_is_allowed(terms_page: Page, brand: Any) -> None:
    page = terms_page
    schedule_page(page, brand)
    bar = page.locator("draft-bar")
    page.get_by_label("Months to lock").fill("99999")
    said = "1 part is not saved: Locking and payment. Months to lock: Must be from 0 to 60. You typed “99999”."
    expect(bar).to_contain_text(said)
    page.locator("#default_value").fill("1.2.3")
    expect(bar).to_contain_text("2 parts are not saved: Default payout, Locking and payment. Payout: Write a number")
    expect(bar).to_contain_text("You typed “1.2.3”.")
    page.get_by_label("Months to lock").fill("0")
    page.locator("#default_value").fill("12")
    expect(bar).to_contain_text("Saved")
