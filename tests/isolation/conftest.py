"""Two brands side by side, each with one row of everything."""

import pytest

from program.models import Program
from tests.isolation.brands import RIVALS_PK, SECRET
from tests.test_architecture import PK
from tests.whole_brand import fill


@pytest.fixture
def rival(charlie):
    return Program.objects.get(pk=2000)


@pytest.fixture
def both(brand, rival, alice, charlie):
    """Both brands with one row of everything: the brand's are numbered PK, the rival's RIVALS_PK."""
    fill(brand, user=alice, number=PK)
    fill(rival, user=charlie, number=RIVALS_PK, name=SECRET)
