"""What no link leads to: log-in and its error, refusals and error pages, a token shown once, warnings, a test order.

`pictures` takes these after the pages. Each state is a function that brings the page there; its name is the picture's.
"""

from collections.abc import Callable

from django.conf import settings
from django.template.loader import render_to_string
from django.test import override_settings
from playwright.sync_api import Page

ERROR_PAGES = ("400.html", "403.html", "403_csrf.html", "404.html", "500.html", "503.html")


def mapping_warning(page: Page, home: str) -> None:
    """The mapping switched off, and asked for again: nothing is saved before the question is answered."""
    _first(page, f"{home}settings/event-types/")
    address = page.url.split("?")[0] + "customer-status-mapping/"
    page.goto(address)
    if page.locator("[name=enabled]").is_checked():
        page.locator("[name=enabled]").uncheck()
        page.locator("main .button-primary").click()
        page.wait_for_load_state("load")
        page.goto(address)
    page.locator("[name=enabled]").check()
    page.locator("[name=more]").first.fill("new, neu")
    page.locator("main .button-primary").click()


def mapping_refused(page: Page, home: str) -> None:
    """One code under two categories."""
    _first(page, f"{home}settings/event-types/")
    page.goto(page.url.split("?")[0] + "customer-status-mapping/")
    page.locator("[name=enabled]").check()
    for index in (0, 1):
        page.locator("[name=more]").nth(index).fill("both")
    page.locator("main .button-primary").click()


def token_shown_once(page: Page, home: str) -> None:
    page.goto(f"{home}settings/api-tokens/")
    page.fill("[name=name]", "Made for the picture")
    page.locator("main .button-primary").click()


def toast(page: Page, home: str) -> None:
    """A tag made, and said so."""
    page.goto(f"{home}customers/tags/")
    page.fill("[name=name]", "Made for the picture")
    page.locator("main .button-primary").click()


def rows_selected(page: Page, home: str) -> None:
    page.goto(f"{home}customers/")
    for index in range(3):
        page.locator("[name=row]").nth(index).check()


def filtered_to_nothing(page: Page, home: str) -> None:
    page.goto(f"{home}transactions/actions/?q=there-is-no-such-order&state=PENDING")


def address_with_mistakes(page: Page, home: str) -> None:
    page.goto(f"{home}transactions/actions/?start_date=tomorrow&state=NONE&sort=-color")


def rule_values_refused(page: Page, home: str) -> None:
    """A payout group with a rule without a value and a payout that is not a number."""
    _first(page, f"{home}contracts/template-terms/")
    page.wait_for_load_state("networkidle")
    page.locator("#payout-groups-add").click()
    page.locator("row-editor [name=value]").fill("ten")
    page.locator("row-editor .button-primary").click()


def many_rules(page: Page, home: str) -> None:
    _first(page, f"{home}contracts/template-terms/")
    page.wait_for_load_state("networkidle")
    page.locator("#payout-groups-add").click()
    page.locator("row-editor").wait_for()
    for _ in range(3):
        page.locator("row-editor [data-add-rule]").click()


def schedule_refused(page: Page, home: str) -> None:
    _first(page, f"{home}contracts/template-terms/")
    page.wait_for_load_state("networkidle")
    page.locator("#schedule > summary").click()
    for field in page.locator("[name=locking_months], [name=locking_days], [name=scheduling_months]").all():
        field.fill("999")
    page.locator("#schedule-problems li").first.wait_for()


def default_payout_refused(page: Page, home: str) -> None:
    _first(page, f"{home}contracts/template-terms/")
    page.wait_for_load_state("networkidle")
    page.locator("#default-payout [name=value]").fill("-5")
    page.locator("#default-payout-problems li").first.wait_for()


def test_order_waiting(page: Page, home: str) -> None:
    page.goto(f"{home}transactions/test-order/")
    page.locator("main .button-primary").click()


def test_order_refused(page: Page, home: str) -> None:
    page.goto(f"{home}transactions/test-order/")
    page.fill("[name=amount]", "a lot")
    page.get_by_label("Currency").fill("XYZ")
    page.fill("[name=event_date]", "2999-01-01T10:00")
    page.fill("[name=items]", "S;x;1\n;;")
    page.fill("[name=parameters]", "Nothing")
    page.locator("main .button-primary").click()


def change_refused(page: Page, home: str) -> None:
    """A change of an order that was refused, and its reason."""
    page.goto(f"{home}transactions/conversions/")
    page.locator(".tabs a").last.click()
    page.wait_for_load_state("load")
    page.locator(".row-link").first.click()


def changes_refused(page: Page, home: str) -> None:
    page.goto(f"{home}transactions/conversions/")
    page.locator(".tabs a").last.click()


def every_group_tried(page: Page, home: str) -> None:
    """The payout groups that an action was tried against, on the page of an action that won by the last of them."""
    _first(page, f"{home}transactions/actions/")
    page.goto(f"{page.url.partition('?')[0]}payout-groups/")


def api_documentation(page: Page, home: str) -> None:
    page.goto(f"{home.partition('/p/')[0]}/Advertisers/docs")


def navigation_sheet(page: Page, home: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(home)
    page.get_by_role("button", name="Navigation").click()


def not_found(page: Page, home: str) -> None:
    page.goto(f"{home}nothing-is-here/")


STATES: dict[str, Callable[[Page, str], None]] = {
    each.__name__: each
    for each in (
        mapping_warning, mapping_refused, token_shown_once, toast, rows_selected, filtered_to_nothing,
        address_with_mistakes, rule_values_refused, many_rules, schedule_refused, default_payout_refused,
        test_order_waiting, test_order_refused, change_refused, changes_refused, every_group_tried, api_documentation,
        navigation_sheet, not_found,
    )
}  # fmt: skip


def error_page(page: Page, base: str, name: str) -> None:
    """An error page as its template is, at an address of the product: in good health it shows none on demand."""
    address = f"{base}/shown/{name}"
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}):  # nothing is collected here
        body = render_to_string(name)
    page.route(address, lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto(address)


def _first(page: Page, address: str) -> None:
    page.goto(address)
    page.locator(".row-link").first.click()
    page.wait_for_load_state("load")
