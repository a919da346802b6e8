"""A real Chromium against a live server."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.console import is_unexpected
from tests.chromium import chromium_path
from tests.factories import make_event_type, make_partner

# Playwright's event loop runs in this thread; Django would take that for asynchronous code and refuse the ORM.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The Chromium that `make test` found; the tests fail, and are not skipped, where there is none."""
    path = chromium_path()
    assert path, "no Chromium: python -m tests.chromium"
    return {
        **browser_type_launch_args,
        "executable_path": path,
        "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"],
    }


@pytest.fixture
def settled() -> Callable[[Page], None]:
    """Wait until htmx has swapped and bound what came: a click right after a swap would meet nobody."""
    busy = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"

    def wait(page: Page) -> None:
        # An expression that is polled would be evaluated as text, which the page's policy refuses.
        expect(page.locator(busy)).to_have_count(0)

    return wait


@pytest.fixture
def terms_page(page: Page, live_server: Any, alice: Any, client_of: Callable[[Any], Any], brand: Any) -> Iterator[Page]:
    """Alice on the list of template terms. Fails on any error of the page or its console, but for refused input."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if is_unexpected(message) else None)
    make_event_type(program=brand, code="SALE", name="Online sale")
    make_partner(program=brand, name="Anvil Blog")
    session = client_of(alice).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/p/1000/contracts/template-terms/")
    yield page
    assert errors == []
