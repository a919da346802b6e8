"""What a crowd at the log-in page, or one address that tries many names, can and cannot do."""

import threading
import time
from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.auth.hashers import get_hasher
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.second_factor.services import replace_recovery_codes
from accounts.throttling import password_hashing as hashing
from tests.accounts.codes import CODE, LOG_IN, PASSWORD, code_of, is_in, wrong_code_of
from tests.factories import make_app, make_user

RIGHT = {"username": "alice", "password": "anvil"}


def fail(times, address="192.0.2.1"):
    """The last answer to wrong log-ins from an address, each under another name."""
    for number in range(times):
        answer = Client(REMOTE_ADDR=address).post(LOG_IN, {"username": f"name{number}", "password": "hammer"})
    return answer


def test_twenty_failures_under_whatever_names_lock_the_address(alice):
    assert fail(19).status_code == 200
    assert fail(1).status_code == 429
    answer = Client(REMOTE_ADDR="192.0.2.1").post(LOG_IN, RIGHT)
    assert answer.status_code == 429
    assert "Nobody can log in from here for the next 15 minutes" in answer.content.decode()
    assert Client(REMOTE_ADDR="192.0.2.2").post(LOG_IN, RIGHT).status_code == 302
    assert (
        AuditEntry.objects.filter(event="LOCKED_OUT", texts__content__contains="with everybody at this address").count()
        == 1
    )


def test_the_lock_of_an_address_ends_and_trying_does_not_make_it_longer(alice):
    fail(20)
    with time_machine.travel(timezone.now() + timedelta(minutes=14), tick=False):
        assert "for the next 1 minute;" in fail(1).content.decode()
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        assert Client(REMOTE_ADDR="192.0.2.1").post(LOG_IN, RIGHT).status_code == 302


def test_neighbours_of_one_ipv6_network_count_as_one_address(alice):
    for number in range(20):
        Client(REMOTE_ADDR=f"2001:db8::{number:x}").post(LOG_IN, {"username": f"name{number}", "password": "hammer"})
    assert Client(REMOTE_ADDR="2001:db8::ffff").post(LOG_IN, RIGHT).status_code == 429
    assert Client(REMOTE_ADDR="2001:db8:0:1::1").post(LOG_IN, RIGHT).status_code == 302


def test_failures_of_long_ago_do_not_count(alice):
    fail(19)
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        assert fail(1).status_code == 200


def test_whoever_is_logged_in_stays_so_and_a_command_unlocks_the_address(alice, client_of):
    browser = client_of(alice)
    fail(20, "127.0.0.1")
    assert is_in(browser)
    call_command("axes_reset_ip", "127.0.0.1")
    assert Client().post(LOG_IN, RIGHT).status_code == 302


@pytest.mark.parametrize("length", [150, 151, 254, 255, 256, 300, 100_000])
def test_a_name_of_any_length_is_a_name_that_nobody_has(db, length):
    answer = Client().post(LOG_IN, {"username": "x" * length, "password": "hammer"})
    assert answer.status_code == 200
    assert "Capital letters count." in answer.content.decode()
    assert AccessAttempt.objects.count() == (length <= 254)


@pytest.mark.parametrize("name", ["a\x00b", "\x00", "\ud83d", "‮", "a\nb"])
def test_a_name_of_any_characters_is_no_error_of_ours(db, name):
    body = {"username": name.encode("utf-8", "replace").decode(), "password": "a\x00b"}
    assert Client().post(LOG_IN, body).status_code == 200
    assert Client().post(LOG_IN, {**body, "password": "hammer"}).status_code == 200


# Second factors: an attacker who knows the password and tries codes elsewhere does not lock the user out.


@pytest.fixture
def attacked(alice):
    """Alice has logged in from 198.51.100.7; wrong codes came from twenty other networks since."""
    app = make_app(user=alice)
    owner = Client(REMOTE_ADDR="198.51.100.7")
    owner.post(LOG_IN, PASSWORD)
    with time_machine.travel(timezone.now() - timedelta(minutes=5), tick=False):
        assert owner.post(CODE, {"code": code_of(app)}).status_code == 302
    app.refresh_from_db()
    for number in range(20):
        stranger = Client(REMOTE_ADDR=f"203.0.113.{number}")
        stranger.post(LOG_IN, PASSWORD)
        stranger.post(CODE, {"code": wrong_code_of(app)})
    app.throttling_failure_count, app.throttling_failure_timestamp = 20, timezone.now()
    app.save()
    return app


def at_second_step(address):
    browser = Client(REMOTE_ADDR=address)
    assert browser.post(LOG_IN, PASSWORD)["Location"] == CODE
    return browser


def test_where_the_owner_has_logged_in_before_a_code_of_the_app_does(attacked):
    assert at_second_step("198.51.100.7").post(CODE, {"code": code_of(attacked)}).status_code == 302


def test_elsewhere_a_recovery_code_does_and_opens_that_address_to_the_app(alice, attacked):
    code = replace_recovery_codes(user=alice)[0]
    assert (
        "Too many wrong codes" in at_second_step("192.0.2.9").post(CODE, {"code": code_of(attacked)}).content.decode()
    )
    assert at_second_step("192.0.2.9").post(f"{CODE}?recovery=1", {"code": code}).status_code == 302
    assert at_second_step("192.0.2.9").post(CODE, {"code": code_of(attacked)}).status_code == 302


def test_elsewhere_nobody_waits_for_longer_than_nine_minutes(attacked):
    with time_machine.travel(timezone.now() + timedelta(minutes=9)):
        assert at_second_step("192.0.2.9").post(CODE, {"code": code_of(attacked)}).status_code == 302


def test_whoever_knows_the_name_alone_makes_no_code_wait(alice):
    app = make_app(user=alice)
    fail(19)
    for number in range(30):
        browser = Client(REMOTE_ADDR=f"203.0.113.{number}")
        browser.post(LOG_IN, {"username": "alice", "password": "hammer"})
        browser.post(CODE, {"code": "123456"})
    app.refresh_from_db()
    assert app.throttling_failure_count == 0
    assert at_second_step("192.0.2.9").post(CODE, {"code": code_of(app)}).status_code == 302


# Password hashes: two at once, and a crowd is told to try again.


@pytest.fixture
def slow(monkeypatch, settings, tmp_path):
    """Hashes that count how many are computed at once, in place of the arithmetic alone."""
    settings.PASSWORD_HASHERS = ["accounts.throttling.password_hashing.Argon2"]
    settings.PASSWORD_PLACES = tmp_path
    now, most, lock = [0], [0], threading.Lock()

    def verify(self, password, encoded):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.3)
        with lock:
            now[0] -= 1
        return True

    monkeypatch.setattr("django.contrib.auth.hashers.Argon2PasswordHasher.verify", verify)
    return most


@pytest.mark.parametrize("on_machine", [True, False], ids=["a machine", "a process"])
def test_two_hashes_are_computed_at_once_and_a_crowd_is_refused(slow, settings, on_machine):
    if not on_machine:
        settings.PASSWORD_PLACES = None
    outcomes = []

    def check():
        try:
            outcomes.append(get_hasher("argon2").verify("anvil", "x"))
        except hashing.TooManyHashes:
            outcomes.append("busy")

    threads = [threading.Thread(target=check) for _ in range(30)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert slow == [2]
    assert outcomes.count(True) == hashing.AT_ONCE + hashing.WAITING
    assert outcomes.count("busy") == 30 - outcomes.count(True)
    assert time.monotonic() - began < hashing.SECONDS + 1


def test_another_process_of_the_home_counts_too(slow, settings):
    with hashing._free_lock(settings.PASSWORD_PLACES), hashing._free_lock(settings.PASSWORD_PLACES):
        began = time.monotonic()
        with pytest.raises(hashing.TooManyHashes):
            get_hasher("argon2").verify("anvil", "x")
        assert hashing.SECONDS <= time.monotonic() - began < hashing.SECONDS + 1
    assert get_hasher("argon2").verify("anvil", "x")


@pytest.mark.parametrize(
    ("path", "form", "is_in"),
    [
        (LOG_IN, RIGHT, False),
        (LOG_IN, {"username": "nobody", "password": "hammer"}, False),
        ("/password-change/", {"old_password": "anvil", "new_password1": "b", "new_password2": "b"}, True),
        ("/security/second-factor/on/", {"password": "anvil", "code": "123456"}, True),
    ],
    ids=["log-in", "nobody", "password change", "second factor"],
)
def test_whoever_finds_no_place_is_told_to_try_again_and_nothing_is_counted(
    db, client_of, settings, tmp_path, path, form, is_in
):
    settings.PASSWORD_HASHERS = ["accounts.throttling.password_hashing.Argon2"]
    settings.PASSWORD_PLACES = tmp_path
    user = make_user(username="alice")
    browser = client_of(user) if is_in else Client()
    with hashing._free_lock(tmp_path), hashing._free_lock(tmp_path):
        answer = browser.post(path, form)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "was not checked and nothing was changed" in answer.content.decode()
    assert not AccessAttempt.objects.exists()


def test_passwords_from_before_argon2_are_bounded_too(settings, tmp_path):
    settings.PASSWORD_PLACES = tmp_path
    settings.PASSWORD_HASHERS = ["accounts.throttling.password_hashing.PBKDF2"]
    encoded = get_hasher("pbkdf2_sha256").encode("anvil", "salt", 1)
    assert get_hasher("pbkdf2_sha256").verify("anvil", encoded)
    with hashing._free_lock(tmp_path), hashing._free_lock(tmp_path), pytest.raises(hashing.TooManyHashes):
        get_hasher("pbkdf2_sha256").verify("anvil", encoded)
