"""A real Chromium against a live server."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import chromium_path

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
