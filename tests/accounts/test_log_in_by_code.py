"""The second step of logging in: a code of the app or a recovery code, and the ways round that there are not."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.second_factor import services as second_factor
from common.refusals import Refused
from tests.accounts.codes import CODE, LOG_IN, PASSWORD, after_password, code_of, is_in, wrong_code_of
from tests.factories import make_app, make_user


def test_the_password_alone_logs_nobody_in(app):
    browser = after_password()
    assert not is_in(browser)
    assert browser.get("/p/1000/partners/").status_code == 302


def test_a_code_logs_in_where_the_user_was_going(app):
    browser = Client()
    browser.post(LOG_IN, {**PASSWORD, "next": "/p/1000/partners/"})
    assert browser.post(CODE, {"code": code_of(app)})["Location"] == "/p/1000/partners/"
    assert is_in(browser)
    assert "first_step" not in browser.session


def test_a_code_typed_with_a_space_is_a_code(app):
    code = code_of(app)
    assert after_password().post(CODE, {"code": f" {code[:3]} {code[3:]}"}).status_code == 302


def test_a_code_works_once(app):
    code = code_of(app)
    assert after_password().post(CODE, {"code": code}).status_code == 302
    assert after_password().post(CODE, {"code": code}).status_code == 422


def test_a_wrong_code_is_refused_and_the_next_one_has_to_wait(app):
    browser = after_password()
    answer = browser.post(CODE, {"code": wrong_code_of(app)})
    assert answer.status_code == 422
    assert "is not correct" in answer.content.decode()
    answer = browser.post(CODE, {"code": code_of(app)})
    assert "Too many wrong codes. Wait 1 second," in answer.content.decode()
    with time_machine.travel(timezone.now() + timedelta(seconds=2)):
        assert browser.post(CODE, {"code": code_of(app)}).status_code == 302


def test_wrong_codes_wait_twice_as_long_each_time_wherever_they_come_from(app):
    now = timezone.now()
    for seconds in (0, 2, 5):
        with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
            browser = Client(REMOTE_ADDR=f"203.0.113.{seconds}")
            browser.post(LOG_IN, PASSWORD)
            browser.post(CODE, {"code": wrong_code_of(app)})
    with time_machine.travel(now + timedelta(seconds=5), tick=False), pytest.raises(Refused, match="4 seconds"):
        second_factor.use_code(user=app.user, code=code_of(app))


def test_wrong_codes_lock_as_wrong_passwords_do(app):
    now = timezone.now()
    browser = after_password()
    for number in range(5):
        with time_machine.travel(now + timedelta(seconds=40 * number), tick=False):
            answer = browser.post(CODE, {"code": wrong_code_of(app)})
    assert answer.status_code == 429
    with time_machine.travel(now + timedelta(minutes=5)):
        assert browser.post(CODE, {"code": code_of(app)}).status_code == 429
        assert Client().post(LOG_IN, PASSWORD).status_code == 429
        assert not is_in(browser)


def test_the_second_step_ends_after_ten_minutes(app):
    browser = after_password()
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert browser.post(CODE, {"code": code_of(app)})["Location"] == LOG_IN
        assert not is_in(browser)


def test_the_second_step_ends_when_the_password_changes(alice, app):
    browser = after_password()
    alice.set_password("brass-rivet-9")
    alice.save()
    assert browser.post(CODE, {"code": code_of(app)})["Location"] == LOG_IN


def test_a_closed_account_does_not_get_past_the_second_step(alice, app):
    browser = after_password()
    alice.is_active = False
    alice.save()
    assert browser.post(CODE, {"code": code_of(app)})["Location"] == LOG_IN


def test_nobody_reaches_the_second_step_without_the_first(app):
    assert Client().get(CODE)["Location"] == LOG_IN
    assert Client().post(CODE, {"code": code_of(app)})["Location"] == LOG_IN


def test_a_code_of_somebody_elses_app_is_wrong(app):
    theirs = make_app(user=make_user(username="mallory"))
    assert after_password().post(CODE, {"code": code_of(theirs)}).status_code == 422


def test_a_recovery_code_logs_in_once(codes):
    code = codes[3].upper()
    assert "Recovery code" in after_password().get(f"{CODE}?recovery=1").content.decode()
    assert after_password().post(f"{CODE}?recovery=1", {"code": code}).status_code == 302
    answer = after_password().post(f"{CODE}?recovery=1", {"code": code})
    assert "was used before" in answer.content.decode()


def test_wrong_recovery_codes_do_not_make_the_app_wait(app, codes):
    browser = after_password()
    browser.post(CODE, {"code": "aaaa-bbbb-cccc-dddd"})
    assert browser.post(CODE, {"code": code_of(app)}).status_code == 302


def test_django_admin_is_no_way_round(brand):
    root = make_user(username="root", is_staff=True, is_superuser=True)
    make_app(user=root)
    browser = Client()
    page = browser.post("/admin/login/", {"username": "root", "password": "anvil"}, follow=True)
    assert page.redirect_chain[-1][0].startswith(LOG_IN)
    browser.post(LOG_IN, {"username": "root", "password": "anvil", "next": "/admin/"})
    assert browser.get("/admin/").status_code == 302


def test_a_code_opens_django_admin(brand):
    root = make_user(username="root", is_staff=True, is_superuser=True)
    app = make_app(user=root)
    browser = Client()
    browser.post(LOG_IN, {"username": "root", "password": "anvil", "next": "/admin/"})
    page = browser.post(CODE, {"code": code_of(app)}, follow=True)
    assert page.redirect_chain[-1] == ("/admin/", 302)
    assert "Back to Brandboard" in page.content.decode()
