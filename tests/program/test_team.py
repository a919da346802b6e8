"""Settings → Team: members come by a link that is shown once, and an account always keeps an administrator."""

import re
import threading

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.urls import reverse

from program.models import AuditEntry, Membership
from program.services import team
from program.tasks import send_first_link
from tests.factories import make_account, make_program, make_user


def url(name, *args):
    return reverse(f"program:{name}", args=[1000, *args])


@pytest.fixture
def administrator(alice, client_of):
    return client_of(alice)


@pytest.fixture
def dora(brand):
    """Another administrator's membership."""
    return make_user(username="dora", program=brand, role="ADMINISTRATOR").membership_set.get()


def add(browser, email="eve@example.com", role="EDITOR", **more):
    return browser.post(url("team_add"), {"email": email, "name": "Eve Adams", "role": role, **more})


def test_a_new_member_chooses_a_password_at_a_link_that_works_once(administrator, brand):
    response = add(administrator)
    link = response.context["link"]
    assert link in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    eve = Client()
    form = eve.get(link, follow=True).redirect_chain[-1][0]
    chosen = {"new_password1": "long-enough-1", "new_password2": "long-enough-1"}
    assert eve.post(form, chosen)["Location"] == reverse("password_reset_complete")
    assert eve.post("/log-in/", {"username": "eve@example.com", "password": "long-enough-1"}).status_code == 302
    assert eve.get(url("team_list")).status_code == 200
    assert "no longer" in Client().get(link, follow=True).content.decode().lower() or (
        "new_password1" not in Client().get(link, follow=True).content.decode()
    )
    membership = Membership.objects.get(user__username="eve@example.com")
    assert administrator.post(url("team_link", membership.pk)).status_code == 403, "it would open somebody's log-in"


def test_the_link_goes_by_mail_too(administrator, mailoutbox):
    add(administrator)
    send_first_link(Membership.objects.get(user__username="eve@example.com").pk, "brand.example", True)
    (mail,) = mailoutbox
    assert mail.to == ["eve@example.com"]
    assert re.search(r"https://brand\.example/password-reset/\S+/\S+/", mail.body)


@pytest.mark.parametrize(
    "form",
    [{"email": "no address"}, {"role": "OWNER"}, {"email": "alice@example.com"}],
    ids=["address", "role", "in the team"],
)
def test_a_member_who_cannot_be_added_is_refused_beside_the_form(administrator, alice, form):
    User.objects.filter(pk=alice.pk).update(email="alice@example.com")
    assert add(administrator, **form).status_code == 422


def test_a_log_in_of_another_account_is_not_taken_in(administrator, charlie):
    User.objects.filter(pk=charlie.pk).update(email="charlie@example.com")
    assert "another account" in add(administrator, email="Charlie@example.com").content.decode()
    assert charlie.membership_set.count() == 1


def test_a_member_of_two_accounts_gets_no_link_from_either(brand, alice):
    membership = team.add_member(account=brand.account, email="eve@example.com", name="Eve", role="VIEWER")
    other = make_program(account=make_account(sid="BB-2"))
    Membership.objects.create(account=other.account, user=membership.user, role="VIEWER")
    with pytest.raises(PermissionDenied):
        team.first_link(membership=membership)


def test_a_role_counts_from_the_next_click(administrator, bob, client_of):
    reader = client_of(bob)
    assert reader.get(url("partner_create")).status_code == 403
    membership = bob.membership_set.get()
    assert administrator.post(url("team_role", membership.pk), {"role": "EDITOR"}).status_code == 302
    assert reader.get(url("partner_create")).status_code == 200
    assert administrator.post(url("team_role", membership.pk), {"role": "OWNER"}).status_code == 422


def test_a_removed_member_finds_nothing_and_can_come_back(administrator, bob, client_of):
    reader, membership = client_of(bob), bob.membership_set.get()
    administrator.post(url("team_remove", membership.pk))
    assert reader.get(url("team_list")).status_code == 404
    assert "Anvils" not in reader.get("/").content.decode()
    assert "Removed" in administrator.get(url("team_list")).content.decode()
    assert administrator.post(url("team_role", membership.pk), {"role": "EDITOR"}).status_code == 422
    User.objects.filter(pk=bob.pk).update(email="bob@example.com")
    assert add(administrator, email="bob@example.com", role="VIEWER").status_code == 302
    assert reader.get(url("team_list")).status_code == 200


def test_nobody_changes_their_own_role(administrator, alice, dora):
    own = alice.membership_set.get()
    assert administrator.post(url("team_role", own.pk), {"role": "VIEWER"}).status_code == 403
    assert administrator.post(url("team_remove", own.pk)).status_code == 403
    own.refresh_from_db()
    assert (own.role, own.is_active) == ("ADMINISTRATOR", True)


def test_a_closed_log_in_is_no_administrator_to_rely_on(administrator, brand, alice, dora):
    User.objects.filter(pk=alice.pk).update(is_active=False)
    with pytest.raises(team.LastAdministrator):
        team.change_role(membership=dora, role="VIEWER", by=alice)
    with pytest.raises(team.LastAdministrator):
        team.remove_member(membership=dora, by=alice)


def test_the_pages_say_whose_role_it_takes(bob, frank, client_of):
    refused = client_of(frank).post(url("team_add"))
    assert refused.status_code == 403
    page = refused.content.decode()
    assert "Your role in this account is finance. Only an administrator may administer the account." in page
    page = client_of(bob).post(url("partner_create")).content.decode()
    assert "Your role in this account is viewer. Only an editor or administrator may edit this." in page


def test_what_administrators_do_is_in_the_log(administrator, bob):
    administrator.post(url("team_role", bob.membership_set.get().pk), {"role": "EDITOR"})
    page = administrator.get(url("audit_list")).content.decode()
    assert "changed team member bob" in page
    assert re.search(r"Role: .*Viewer.* → Editor", page)
    assert (AuditEntry.objects.order_by("-id")[0].who, AuditEntry.objects.order_by("-id")[0].address) == (
        "alice", "127.0.0.1")  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_demote_each_other_leave_one(brand, alice):
    anna, dora = alice, make_user(username="dora", program=brand, role="ADMINISTRATOR")
    start, outcomes = threading.Barrier(2), []

    def demote(target, by):
        try:
            start.wait(10)
            team.change_role(membership=target.membership_set.get(), role="VIEWER", by=by)
            outcomes.append("done")
        except team.LastAdministrator:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=demote, args=pair) for pair in ((anna, dora), (dora, anna))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["done", "refused"]
    assert Membership.objects.administrators().count() == 1
