"""Limits on the page of a draft: rows that are added, removed and refused, and the switches of those of the terms."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from contracts.drafts.documents import draft_terms
from contracts.drafts.template_terms import add_event_payout, create_template_terms
from contracts.engine.document.sections.limits import Limit
from contracts.engine.document.whole_terms.whole_limits import WholeLimit
from contracts.models import TemplateTerms
from program.models import EventType

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def draft_page(terms_page: Page, brand: Any) -> Page:
    terms = create_template_terms(program=brand, name="Standard")
    add_event_payout(template_terms=terms, event_type=EventType.objects.get(), payout_rate=Decimal(10))
    terms_page.goto(f"{terms_page.url}{terms.pk}/")
    return terms_page


def stored() -> Any:
    return draft_terms(TemplateTerms.objects.get())


def saved(page: Page) -> None:
    expect(page.locator("draft-bar")).to_contain_text("Saved")


def test_rows_are_added_and_removed_and_what_is_wrong_is_marked_in_its_own_row(
    draft_page: Page, settled: Callable[[Page], None]
) -> None:
    page = draft_page
    page.locator("#limits > summary").click()
    add, rows = page.get_by_role("button", name="Add a limit"), page.locator("#limits .limit-row:visible")
    for value, period in (("50", "a day"), ("500", "a month")):
        add.click()
        rows.last.get_by_role("textbox").fill(value)
        rows.last.get_by_label("in which period").select_option(period)
    saved(page)
    settled(page)
    expect(page.locator("#summary")).to_contain_text("At most £50.00 in a day. At most £500.00 in a month.")
    rows.first.get_by_role("button", name="Remove this limit").click()
    expect(rows).to_have_count(1)
    expect(page.locator("#summary")).not_to_contain_text("in a day")
    field = rows.first.get_by_role("textbox")
    field.fill("0")
    expect(page.locator("#limits-problems")).to_contain_text("Limit 1: Must be more than 0")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("0")
    field.fill("600")
    expect(page.locator("#limits-problems")).to_be_hidden()
    expect(field).not_to_have_attribute("aria-invalid", "true")
    add.click()
    rows.last.get_by_role("textbox").fill("3")
    rows.last.get_by_label("what").select_option("Take at most")
    expect(page.locator("#summary")).to_contain_text("At most £600.00 in a month. At most 3 actions in a month.")
    assert stored().event_payouts[0].limits == (
        Limit("PAYOUT", "ALL", Decimal(600), "MONTH"),
        Limit("ACTION", "ALL", Decimal(3), "MONTH"),
    )
    page.reload()
    expect(page.locator("#limits .limit-row:visible input")).to_have_count(2)


def test_a_spend_limit_opens_as_it_is_switched_on_and_has_no_fields_while_it_is_off(
    draft_page: Page, settled: Callable[[Page], None]
) -> None:
    page = draft_page
    page.locator("#advanced > summary").click()
    panel, limit = page.locator("draft-form[data-name='Spend limit']"), page.get_by_label("Spend limit", exact=True)
    weekend = page.get_by_label("Spend limit at weekends")
    panel.locator("summary").click()
    expect(panel.get_by_text("Switched off.")).to_be_visible()
    expect(limit).to_be_hidden()
    panel.locator("summary").click()
    panel.get_by_role("switch").check()
    expect(limit).to_be_visible()
    expect(panel.get_by_text("Switched off.")).to_be_hidden()
    expect(weekend).to_be_hidden()
    limit.fill("200.5")
    page.get_by_label("Period of the spend limit").select_option("each day")
    weekend.fill("20")
    saved(page)
    settled(page)
    expect(page.locator("#spending-line")).to_have_text("£200.50 each day, £20.00 at weekends")
    assert stored().spend_limit == WholeLimit(Decimal("200.5"), "DAY", Decimal(20))
    page.get_by_label("Period of the spend limit").select_option("each week")
    expect(weekend).to_be_hidden()
    expect(page.locator("#spending-line")).to_have_text("£200.50 each week")
    assert stored().spend_limit == WholeLimit(Decimal("200.5"), "WEEK")
    panel.get_by_role("switch").uncheck()
    expect(limit).to_be_hidden()
    expect(page.locator("#spending-line")).to_have_text("any amount")
    assert stored().spend_limit is None
