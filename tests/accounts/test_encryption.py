"""Keys of second factors are encrypted: a copy of the database alone gives no access."""

import pytest
from django.test import Client

from accounts.models import AuthenticatorApp
from accounts.second_factor import services as second_factor
from common.encryption import Unreadable, decrypted, encrypt
from common.refusals import Refused
from tests.accounts.codes import LOG_IN, code_of
from tests.factories import make_user

HEX = "3132333435363738393031323334353637383930"  # RFC 6238's own key


def kept(app):
    return AuthenticatorApp.objects.values_list("key", flat=True).get(pk=app.pk)


def test_what_was_sealed_opens_for_its_owner_alone():
    text = encrypt(b"a key", owner="alice")
    assert decrypted(text, owner="alice") == b"a key"
    with pytest.raises(Unreadable):
        decrypted(text, owner="bob")


def test_the_same_secret_is_sealed_differently_each_time():
    assert encrypt(b"a key", owner="alice") != encrypt(b"a key", owner="alice")


def test_a_changed_letter_opens_nothing():
    text = encrypt(b"a key", owner="alice")
    changed = text[:-3] + ("A" if text[-3] != "A" else "B") + text[-2:]
    with pytest.raises(Unreadable):
        decrypted(changed, owner="alice")


def test_the_database_holds_no_readable_key(app):
    assert kept(app).startswith("encrypted:")
    assert app.bin_key.hex() not in kept(app)
    assert len(app.bin_key) == 20


def test_the_session_of_who_sets_it_up_holds_none_either(alice, client_of):
    browser = client_of(alice)
    page = browser.get("/security/second-factor/on/").content.decode()
    key = browser.session["second_factor_key"]
    assert key.startswith("encrypted:")
    assert second_factor.key_in_words(user=alice, key=key) in page


def test_another_users_key_is_no_key(app):
    app.user = make_user(username="mallory")
    with pytest.raises(Unreadable):
        app.bin_key  # noqa: B018 (reading it is the point)


def test_an_earlier_secret_key_still_opens_and_is_replaced_at_the_next_code(app, settings):
    before, code = kept(app), code_of(app)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new one", [settings.SECRET_KEY]
    second_factor.use_code(user=app.user, code=code)
    assert kept(app) != before
    settings.SECRET_KEY_FALLBACKS = []
    app.refresh_from_db()
    assert code_of(app) == code


def test_a_key_that_is_current_is_left_as_it_is(app):
    before = kept(app)
    second_factor.use_code(user=app.user, code=code_of(app))
    assert kept(app) == before


def test_a_readable_key_from_before_is_sealed_at_the_next_code(alice):
    app = AuthenticatorApp.objects.create(user=alice, name="App", key=HEX)
    second_factor.use_code(user=alice, code=code_of(app))
    assert kept(app).startswith("encrypted:")
    app.refresh_from_db()
    assert app.bin_key.hex() == HEX


def test_without_its_secret_key_the_app_is_of_no_use_and_recovery_codes_are(app, codes, settings):
    code = code_of(app)
    settings.SECRET_KEY = "another one"
    with pytest.raises(Refused, match="cannot be checked any more"):
        second_factor.use_code(user=app.user, code=code)
    browser = Client()
    browser.post(LOG_IN, {"username": "alice", "password": "anvil"})
    answer = browser.post("/log-in/code/", {"code": code})
    assert answer.status_code == 422
    assert "Use a recovery code" in answer.content.decode()
    assert browser.post("/log-in/code/?recovery=1", {"code": codes[0]}).status_code == 302
