"""Runs axe over every page, dialog, menu and refused form, at 1280 and 390 px, light and dark.

    python -m tests.browser.accessibility http://localhost:8000 admin:PASSWORD editor:PASSWORD viewer:PASSWORD
        [--coded USER:PASSWORD] [--program 1000] [--part terms]

The pages are those that `pictures` photographs, for each user in turn, with Django admin for who may open it; then
those of who is not signed in, with the page that asks for a code where `coded` has a second factor. A screen that an
earlier user had with the same content is not read again. Says each serious or critical violation with its page and its
place, and ends with 1 where there are any. Once found, a violation is not said again for other pages.
"""

import argparse
import re
import sys
from pathlib import Path
from typing import Any

from axe_core_python.base import AXE_SCRIPT
from django.urls import get_resolver
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.pictures import THEMES, WIDTHS, Photographer, view_names
from tests.chromium import chromium_path

SERIOUS = ("serious", "critical")
DJANGO_ADMIN = (
    "/admin/", "/admin/accounts/user/", "/admin/accounts/user/1/change/", "/admin/accounts/user/add/",
    "/admin/program/partner/", "/admin/accounts/account/1/change/", "/admin/accounts/membership/1/delete/",
    "/admin/accounts/auditentry/",
)  # fmt: skip
SIGNED_OUT = (
    "/log-in/", "/password-reset/", "/password-reset/done/", "/password-reset/complete/", "/password-reset/MQ/x-y/",
    "/invitation/x/",
)  # fmt: skip
WRONG = "wrong-password"
BUSY = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"
# What makes two screens the same to axe: what the page and an open dialog hold, but for tokens and counters in them.
CONTENT = """() => ["main", "dialog[open]", "[popover]:popover-open", "#toasts"]
  .map((part) => document.querySelector(part)?.outerHTML ?? "").join()"""
NOISE = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|data-picture="[^"]*"')
# WCAG 2 up to AA, and axe's own best practices. Style sheets are not fetched again: no rule that is on reads them.
# What is folded away still has a place, under what follows it, and axe reads it there.
RUN = """() => axe.run(
  { exclude: [["details:not([open]) > :not(summary)"]] }, { resultTypes: ["violations"], preload: false },
).then(({ violations }) => violations)"""


def violations(page: Page) -> list[str]:
    """What axe calls serious or critical on the page as it stands: rule, place and reason of each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate(RUN)
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
        self.met: set[int] = set()
        self.examined = 0

    def is_member(self) -> bool:
        """Whether the program is open to the user: Django admin is for people who may belong to none."""
        return self.page.request.get(f"{self.base}/p/{self.program}/").status == 200

    def django_admin(self) -> None:
        """Each list of Django admin, its first row's form and the form for a new one, for who may open them."""
        if self.page.request.get(f"{self.base}/admin/", max_redirects=0).status != 200:
            return
        for path in DJANGO_ADMIN:
            if re.search(self.part, path):
                self.page.goto(self.base + path)
                self.take(path)

    def signed_out(self, coded: str) -> None:
        """The pages before log-in, with what they refuse; at the end the user name of nobody is locked."""
        for path in SIGNED_OUT:
            self.here, self.expected = path, 0
            self.page.goto(self.base + path)
            self.take(path)
        self.page.goto(f"{self.base}/password-reset/")
        if self.page.locator("[name=email]").count():  # not where no mail is sent
            self.page.fill("[name=email]", "nobody")
            self.page.evaluate("() => document.querySelector('main form').submit()")
            self.take("password-reset--refused")
        if coded:
            self.sign_in(*coded.split(":", 1))
            self.take("log-in-code")
            self.page.fill("[name=code]", "000000")
            self.page.press("[name=code]", "Enter")
            self.take("log-in-code--refused")
            self.page.goto(f"{self.base}/log-in/code/?recovery=1")
            self.take("log-in-code--recovery")
            self.page.context.clear_cookies()
        for number in range(1, 12):
            self.sign_in("nobody", WRONG)
            if number == 1:
                self.take("log-in--refused")
            if not self.page.locator("[name=username]").count():
                break
        self.take("locked-out")

    def take(self, name: str, whole: bool = True) -> None:
        """Have axe read what is on the screen in each form asked for; keep what is new."""
        self.page.wait_for_load_state("load")
        self.page.wait_for_function(f"() => !document.querySelector('{BUSY}')")
        # The frame is the same on each page of one user, so it is read with the first.
        content = hash(NOISE.sub("", self.page.evaluate(CONTENT)))
        if content in self.met and self.examined:
            return
        self.met.add(content)
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
    arguments.add_argument("base")
    arguments.add_argument("users", nargs="*", metavar="USER:PASSWORD")
    arguments.add_argument("--coded", default="", metavar="USER:PASSWORD", help="a user who has a second factor")
    arguments.add_argument("--program", type=int, default=1000)
    arguments.add_argument("--part", default="", help="a pattern: only pages whose name it fits")
    options = arguments.parse_args()
    chromium = chromium_path()
    total, found, met = 0, 0, set[int]()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for user in [*options.users, ""]:
            examiner = examiner_of(browser, options)
            examiner.met = met
            if user:
                examiner.sign_in(*user.split(":", 1))
                if examiner.is_member():
                    examiner.every_page(sorted(view_names(get_resolver())))
                    examiner.every_state()
                examiner.django_admin()
            else:
                examiner.signed_out(options.coded)
            print(f"{user.partition(':')[0] or 'signed out'}: {examiner.examined} screens read", flush=True)
            total, found = total + examiner.examined, found + len(examiner.found)
            examiner.page.context.close()
        browser.close()
    print(f"{total} screens read, {found} violations")
    sys.exit(bool(found))


def examiner_of(browser: Browser, options: argparse.Namespace) -> Examiner:
    # axe is a script put into the page, which the content policy rightly refuses: only here it is switched off.
    page = browser.new_page(bypass_csp=True, reduced_motion="reduce")
    page.set_default_timeout(10_000)
    forms = [(width, theme) for width in WIDTHS for theme in THEMES]
    return Examiner(page, options.base, options.program, options.part, forms)


if __name__ == "__main__":
    main()
