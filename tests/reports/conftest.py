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
    from reports.rollups.fill import fill_touched_days  # noqa: PLC0415
    from tests.reports.orders import give_back, sell  # noqa: PLC0415

    sell(
        shop,
        {"id": "A-1", "status": "new", "amount": "100"},
        {"id": "A-2", "status": "new", "amount": "33.33"},
        {"id": "A-3", "status": "repeat", "amount": "50"},
        {"id": "A-4", "status": "repeat", "amount": "70"},
        {"id": "A-5", "status": "lapsed", "items": [("S-1", "10.00", "3"), ("S-2", "5.05", "1")]},
        {"id": "A-6", "status": "guest", "amount": "20"},
        {"id": "B-1", "partner": "P-2", "day": "2026-11-11", "status": "NEW", "amount": "12.34"},
        {"id": "B-2", "partner": "P-2", "day": "2026-11-13", "amount": "200"},
    )
    sell(shop, {"id": "T-1", "status": "new", "amount": "999"}, is_test=True)
    give_back(shop, "A-4")
    give_back(shop, "A-5", ItemSku="S-1", ItemQuantity="1")
    fill_touched_days(program_id=shop.pk)
    return shop
