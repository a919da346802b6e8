"""Every page of a large program: its size, and how long it takes.

`python -m benchmarks.pages` makes a program of 20,000 partners, 1,000 payout groups, 10,000 status codes and 100,000
actions; `--write FILE` writes the section, `--pictures FOLDER` takes a picture of every page in Chromium.
"""

import argparse
import logging
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from benchmarks.setting.home import free_port, own_home
from benchmarks.setting.page import Moment, table, verdict, write_section
from servers.run import Product

LARGEST = 150_000  # bytes of a page
SMALL = {"partners": 1_000, "groups": 100, "codes": 500, "actions": 5_000}
FULL = {"partners": 20_000, "groups": 1_000, "codes": 10_000, "actions": 100_000}
TIMES = 7
PASSWORD = "a large brand"
LINK = re.compile(r'(?:href|action)="([^"#]+)')
ELSEWHERE = ("tracking:api", "tracking-api")


class Shown(NamedTuple):
    """One page: its view, its bytes, and the milliseconds that it took."""

    name: str
    size: int
    median: float


def addresses(client: Any, program: int) -> dict[str, str]:
    """One address of every page that the navigation and the pages lead to, by the name of its view."""
    from django.urls import Resolver404, resolve  # noqa: PLC0415 (all of it needs Django to be set up)

    found: dict[str, str] = {}
    waiting = [f"/p/{program}/"]
    while waiting:
        address = waiting.pop(0)
        try:
            name = resolve(urlsplit(address).path).view_name
        except Resolver404:
            continue
        if name in found or name.startswith(ELSEWHERE):
            continue
        answer = client.get(address)
        if answer.status_code != 200 or not answer.get("Content-Type", "").startswith("text/html"):
            continue
        found[name] = address
        for link in LINK.findall(answer.content.decode()):
            path = link.replace("&amp;", "&")
            if path.startswith((f"/p/{program}/", "?")):
                waiting.append(path if path.startswith("/") else urlsplit(address).path + path)
    return found


def deep(program: int, actions: int) -> dict[str, str]:
    """The list of actions far back, and in each of its orders: these must not cost more than its first page."""
    from tracking.actions.action_filters import SORTS  # noqa: PLC0415

    middle = actions // 25 // 2
    asked = {f"page {middle:,}": f"?page={middle}", "last page": f"?page={actions // 25}"}
    asked |= {f"by {key}, page {page:,}": f"?sort={key}&page={page}" for key in SORTS for page in (1, middle)}
    return {f"tracking:action_list, {words}": f"/p/{program}/transactions/actions/{query}"
            for words, query in asked.items()}  # fmt: skip


def shown(client: Any, name: str, address: str) -> Shown:
    """The page, asked for a few times."""
    times = []
    for _ in range(TIMES):
        started = time.perf_counter()
        answer = client.get(address)
        size = len(b"".join(answer.streaming_content) if answer.streaming else answer.content)
        times.append((time.perf_counter() - started) * 1000)
    return Shown(name, size, statistics.median(times))


def result(pages: Iterable[Shown]) -> str:
    rows = [
        [page.name, f"{page.size / 1000:,.0f}", f"{page.median:,.0f}", "" if page.size <= LARGEST else "**larger**"]
        for page in sorted(pages)
    ]
    return table(["page", "kB", "median, ms", f"at most {LARGEST // 1000} kB"], rows)


def section(pages: list[Shown], size: dict[str, int], moment: Moment) -> str:
    met = verdict(all(page.size <= LARGEST for page in pages))
    return f"""## Pages of a large program

{size["partners"]:,} partners, {size["groups"]:,} payout groups, {size["codes"]:,} status codes and {size["actions"]:,}
actions. Each page is the first that a link leads to, rendered whole without compression; no page over
{LARGEST // 1000} kB: {met}.

{result(pages)}

{moment}
"""


def photograph(home: Path, folder: Path, program: int, editor: Any) -> None:
    """Pictures of every page at both widths in both themes, from the product itself."""
    editor.set_password(PASSWORD)
    editor.save()
    product = Product(home, free_port())
    product.start("web")
    product.wait_for_web()
    try:
        base = f"http://localhost:{product.port}"
        command = ["-m", "tests.browser.pictures", base, editor.username, PASSWORD, str(folder)]
        subprocess.run([sys.executable, *command, "--program", str(program)], check=True)
    finally:
        product.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="the sizes of docs/benchmarks.md: some minutes")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="also take pictures of every page")
    parser.add_argument("--write", metavar="FILE", help="write the section of the page of results")
    options = parser.parse_args()
    size = FULL if options.full else SMALL
    moment = Moment()
    with own_home() as home:
        from django.conf import settings  # noqa: PLC0415
        from django.test import Client  # noqa: PLC0415

        from benchmarks.setting.large_program import make_large_program  # noqa: PLC0415
        from servers.management.commands.prepare import collect_static_files  # noqa: PLC0415

        settings.ALLOWED_HOSTS = ["testserver", "localhost"]
        collect_static_files()  # pages name them by their hashes
        program, editor = make_large_program(**size)
        logging.disable(logging.WARNING)  # links of forms are tried, too, and refused
        client = Client()
        client.force_login(editor)
        asked = addresses(client, program.pk) | deep(program.pk, size["actions"])
        pages = [shown(client, name, address) for name, address in asked.items()]
        if options.pictures:
            photograph(home, options.pictures, program.pk, editor)
    print(result(pages))
    if options.write:
        write_section(Path(options.write), "pages", section(pages, size, moment))


if __name__ == "__main__":
    main()
