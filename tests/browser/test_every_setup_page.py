"""Every page on which a brand is set up, for axe and by keyboard alone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.every_page import open_all, signed_in
from tests.test_architecture import PK
from tests.whole_brand import fill

pytestmark = pytest.mark.django_db(transaction=True)
PART = "^(program|accounts)-"
OPENED = {"revoke-n", "remove-n"}
IN_EVERY_FORM = ("partners/", "settings/team/")


def test_on_every_page_of_what_a_brand_sets_up_axe_finds_nothing_serious_and_the_keyboard_reaches_all(
    browser: Browser, live_server: Any, brand: Any, alice: Any, client_of: Callable[[Any], Any]
) -> None:
    fill(brand, user=alice, number=PK)
    session = client_of(alice).cookies["sessionid"].value
    with signed_in(browser, live_server.url, session, PART) as every_page:
        open_all(every_page, OPENED, IN_EVERY_FORM)
