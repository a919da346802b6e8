"""Every page, opened once: axe finds nothing serious, and by keyboard alone focus is seen, in order, and caught by
nothing but a dialog, which Esc closes.

`python -m tests.browser.accessibility` reads every page, dialog and refused form of a running server in all four forms.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import get_resolver
from playwright.sync_api import Browser, Page

from tests.browser.accessibility import Examiner
from tests.browser.keyboard import Walker
from tests.browser.pictures import Photographer, view_names
from tests.test_architecture import PK
from tests.whole_brand import fill

pytestmark = pytest.mark.django_db(transaction=True)
EVERY_FORM = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
IN_EVERY_FORM = (
    "", "transactions/actions/", "partners/", "settings/team/", f"contracts/template-terms/{PK}/",
)  # fmt: skip
OPENED_ON = ("contracts-terms_edit", "program-customer_list", "tracking-action_detail")


class RichestDialogs(Examiner):
    """Refusals, and most of what opens, are left to the whole examination: it takes minutes."""

    def open_each(self, address: str, slug: str) -> None:
        if slug in OPENED_ON:
            super().open_each(address, slug)


class EveryPage(Photographer):
    """Opens each page once, for axe first and then for the keyboard: Tab moves what axe reads."""

    def __init__(self, page: Page, base: str) -> None:
        super().__init__(page, base, 1000, Path(), "")
        self.examiner = RichestDialogs(page, base, 1000, "", EVERY_FORM[:1])
        self.walker = Walker(page, base)

    def take(self, name: str, whole: bool = True) -> None:
        self.examiner.take(name)
        self.walker.take(name)

    def open_each(self, address: str, slug: str) -> None:
        self.walker.open_each(address, slug)
        self.examiner.open_each(address, slug)

    def send_each(self, address: str, slug: str, inside: bool = False) -> None:
        """Refused forms hold the same fields."""


@pytest.fixture
def every_page(
    browser: Browser, live_server: Any, brand: Any, alice: Any, client_of: Callable[[Any], Any]
) -> Iterator[EveryPage]:
    """An administrator at a keyboard, with a brand that has one row of everything."""
    fill(brand, user=alice, number=PK)
    context = browser.new_context(
        bypass_csp=True, reduced_motion="reduce", viewport={"width": 1280, "height": 900}
    )  # the policy refuses axe, which is put into the page
    session = client_of(alice).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page: Page = context.new_page()
    page.set_default_timeout(30_000)
    yield EveryPage(page, live_server.url)
    context.close()


def test_on_every_page_axe_finds_nothing_serious_and_the_keyboard_reaches_all(every_page: EveryPage) -> None:
    every_page.every_page(sorted(view_names(get_resolver())))
    examiner, walker = every_page.examiner, every_page.walker
    assert examiner.found == {}
    assert walker.found == {}
    assert examiner.examined > 40
    assert walker.stops > 500
    assert {"contracts/payout-groups/n/", "revoke-n", "remove-n"} <= walker.opened

    examiner.forms, examiner.met = EVERY_FORM, set()
    for path in IN_EVERY_FORM:
        examiner.page.goto(f"{examiner.base}/p/1000/{path}")
        examiner.take(path)
    assert examiner.found == {}
