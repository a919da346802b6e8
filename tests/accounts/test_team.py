"""Settings → Team: roles and removal; an account always keeps an administrator."""

import re
import threading

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import AuditEntry, Membership, User
from accounts.team import services as team
from common.refusals import Refused
from tests.factories import make_user


def url(name, *args):
    return reverse(f"program:{name}", args=[1000, *args])


@pytest.fixture
def administrator(alice, client_of):
    return client_of(alice)


@pytest.fixture
def dora(brand):
    """Another administrator's membership."""
    return make_user(username="dora", program=brand, role="ADMINISTRATOR").membership_set.get()


def test_a_role_counts_from_the_next_click(administrator, bob, client_of):
    reader = client_of(bob)
    assert reader.get(url("partner_create")).status_code == 403
    membership = bob.membership_set.get()
    assert administrator.post(url("team_role", membership.pk), {"role": "EDITOR"}).status_code == 302
    assert reader.get(url("partner_create")).status_code == 200
    assert administrator.post(url("team_role", membership.pk), {"role": "OWNER"}).status_code == 422


def test_a_removed_member_finds_nothing(administrator, bob, client_of):
    reader, membership = client_of(bob), bob.membership_set.get()
    administrator.post(url("team_remove", membership.pk))
    assert reader.get(url("team_list")).status_code == 404
    assert "Anvils" not in reader.get("/").content.decode()
    assert "Removed" in administrator.get(url("team_list")).content.decode()
    assert administrator.post(url("team_role", membership.pk), {"role": "EDITOR"}).status_code == 422


def test_nobody_changes_their_own_role(administrator, alice, dora):
    own = alice.membership_set.get()
    assert administrator.post(url("team_role", own.pk), {"role": "VIEWER"}).status_code == 403
    assert administrator.post(url("team_remove", own.pk)).status_code == 403
    own.refresh_from_db()
    assert (own.role, own.is_active) == ("ADMINISTRATOR", True)


def test_a_closed_log_in_is_no_administrator_to_rely_on(administrator, brand, alice, dora):
    User.objects.filter(pk=alice.pk).update(is_active=False)
    with pytest.raises(Refused, match="last administrator"):
        team.change_role(membership=dora, role="VIEWER", by=alice)
    with pytest.raises(Refused, match="last administrator"):
        team.remove_member(membership=dora, by=alice)


def test_the_pages_say_whose_role_it_takes(bob, frank, client_of):
    refused = client_of(frank).post(url("team_invite"))
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
        except Refused:
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
