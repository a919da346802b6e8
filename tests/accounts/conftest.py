"""Fixtures of several test files of the program app."""

import pytest

from accounts.second_factor import services as second_factor
from tests.factories import make_app


@pytest.fixture
def app(alice):
    """Alice's second factor, on."""
    return make_app(user=alice)


@pytest.fixture
def codes(alice, app):
    """Her recovery codes."""
    return second_factor.replace_recovery_codes(user=alice)
