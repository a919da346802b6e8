"""Logging in with a password: what locks, what unlocks, and how long a session lasts."""

import re
from base64 import b64encode
from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.api_tokens import make_api_token
from accounts.models import AuditEntry
from accounts.tasks import clear_sessions
from common.requests.client_address import address_to_count, client_address
from config.celery import SCHEDULE
from tests.factories import make_user

LOG_IN = "/log-in/"
SIGN_IN_EVENTS = ["LOGGED_IN", "LOG_IN_FAILED", "LOCKED_OUT", "PASSWORD_CHANGED"]
WRONG = {"username": "alice", "password": "hammer"}
RIGHT = {"username": "alice", "password": "anvil"}


def try_wrong(times, username="alice", **headers):
    """The last answer of a browser that types a wrong password so many times."""
    for _ in range(times):
        answer = Client(**headers).post(LOG_IN, {"username": username, "password": "hammer"})
    return answer


def ask_api(sid, token):
    credentials = b64encode(f"{sid}:{token}".encode()).decode()
    return Client().post(f"/Advertisers/{sid}/Conversions", HTTP_AUTHORIZATION=f"Basic {credentials}").status_code


def is_in(browser):
    return browser.get("/security/").status_code == 200


def test_the_right_password_opens_the_page_that_was_wanted(alice):
    browser = Client()
    answer = browser.post(LOG_IN, {**RIGHT, "next": "/p/1000/partners/"})
    assert answer["Location"] == "/p/1000/partners/"
    assert is_in(browser)


def test_nobody_is_sent_to_another_site(alice):
    assert Client().post(LOG_IN, {**RIGHT, "next": "https://example.com/"})["Location"] == "/"


def test_four_failures_are_forgiven(alice):
    assert try_wrong(4).status_code == 200
    assert Client().post(LOG_IN, RIGHT).status_code == 302


def test_the_fifth_failure_locks_and_says_for_how_long(alice):
    answer = try_wrong(5)
    assert answer.status_code == 429
    assert "Try again in 15 minutes" in answer.content.decode()


def test_while_locked_the_right_password_is_refused_too(alice):
    try_wrong(5)
    browser = Client()
    assert browser.post(LOG_IN, RIGHT).status_code == 429
    assert not is_in(browser)


def test_trying_while_locked_does_not_lock_for_longer(alice):
    try_wrong(5)
    with time_machine.travel(timezone.now() + timedelta(minutes=10), tick=False):
        assert "Try again in 5 minutes" in try_wrong(1).content.decode()
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        assert Client().post(LOG_IN, RIGHT).status_code == 302


def test_a_name_that_nobody_has_gets_the_same_answers(alice):
    def words(answer):
        return re.sub(r'value="[^"]*"', "", answer.content.decode())

    assert [words(try_wrong(1)) for _ in range(6)] == [words(try_wrong(1, "nobody")) for _ in range(6)]


@pytest.mark.parametrize(
    ("username", "password", "is_active"),
    [("alice", "wrong", True), ("nobody", "anvil", True), ("alice", "anvil", False)],
    ids=["wrong password", "no such user", "closed account"],
)
def test_who_is_not_let_in_is_told_the_same(db, client, username, password, is_active):
    make_user(username="alice", is_active=is_active)
    page = client.post("/log-in/", {"username": username, "password": password}).content.decode()
    assert "Incorrect username or password. Capital letters count." in page
    assert "Please enter" not in page


def test_a_stranger_elsewhere_does_not_lock_the_owner_out(alice):
    try_wrong(5, REMOTE_ADDR="203.0.113.9")
    assert Client(REMOTE_ADDR="198.51.100.7").post(LOG_IN, RIGHT).status_code == 302


def test_another_browser_does_not_get_round_the_lock(alice):
    try_wrong(3, HTTP_USER_AGENT="one")
    assert try_wrong(2, HTTP_USER_AGENT="two").status_code == 429


def test_another_user_name_is_not_locked(alice, bob):
    try_wrong(5)
    assert Client().post(LOG_IN, {"username": "bob", "password": "anvil"}).status_code == 302


def test_a_log_in_forgets_the_failures_before_it(alice):
    try_wrong(4)
    Client().post(LOG_IN, RIGHT)
    assert try_wrong(4).status_code == 200


def test_the_settings_page_counts_wrong_passwords_too(alice, client_of):
    browser = client_of(alice)
    wrong = {"old_password": "hammer", "new_password1": "brass-rivet-9", "new_password2": "brass-rivet-9"}
    statuses = [browser.post("/password-change/", wrong).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 200, 429]


def test_an_administrator_unlocks_in_the_administration(alice, client_of):
    try_wrong(5)
    root = make_user(username="root", is_staff=True, is_superuser=True)
    chosen = {"action": "unlock", "_selected_action": [alice.pk]}
    page = client_of(root).post("/admin/accounts/user/", chosen, follow=True)
    assert "Unlocked: alice." in page.content.decode()
    assert Client().post(LOG_IN, RIGHT).status_code == 302


def test_a_command_unlocks(alice):
    try_wrong(5)
    call_command("axes_reset_username", "alice")
    assert not AccessAttempt.objects.exists()
    assert Client().post(LOG_IN, RIGHT).status_code == 302


def test_passwords_are_not_kept_with_the_failures(alice):
    try_wrong(2)
    assert "hammer" not in str(AccessAttempt.objects.values())


def test_wrong_api_tokens_lock_nobody(brand):
    _, secret = make_api_token(account=brand.account, name="Shop")
    statuses = [ask_api("BB-ANVILS", token) for token in (*["wrong"] * 8, secret)]
    assert statuses == [*[401] * 8, 415]  # let in, and the request read
    assert not AccessAttempt.objects.exists()


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.7", "203.0.113.9"),  # no proxy of ours: the client wrote it
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.7", "198.51.100.7"),  # what stands further left, the client wrote
        ("10.0.0.1", "1.1.1.1, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "rubbish", "10.0.0.1"),
        ("::ffff:10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2:3:4:5:6"),
        ("", "", None),
    ],
)
def test_only_a_trusted_proxy_says_where_a_request_comes_from(settings, peer, forwarded, expected):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == expected


def test_failures_are_counted_for_a_whole_network_of_ipv6():
    request = RequestFactory().get("/", REMOTE_ADDR="2001:db8:1:2:3:4:5:6")
    assert address_to_count(request) == "2001:db8:1:2::"


def test_logging_in_changes_the_session_key(alice):
    browser = Client()
    browser.get(LOG_IN)
    session = browser.session
    session["x"] = 1
    session.save()
    browser.cookies["sessionid"] = session.session_key
    browser.post(LOG_IN, RIGHT)
    assert browser.cookies["sessionid"].value != session.session_key


def test_the_cookies_are_out_of_the_reach_of_scripts_and_other_sites(alice):
    cookies = Client().post(LOG_IN, RIGHT).cookies
    assert cookies["sessionid"]["httponly"]
    assert cookies["sessionid"]["samesite"] == "Lax"
    assert cookies["csrftoken"]["httponly"]


def test_a_session_that_is_used_does_not_end(alice):
    browser = Client()
    browser.post(LOG_IN, RIGHT)
    start = timezone.now()
    for hours in (8, 16, 24):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            answer = browser.get("/security/")
            assert answer.status_code == 200
            assert answer.cookies["sessionid"]["max-age"] == settings.SESSION_COOKIE_AGE
    with time_machine.travel(start + timedelta(hours=37), tick=False):
        assert not is_in(browser)


def test_a_page_soon_after_another_does_not_write_the_session(alice):
    browser = Client()
    browser.post(LOG_IN, RIGHT)
    assert "sessionid" not in browser.get("/security/").cookies


def test_a_changed_password_ends_every_other_session(alice):
    here, there = Client(), Client()
    for browser in (here, there):
        browser.post(LOG_IN, RIGHT)
    new = {"old_password": "anvil", "new_password1": "brass-rivet-9", "new_password2": "brass-rivet-9"}
    assert here.post("/password-change/", new).status_code == 302
    assert is_in(here)
    assert not is_in(there)


def test_django_admin_has_no_log_in_of_its_own(alice):
    root = make_user(username="root", is_staff=True, is_superuser=True)
    answer = Client().post("/admin/login/", {"username": root.username, "password": "anvil"})
    assert answer["Location"] == "/log-in/?next=/admin/"
    assert (
        Client().get("/admin/accounts/account/", follow=True).redirect_chain[-1][0].startswith("/log-in/?next=/admin/")
    )


def test_who_is_no_administrator_is_told_so_and_not_sent_round(alice, client_of):
    assert client_of(alice).get("/admin/", follow=True).status_code == 403


def test_a_user_made_in_the_administration_has_an_e_mail_address(db, client_of):
    root = make_user(username="root", is_staff=True, is_superuser=True)
    page = client_of(root).get("/admin/accounts/user/add/").content.decode()
    assert 'name="email"' in page


def events():
    return list(AuditEntry.objects.filter(event__in=SIGN_IN_EVENTS).order_by("id").values_list("who", "event"))


def test_the_audit_log_tells_what_locked_and_not_every_try_after_it(alice):
    try_wrong(7)
    assert sorted(events()) == [("alice", "LOCKED_OUT"), *[("alice", "LOG_IN_FAILED")] * 5]


def test_the_audit_log_tells_of_a_changed_password(alice):
    browser = Client()
    browser.post(LOG_IN, RIGHT)
    new = {"old_password": "anvil", "new_password1": "brass-rivet-9", "new_password2": "brass-rivet-9"}
    browser.post("/password-change/", new)
    assert events() == [("alice", "LOGGED_IN"), ("alice", "PASSWORD_CHANGED")]


def test_ended_sessions_are_removed_once_a_day(alice, client_of):
    lives = client_of(alice).session.session_key
    ended = client_of(alice).session.session_key
    Session.objects.filter(pk=ended).update(expire_date=timezone.now() - timedelta(minutes=1))
    assert SCHEDULE["accounts.clear_sessions"] == 24 * 60 * 60
    clear_sessions()
    assert list(Session.objects.values_list("pk", flat=True)) == [lives]
