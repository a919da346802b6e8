"""Logging in: what did not fit is said in our words, alike for whoever is not let in."""

import pytest

from tests.factories import make_user


@pytest.mark.parametrize(
    ("username", "password", "is_active"),
    [("alice", "wrong", True), ("nobody", "anvil", True), ("alice", "anvil", False)],
    ids=["wrong password", "no such user", "closed account"],
)
def test_who_is_not_let_in_is_told_the_same(db, client, username, password, is_active):
    make_user(username="alice", is_active=is_active)
    page = client.post("/log-in/", {"username": username, "password": password}).content.decode()
    assert "This user name and password do not fit together. Check both; capital letters count." in page
    assert "Please enter" not in page
