"""The brand that sells, as the tests of tracking know it."""

from tests.tracking.conftest import partner, sale, shop, standard

__all__ = ["partner", "sale", "shop", "standard"]
