"""The brand that sells, as the tests of tracking know it, and one with a row of everything."""

from typing import Any

import pytest

from tests.test_architecture import PK
from tests.tracking.conftest import partner, sale, shop, standard
from tests.whole_brand import fill

__all__ = ["partner", "sale", "shop", "standard"]


@pytest.fixture
def whole(brand: Any, alice: Any) -> Any:
    fill(brand, user=alice, number=PK)
    return brand
