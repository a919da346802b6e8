"""The second factor: switching it on and off, the second step of logging in, and the ways round that there are not."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from program.models import AuditEntry
from program.services import second_factor
from tests.factories import make_user

LOG_IN, CODE = "/log-in/", "/log-in/code/"
ON, OFF, CODES = "/security/second-factor/on/", "/security/second-factor/off/", "/security/recovery-codes/"
PASSWORD = {"username": "alice", "password": "anvil"}


def code_of(key):
    """What the app shows now."""
    return f"{TOTP(bytes.fromhex(key)).token():06}"


def wrong_code_of(key):
    """Six digits that the app shows neither now nor in the minutes around."""
    near = TOTP(bytes.fromhex(key))
    shown = set()
    for near.drift in range(-4, 5):
        shown.add(near.token())
    return f"{next(number for number in range(100) if number not in shown):06}"


@pytest.fixture
def app(alice):
    """Alice's second factor, on."""
    return TOTPDevice.objects.create(user=alice, name="App")


@pytest.fixture
def codes(alice, app):
    """Her recovery codes."""
    return second_factor.replace_recovery_codes(user=alice)


def after_password():
    browser = Client()
    assert browser.post(LOG_IN, PASSWORD)["Location"] == CODE
    return browser


def is_in(browser):
    return browser.get("/security/").status_code == 200


def switch_on(browser):
    """Go through the page that switches it on; answers its key and the last answer."""
    browser.get(ON)
    key = browser.session["second_factor_key"]
    return key, browser.post(ON, {"code": code_of(key), "password": "anvil"})


def test_the_page_shows_the_key_as_a_picture_and_in_words(alice, client_of):
    browser = client_of(alice)
    page = browser.get(ON)
    words = second_factor.key_in_words(browser.session["second_factor_key"])
    assert words in page.content.decode()
    assert "<svg" in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_the_picture_says_whose_key_it_is(alice):
    address = TOTPDevice(user=alice, key="00" * 20).config_url
    assert address.startswith("otpauth://totp/Brandboard%3Aalice?")
    assert "issuer=Brandboard" in address


def test_a_code_switches_it_on_and_shows_ten_recovery_codes_once(alice, client_of):
    browser = client_of(alice)
    _, answer = switch_on(browser)
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
    key = browser.session["second_factor_key"]
    assert browser.post(ON, {"code": wrong_code_of(key), "password": "anvil"}).status_code == 422
    assert browser.post(ON, {"code": code_of(key), "password": "hammer"}).status_code == 422
    assert browser.session["second_factor_key"] == key
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
    key = second_factor.new_key()
    with pytest.raises(ValidationError, match="on already"):
        second_factor.switch_on(user=alice, key=key, code=code_of(key))


def test_the_password_alone_logs_nobody_in(app):
    browser = after_password()
    assert not is_in(browser)
    assert browser.get("/p/1000/partners/").status_code == 302


def test_a_code_logs_in_where_the_user_was_going(app):
    browser = Client()
    browser.post(LOG_IN, {**PASSWORD, "next": "/p/1000/partners/"})
    assert browser.post(CODE, {"code": code_of(app.key)})["Location"] == "/p/1000/partners/"
    assert is_in(browser)
    assert "first_step" not in browser.session


def test_a_code_typed_with_a_space_is_a_code(app):
    code = code_of(app.key)
    assert after_password().post(CODE, {"code": f" {code[:3]} {code[3:]}"}).status_code == 302


def test_a_code_works_once(app):
    code = code_of(app.key)
    assert after_password().post(CODE, {"code": code}).status_code == 302
    assert after_password().post(CODE, {"code": code}).status_code == 422


def test_a_wrong_code_is_refused_and_the_next_one_has_to_wait(app):
    browser = after_password()
    answer = browser.post(CODE, {"code": wrong_code_of(app.key)})
    assert answer.status_code == 422
    assert "does not fit" in answer.content.decode()
    answer = browser.post(CODE, {"code": code_of(app.key)})
    assert "Too many wrong codes. Wait 1 second," in answer.content.decode()
    with time_machine.travel(timezone.now() + timedelta(seconds=2)):
        assert browser.post(CODE, {"code": code_of(app.key)}).status_code == 302


def test_wrong_codes_wait_twice_as_long_each_time_wherever_they_come_from(app):
    now = timezone.now()
    for seconds in (0, 2, 5):
        with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
            browser = Client(REMOTE_ADDR=f"203.0.113.{seconds}")
            browser.post(LOG_IN, PASSWORD)
            browser.post(CODE, {"code": wrong_code_of(app.key)})
    with time_machine.travel(now + timedelta(seconds=5), tick=False), pytest.raises(ValidationError, match="4 seconds"):
        second_factor.use_code(user=app.user, code=code_of(app.key))


def test_wrong_codes_lock_as_wrong_passwords_do(app):
    now = timezone.now()
    browser = after_password()
    for number in range(5):
        with time_machine.travel(now + timedelta(seconds=40 * number), tick=False):
            answer = browser.post(CODE, {"code": wrong_code_of(app.key)})
    assert answer.status_code == 429
    with time_machine.travel(now + timedelta(minutes=5)):
        assert browser.post(CODE, {"code": code_of(app.key)}).status_code == 429
        assert Client().post(LOG_IN, PASSWORD).status_code == 429
        assert not is_in(browser)


def test_the_second_step_ends_after_ten_minutes(app):
    browser = after_password()
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert browser.post(CODE, {"code": code_of(app.key)})["Location"] == LOG_IN
        assert not is_in(browser)


def test_the_second_step_ends_when_the_password_changes(alice, app):
    browser = after_password()
    alice.set_password("brass-rivet-9")
    alice.save()
    assert browser.post(CODE, {"code": code_of(app.key)})["Location"] == LOG_IN


def test_a_closed_account_does_not_get_past_the_second_step(alice, app):
    browser = after_password()
    alice.is_active = False
    alice.save()
    assert browser.post(CODE, {"code": code_of(app.key)})["Location"] == LOG_IN


def test_nobody_reaches_the_second_step_without_the_first(app):
    assert Client().get(CODE)["Location"] == LOG_IN
    assert Client().post(CODE, {"code": code_of(app.key)})["Location"] == LOG_IN


def test_a_code_of_somebody_elses_app_is_wrong(app):
    theirs = TOTPDevice.objects.create(user=make_user(username="mallory"), name="App")
    assert after_password().post(CODE, {"code": code_of(theirs.key)}).status_code == 422


def test_a_recovery_code_logs_in_once(codes):
    code = codes[3].upper()
    assert "Recovery code" in after_password().get(f"{CODE}?recovery=1").content.decode()
    assert after_password().post(f"{CODE}?recovery=1", {"code": code}).status_code == 302
    answer = after_password().post(f"{CODE}?recovery=1", {"code": code})
    assert "was used before" in answer.content.decode()


def test_wrong_recovery_codes_do_not_make_the_app_wait(app, codes):
    browser = after_password()
    browser.post(CODE, {"code": "aaaa-bbbb-cccc-dddd"})
    assert browser.post(CODE, {"code": code_of(app.key)}).status_code == 302


def test_the_security_page_says_how_many_recovery_codes_are_left(alice, codes, client_of):
    for code in codes[:8]:
        second_factor.use_code(user=alice, code=code)
    page = client_of(alice).get("/security/").content.decode()
    assert "2 of 10 are left" in page
    assert "Make new ones before the last is used" in page


def test_new_recovery_codes_void_the_old_ones(alice, app, codes, client_of):
    answer = client_of(alice).post(CODES, {"password": "anvil", "code": code_of(app.key)})
    new = re.findall(r"(?:[a-z2-7]{4}-){3}[a-z2-7]{4}", answer.content.decode())
    with pytest.raises(ValidationError):
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
    answer = client_of(alice).post(OFF, {"password": "anvil", "code": code_of(app.key)})
    assert answer["Location"] == "/security/"
    assert not StaticToken.objects.exists()
    assert Client().post(LOG_IN, PASSWORD)["Location"] == "/"


@pytest.mark.parametrize("page", [OFF, CODES])
def test_without_a_second_factor_there_is_nothing_to_change(alice, client_of, page):
    assert client_of(alice).get(page)["Location"] == "/security/"


def test_django_admin_is_no_way_round(brand):
    root = make_user(username="root", is_staff=True, is_superuser=True)
    TOTPDevice.objects.create(user=root, name="App")
    browser = Client()
    page = browser.post("/admin/login/", {"username": "root", "password": "anvil"}, follow=True)
    assert page.redirect_chain[-1][0].startswith(LOG_IN)
    browser.post(LOG_IN, {"username": "root", "password": "anvil", "next": "/admin/"})
    assert browser.get("/admin/").status_code == 302


def test_a_code_opens_django_admin(brand):
    root = make_user(username="root", is_staff=True, is_superuser=True)
    app = TOTPDevice.objects.create(user=root, name="App")
    browser = Client()
    browser.post(LOG_IN, {"username": "root", "password": "anvil", "next": "/admin/"})
    page = browser.post(CODE, {"code": code_of(app.key)}, follow=True)
    assert "Site administration" in page.content.decode()


def test_an_administrator_resets_the_second_factor_of_a_user(alice, app, codes, client_of):
    root = make_user(username="root", is_staff=True, is_superuser=True)
    chosen = {"action": "reset_second_factor", "_selected_action": [alice.pk]}
    page = client_of(root).post("/admin/auth/user/", chosen, follow=True)
    assert "Logs in by password alone from now on: alice." in page.content.decode()
    assert Client().post(LOG_IN, PASSWORD)["Location"] == "/"


def test_django_admin_shows_nobodys_secret(app, codes, client_of):
    root = make_user(username="root", is_staff=True, is_superuser=True)
    browser = client_of(root)
    assert browser.get("/admin/otp_totp/totpdevice/").status_code == 404
    assert browser.get("/admin/otp_static/staticdevice/").status_code == 404
    assert app.key not in browser.get(f"/admin/auth/user/{app.user_id}/change/").content.decode()


def events():
    """The audit log but for log-ins, oldest first."""
    entries = AuditEntry.objects.exclude(event__in=["LOGGED_IN", "ADDED", "CHANGED", "REMOVED"]).order_by("id")
    return [(entry.who, entry.event) for entry in entries]


def test_the_audit_log_tells_of_everything_done_to_a_second_factor(alice, client_of):
    browser = client_of(alice)
    codes = re.findall(r"(?:[a-z2-7]{4}-){3}[a-z2-7]{4}", switch_on(browser)[1].content.decode())
    after_password().post(CODE, {"code": codes[0]})
    made = browser.post(CODES, {"password": "anvil", "code": codes[1]}).content.decode()
    browser.post(OFF, {"password": "anvil", "code": re.search(r"(?:[a-z2-7]{4}-){3}[a-z2-7]{4}", made)[0]})
    names = ["SECOND_FACTOR_ON", "RECOVERY_CODE_USED", "RECOVERY_CODES", "SECOND_FACTOR_OFF"]
    assert events() == [("alice", name) for name in names]


def test_the_audit_log_tells_who_reset_a_second_factor(alice, app, client_of):
    root = make_user(username="root", is_staff=True, is_superuser=True)
    client_of(root).post("/admin/auth/user/", {"action": "reset_second_factor", "_selected_action": [alice.pk]})
    entry = AuditEntry.objects.get(event="SECOND_FACTOR_RESET")
    assert (entry.who, entry.words) == ("root", "reset the second factor of alice")
    assert entry.account == alice.membership_set.get().account
