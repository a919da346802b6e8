"""Opens every page once, for axe and for the keyboard: axe finds nothing serious, and by keyboard alone focus is seen,
in order, and caught by nothing but a dialog, which Esc closes.

`python -m tests.browser.accessibility` reads every page, dialog and refused form of a running server in all four forms.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.urls import get_resolver
from playwright.sync_api import Browser, Page

from tests.browser.accessibility import Examiner
from tests.browser.keyboard import Walker
from tests.browser.pictures import Photographer, view_names

EVERY_FORM = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
# A part that is exchanged as it is walked through would have other elements than those that were listed.
STILL = """document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt.getAttribute("hx-trigger")?.startsWith("every ")) event.preventDefault();
})"""
OPENED_ON = ("contracts-terms_edit", "program-customer_list", "tracking-action_detail")


class RichestDialogs(Examiner):
    """Refusals, and most menus, are left to the whole examination: it takes minutes."""

    def open_each(self, address: str, slug: str) -> None:
        if slug in OPENED_ON:
            super().open_each(address, slug)


class ReadingWalker(Walker):
    """Has axe read each page and dialog before it goes through it: Tab moves what axe reads."""

    def __init__(self, page: Page, base: str, examiner: Examiner) -> None:
        super().__init__(page, base)
        self.examiner = examiner

    def take(self, name: str, whole: bool = True) -> None:
        self.examiner.take(name)
        self.examiner.opened.add(name.partition("--")[2])  # not to be opened again to be read
        super().take(name)


class EveryPage(Photographer):
    """Opens each page of a part once."""

    def __init__(self, page: Page, base: str, part: str) -> None:
        super().__init__(page, base, 1000, Path(), part)
        self.examiner = RichestDialogs(page, base, 1000, "", EVERY_FORM[:1])
        self.walker = ReadingWalker(page, base, self.examiner)

    def take(self, name: str, whole: bool = True) -> None:
        self.walker.take(name)

    def open_each(self, address: str, slug: str) -> None:
        self.walker.open_each(address, slug)
        self.examiner.open_each(address, slug)

    def send_each(self, address: str, slug: str, inside: bool = False) -> None:
        """Refused forms hold the same fields."""


@contextmanager
def signed_in(browser: Browser, base: str, session: str, part: str) -> Iterator[EveryPage]:
    """An administrator at a keyboard, for the pages of a part, on which nothing that polls is exchanged."""
    context = browser.new_context(
        bypass_csp=True, reduced_motion="reduce", viewport={"width": 1280, "height": 900}
    )  # the policy refuses axe, which is put into the page
    context.add_cookies([{"name": "sessionid", "value": session, "url": base}])
    context.add_init_script(STILL)
    page: Page = context.new_page()
    page.set_default_timeout(30_000)
    yield EveryPage(page, base, part)
    context.close()


def open_all(every_page: EveryPage, opened: set[str], in_every_form: tuple[str, ...]) -> None:
    """Walk through all pages of the part, then have axe read some of them in every width and theme."""
    every_page.every_page(sorted(view_names(get_resolver())))
    examiner, walker = every_page.examiner, every_page.walker
    assert not examiner.found, examiner.found
    assert not walker.found, walker.found
    assert examiner.examined > 20
    assert walker.stops > 250
    assert opened <= walker.opened

    examiner.forms, examiner.met = EVERY_FORM, set()
    for path in in_every_form:
        examiner.page.goto(f"{examiner.base}/p/1000/{path}")
        examiner.take(path)
    assert not examiner.found, examiner.found
