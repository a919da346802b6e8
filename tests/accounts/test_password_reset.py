"""A new password by a link in a mail."""

import io
import re
from datetime import timedelta

import pytest
import redis
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts import tasks
from accounts.models import AuditEntry
from accounts.sign_in.addresses import release_email
from accounts.sign_in.passwords import reset_link
from tests.factories import make_app, make_user

ASK = "/password-reset/"
NEW = {"new_password1": "brass-rivet-9", "new_password2": "brass-rivet-9"}


@pytest.fixture
def dora(brand):
    return make_user(username="dora", program=brand, email="dora@example.com")


@pytest.fixture(autouse=True)
def mails(settings):
    """An installation that sends mail, and is reached under this name."""
    settings.MAIL_IS_SENT, settings.BASE_URL = True, "https://brandboard.example"


@pytest.fixture(autouse=True)
def nothing_asked_before(servers):
    """Links are counted in Valkey, which no transaction rolls back."""
    broker = redis.Redis.from_url(settings.REDIS_URL)
    for key in broker.scan_iter("*password-link*"):
        broker.delete(key)


def link_to(email, mailoutbox):
    """The path of the link that a worker mails to this address."""
    tasks.send_password_link(email)
    return re.search(r"https://brandboard\.example(/\S+)", mailoutbox[-1].body)[1]


def follow(browser, link):
    """The form behind a link; the token moves from the address into the session on the way."""
    return browser.get(link, follow=True)


def test_the_log_in_page_leads_there():
    assert 'href="/password-reset/"' in Client().get("/log-in/").content.decode()


def test_the_answer_is_the_same_for_an_address_that_nobody_has(dora, django_capture_on_commit_callbacks, mailoutbox):
    answers = []
    for email in ("dora@example.com", "nobody@example.com"):
        with django_capture_on_commit_callbacks() as tasks_sent:
            answer = Client().post("/password-reset/", {"email": email})
        answers.append((answer.status_code, answer["Location"], len(tasks_sent)))
    assert answers[0] == answers[1] == (302, "/password-reset/done/", 1)
    assert mailoutbox == []  # the page sends nothing itself, so it takes as long for either


def test_nobody_else_gets_mail(dora, mailoutbox):
    tasks.send_password_link("nobody@example.com")
    make_user(username="closed", email="closed@example.com", is_active=False)
    tasks.send_password_link("closed@example.com")
    assert mailoutbox == []


def test_the_mail_names_the_user_and_the_site(dora, mailoutbox):
    link_to("dora@example.com", mailoutbox)
    (mail,) = mailoutbox
    assert mail.to == ["dora@example.com"]
    assert mail.subject == "Choose a new password for Brandboard"
    assert "the user dora of" in mail.body
    assert "within 60 minutes" in mail.body


def test_the_host_that_a_request_names_is_in_no_link(dora, settings, mailoutbox, django_capture_on_commit_callbacks):
    settings.ALLOWED_HOSTS = ["*"]
    with django_capture_on_commit_callbacks() as tasks_sent:
        Client(headers={"host": "evil.example"}).post(ASK, {"email": "dora@example.com"})
    assert len(tasks_sent) == 1
    assert "evil" not in str([cell.cell_contents for cell in tasks_sent[0].__closure__])
    assert link_to("dora@example.com", mailoutbox)


def test_without_mail_the_page_says_whom_to_ask_and_asks_for_nothing(
    dora, settings, django_capture_on_commit_callbacks
):
    settings.MAIL_IS_SENT = False
    with django_capture_on_commit_callbacks() as tasks_sent:
        for answer in (Client().get(ASK), Client().post(ASK, {"email": "dora@example.com"})):
            assert "manage.py reset_link" in answer.content.decode()
            assert 'name="email"' not in answer.content.decode()
    assert tasks_sent == []


def test_a_command_prints_one_link_and_the_audit_log_tells_of_it(dora):
    out, said = io.StringIO(), io.StringIO()
    call_command("reset_link", "dora", stdout=out, stderr=said)
    (link,) = out.getvalue().splitlines()
    assert "can choose the password of dora" in said.getvalue()
    assert AuditEntry.objects.filter(event="RESET_LINK", user=dora).exists()
    browser = Client()
    form = follow(browser, link.removeprefix("https://brandboard.example")).request["PATH_INFO"]
    assert browser.post(form, NEW).status_code == 302
    assert Client().post("/log-in/", {"username": "dora", "password": "brass-rivet-9"}).status_code == 302
    with pytest.raises(CommandError, match="nobody is not an active user"):
        call_command("reset_link", "nobody")


def test_the_link_sets_a_new_password_and_ends_every_session(dora, mailoutbox):
    there = Client()
    there.post("/log-in/", {"username": "dora", "password": "anvil"})
    browser = Client()
    page = follow(browser, link_to("dora@example.com", mailoutbox))
    assert "For the user <b>dora</b>" in page.content.decode()
    assert browser.post(page.request["PATH_INFO"], NEW)["Location"] == "/password-reset/complete/"
    assert there.get("/security/").status_code == 302
    assert Client().post("/log-in/", {"username": "dora", "password": "brass-rivet-9"}).status_code == 302


def test_a_mailed_link_proves_the_address_and_one_that_a_command_printed_does_not(dora, mailoutbox):
    for make_link, is_proven in (
        (lambda: reset_link(user=dora), False),
        (lambda: link_to("dora@example.com", mailoutbox), True),
    ):
        browser = Client()
        assert browser.post(follow(browser, make_link()).request["PATH_INFO"], NEW).status_code == 302
        dora.refresh_from_db()
        assert dora.is_email_proven == is_proven


def test_a_link_mailed_to_an_address_that_somebody_else_has_now_opens_nothing(dora, mailoutbox):
    link = link_to("dora@example.com", mailoutbox)
    release_email(user=dora)
    assert "This link no longer works" in follow(Client(), link).content.decode()


def test_the_link_works_once(dora, mailoutbox):
    link = link_to("dora@example.com", mailoutbox)
    browser = Client()
    browser.post(follow(browser, link).request["PATH_INFO"], NEW)
    assert "This link no longer works" in follow(Client(), link).content.decode()


def test_the_link_works_for_an_hour(dora, mailoutbox):
    link = link_to("dora@example.com", mailoutbox)
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert "This link no longer works" in follow(Client(), link).content.decode()


def test_the_link_logs_nobody_in_and_asks_for_the_code_as_ever(dora, mailoutbox):
    make_app(user=dora)
    browser = Client()
    browser.post(follow(browser, link_to("dora@example.com", mailoutbox)).request["PATH_INFO"], NEW)
    assert browser.get("/security/").status_code == 302
    answer = browser.post("/log-in/", {"username": "dora", "password": "brass-rivet-9"})
    assert answer["Location"] == "/log-in/code/"


def test_a_new_password_unlocks(dora, mailoutbox):
    for _ in range(5):
        Client().post("/log-in/", {"username": "dora", "password": "hammer"})
    browser = Client()
    browser.post(follow(browser, link_to("dora@example.com", mailoutbox)).request["PATH_INFO"], NEW)
    assert Client().post("/log-in/", {"username": "dora", "password": "brass-rivet-9"}).status_code == 302


def test_a_weak_password_is_refused_and_the_old_one_stands(dora, mailoutbox):
    browser = Client()
    page = follow(browser, link_to("dora@example.com", mailoutbox))
    weak = {"new_password1": "password", "new_password2": "password"}
    assert "too common" in browser.post(page.request["PATH_INFO"], weak).content.decode()
    dora.refresh_from_db()
    assert dora.check_password("anvil")


def test_the_token_leaves_the_address_before_the_page_is_shown(dora, mailoutbox):
    page = follow(Client(), link_to("dora@example.com", mailoutbox))
    assert page.request["PATH_INFO"].endswith("/set-password/")


@pytest.fixture
def ask(django_capture_on_commit_callbacks):
    """Ask for a link from a network; answers whether one is sent, after a look at the page, which never tells."""

    def ask(email, network="192.0.2.1"):
        with django_capture_on_commit_callbacks() as tasks_sent:
            answer = Client(REMOTE_ADDR=network).post(ASK, {"email": email})
        assert (answer.status_code, answer["Location"]) == (302, "/password-reset/done/")
        return len(tasks_sent) == 1

    return ask


@pytest.mark.parametrize("email", ["dora@example.com", "nobody@example.com"])
def test_three_links_an_hour_go_to_one_address_wherever_they_are_asked_for(dora, ask, email):
    assert [ask(email, f"192.0.2.{number}") for number in range(5)] == [True, True, True, False, False]
    assert ask("another@example.com")


def test_other_spellings_of_an_address_are_the_same_address(dora, ask):
    spellings = ["dora@example.com", "DORA@Example.com", " dora@example.com ", "dorA@example.com"]
    assert [ask(email, f"192.0.2.{number}") for number, email in enumerate(spellings)] == [True, True, True, False]


def test_ten_links_an_hour_are_asked_for_from_one_network(dora, ask):
    assert [ask(f"user{number}@example.com") for number in range(12)] == [True] * 10 + [False] * 2
    assert ask("dora@example.com", "198.51.100.7")


def test_neighbours_of_one_ipv6_network_count_as_one(dora, ask):
    networks = [f"2001:db8::{number}" for number in range(11)]
    sent = [ask(f"user{number}@example.com", network) for number, network in enumerate(networks)]
    assert sent == [True] * 10 + [False]


def test_places_are_free_again_after_an_hour(dora, ask):
    assert [ask("dora@example.com", f"192.0.2.{number}") for number in range(4)][-1] is False
    broker = redis.Redis.from_url(settings.REDIS_URL)
    lasting = {broker.ttl(key) for key in broker.scan_iter("*password-link*")}
    assert max(lasting) <= 3600
    assert min(lasting) > 3590
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert [ask("dora@example.com", f"192.0.2.{number}") for number in range(4)] == [True, True, True, False]


def test_valkey_holds_nobodys_address(dora, ask):
    ask("dora@example.com")
    kept = b" ".join(redis.Redis.from_url(settings.REDIS_URL).scan_iter("*password-link*"))
    assert b"password-link" in kept
    assert b"dora" not in kept
    assert b"192.0.2.1" not in kept
