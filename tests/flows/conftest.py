"""A brand that has set itself up through its own pages: event type, mapping, a partner, a token, no terms yet."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.flows.dashboard import Dashboard, Shop


@pytest.fixture
def dashboard(alice: Any, client_of: Callable[[Any], Any]) -> Dashboard:
    """Alice, logged in to program 1000."""
    pages = Dashboard(client_of(alice), 1000)
    pages.add_event_type({"New": "new", "Existing": "repeat", "Re-Engaged": "lapsed"})
    pages.add_partner("P-ANNA", "Anna’s Blog")
    return pages


@pytest.fixture
def shop(dashboard: Dashboard) -> Shop:
    """The brand's web shop, with a token that may write."""
    return dashboard.make_token()


@pytest.fixture
def terms(dashboard: Dashboard) -> str:
    """The source's example as a draft: 10% of every order, 15% for New customers. The address of its page."""
    page = dashboard.create_terms("Standard", "10")
    dashboard.send_to(page, "payout-groups/new/", name="New customers", kind="PERCENT", value="15",
                      variable="CUSTOMER_STATUS", operator="IS", values="New")  # fmt: skip
    return page
