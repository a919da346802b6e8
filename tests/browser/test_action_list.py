"""The list of actions at the widths that people have: nothing of an order is cut."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.django_db(transaction=True)
EVERY_COLUMN = "&".join(
    f"show={key}"
    for key in ("event_date", "partner", "event_type", "customer", "customer_status", "status_code", "state",
                "promo_code", "group", "original_amount", "amount", "payout", "intended_payout", "locks", "tracked")
)  # fmt: skip


@pytest.fixture
def actions(page: Page, live_server: Any, brand: Any, alice: Any, client_of: Callable[[Any], Any]) -> Iterator[Page]:
    """Alice before the list of actions of a partner with a long name, in amounts of seven digits."""
    from tests.factories import (  # noqa: PLC0415
        make_action,
        make_contracts,
        make_event_type,
        make_partner,
        terms_document,
    )

    make_event_type(program=brand)
    partner = make_partner(program=brand, media_partner_id="P-1", name="Kettle, Quill and Daughters of London")
    group = {"Rank": 1, "Name": "New customers with big baskets", "Rules": [], "PayoutRate": "12"}
    make_contracts(program=brand, document=terms_document(groups=[group]), partners=[partner])
    make_action(program=brand, OrderId="ORDER-2026-11-0000001", Amount="1234567.89", CustomerId="C-1")
    session = client_of(alice).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    return page


@pytest.mark.parametrize("width", [1024, 1280, 1440])
@pytest.mark.parametrize("query", ["", EVERY_COLUMN])
def test_order_and_payout_are_in_sight_and_the_page_does_not_move(
    actions: Page, live_server: Any, width: int, query: str
) -> None:
    actions.set_viewport_size({"width": width, "height": 900})
    actions.goto(f"{live_server.url}/p/1000/transactions/actions/?{query}")
    assert not actions.evaluate("document.documentElement.scrollWidth > innerWidth")
    scroller = actions.locator(".table-scroll").bounding_box()
    for cell in (actions.locator("tbody th").first, actions.locator("tbody td[data-label^='Payout, ']").first):
        expect(cell).to_be_visible()
        box = cell.bounding_box()
        assert scroller["x"] - 1 <= box["x"]
        assert box["x"] + box["width"] <= scroller["x"] + scroller["width"] + 1


def test_the_totals_stay_above_the_pinned_cells_of_the_rows_beneath_them(
    actions: Page, live_server: Any, brand: Any
) -> None:
    from tests.factories import make_action  # noqa: PLC0415

    for number in range(20):
        make_action(program=brand, OrderId=f"B-{number}", MediaPartnerId="P-1")
    actions.set_viewport_size({"width": 1280, "height": 600})
    actions.goto(f"{live_server.url}/p/1000/transactions/actions/")
    on_top = """cell => {
        const { left, top, width, height } = cell.getBoundingClientRect();
        return cell.contains(document.elementFromPoint(left + width / 4, top + height / 2));
    }"""
    assert actions.locator(".table-scroll").evaluate("frame => frame.scrollHeight > frame.clientHeight + 100")
    for cell in (actions.locator("tfoot th"), actions.locator("tfoot td[data-column='payout']")):
        cell.scroll_into_view_if_needed()
        assert cell.evaluate(on_top)


def test_on_a_phone_the_current_tab_is_in_sight_and_a_faded_edge_says_that_more_follow(
    actions: Page, live_server: Any
) -> None:
    actions.set_viewport_size({"width": 390, "height": 844})
    address = f"{live_server.url}/p/1000/transactions/actions/"
    tabs = actions.get_by_role("navigation", name="States")
    actions.goto(address)
    expect(tabs).to_have_class("tabs tabs-sums more-after")
    actions.goto(f"{address}?state=REVERSED")
    expect(tabs).to_have_class("tabs tabs-sums more-before")
    expect(tabs.get_by_role("link", name="Reversed")).to_be_in_viewport(ratio=1)


def test_every_part_of_a_row_opens_the_action_and_j_and_k_the_next_and_the_previous_one(
    actions: Page, live_server: Any, brand: Any
) -> None:
    from tests.factories import make_action  # noqa: PLC0415 (models need Django to be set up)

    for number, day in enumerate(("2026-11-02", "2026-11-03"), start=1):
        make_action(program=brand, OrderId=f"B-{number}", MediaPartnerId="P-1", EventDate=f"{day}T10:00:00Z")
    for column in ("customer_status", "payout"):
        actions.set_viewport_size({"width": 1024, "height": 900})
        actions.goto(f"{live_server.url}/p/1000/transactions/actions/?sort=event_date&q=B-")
        box = actions.locator(f"tbody tr:first-child td[data-column={column}]").bounding_box()
        actions.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(actions.get_by_role("heading", level=1)).to_have_text("Order B-1")
    actions.keyboard.press("j")
    expect(actions.get_by_role("heading", level=1)).to_have_text("Order B-2")
    actions.keyboard.press("j")  # the last of the list
    actions.keyboard.press("k")
    expect(actions.get_by_role("heading", level=1)).to_have_text("Order B-1")


def test_an_action_on_a_phone_is_a_card_of_two_lines_whose_figures_do_not_wrap(actions: Page, live_server: Any) -> None:
    actions.set_viewport_size({"width": 390, "height": 844})
    actions.goto(f"{live_server.url}/p/1000/transactions/actions/")
    cells = actions.locator("tbody tr:first-child > :visible").all()
    boxes = [cell.bounding_box() for cell in cells]
    assert len({round((box["y"] + box["height"] / 2) / 8) for box in boxes}) == 2
    for cell in actions.locator("[data-column=amount], [data-column=payout]").all():
        assert cell.bounding_box()["height"] < 40
