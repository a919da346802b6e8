"""Logging in by e-mail address: it is the same log-in as the user name, and nobody learns which address exists."""

import re
from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry, User
from tests.accounts.codes import CODE, LOG_IN, code_of, wrong_code_of
from tests.factories import make_app, make_user

EMAIL = "Dora.Adams@Example.com"
WRONG = {"password": "hammer"}


@pytest.fixture
def dora(brand):
    return make_user(username="dora", program=brand, email=EMAIL)


def post(username, password="anvil", **headers):
    return Client(**headers).post(LOG_IN, {"username": username, "password": password})


def wrong(*usernames):
    """The last answer to a wrong password for each of these."""
    for username in usernames:
        answer = post(username, "hammer")
    return answer


def words(answer):
    """The page without what was typed."""
    return answer.status_code, re.sub(r'value="[^"]*"', "", answer.content.decode())


@pytest.mark.parametrize("typed", ["dora", EMAIL, "dora.adams@example.com", "DORA.ADAMS@EXAMPLE.COM"])
def test_a_name_and_an_address_in_any_letter_case_log_in(dora, typed):
    assert post(typed)["Location"] == "/"


@pytest.mark.parametrize("typed", ["DORA", "dora.adams", "@", "", "dora.adams@example.co", "nobody@example.com"])
def test_nothing_else_does(dora, typed):
    make_user(username="without-address")
    assert post(typed).status_code == 200


def test_the_field_asks_for_either():
    page = Client().get(LOG_IN).content.decode()
    assert "Username or e-mail" in page
    assert 'maxlength="254"' in page


def test_an_address_leads_to_the_second_step_as_a_name_does(dora):
    app = make_app(user=dora)
    browser = Client()
    assert browser.post(LOG_IN, {"username": EMAIL, "password": "anvil"})["Location"] == CODE
    assert browser.get("/security/").status_code == 302
    assert browser.post(CODE, {"code": code_of(app)}).status_code == 302
    assert browser.get("/security/").status_code == 200


def test_failures_by_name_and_by_address_count_together(dora):
    wrong("dora", "dora", "dora", EMAIL, EMAIL.lower())
    for typed in ("dora", EMAIL):
        assert post(typed).status_code == 200, "refused as a wrong password is"
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        assert post(EMAIL).status_code == 302


def test_the_address_locks_in_any_letter_case(dora):
    assert wrong(EMAIL, EMAIL.lower(), EMAIL.upper(), EMAIL, EMAIL).status_code == 429
    assert post(EMAIL).status_code == 429


def test_the_lock_does_not_tell_which_address_belongs_to_which_name(dora):
    assert wrong(*["dora"] * 5).status_code == 429
    assert words(wrong(EMAIL)) == words(wrong("nobody@example.com"))


def test_an_unknown_address_gets_the_same_answers(dora):
    assert [words(wrong(EMAIL)) for _ in range(6)] == [words(wrong("nobody@Example.com")) for _ in range(6)]


def test_an_unknown_address_costs_the_same_queries_and_one_hash(dora):
    counts = []
    for typed in ("dora", EMAIL, "nobody", "nobody@example.com"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            wrong(typed)
        counts.append([query["sql"].split()[0] for query in queries if "audit" not in query["sql"]])
    assert counts[0] == counts[1]
    assert counts[2] == counts[3]


def test_a_log_in_by_address_forgets_the_failures_by_name_and_the_other_way_round(dora):
    for first, second in (("dora", EMAIL), (EMAIL, "dora")):
        wrong(*[first] * 4)
        assert post(second).status_code == 302
        assert not AccessAttempt.objects.exists()


def test_wrong_codes_count_with_wrong_passwords_by_address(dora):
    app = make_app(user=dora)
    wrong(EMAIL, EMAIL)
    browser = Client()
    browser.post(LOG_IN, {"username": EMAIL, "password": "anvil"})
    wrong("dora", EMAIL)
    assert browser.post(CODE, {"code": wrong_code_of(app)}).status_code == 422
    answer = browser.post(CODE, {"code": code_of(app)})
    assert answer.status_code == 429
    assert "Try again in 15 minutes" in answer.content.decode()


@pytest.mark.parametrize("named", ["dora", "dora.adams@example.com"])
def test_a_command_unlocks_both_by_either(dora, named):
    wrong("dora", "dora", "dora", EMAIL, EMAIL)
    call_command("axes_reset_username", named)
    assert post("dora").status_code == 302


def test_the_audit_log_says_once_that_both_together_locked(dora):
    wrong("dora", "dora", "dora", EMAIL, EMAIL, EMAIL)
    locked = AuditEntry.objects.filter(event="LOCKED_OUT")
    assert [entry.user for entry in locked] == [dora]
    assert AuditEntry.objects.filter(event="LOG_IN_FAILED", user=dora).count() == 6


def test_a_letter_that_lower_case_makes_longer_is_no_error_of_ours(db):
    assert wrong("İ" * 240 + "@example.com").status_code == 200


def test_an_address_with_a_letter_that_only_looks_alike_is_another(db):
    make_user(username="ivy", email="ivy@example.com")
    assert post("İvy@example.com").status_code == 200


def test_nobody_is_named_like_the_address_of_another(dora):
    for email in ("", "eve@example.com"):
        with pytest.raises(ValidationError, match="must be the user's own e-mail address"):
            User.objects.create_user("dora.adams@example.com", email)
    eve = make_user(username="Eve@example.com", email="eve@example.com")
    assert post("EVE@example.com")["Location"] == "/"
    with pytest.raises(IntegrityError, match="user_name_is_nobody_elses_address"):
        User.objects.filter(pk=eve.pk).update(email="other@example.com")


def test_one_address_belongs_to_one_user(dora):
    with pytest.raises(ValidationError, match="Another user has this e-mail address"):
        User.objects.create_user("eve", EMAIL.lower())
    with pytest.raises(CommandError, match="Another user has this e-mail address"):
        call_command("createsuperuser", "--noinput", username="root", email=EMAIL.lower())


@pytest.fixture
def root(client_of, db):
    return client_of(make_user(username="root", is_staff=True, is_superuser=True))


def test_in_django_admin_a_second_user_of_an_address_is_refused_beside_the_field(root, dora):
    eve = make_user(username="eve", email="eve@example.com")
    new = {"username": "frida", "password1": "brass-rivet-9", "password2": "brass-rivet-9", "usable_password": "true"}
    answers = [
        root.post("/admin/accounts/user/add/", {**new, "email": EMAIL.lower()}),
        root.post(f"/admin/accounts/user/{eve.pk}/change/", {**changes(eve), "email": EMAIL.lower()}),
    ]
    for answer in answers:
        assert answer.status_code == 200
        assert answer.context["adminform"].form.errors == {"email": ["Another user has this e-mail address."]}
    add = "/admin/accounts/user/add/"
    assert root.post(add, {**new, "username": "frida@example.com", "email": ""}).status_code == 200
    assert root.post(add, {**new, "email": "frida@example.com"}).status_code == 302
    assert User.objects.get(username="frida").email == "frida@example.com"


def test_an_address_that_django_admin_changes_is_not_proven_any_more(root, dora):
    User.objects.filter(pk=dora.pk).update(is_email_proven=True)
    root.post(f"/admin/accounts/user/{dora.pk}/change/", {**changes(dora), "first_name": "Dora"})
    dora.refresh_from_db()
    assert (dora.first_name, dora.is_email_proven) == ("Dora", True)
    root.post(f"/admin/accounts/user/{dora.pk}/change/", {**changes(dora), "email": "new@example.com"})
    dora.refresh_from_db()
    assert (dora.email, dora.is_email_proven) == ("new@example.com", False)


def changes(user):
    """The form of Django admin as it is shown."""
    joined = timezone.localtime(user.date_joined)
    return {"username": user.username, "email": user.email, "is_active": "on",
            "date_joined_0": f"{joined:%Y-%m-%d}", "date_joined_1": f"{joined:%H:%M:%S}",
            "membership_set-TOTAL_FORMS": 0, "membership_set-INITIAL_FORMS": 0}  # fmt: skip
