"""The brand of `sold`, with its orders, made once for the tests of a file that imports this and the cast."""

from typing import Any

import pytest
from django.db import connection

from tests.reports.orders import nine_orders, set_up


@pytest.fixture(scope="module")
def sold(brand: Any) -> Any:
    """Nine orders of two partners on three days; A-4 returned whole, A-5 in part, T-1 a test order."""
    set_up(brand)
    nine_orders(brand)
    connection.check_constraints()  # here, or it would be done again after each test
    return brand
