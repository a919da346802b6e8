"""Runs axe over every page, dialog, menu and refused form, at 1280 and 390 px, light and dark.

    python -m tests.browser.accessibility http://localhost:8000 editor PASSWORD [--program 1000] [--part terms]

The pages are those that `pictures` photographs. Says each serious or critical violation with its page and its place,
and ends with 1 where there are any. Once found, a violation is not said again for other pages.
"""

import argparse
import re
import sys
from pathlib import Path
from typing import Any

from axe_core_python.sync_playwright import Axe
from django.urls import get_resolver
from playwright.sync_api import Page, sync_playwright

from tests.browser.pictures import THEMES, WIDTHS, Photographer, view_names
from tests.chromium import chromium_path

SERIOUS = ("serious", "critical")
DJANGO_ADMIN = (
    "/admin/", "/admin/auth/user/", "/admin/auth/user/1/change/", "/admin/auth/user/add/", "/admin/program/partner/",
    "/admin/program/account/1/change/", "/admin/program/membership/1/delete/", "/admin/program/auditentry/",
)  # fmt: skip
BUSY = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"
# What axe reads of the rules we promise: WCAG 2 up to AA, and its own best practices.
OPTIONS = {"resultTypes": ["violations"]}


def violations(page: Page) -> list[str]:
    """What axe calls serious or critical on the page as it stands: rule, place and reason of each."""
    found: list[dict[str, Any]] = Axe().run(page, options=OPTIONS)["violations"]
    return [
        f"{each['id']} at {' '.join(map(str, node['target']))}: {_reason(node)}"
        for each in found
        if each["impact"] in SERIOUS
        for node in each["nodes"]
    ]


def _reason(node: dict[str, Any]) -> str:
    return "; ".join(check["message"] for kind in ("any", "all", "none") for check in node[kind])


class Examiner(Photographer):
    """Goes where the photographer goes, and has axe read what they would take."""

    def __init__(self, page: Page, base: str, program: int, part: str, forms: list[tuple[int, str]]) -> None:
        super().__init__(page, base, program, Path(), part)
        self.forms = forms
        self.found: dict[str, str] = {}
        self.examined = 0

    def django_admin(self) -> None:
        """Each list of Django admin, its first row's form and the form for a new one, for who may open them."""
        if self.page.request.get(f"{self.base}/admin/", max_redirects=0).status != 200:
            return
        for path in DJANGO_ADMIN:
            if re.search(self.part, path):
                self.page.goto(self.base + path)
                self.take(path)

    def take(self, name: str, whole: bool = True) -> None:
        """Have axe read what is on the screen in each form asked for; keep what is new."""
        self.page.wait_for_load_state("load")
        self.page.wait_for_function(f"!document.querySelector('{BUSY}')")
        for width, theme in self.forms:
            self.page.set_viewport_size({"width": width, "height": WIDTHS[width]})
            self.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            self.examined += 1
            for violation in violations(self.page):
                if violation not in self.found:
                    self.found[violation] = f"{name} ({width} px, {theme})"
                    print(f"{self.found[violation]}: {violation}", flush=True)
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size({"width": 1280, "height": 900})


def main() -> None:
    arguments = argparse.ArgumentParser()
    for name in ("base", "user", "password"):
        arguments.add_argument(name)
    arguments.add_argument("--program", type=int, default=1000)
    arguments.add_argument("--part", default="", help="a pattern: only pages whose name it fits")
    options = arguments.parse_args()
    forms = [(width, theme) for width in WIDTHS for theme in THEMES]
    chromium = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        # axe is a script put into the page, which the content policy rightly refuses: only here it is switched off.
        page = browser.new_page(bypass_csp=True, reduced_motion="reduce")
        page.set_default_timeout(10_000)
        examiner = Examiner(page, options.base, options.program, options.part, forms)
        examiner.sign_in(options.user, options.password)
        examiner.every_page(sorted(view_names(get_resolver())))
        examiner.every_state()
        examiner.django_admin()
        browser.close()
    print(f"{examiner.examined} screens read, {len(examiner.found)} violations")
    sys.exit(bool(examiner.found))


if __name__ == "__main__":
    main()
