"""A brand with orders of every customer status, some returned, and their rollups."""

from typing import Any

import pytest


@pytest.fixture
def shop(brand: Any) -> Any:
    """The brand with event type, partners and terms, and no orders."""
    from tests.reports.orders import set_up  # noqa: PLC0415 (models need Django to be set up)

    set_up(brand)
    return brand


@pytest.fixture
def sold(shop: Any) -> Any:
    """Nine orders of two partners on three days; A-4 returned whole, A-5 in part, T-1 a test order."""
    from tests.reports.orders import nine_orders  # noqa: PLC0415

    nine_orders(shop)
    return shop
