"""Credentials of the API: shown once, kept as a hash, checked on every call."""

import datetime as dt

import pytest
import time_machine

from accounts.api_tokens import make_api_token, revoke_api_token, token_in_force
from accounts.models import ApiToken
from common.refusals import Refused
from tests.factories import make_account


@pytest.fixture
def made(brand, alice):
    return make_api_token(account=brand.account, name="Shop", scope="READ", user=alice)


def test_a_token_opens_its_account_with_its_scope(brand, made):
    _, secret = made
    token = token_in_force(brand.account.sid, secret)
    assert (token.account, token.scope) == (brand.account, "READ")


def test_the_secret_is_nowhere_in_the_row(made):
    token, secret = made
    row = ApiToken.objects.values().get(pk=token.pk)
    assert secret not in str(row)
    assert len(secret) >= 43, "256 bits in base 64"
    assert row["hint"] == secret[-4:]


def test_another_sid_or_another_token_opens_nothing(brand, made):
    _, secret = made
    other = make_account(sid="BB-OTHER")
    assert token_in_force(other.sid, secret) is None
    assert token_in_force(brand.account.sid, secret + "x") is None
    assert token_in_force("", "") is None
    assert token_in_force("ä\ud800", "\ud800") is None


def test_a_revoked_token_opens_nothing_and_stays_listed(brand, made):
    token, secret = made
    assert revoke_api_token(token=token)
    assert not revoke_api_token(token=token)
    assert token_in_force(brand.account.sid, secret) is None
    assert ApiToken.objects.get(pk=token.pk).revoked_at


def test_the_last_use_is_written_at_most_once_a_minute(brand, made, django_assert_num_queries):
    token, secret = made
    start = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=False):
        token_in_force(brand.account.sid, secret)
    with time_machine.travel(start + dt.timedelta(seconds=59), tick=False), django_assert_num_queries(1):
        token_in_force(brand.account.sid, secret)
    token.refresh_from_db()
    assert token.last_used_at == start
    with time_machine.travel(start + dt.timedelta(seconds=61), tick=False):
        token_in_force(brand.account.sid, secret)
    token.refresh_from_db()
    assert token.last_used_at == start + dt.timedelta(seconds=61)


def test_a_token_needs_a_name(brand):
    with pytest.raises(Refused):
        make_api_token(account=brand.account, name=" ")
