"""The walk by keyboard notices what is wrong; every page is walked through in `test_every_page`."""

import pytest
from playwright.sync_api import Page

from tests.browser.keyboard import Walker


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ("<style>:focus { outline: none; }</style><a href='#'>1</a>", "focus cannot be seen on"),
        ("<a href='#'>1</a><a href='#' tabindex='2'>2</a>", "out of order"),
        ("<a href='#'>1</a><p style='position: fixed; top: -90px'><a href='#'>2</a></p>", "outside of the window"),
        ("<a href='#'>1</a><a href='#' onblur='this.focus()'>2</a><a href='#'>3</a>", "never reached"),
        ("<dialog><a href='#'>1</a></dialog><script>document.querySelector('dialog').show()</script><a href='#'>2</a>",
         "focus leaves the dialog"),
    ],
    ids=["unseen", "out of order", "outside", "trapped", "let out"],
)  # fmt: skip
def test_the_walk_notices_what_is_wrong(page: Page, body: str, wrong: str) -> None:
    page.set_content(body)
    walker = Walker(page, "")
    walker.take("a page")
    assert wrong in " ".join(walker.found)
