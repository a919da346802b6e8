"""Two brands side by side, each with one row of everything."""

import pytest
from django.db import connection

from program.models import Program
from tests.cast import alice, apart, bob, brand, charlie, erin, frank, kept
from tests.isolation.brands import RIVALS_PK, SECRET
from tests.test_architecture import PK
from tests.whole_brand import fill

__all__ = ["alice", "apart", "bob", "brand", "charlie", "erin", "frank", "kept"]


@pytest.fixture(scope="module")
def rival(charlie):
    return Program.objects.get(pk=2000)


@pytest.fixture(scope="module")
def both(brand, rival, alice, charlie):
    """Both brands with one row of everything: the brand's are numbered PK, the rival's RIVALS_PK."""
    fill(brand, user=alice, number=PK)
    fill(rival, user=charlie, number=RIVALS_PK, name=SECRET)
    connection.check_constraints()  # here, or it would be done again after each test
