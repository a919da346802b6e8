"""By keyboard alone: on every page focus is seen, in order, and caught by nothing but a dialog, which Esc closes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import get_resolver
from playwright.sync_api import Browser, Page

from tests.browser.keyboard import Walker
from tests.browser.pictures import view_names
from tests.test_architecture import PK
from tests.whole_brand import fill

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def walker(browser: Browser, live_server: Any, brand: Any, alice: Any, client_of: Callable[[Any], Any]) -> Any:
    """An administrator at a keyboard, with a brand that has one row of everything."""
    fill(brand, user=alice, number=PK)
    context = browser.new_context(reduced_motion="reduce", viewport={"width": 1280, "height": 900})
    session = client_of(alice).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield Walker(page, live_server.url)
    context.close()


def test_every_page_is_walked_through_by_keyboard(walker: Walker) -> None:
    walker.every_page(sorted(view_names(get_resolver())))
    assert walker.found == {}
    assert walker.stops > 500
    assert {"contracts/payout-groups/n/", "revoke-n", "remove-n"} <= walker.opened


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ("<style>:focus { outline: none; }</style><a href='#'>1</a>", "focus cannot be seen on"),
        ("<a href='#'>1</a><a href='#' tabindex='2'>2</a>", "out of order"),
        ("<a href='#'>1</a><p style='position: fixed; top: -90px'><a href='#'>2</a></p>", "outside of the window"),
        ("<a href='#'>1</a><a href='#' onblur='this.focus()'>2</a><a href='#'>3</a>", "never reached"),
        ("<dialog><a href='#'>1</a></dialog><script>document.querySelector('dialog').show()</script><a href='#'>2</a>",
         "focus leaves the dialog"),
    ],
    ids=["unseen", "out of order", "outside", "trapped", "let out"],
)  # fmt: skip
def test_the_walk_notices_what_is_wrong(page: Page, body: str, wrong: str) -> None:
    page.set_content(body)
    walker = Walker(page, "")
    walker.take("a page")
    assert wrong in " ".join(walker.found)
