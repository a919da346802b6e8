"""The style guide shows every component, in development; production has neither it nor a link to it."""

import re
from typing import Any

import pytest

from servers.home import PROJECT

HOME = "/p/1000/"
PARTS_OF_OTHERS = {"nav.html", "nav_item.html", "topbar.html", "user_menu.html", "rule_row.html", "mark.html",
                   "dialog_head.html", "form_errors.html", "search_dialog.html", "sort_menu.html"}  # fmt: skip


def test_production_has_no_style_guide(alice: Any, client_of: Any) -> None:
    assert client_of(alice).get("/styleguide/").status_code == 404
    assert "Style guide" not in client_of(alice).get(HOME, follow=True).content.decode()


@pytest.mark.urls("tests.browser.frame_urls")
def test_development_leads_to_it_from_every_page(alice: Any, client_of: Any) -> None:
    assert 'href="/styleguide/"' in client_of(alice).get(HOME, follow=True).content.decode()
    assert client_of(alice).get("/styleguide/").status_code == 200


def test_it_shows_every_component() -> None:
    shown = set(re.findall(r"components/(\w+\.html)", (PROJECT / "templates/styleguide.html").read_text()))
    every = {path.name for path in (PROJECT / "templates/components").glob("*.html")}
    assert every - shown - PARTS_OF_OTHERS == set()


def test_it_shows_every_colour_of_the_tokens() -> None:
    tokens = (PROJECT / "static/css/tokens.css").read_text()
    colours = set(re.findall(r"^  --([\w-]+): light-dark", tokens, re.MULTILINE)) - {"thumb", "scrim", "chart-before"}
    from program.frame.styleguide import COLOURS  # noqa: PLC0415 (Django must be set up)

    assert colours == set(COLOURS)


def test_every_component_is_used_by_a_page_and_not_by_the_style_guide_alone() -> None:
    pages = [path for path in (PROJECT / "templates").rglob("*.html") if path.name != "styleguide.html"]
    pages.append(PROJECT / "program/templatetags/brandboard.py")
    used = {name for page in pages for name in re.findall(r"components/(\w+\.html)", page.read_text())}
    assert {path.name for path in (PROJECT / "templates/components").glob("*.html")} - used == set()
