"""Invitations: who is asked into a team belongs to it once they accept; nobody learns who has a log-in elsewhere."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Invitation, Membership, User
from accounts.team import invitations
from common.refusals import Refused
from tests.factories import make_app, make_program, make_user

LINK = re.compile(r"/invitation/[\w-]{20,}/")
NEW = {"username": "eve", "name": "Eve Adams", "password1": "long-enough-1", "password2": "long-enough-1"}


def url(name, *args):
    return reverse(f"program:{name}", args=[1000, *args])


@pytest.fixture
def administrator(alice, client_of):
    return client_of(alice)


@pytest.fixture
def mails(settings):
    settings.MAIL_IS_SENT = True


def invite(browser, email="eve@example.com", role="EDITOR"):
    return browser.post(url("team_invite"), {"email": email, "role": role})


def link_in(response):
    (link,) = set(LINK.findall(response.content.decode()))
    return link


def words(response, *emails):
    """The page without what differs from one answer to the next."""
    page = response.content.decode()
    tokens = (r'name="csrfmiddlewaretoken" value="\w+"', r"x-csrftoken.*?}", LINK.pattern)
    for varying in (*tokens, *map(re.escape, emails)):
        page = re.sub(varying, "…", page)
    return re.sub(r"(revoke-|invitations/)\d+", "…", page)


def test_whoever_is_new_chooses_a_log_in_at_a_link_that_works_once(administrator):
    response = invite(administrator)
    link = link_in(response)
    assert "no-store" in response["Cache-Control"]
    assert not User.objects.filter(email="eve@example.com").exists(), "nobody has a log-in before they make it"
    eve = Client()
    assert "Join the team of Anvils Ltd" in eve.get(link).content.decode()
    assert eve.post(link, NEW)["Location"] == "/"
    assert eve.get(url("team_list")).status_code == 200
    assert Membership.objects.get(user__username="eve").role == "EDITOR"
    assert User.objects.get(username="eve").get_full_name() == "Eve Adams"
    for again in (Client().get(link), Client().post(link, NEW | {"username": "mallory"})):
        assert again.status_code == 404
        assert "no longer works" in again.content.decode()


def test_whoever_has_a_log_in_accepts_with_it_and_switches_between_accounts(administrator, charlie, client_of):
    theirs = client_of(charlie)
    link = link_in(invite(administrator, email="charlie@example.com"))
    assert theirs.get(url("team_list")).status_code == 404
    assert "Join as charlie" in theirs.get(link).content.decode()
    assert not Membership.objects.filter(user=charlie, account__program=1000).exists(), "to look is not to accept"
    assert theirs.post(link).status_code == 302
    page = theirs.get(url("team_list")).content.decode()
    assert charlie.membership_set.count() == 2
    for said in ("Anvils", "Rivets", '<span class="muted">Rivets Ltd</span>'):
        assert said in page, "the program switcher leads to both, and says whose the other is"
    assert theirs.get(reverse("program:team_list", args=[2000])).status_code == 200


def test_logging_in_leads_back_to_the_invitation(administrator, charlie):
    link = link_in(invite(administrator, email="charlie@example.com"))
    browser = Client()
    assert f"/log-in/?next={link}" in browser.get(link).content.decode()
    assert browser.post("/log-in/", {"username": "charlie", "password": "anvil", "next": link})["Location"] == link


def test_a_new_link_makes_the_one_before_void(administrator):
    first = link_in(invite(administrator))
    invitation = Invitation.objects.get()
    second = link_in(administrator.post(url("team_invitation_link", invitation.pk)))
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200


def test_to_invite_again_changes_the_role_of_the_one_invitation(administrator):
    invite(administrator, role="VIEWER")
    invite(administrator, email="EVE@example.com", role="FINANCE")
    assert Invitation.objects.get().role == "FINANCE"


def test_a_link_works_for_seven_days(administrator, alice, client_of):
    link = link_in(invite(administrator))
    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23)):
        assert Client().get(link).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        assert Client().get(link).status_code == 404
        assert "Expired" in client_of(alice).get(url("team_list")).content.decode()


@pytest.mark.parametrize("act", ["remove", "role"])
def test_whoever_stops_being_an_administrator_has_no_link_left_to_come_back_by(act, brand, administrator, client_of):
    dora = make_user(username="dora", program=brand, role="ADMINISTRATOR")
    theirs = client_of(dora)
    own = link_in(invite(theirs, email="dora@home.example", role="ADMINISTRATOR"))
    invite(administrator, email="eve@example.com", role="ADMINISTRATOR")
    other = Invitation.objects.get(email="eve@example.com")
    shown = link_in(theirs.post(url("team_invitation_link", other.pk)))
    administrator.post(url(f"team_{act}", dora.membership_set.get().pk), {"role": "VIEWER"})
    assert [Client().get(link).status_code for link in (own, shown)] == [404, 404]
    assert Invitation.objects.open().count() == 2
    new = link_in(administrator.post(url("team_invitation_link", other.pk)))
    assert Client().get(new).status_code == 200


def test_what_is_taken_back_opens_nothing(administrator):
    link = link_in(invite(administrator))
    invitation = Invitation.objects.get()
    assert administrator.post(url("team_invitation_revoke", invitation.pk)).status_code == 302
    assert Client().get(link).status_code == 404
    assert "was taken back" in administrator.get(url("team_list")).content.decode()
    assert "eve@example.com" not in administrator.get(url("team_list")).content.decode()
    assert administrator.post(url("team_invitation_link", invitation.pk)).status_code == 404
    with pytest.raises(PermissionDenied):
        invitations.renew_link(invitation=invitation, is_mailed=False)


def test_the_token_is_kept_nowhere(administrator):
    token = link_in(invite(administrator)).split("/")[2]
    assert token not in str(Invitation.objects.values())
    assert token not in str(AuditEntry.objects.values())


def test_a_removed_member_accepts_to_come_back_and_a_member_keeps_the_role(administrator, brand, bob, erin, client_of):
    membership = bob.membership_set.get()
    administrator.post(url("team_remove", membership.pk))
    link = link_in(invite(administrator, email="bob@example.com", role="FINANCE"))
    assert client_of(bob).get(url("team_list")).status_code == 404
    client_of(bob).post(link)
    membership.refresh_from_db()
    assert (membership.is_active, membership.role) == (True, "FINANCE")
    link = link_in(invite(administrator, email="other@example.com", role="ADMINISTRATOR"))
    client_of(erin).post(link)
    assert erin.membership_set.get().role == "EDITOR"


@pytest.mark.parametrize(
    "form",
    [{"email": "no address"}, {"role": "OWNER"}, {"email": "Alice@example.com"}, {"email": "a\x00b@example.com"}],
    ids=["address", "role", "in the team", "NUL"],
)
def test_who_cannot_be_invited_is_refused_beside_the_form(administrator, alice, form):
    User.objects.filter(pk=alice.pk).update(email="alice@example.com")
    assert invite(administrator, **form).status_code == 422


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"username": "alice"}, "A log-in with this name already exists"),
        ({"username": "ALICE"}, "A log-in with this name already exists"),
        ({"username": "e" * 151}, "at most 150"),
        ({"username": "e\x00ve"}, "It holds a character that cannot be stored"),
        ({"name": "E" * 121}, "at most 120"),
        ({"password1": "password", "password2": "password"}, "too common"),
        ({"password2": "another-one-1"}, "The two passwords differ"),
    ],
)
def test_what_cannot_be_chosen_is_said_and_the_link_goes_on_working(administrator, form, said):
    link = link_in(invite(administrator))
    answer = Client().post(link, {**NEW, **form})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Client().post(link, NEW).status_code == 302


def test_who_owes_a_second_factor_switches_it_on_before_joining(administrator, brand, charlie, client_of):
    charlie.membership_set.get().account.__class__.objects.update(requires_second_factor=True)
    link = link_in(client_of_secured(brand))
    theirs = client_of(charlie)
    assert theirs.post(link)["Location"] == reverse("second_factor_on")
    assert charlie.membership_set.count() == 1


def client_of_secured(brand):
    dora = make_user(username="dora", program=brand, role="ADMINISTRATOR")
    make_app(user=dora)
    browser = Client()
    browser.force_login(dora)
    return invite(browser, email="charlie@example.com")


def test_the_audit_log_tells_of_each_step(administrator, brand):
    Client().post(link_in(invite(administrator)), NEW)
    invite(administrator, email="frank@example.com")
    administrator.post(url("team_invitation_revoke", Invitation.objects.open().get().pk))
    page = administrator.get(url("audit_list")).content.decode()
    for said in ("added invitation of eve@example.com", "made a link for the invitation of eve@example.com",
                 "accepted the invitation of eve@example.com", "added team member eve",
                 "changed invitation of frank@example.com"):  # fmt: skip
        assert said in page, said
    joined = AuditEntry.objects.get(event="JOINED")
    assert (joined.who, joined.account, joined.address) == ("eve", brand.account, "127.0.0.1")


@pytest.fixture
def root(client_of, db):
    return client_of(make_user(username="root", is_staff=True, is_superuser=True))


def test_in_django_admin_too_nobody_is_put_into_a_team(root, brand, charlie):
    assert root.get(reverse("admin:accounts_membership_add")).status_code == 403
    form = {"name": "Anvils Ltd", "membership_set-TOTAL_FORMS": 1, "membership_set-INITIAL_FORMS": 0,
            "membership_set-0-user": charlie.pk, "membership_set-0-role": "ADMINISTRATOR",
            "membership_set-0-is_active": "on", "membership_set-0-account": brand.account_id}  # fmt: skip
    root.post(reverse("admin:accounts_account_change", args=[brand.account_id]), form)
    assert charlie.membership_set.count() == 1


def test_django_admin_invites_the_first_administrator(root, db):
    program = make_program(id=1000)
    form = {"account": program.account_id, "email": "first@example.com", "role": "ADMINISTRATOR"}
    response = root.post(reverse("admin:accounts_invitation_add"), form)
    assert "no-store" in response["Cache-Control"]
    first = Client()
    assert first.post(link_in(response), NEW).status_code == 302
    assert Membership.objects.administrators().filter(user__username="eve").exists()
    assert root.post(reverse("admin:accounts_invitation_add"), form | {"email": "x"}).status_code == 200
    root.post(reverse("admin:accounts_invitation_add"), form | {"email": "second@example.com"})
    chosen = {"_selected_action": [Invitation.objects.open().get().pk]}
    changelist = reverse("admin:accounts_invitation_changelist")
    assert LINK.search(root.post(changelist, {**chosen, "action": "new_link"}).content.decode())
    root.post(changelist, {**chosen, "action": "take_back"})
    assert not Invitation.objects.open().exists()


def test_a_link_is_accepted_once_even_by_two(brand, erin, charlie):
    invitation = invitations.invite(account=brand.account, email="eve@example.com", role="VIEWER", by=erin)
    token = invitations.renew_link(invitation=invitation, is_mailed=False).split("/")[2]
    invitations.accept(token=token, user=charlie)
    with pytest.raises(PermissionDenied):
        invitations.accept(token=token, user=erin)
    with pytest.raises(Refused):
        invitations.invite(account=brand.account, email="nobody", role="VIEWER", by=erin)
