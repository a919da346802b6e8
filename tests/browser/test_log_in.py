"""Logging in with password and code by keyboard alone, and every page of it without a serious finding of axe."""

import os
from base64 import b32decode
from collections.abc import Iterator
from typing import Any

import pytest
from axe_core_python.sync_playwright import Axe
from django_otp.oath import TOTP
from playwright.sync_api import Page, expect

from accounts.second_factor import services as second_factor
from tests.accounts.codes import code_of
from tests.factories import make_app

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def window(page: Page) -> Iterator[Page]:
    """A window that fails on whatever the page or its content policy complains about."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
    yield page
    assert [error for error in errors if "status of 4" not in error] == []


def type_in(page: Page, *words: str) -> None:
    """Type into one field after the other, from the one that has the focus, and press Enter in the last."""
    page.wait_for_function("() => document.activeElement instanceof HTMLInputElement")  # autofocus may come after load
    for number, word in enumerate(words):
        if number:
            page.keyboard.press("Tab")
        page.keyboard.type(word)
    page.keyboard.press("Enter")


def test_password_and_code_by_keyboard_alone(window: Page, live_server: Any, alice: Any) -> None:
    app = make_app(user=alice)
    window.goto(f"{live_server.url}/p/1000/partners/")
    type_in(window, "alice", "anvil")
    expect(window.get_by_role("heading", name="Type the code of your app")).to_be_visible()
    type_in(window, code_of(app))
    expect(window.get_by_role("heading", name="Partners")).to_be_visible()


def test_a_recovery_code_by_keyboard_alone(window: Page, live_server: Any, alice: Any) -> None:
    make_app(user=alice)
    code = second_factor.replace_recovery_codes(user=alice)[0]
    window.goto(f"{live_server.url}/log-in/?next=/security/")
    type_in(window, "alice", "anvil")
    expect(window.get_by_role("heading", name="Type the code of your app")).to_be_visible()
    for key in ("Tab", "Tab", "Enter"):  # past Log in, to the link
        window.keyboard.press(key)
    expect(window.get_by_role("heading", name="Type a recovery code")).to_be_visible()
    type_in(window, code)
    expect(window.get_by_text("9 of 10 are left")).to_be_visible()


def test_the_second_factor_is_switched_on_and_off(window: Page, live_server: Any, alice: Any) -> None:
    window.goto(f"{live_server.url}/log-in/?next=/security/")
    type_in(window, "alice", "anvil")
    window.get_by_role("link", name="Switch on").click()
    picture = window.get_by_role("img", name="QR code of the key below").bounding_box()
    assert picture is not None
    assert picture["width"] > 180
    assert abs(picture["width"] - picture["height"]) < 4
    words = window.locator("[data-copy]").inner_text()

    window.get_by_label("Code", exact=True).fill(f"{TOTP(b32decode(words.replace(' ', ''))).token():06}")
    window.get_by_label("Your password").fill("anvil")
    window.get_by_role("button", name="Switch on").click()
    expect(window.get_by_role("heading", name="The second factor is on")).to_be_visible()
    codes = window.locator("[data-copy]").inner_text().split()
    window.get_by_role("link", name="I have kept them").click()
    expect(window.get_by_text("10 of 10 are left")).to_be_visible()
    window.get_by_role("link", name="Switch off").click()
    window.get_by_label("Your password").fill("anvil")
    window.get_by_label("Code").fill(codes[0])
    window.get_by_role("button", name="Switch off").click()
    expect(window.get_by_text("your password alone logs you in")).to_be_visible()


PAGES = ["/log-in/", "/log-in/code/", "/log-in/code/?recovery=1", "/password-reset/", "/password-reset/done/",
         "/password-reset/complete/", "/password-reset/MQ/x-y/", "/invitation/x/"]  # fmt: skip
INSIDE = ["/security/", "/security/second-factor/on/", "/password-change/"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Any, live_server: Any, alice: Any, bob: Any, theme: str) -> None:
    make_app(user=alice)
    context = browser.new_context(bypass_csp=True, color_scheme=theme)
    page = context.new_page()
    found = []
    for username, paths in (("alice", PAGES), ("bob", INSIDE)):
        page.goto(f"{live_server.url}/log-in/")
        type_in(page, username, "anvil")
        page.wait_for_url(lambda url: not url.endswith("/log-in/"))
        for path in paths:
            page.goto(live_server.url + path)
            violations = Axe().run(page)["violations"]
            found += [(path, each["id"]) for each in violations if each["impact"] in ("serious", "critical")]
    context.close()
    assert found == []


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_an_invitation_from_the_team_page_to_the_first_page(
    browser: Any, live_server: Any, alice: Any, client_of: Any, width: int, theme: str
) -> None:
    settings = {"bypass_csp": True, "color_scheme": theme, "viewport": {"width": width, "height": 900}}
    administrators, persons = browser.new_context(**settings), browser.new_context(**settings)
    found = []

    def look(page: Page, name: str) -> None:
        violations = Axe().run(page)["violations"]
        found.extend((name, each["id"]) for each in violations if each["impact"] in ("serious", "critical"))
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if folder := os.environ.get("PICTURES"):
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)

    session = client_of(alice).cookies["sessionid"].value
    administrators.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    team, page = administrators.new_page(), persons.new_page()
    team.goto(f"{live_server.url}/p/1000/settings/team/")
    team.get_by_label("E-mail address").fill("eve@example.com")
    team.get_by_role("button", name="Invite").click()
    expect(team.get_by_text("It is shown this once.")).to_be_visible()
    look(team, "team")
    path = team.locator("[data-copy]").first.inner_text().partition("/invitation/")[2]
    page.goto(f"{live_server.url}/invitation/{path}")
    look(page, "invitation")
    page.get_by_label("User name").fill("eve")
    page.get_by_label("Password", exact=True).fill("long-enough-1")
    page.get_by_label("Password again").fill("long-enough-2")
    page.get_by_role("button", name="Join the team").click()
    expect(page.get_by_text("The two passwords differ.")).to_be_visible()
    look(page, "invitation-refused")
    page.get_by_label("Password", exact=True).fill("long-enough-1")
    page.get_by_label("Password again").fill("long-enough-1")
    page.get_by_role("button", name="Join the team").click()
    expect(page.get_by_role("button", name="eve, user menu")).to_be_visible()
    page.goto(f"{live_server.url}/invitation/{path}")
    look(page, "invitation-gone")
    administrators.close()
    persons.close()
    assert found == []
