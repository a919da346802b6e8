"""Whose an e-mail address is that somebody is invited by: shown links prove nothing, mailed ones do."""

import re

import pytest
import redis
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from accounts.models import Invitation, User
from accounts.sign_in.addresses import release_email
from accounts.tasks import send_invitation
from accounts.team import invitations
from program.models import Program
from tests.accounts.test_invitations import LINK, NEW, invite, link_in, url, words
from tests.factories import make_user


@pytest.fixture
def administrator(alice, client_of):
    return client_of(alice)


@pytest.fixture
def mails(settings):
    settings.MAIL_IS_SENT = True


@pytest.mark.parametrize("is_mailed", [False, True], ids=["shown", "mailed"])
def test_the_answer_is_the_same_whether_or_not_the_address_has_a_log_in(administrator, charlie, settings, is_mailed):
    settings.MAIL_IS_SENT = is_mailed
    User.objects.filter(pk=charlie.pk).update(email="charlie@example.com", username="charlie@example.com")
    answers = []
    for email in ("charlie@example.com", "unknown@example.com"):
        answer = invite(administrator, email=email)
        page = answer if not is_mailed else administrator.get(url("team_list"))
        answers.append((answer.status_code, words(page, email)))
        invitations.revoke(invitation=Invitation.objects.open().get())
    assert answers[0] == answers[1]


def test_the_page_behind_the_link_does_not_tell_either(administrator, charlie):
    User.objects.filter(pk=charlie.pk).update(email="charlie@example.com", username="charlie@example.com")
    pages = []
    for email in ("charlie@example.com", "unknown@example.com"):
        link = link_in(invite(administrator, email=email))
        tried = [Client().get(link), Client().post(link, {**NEW, "username": email})]
        pages.append([(answer.status_code, words(answer, email)) for answer in tried])
    assert pages[0] == pages[1]


def test_an_address_is_nobodys_by_a_link_that_was_only_shown(administrator):
    link = link_in(invite(administrator, email="victim@example.com"))
    answer = Client().post(link, {**NEW, "username": "victim@example.com"})
    assert answer.status_code == 422
    assert "not an e-mail address" in answer.content.decode()


def test_whose_name_an_administrator_used_is_still_free_to_the_owner_of_the_address(administrator, brand, mails):
    make_user(username="squatter", email="victim@example.com")
    invitation = invitations.invite(account=brand.account, email="victim@example.com", role="VIEWER", by=None)
    link = invitations.renew_link(invitation=invitation, is_mailed=True)
    victim = Client()
    assert 'value="victim@example.com"' in victim.get(link).content.decode()
    assert victim.post(link, {**NEW, "username": "victim@example.com"}).status_code == 302
    assert victim.get("/security/").status_code == 200


def mailed(brand, email="victim@example.com"):
    """A link that only the reader of the address's mail has."""
    invitation = invitations.invite(account=brand.account, email=email, role="VIEWER", by=None)
    return invitations.renew_link(invitation=invitation, is_mailed=True)


def test_a_mailed_link_takes_the_address_from_whoever_never_proved_it(brand, charlie, client_of):
    squatter = make_user(username="squatter", program=Program.objects.get(pk=2000), email="Victim@example.com")
    assert Client().post(mailed(brand), NEW).status_code == 302
    squatter.refresh_from_db()
    assert (squatter.username, squatter.email) == ("squatter", "")
    eve = User.objects.get(username="eve")
    assert (eve.email, eve.is_email_proven) == ("victim@example.com", True)
    page = client_of(charlie).get(reverse("program:audit_list", args=[2000])).content.decode()
    assert "changed user squatter" in page
    assert "Victim@example.com" in page


def test_whoever_was_named_like_the_address_loses_the_name_with_it(brand):
    squatter = make_user(username="Victim@example.com", email="victim@example.com")
    link = mailed(brand)
    assert Client().post(link, {**NEW, "username": "victim@example.com"}).status_code == 302
    squatter.refresh_from_db()
    assert re.fullmatch(rf"user-{squatter.pk}-[0-9a-f]{{6}}", squatter.username)
    log_in = {"username": "victim@example.com", "password": "anvil"}
    assert Client().post("/log-in/", log_in).status_code == 200, "the old password opens nothing"
    assert Client().post("/log-in/", {**log_in, "password": NEW["password1"]}).status_code == 302


def test_whoever_has_proven_the_address_joins_with_that_log_in(brand, client_of):
    owner = make_user(username="owner", email="victim@example.com", is_email_proven=True)
    link = mailed(brand)
    answer = Client().post(link, NEW)
    assert answer.status_code == 422
    assert "There is a log-in with this e-mail address. Log in with it to accept." in answer.content.decode()
    assert not User.objects.filter(username="eve").exists()
    assert client_of(owner).post(link).status_code == 302
    assert owner.membership_set.count() == 1


def test_an_address_that_is_proven_meanwhile_is_not_taken(db):
    seen = make_user(username="squatter", email="victim@example.com")
    User.objects.filter(pk=seen.pk).update(is_email_proven=True)
    assert not release_email(user=seen)
    seen.refresh_from_db()
    assert seen.email == "victim@example.com"


@pytest.mark.parametrize(
    ("email", "is_mailed", "is_proven"),
    [("Charlie@example.com", True, True), ("Charlie@example.com", False, False), ("other@example.com", True, False)],
    ids=["mailed", "shown", "to another address"],
)
def test_to_accept_proves_ones_own_address_if_the_link_was_mailed_to_it(
    brand, charlie, client_of, email, is_mailed, is_proven
):
    User.objects.filter(pk=charlie.pk).update(email=email)
    invitation = invitations.invite(account=brand.account, email="charlie@example.com", role="VIEWER", by=None)
    client_of(charlie).post(invitations.renew_link(invitation=invitation, is_mailed=is_mailed))
    charlie.refresh_from_db()
    assert charlie.membership_set.count() == 2
    assert (charlie.email, charlie.is_email_proven) == (email, is_proven)


@pytest.mark.parametrize("is_proven", [False, True])
def test_a_link_that_was_shown_takes_an_address_from_nobody(administrator, is_proven):
    make_user(username="owner", email="EVE@example.com", is_email_proven=is_proven)
    assert Client().post(link_in(invite(administrator)), NEW).status_code == 302
    assert User.objects.get(username="owner").email == "EVE@example.com"
    assert User.objects.get(username="eve").email == ""


def test_a_link_that_was_shown_gives_an_address_that_nobody_has_and_proves_nothing(administrator):
    Client().post(link_in(invite(administrator)), NEW)
    eve = User.objects.get(username="eve")
    assert (eve.email, eve.is_email_proven) == ("eve@example.com", False)


def test_with_mail_the_link_goes_to_the_address_alone(
    administrator, mails, mailoutbox, settings, django_capture_on_commit_callbacks
):
    settings.BASE_URL = "https://brand.example"
    with django_capture_on_commit_callbacks() as tasks:
        response = invite(administrator)
    assert (response.status_code, len(tasks)) == (302, 1)
    assert not LINK.search(administrator.get(url("team_list")).content.decode())
    send_invitation(Invitation.objects.get().pk)
    (mail,) = mailoutbox
    assert mail.to == ["eve@example.com"]
    assert re.search(r"https://brand\.example/invitation/\S+/", mail.body)
    assert Invitation.objects.get().is_mailed


def test_three_mails_an_hour_go_to_one_address(
    administrator, mails, servers, settings, django_capture_on_commit_callbacks
):
    broker = redis.Redis.from_url(django_settings.REDIS_URL)
    for key in broker.scan_iter("*password-link*"):
        broker.delete(key)
    with django_capture_on_commit_callbacks() as tasks:
        for _ in range(4):
            invite(administrator)
    assert len(tasks) == 3
    assert "three invitations within an hour" in administrator.get(url("team_list")).content.decode()
