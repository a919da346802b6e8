"""axe finds nothing serious on any page: each page once with the richest dialogs, and some in every form.

`python -m tests.browser.accessibility` reads every page, dialog and refused form of a running server in all four forms.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import get_resolver
from playwright.sync_api import Browser, Page

from tests.browser.accessibility import Examiner
from tests.browser.pictures import view_names
from tests.test_architecture import PK
from tests.whole_brand import fill

pytestmark = pytest.mark.django_db(transaction=True)
EVERY_FORM = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
IN_EVERY_FORM = (
    "", "transactions/actions/", "partners/", "settings/team/", f"contracts/template-terms/{PK}/",
)  # fmt: skip


OPENED_ON = ("contracts-terms_edit", "program-customer_list", "tracking-action_detail")


class EachPageOnce(Examiner):
    """Refusals, and most of what opens, are left to the whole examination: it takes minutes."""

    def open_each(self, address: str, slug: str) -> None:
        if slug in OPENED_ON:
            super().open_each(address, slug)

    def send_each(self, address: str, slug: str, inside: bool = False) -> None:
        pass


@pytest.fixture
def examiner(browser: Browser, live_server: Any, brand: Any, alice: Any, client_of: Callable[[Any], Any]) -> Any:
    """An administrator's look at a brand that has one row of everything."""
    fill(brand, user=alice, number=PK)
    context = browser.new_context(bypass_csp=True, reduced_motion="reduce")
    session = client_of(alice).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page: Page = context.new_page()
    page.set_default_timeout(30_000)
    yield EachPageOnce(page, live_server.url, 1000, "", EVERY_FORM[:1])
    context.close()


def test_axe_finds_nothing_serious_on_any_page(examiner: Examiner) -> None:
    examiner.every_page(sorted(view_names(get_resolver())))
    assert examiner.found == {}
    assert examiner.examined > 40


def test_axe_finds_nothing_serious_in_any_width_and_theme(examiner: Examiner) -> None:
    examiner.forms = EVERY_FORM
    for path in IN_EVERY_FORM:
        examiner.page.goto(f"{examiner.base}/p/1000/{path}")
        examiner.take(path)
    assert examiner.found == {}
