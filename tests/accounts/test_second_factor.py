"""A user's second factor: switching it on and off, recovery codes, and what is kept of them."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticToken

from accounts.models import AuditEntry, AuthenticatorApp
from accounts.second_factor import services as second_factor
from common.refusals import Refused
from tests.accounts.codes import CODE, LOG_IN, PASSWORD, after_password, code_of, is_in, wrong_code_of
from tests.factories import make_user

ON, OFF, CODES = "/security/second-factor/on/", "/security/second-factor/off/", "/security/recovery-codes/"


def scanned(browser):
    """The app that has scanned what the page shows."""
    return AuthenticatorApp(user_id=int(browser.session["_auth_user_id"]), key=browser.session["second_factor_key"])


def switch_on(browser):
    """Go through the page that switches it on; answers what it says at the end."""
    browser.get(ON)
    return browser.post(ON, {"code": code_of(scanned(browser)), "password": "anvil"})


def test_the_page_shows_the_key_as_a_picture_and_in_words(alice, client_of):
    browser = client_of(alice)
    page = browser.get(ON)
    words = second_factor.key_in_words(user=alice, key=browser.session["second_factor_key"])
    assert words in page.content.decode()
    assert "<svg" in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_the_picture_says_whose_key_it_is(alice):
    address = AuthenticatorApp(user=alice, key="00" * 20).config_url
    assert address.startswith("otpauth://totp/Brandboard%3Aalice?")
    assert "issuer=Brandboard" in address


def test_a_code_switches_it_on_and_shows_ten_recovery_codes_once(alice, client_of):
    browser = client_of(alice)
    answer = switch_on(browser)
    shown = re.findall(r"(?:[a-z2-7]{4}-){3}[a-z2-7]{4}", answer.content.decode())
    assert len(set(shown)) == 10
    assert "no-store" in answer["Cache-Control"]
    assert second_factor.is_on(alice)
    assert is_in(browser)
    assert not any(code in browser.get(path).content.decode() for path in ("/security/", CODES) for code in shown)


def test_recovery_codes_are_kept_as_fingerprints(codes):
    kept = set(StaticToken.objects.values_list("token", flat=True))
    assert len(kept) == 10
    assert not kept & {part for code in codes for part in (code, code.replace("-", ""), code.replace("-", "")[:16])}


def test_a_wrong_code_or_password_switches_nothing_on(alice, client_of):
    browser = client_of(alice)
    browser.get(ON)
    app = scanned(browser)
    assert browser.post(ON, {"code": wrong_code_of(app), "password": "anvil"}).status_code == 422
    assert browser.post(ON, {"code": code_of(app), "password": "hammer"}).status_code == 422
    assert browser.session["second_factor_key"] == app.key
    assert not second_factor.is_on(alice)


def test_switching_it_on_ends_every_other_session(alice):
    here, there = Client(), Client()
    for browser in (here, there):
        browser.post(LOG_IN, PASSWORD)
    switch_on(here)
    assert is_in(here)
    assert not is_in(there)


def test_it_is_switched_on_once(alice, app, client_of):
    assert client_of(alice).get(ON)["Location"] == "/security/"
    key = second_factor.new_key(user=alice)
    with pytest.raises(Refused, match="already on"):
        second_factor.switch_on(user=alice, key=key, code=code_of(AuthenticatorApp(user=alice, key=key)))


def test_the_security_page_says_how_many_recovery_codes_are_left(alice, codes, client_of):
    for code in codes[:8]:
        second_factor.use_code(user=alice, code=code)
    page = client_of(alice).get("/security/").content.decode()
    assert "2 of 10 are left" in page
    assert "Make new ones before the last is used" in page


def test_new_recovery_codes_void_the_old_ones(alice, app, codes, client_of):
    answer = client_of(alice).post(CODES, {"password": "anvil", "code": code_of(app)})
    new = re.findall(r"(?:[a-z2-7]{4}-){3}[a-z2-7]{4}", answer.content.decode())
    with pytest.raises(Refused):
        second_factor.use_code(user=alice, code=codes[0])
    with time_machine.travel(timezone.now() + timedelta(seconds=2)):
        assert second_factor.use_code(user=alice, code=new[0])


@pytest.mark.parametrize("page", [OFF, CODES])
def test_both_factors_are_asked_for_before_it_is_changed(alice, app, codes, client_of, page):
    browser = client_of(alice)
    assert browser.post(page, {"password": "hammer", "code": codes[0]}).status_code == 422
    assert browser.post(page, {"password": "anvil", "code": "aaaa-bbbb-cccc-dddd"}).status_code == 422
    assert browser.post(page, {"password": "anvil"}).status_code == 422
    assert second_factor.is_on(alice)
    assert second_factor.recovery_codes_left(user=alice) == 10  # a wrong password uses no code up


def test_switched_off_the_password_alone_logs_in(alice, app, codes, client_of):
    answer = client_of(alice).post(OFF, {"password": "anvil", "code": code_of(app)})
    assert answer["Location"] == "/security/"
    assert not StaticToken.objects.exists()
    assert Client().post(LOG_IN, PASSWORD)["Location"] == "/"


@pytest.mark.parametrize("page", [OFF, CODES])
def test_without_a_second_factor_there_is_nothing_to_change(alice, client_of, page):
    assert client_of(alice).get(page)["Location"] == "/security/"


def test_an_administrator_resets_the_second_factor_of_a_user(alice, app, codes, client_of):
    root = make_user(username="root", is_staff=True, is_superuser=True)
    chosen = {"action": "reset_second_factor", "_selected_action": [alice.pk]}
    page = client_of(root).post("/admin/accounts/user/", chosen, follow=True)
    assert "Logs in with a password alone from now on: alice." in page.content.decode()
    assert Client().post(LOG_IN, PASSWORD)["Location"] == "/"


def test_django_admin_shows_nobodys_secret(app, codes, client_of):
    root = make_user(username="root", is_staff=True, is_superuser=True)
    browser = client_of(root)
    assert browser.get("/admin/otp_totp/totpdevice/").status_code == 404
    assert browser.get("/admin/otp_static/staticdevice/").status_code == 404
    assert app.bin_key.hex() not in browser.get(f"/admin/accounts/user/{app.user_id}/change/").content.decode()


def events():
    """The audit log but for log-ins, oldest first."""
    entries = AuditEntry.objects.exclude(event__in=["LOGGED_IN", "ADDED", "CHANGED", "REMOVED"]).order_by("id")
    return [(entry.who, entry.event) for entry in entries]


def test_the_audit_log_tells_of_everything_done_to_a_second_factor(alice, client_of):
    browser = client_of(alice)
    codes = re.findall(r"(?:[a-z2-7]{4}-){3}[a-z2-7]{4}", switch_on(browser).content.decode())
    after_password().post(CODE, {"code": codes[0]})
    made = browser.post(CODES, {"password": "anvil", "code": codes[1]}).content.decode()
    browser.post(OFF, {"password": "anvil", "code": re.search(r"(?:[a-z2-7]{4}-){3}[a-z2-7]{4}", made)[0]})
    names = ["SECOND_FACTOR_ON", "RECOVERY_CODE_USED", "RECOVERY_CODES", "SECOND_FACTOR_OFF"]
    assert events() == [("alice", name) for name in names]


def test_the_audit_log_tells_who_reset_a_second_factor(alice, app, client_of):
    root = make_user(username="root", is_staff=True, is_superuser=True)
    client_of(root).post("/admin/accounts/user/", {"action": "reset_second_factor", "_selected_action": [alice.pk]})
    entry = AuditEntry.objects.get(event="SECOND_FACTOR_RESET")
    assert (entry.who, entry.label) == ("root", "reset the second factor of alice")
    assert entry.account == alice.membership_set.get().account
