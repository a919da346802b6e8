"""After log-out no cache shows anything; after log-in in another tab an old form keeps what was typed."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from program.models import Partner
from tests.factories import make_customer_tag, make_partner

HERE = "http://testserver"


@pytest.fixture
def browser(erin):
    """Checks tokens, as a browser's requests are checked."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(erin)
    return client


def token_of(page):
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())[1]


@pytest.mark.parametrize(
    "address",
    ["/", "/p/1000/partners/", "/p/1000/orders/", "/p/1000/settings/team/", "/security/", "/p/1000/nothing-here/"],
)
def test_pages_of_who_is_logged_in_are_stored_nowhere(address, brand, erin, client_of):
    assert {"no-store", "private"} <= set(client_of(erin).get(address)["Cache-Control"].split(", "))


def test_a_list_that_comes_by_script_is_stored_nowhere_either(brand, erin, client_of):
    answer = client_of(erin).get("/p/1000/partners/", headers={"hx-request": "true"})
    assert "no-store" in answer["Cache-Control"]


def test_an_old_form_comes_back_with_what_was_typed_and_can_be_sent_again(brand, erin, browser):
    address = reverse("program:partner_create", args=[1000])
    typed = {"media_partner_id": "P-1", "name": '  A "quoted" <name>', "groups": "a\nb", "country": "GB"}
    old = token_of(browser.get(address))
    browser.force_login(erin)
    sent = {**typed, "csrfmiddlewaretoken": old[::-1]}
    answer = browser.post(address, sent, headers={"origin": HERE, "referer": HERE + address})
    html = answer.content.decode()
    assert answer.status_code == 403
    assert "So nothing was saved. What you typed is kept here." in html
    assert "You are logged in as <b>erin</b>" in html
    assert 'name="name" hidden>\n  A &quot;quoted&quot; &lt;name&gt;</textarea>' in html
    assert old[::-1] not in html
    assert not Partner.objects.exists()
    again = {**typed, "csrfmiddlewaretoken": token_of(answer)}
    assert browser.post(address, again, headers={"origin": HERE}).status_code == 302
    assert Partner.objects.get().name == 'A "quoted" <name>'


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_what_another_site_sends_does_not_come_back_with_a_button(origin, brand, browser):
    address = reverse("program:partner_create", args=[1000])
    headers = {"origin": origin, "referer": "https://evil.example/x"} if origin else {}
    answer = browser.post(address, {"media_partner_id": "P-1", "name": "Evil"}, headers=headers)
    html = answer.content.decode()
    assert answer.status_code == 403
    assert "Send it again" not in html
    assert "Evil" not in html
    assert "evil.example" not in html


def test_a_password_is_never_written_into_the_answer(brand, browser):
    data = {"old_password": "anvil", "new_password1": "s3cret-word", "new_password2": "s3cret-word"}
    answer = browser.post("/password-change/", data, headers={"origin": HERE})
    assert answer.status_code == 403
    assert "s3cret-word" not in answer.content.decode()
    assert "Send it again" not in answer.content.decode()


def test_a_click_by_script_is_told_to_reload(brand, browser):
    partner = make_partner(program=brand)
    headers = {"origin": HERE, "hx-request": "true"}
    answer = browser.post(reverse("program:partner_deactivate", args=[1000, partner.pk]), headers=headers)
    assert answer.status_code == 403
    assert "reload the page" in answer["HX-Trigger"]


def test_what_was_deleted_meanwhile_says_so(brand, erin, client_of):
    editor = client_of(erin)
    tag = make_customer_tag(program=brand)
    address = reverse("program:customer_tag_edit", args=[1000, tag.pk])
    tag.delete()
    answer = editor.post(address, {"name": "Gold"})
    assert answer.status_code == 404
    assert "It may have been deleted meanwhile" in answer.content.decode()
    assert "Nothing was saved." in answer.content.decode()


def test_the_way_back_by_script_gets_no_log_in_page_into_its_frame(brand, client):
    answer = client.get("/p/1000/partners/", headers={"hx-history-restore-request": "true"})
    assert answer.status_code == 401
    assert answer.content == b""
