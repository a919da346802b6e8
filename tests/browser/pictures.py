"""Takes a picture of every page, at 1280 and 390 px, light and dark, for people to look at.

    python -m tests.browser.pictures http://localhost:8000 editor PASSWORD FOLDER [PART-OF-A-NAME]

Pages are found through the URL names: each list page, and the first row's page of it where there is one.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.urls import get_resolver, reverse  # noqa: E402 (after the setup)
from playwright.sync_api import Page, sync_playwright  # noqa: E402

from tests.chromium import chromium_path  # noqa: E402

PROGRAM = 1000
ROOMS = ("program", "contracts", "tracking", "reports")
WIDTHS = {1280: 900, 390: 844}
# Pages that answer with a file or a part, or only take a POST.
NOT_PAGES = ("download", "preview", "progress", "rows", "assign", "delete", "revoke", "retry", "discard", "reorder")


def page_names() -> dict[str, str]:
    """View name → address of the pages that need nothing but the program."""
    names = {}
    for namespace in ROOMS:
        _, resolver = get_resolver().namespace_dict[namespace]
        for name in {key for key in resolver.reverse_dict if isinstance(key, str)}:
            if any(word in name for word in NOT_PAGES):
                continue
            try:
                names[f"{namespace}:{name}"] = reverse(f"{namespace}:{name}", args=[PROGRAM])
            except django.urls.NoReverseMatch:
                continue
    return dict(sorted(names.items()))


def take(page: Page, address: str, file: Path) -> None:
    status = page.request.get(address).status
    if status == 405:  # only takes a POST
        return
    if status != 200:
        print(f"{file.stem}: {status}")
        return
    page.goto(address)
    page.wait_for_load_state("networkidle")
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if width > 0:
        print(f"{file.stem}: scrolls sideways by {width} px")
    page.screenshot(path=file, full_page=True)


def main(base: str, user: str, password: str, folder: str, part: str = "") -> None:
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    chromium = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        for theme in ("light", "dark"):
            for width, height in WIDTHS.items():
                context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
                page = context.new_page()
                page.on("console", lambda said: said.type == "error" and print("console:", said.text))
                page.goto(base + reverse("login"))
                page.fill("[name=username]", user)
                page.fill("[name=password]", password)
                page.press("[name=password]", "Enter")
                page.wait_for_load_state("networkidle")
                for name, address in page_names().items():
                    if part not in name:
                        continue
                    slug = name.replace(":", "-")
                    take(page, base + address, target / f"{slug}-{width}-{theme}.png")
                    first = page.locator(".row-link").first
                    if name.endswith("_list") and first.count():
                        detail = first.get_attribute("href") or ""
                        take(page, base + detail, target / f"{slug}-first-{width}-{theme}.png")
                context.close()
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
