"""An account that asks everybody for a second factor: nothing opens to who has none but the page to switch it on."""

import base64
import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.api_tokens import make_api_token
from accounts.models import AuditEntry, AuthenticatorApp
from accounts.team import services as team
from common.refusals import Refused
from tests.accounts.codes import code_of
from tests.factories import make_app, make_user

ON, OFF = "/security/second-factor/on/", "/security/second-factor/off/"
TEAM = "/p/1000/settings/team/"
SWITCH = f"{TEAM}second-factor/"


@pytest.fixture
def asked(brand, alice, app):
    """The brand asks everybody for a second factor."""
    return team.ask_for_second_factor(account=brand.account, required=True, by=alice)


def set_up(browser):
    """Switch it on, by the page that everybody is led to; answers what that page says at the end."""
    browser.get(ON)
    user = int(browser.session["_auth_user_id"])
    app = AuthenticatorApp(user_id=user, key=browser.session["second_factor_key"])
    return browser.post(ON, {"code": code_of(app), "password": "anvil"}).content.decode()


PAGES = ["/", "/p/1000/", "/p/1000/partners/", TEAM, "/security/", OFF, "/password-change/", "/admin/"]


@pytest.mark.parametrize("path", PAGES)
def test_who_has_none_is_led_to_set_it_up_and_nowhere_else(asked, bob, client_of, path):
    assert client_of(bob).get(path)["Location"] == ON


def test_it_holds_for_whoever_is_logged_in_already(brand, alice, app, erin, client_of):
    browser = client_of(erin)
    assert browser.get("/p/1000/partners/").status_code == 200
    team.ask_for_second_factor(account=brand.account, required=True, by=alice)
    assert browser.get("/p/1000/partners/")["Location"] == ON


def test_nothing_is_written_either(asked, erin, client_of):
    answer = client_of(erin).post("/p/1000/partners/new/", {"name": "Kettle", "media_partner_id": "K-1"})
    assert answer["Location"] == ON
    assert not AuditEntry.objects.filter(noun="program_partner").exists()


def test_a_part_of_a_page_sends_the_whole_window_there(asked, bob, client_of):
    answer = client_of(bob).get("/p/1000/partners/", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == ON
    assert answer.content == b""


def test_after_the_log_in_too(asked, bob):
    browser = Client()
    page = browser.post("/log-in/", {"username": "bob", "password": "anvil", "next": TEAM}, follow=True)
    assert page.redirect_chain[-1][0] == ON
    assert "Anvils Ltd asks everybody for it" in page.content.decode()


def test_once_it_is_on_everything_opens(asked, bob, client_of):
    browser = client_of(bob)
    assert re.search(r'href="/"[^>]*>\s*(<[^>]*>)*\s*I have kept them', set_up(browser))
    assert browser.get("/p/1000/partners/").status_code == 200


def test_who_has_one_notices_nothing(asked, alice, client_of):
    assert client_of(alice).get("/p/1000/partners/").status_code == 200


def test_members_of_other_accounts_notice_nothing(asked, charlie, client_of):
    assert client_of(charlie).get("/p/2000/partners/").status_code == 200


def test_who_was_removed_from_the_team_is_asked_for_nothing(asked, bob, client_of):
    bob.membership_set.update(is_active=False)
    assert client_of(bob).get("/security/").status_code == 200


def test_everybody_may_log_out(asked, bob, client_of):
    browser = client_of(bob)
    assert browser.post("/log-out/")["Location"] == "/log-in/"
    assert "_auth_user_id" not in browser.session


def test_public_pages_stay_public(asked, bob, client_of):
    browser = client_of(bob)
    assert browser.get("/healthz").status_code == 200
    assert browser.get("/password-reset/").status_code == 200


def test_api_tokens_go_on_working(asked, brand):
    _, secret = make_api_token(account=brand.account, name="Shop")
    basic = base64.b64encode(f"{brand.account.sid}:{secret}".encode()).decode()
    path = f"/Advertisers/{brand.account.sid}/APISubmissions"
    assert Client().get(path, headers={"Authorization": f"Basic {basic}"}).status_code == 200


@pytest.mark.parametrize("path", ["/admin/", "/admin/accounts/user/", "/admin/accounts/account/"])
def test_django_admin_obeys_since_it_sees_every_account(asked, client_of, path):
    root = make_user(username="root", is_staff=True, is_superuser=True)
    browser = client_of(root)
    assert browser.get(path)["Location"] == ON
    assert "An account that you see asks everybody for it" in browser.get(ON).content.decode()
    set_up(browser)
    assert browser.get(path).status_code == 200


def test_django_admin_does_not_switch_it(asked, brand, client_of):
    root = make_user(username="root", is_staff=True, is_superuser=True)
    browser = client_of(root)
    set_up(browser)
    page = browser.get(reverse("admin:accounts_account_change", args=[brand.account_id])).content.decode()
    assert 'name="name"' in page
    assert 'name="requires_second_factor"' not in page


def test_an_administrator_with_one_switches_it_on_and_off(brand, alice, app, client_of):
    browser = client_of(alice)
    browser.post(SWITCH, {"required": "yes"})
    brand.account.refresh_from_db()
    assert brand.account.requires_second_factor
    browser.post(SWITCH)
    brand.account.refresh_from_db()
    assert not brand.account.requires_second_factor


def test_an_administrator_without_one_does_not(brand, alice, client_of):
    browser = client_of(alice)
    answer = browser.post(SWITCH, {"required": "yes"})
    assert answer.status_code == 422
    assert "Switch on your own second factor first" in answer.content.decode()
    with pytest.raises(Refused):
        team.ask_for_second_factor(account=brand.account, required=True, by=alice)


@pytest.mark.parametrize("who", ["erin", "frank", "bob"])
def test_no_other_role_does(who, request, brand, client_of):
    user = request.getfixturevalue(who)
    make_app(user=user)
    browser = client_of(user)
    assert browser.post(SWITCH, {"required": "yes"}).status_code == 403
    assert SWITCH not in browser.get(TEAM).content.decode()


def test_another_account_does_not_exist(brand, charlie, client_of):
    make_app(user=charlie)
    assert client_of(charlie).post(SWITCH, {"required": "yes"}).status_code == 404


def test_the_audit_log_tells_it(brand, alice, app, client_of):
    client_of(alice).post(SWITCH, {"required": "yes"})
    entry = AuditEntry.objects.get(noun="accounts_account", event="CHANGED")
    assert (entry.who, entry.account, entry.changes) == (
        "alice", brand.account, {"requires_second_factor": [False, True]},
    )  # fmt: skip
    page = client_of(alice).get("/p/1000/settings/audit-log/").content.decode()
    assert 'Everybody needs a second factor: <span class="muted">no</span> → yes' in page


def test_the_team_page_says_who_has_none(asked, alice, bob, erin, client_of):
    page = client_of(alice).get(TEAM).content.decode()
    assert page.count("No second factor") == 2
    assert "2 members have none yet" in page


def test_who_changes_phones_is_led_to_set_the_new_one_up(asked, alice, app, client_of):
    browser = client_of(alice)
    assert "Change the app" in browser.get("/security/").content.decode()
    assert browser.post(OFF, {"password": "anvil", "code": code_of(app)})["Location"] == ON
    assert browser.get("/p/1000/partners/")["Location"] == ON
