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
