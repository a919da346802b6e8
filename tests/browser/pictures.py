"""Takes a picture of every page, dialog and menu, at 1280 and 390 px, light and dark, for people to look at.

    python -m tests.browser.pictures http://localhost:8000 editor PASSWORD FOLDER [--program 1000] [--part terms]

Pages come from the URL resolver: those that need nothing but the program directly, the others as soon as a page leads
to one. Dialogs and menus are opened where a page has them; forms are sent without what they require, to be refused.
Says what no page leads to, what scrolls sideways, what the console complains about and what answers with an error.
`tests/browser/scenes.py` fills a home with states worth looking at.
"""

import argparse
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.urls import NoReverseMatch, Resolver404, URLResolver, get_resolver, resolve, reverse  # noqa: E402
from playwright.sync_api import Page, TimeoutError, sync_playwright  # noqa: E402

from tests.browser.states import ERROR_PAGES, STATES, error_page  # noqa: E402
from tests.chromium import chromium_path  # noqa: E402

WIDTHS = {1280: 900, 390: 844}
THEMES = ("light", "dark")
# What lies within these is not of our making, or signs the photographer out.
ELSEWHERE = ("admin", "logout", "index", "healthz", "readyz", "metrics", "styleguide", "tracking-api", "tracking:api")
ADDRESSES = re.compile(r'\b(?:href|hx-get|action)="([^"]+)"')  # of a page that is read for its links alone
LINKS = """() => [...document.querySelectorAll("[href], [hx-get], form[method=get][action]")]
  .map(each => each.getAttribute("href") || each.getAttribute("hx-get") || each.getAttribute("action"))"""
# Pages that look different by what they show: so many of each, the first one without a number.
SEVERAL = {
    "tracking-upload_detail": 10,
    "tracking-action_detail": 3,
    "contracts-terms_edit": 3,
    "contracts-terms_publish": 3,
}
# One of each kind of thing that opens, with the numbers of rows taken out of its name.
OPENERS = """() => {
  const seen = {};
  const openers = "#content [hx-get]:is([hx-target='#dialog'], [data-opens-row]), [popovertarget], [data-opens]";
  for (const each of document.querySelectorAll(openers)) {
    if (!each.checkVisibility() && !each.closest("[popover]")) continue;
    const name = each.getAttribute("hx-get") || each.getAttribute("popovertarget") || each.dataset.opens;
    const kind = name.replace(/^\\/p\\/\\d+\\//, "").replace(/\\d+/g, "n");
    if (kind in seen) continue;
    each.dataset.picture = kind;
    seen[kind] = each.closest("[popover]")?.id ?? "";
  }
  return seen;
}"""
# Empties what a form requires, and sends it although the browser would not.
SEND_EMPTY = """index => {
  const form = (document.querySelector("dialog[open]") ?? document).querySelectorAll("form[method=post]")[index];
  form.noValidate = true;
  for (const each of form.querySelectorAll("input[required], textarea[required]")) each.value = "";
  form.requestSubmit(form.querySelector("button:not([type=button])"));
}"""
FORMS = """() => [...(document.querySelector("dialog[open]") ?? document).querySelectorAll("form[method=post]")]
  .map((form, index) => [index, form.querySelector("input[required]:not([type=radio]), textarea[required]")])
  .filter(([, required]) => required).map(([index]) => index)"""


def view_names(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """The full name of every view that is ours."""
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            if each.namespace not in ELSEWHERE:
                yield from view_names(each, f"{prefix}{each.namespace}:" if each.namespace else prefix)
        elif each.name and each.name not in ELSEWHERE:
            yield f"{prefix}{each.name}"


def slug_of(address: str) -> str:
    """The picture's name of an address: its view, with the words among its arguments. Raises Resolver404."""
    match = resolve(urlsplit(address).path)
    words = [str(value) for value in match.kwargs.values() if not str(value).isdigit()]
    return "-".join([match.view_name.replace(":", "-"), *words])


class Photographer:
    """One signed-in reader of one program, who opens every page and keeps pictures of it in a folder."""

    def __init__(self, page: Page, base: str, program: int, folder: Path, part: str) -> None:
        self.page, self.base, self.program, self.folder, self.part = page, base, program, folder, part
        self.seen: dict[str, list[str]] = {}
        self.opened: set[str] = set()
        self.refused: set[str] = set()
        self.expected = 200
        self.here = ""
        page.on("console", lambda said: said.type in ("error", "warning") and self.complain(said.text))
        page.on("pageerror", lambda error: self.complain(str(error)))
        page.on("response", lambda answer: answer.status >= 400 and self.judge(answer.url, answer.status))

    def complain(self, text: str) -> None:
        if not (self.expected != 200 and "the server responded with a status" in text):
            print(f"{self.here}: console: {text}", flush=True)

    def judge(self, address: str, status: int) -> None:
        if self.expected and status != self.expected:
            print(f"{self.here}: {status} for {address}", flush=True)

    def sign_in(self, user: str, password: str) -> None:
        self.page.goto(self.base + reverse("login"))
        self.page.fill("[name=username]", user)
        self.page.fill("[name=password]", password)
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_load_state("networkidle")

    def every_page(self, names: Iterable[str]) -> None:
        """Walk from the pages that need only the program along the links, each view once."""
        names = list(names)
        waiting = [address for name in names if (address := self.direct(name))]
        met = set()
        linked: dict[str, str] = {}
        while waiting:
            address = waiting.pop(0)
            try:
                slug = slug_of(address)
            except Resolver404:
                continue
            done = self.seen.setdefault(slug, [])
            if address in done or len(done) >= SEVERAL.get(slug, 1) or slug.startswith(ELSEWHERE):
                continue
            done.append(address)
            slug += f"-{len(done)}" if len(done) > 1 else ""
            met.add(resolve(address).view_name)
            try:
                found = self.visit(address, slug)
                waiting += found
                linked = dict.fromkeys(found, slug) | linked
            except TimeoutError as late:
                print(f"{slug}: {late.message.splitlines()[0]}", flush=True)
        for address in self.refused & linked.keys():
            print(f"{linked[address]}: leads to {address}, which is refused")
        for name in sorted(set(names) - met):
            if not name.startswith(ELSEWHERE) and self.answers_get(name):
                print(f"no page leads to {name}")

    def answers_get(self, name: str) -> bool:
        """Whether a view that was not met is one to look at; a method that is not allowed is said before all else."""
        try:
            address = reverse(name, args=[self.program, 1])
        except NoReverseMatch:
            return True
        return self.page.request.get(self.base + address, max_redirects=0).status != 405

    def direct(self, name: str) -> str:
        for arguments in ([self.program], []):
            try:
                return reverse(name, args=arguments)
            except NoReverseMatch:
                continue
        return ""

    def visit(self, address: str, slug: str) -> list[str]:
        """Photograph a page and what opens on it; return the addresses that it leads to."""
        self.here, self.expected = slug, 200
        answer = self.page.request.get(self.base + address, max_redirects=0)
        if answer.status in (302, 405) or "<html" not in answer.text()[:500].lower():
            return []
        if answer.status == 403:  # a role that may not: what counts is that no link leads there
            self.refused.add(address)
            return []
        self.judge(address, answer.status)
        if not re.search(self.part, slug):
            return self.own(address, ADDRESSES.findall(answer.text()))
        self.page.goto(self.base + address)
        found = self.own(address, self.page.evaluate(LINKS))
        self.take(slug)
        self.open_each(address, slug)
        self.send_each(address, slug)
        return found

    def own(self, address: str, links: Iterable[str]) -> list[str]:
        """Where links of the page at an address lead, but for those to other programs."""
        found = [urlsplit(urljoin(address, link)).path for link in links if link]
        return [each for each in found if not each.startswith("/p/") or each.startswith(f"/p/{self.program}/")]

    def open_each(self, address: str, slug: str) -> None:
        """Open one of each kind of dialog and menu, unless another page showed it already."""
        for kind, menu in self.page.evaluate(OPENERS).items():
            if kind in self.opened:
                continue
            self.opened.add(kind)
            self.page.goto(self.base + address)
            self.page.wait_for_load_state("networkidle")
            self.page.evaluate(OPENERS)
            if menu:
                self.page.locator(f"[popovertarget='{menu}']").first.click()
            self.page.locator(f"[data-picture='{kind}']").first.click()
            if "/" in kind:
                self.page.wait_for_selector("dialog[open]")
            name = f"{slug}--{re.sub(r'[^a-z0-9]+', '-', kind.lower()).strip('-')}"
            self.take(name, whole=False)
            if self.page.locator("dialog[open] form[method=post]").count():
                self.send_each(address, name, inside=True)

    def send_each(self, address: str, slug: str, inside: bool = False) -> None:
        """Send each form that requires something without it: a refusal, which changes nothing."""
        if not inside:  # a dialog that was opened before may still be open
            self.page.goto(self.base + address)
        for index in self.page.evaluate(FORMS):
            if not inside:
                self.page.goto(self.base + address)
                self.page.wait_for_load_state("networkidle")
            self.expected = 422
            with self.page.expect_response(lambda answer: answer.request.method == "POST"):
                self.page.evaluate(SEND_EMPTY, index)
            self.page.wait_for_timeout(400)
            self.take(f"{slug}--refused-{index}", whole=not inside)
            self.expected = 200

    def every_state(self) -> None:
        """What no link leads to. A state that this program or role cannot have is said and left out."""
        home = self.base + reverse("reports:home", args=[self.program])
        for name, reach in STATES.items():
            if not re.search(self.part, name):
                continue
            self.here, self.expected = name, 0
            try:
                reach(self.page, home)
                self.page.wait_for_timeout(600)
                self.take(f"state-{name}", whole=not self.page.locator("dialog[open]").count())
            except TimeoutError as missing:
                print(f"{name}: not reached: {missing.message.splitlines()[0]}", flush=True)
        for name in ERROR_PAGES:
            error_page(self.page, self.base, name)
            self.take(f"state-error-{name.partition('.')[0]}")

    def take(self, name: str, whole: bool = True) -> None:
        """Photograph what is on the screen in each width and theme."""
        self.page.wait_for_load_state("networkidle")
        for width, height in WIDTHS.items():
            self.page.set_viewport_size({"width": width, "height": height})
            wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if wide > 0:
                print(f"{name}: scrolls sideways by {wide} px at {width} px", flush=True)
            if whole:  # a window as tall as the page: what sticks to an edge stands where it belongs
                tall = self.page.evaluate("document.documentElement.scrollHeight")
                self.page.set_viewport_size({"width": width, "height": max(height, min(tall, 6000))})
            for theme in THEMES:
                self.page.emulate_media(color_scheme=theme)
                self.page.wait_for_timeout(150)
                # A caret that is hidden for the picture leaves a style on the field, which the content policy reports.
                file = self.folder / f"{name[:150]}-{width}-{theme}.png"
                self.page.screenshot(path=file, caret="initial")
        self.page.emulate_media(color_scheme=THEMES[0])
        self.page.set_viewport_size({"width": 1280, "height": 900})


def main() -> None:
    arguments = argparse.ArgumentParser()
    for name in ("base", "user", "password"):
        arguments.add_argument(name)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--program", type=int, default=1000)
    arguments.add_argument(
        "--part", default="", help="a pattern: only pages whose name it fits; the others are still read for links"
    )
    arguments.add_argument("--states", action="store_true", help="only what no link leads to")
    options = arguments.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    chromium = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
        page.set_default_timeout(10_000)
        photographer = Photographer(page, options.base, options.program, options.folder, options.part)
        photographer.sign_in(options.user, options.password)
        if not options.states:
            photographer.every_page(sorted(view_names(get_resolver())))
        photographer.every_state()
        browser.close()


if __name__ == "__main__":
    main()
