"""Terms with every section on, built in a browser by mouse and by keyboard alone; what is published is what was
typed.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from contracts.custom_terms.services import add_custom_terms
from contracts.models import TermsVersion
from tests.browser.console import is_unexpected
from tests.browser.hands import Hands, Keyboard, Mouse
from tests.browser.terms_builder import TermsBuilder
from tests.contracts.whole_drafts import BY_ORDER, TEXT, document_of
from tests.factories import make_event_type

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def terms_list(page: Page, live_server: Any, alice: Any, client_of: Callable[[Any], Any], brand: Any) -> Iterator[Page]:
    """Alice on the list of template terms of a brand with a custom text. Fails on any error of a script."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if is_unexpected(message) else None)
    page.set_viewport_size({"width": 1280, "height": 1000})
    make_event_type(program=brand, code="SALE", name="Online sale")
    add_custom_terms(program=brand, **TEXT)
    session = client_of(alice).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/p/1000/contracts/template-terms/")
    yield page
    assert errors == []


@pytest.mark.parametrize("hands_of", [Mouse, Keyboard], ids=["by mouse", "by keyboard alone"])
def test_terms_with_every_section_are_built_reviewed_and_published(
    terms_list: Page, settled: Callable[[Page], None], hands_of: type[Hands]
) -> None:
    page = terms_list
    hands = hands_of(page)
    hands.press(page.locator(".page-actions a[href$='/new/']"))
    hands.fill(page.get_by_label("Name"), BY_ORDER.name)
    hands.fill(page.get_by_label("Payout", exact=True), "10")
    hands.press(page.get_by_role("button", name="Create draft"))
    page.wait_for_url("**/template-terms/*/?event=*", wait_until="load")
    TermsBuilder(page, hands, settled).build(BY_ORDER)
    hands.press(page.locator("#review a"))
    expect(page.get_by_role("heading", name="Review and publish")).to_be_visible()
    hands.press(page.get_by_role("button", name="Continue"))
    hands.press(page.get_by_role("button", name="Publish version 1"))
    expect(page.get_by_role("heading", name=f"{BY_ORDER.name}, version 1")).to_be_visible()
    assert TermsVersion.objects.get().document == document_of(BY_ORDER)
