"""EMAIL_URL, in the words that docs/operations.md uses."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import send_mail

from common.web.links import base_url, link
from config.mail import mailers


@pytest.mark.parametrize(
    ("url", "port", "use_tls", "use_ssl"),
    [
        ("smtp+tls://sender:a%40b@mail.example", 587, True, False),
        ("smtps://sender:a%40b@mail.example", 465, False, True),
        ("smtp://sender:a%40b@mail.example:2525", 2525, False, False),
    ],
)
def test_a_mail_server_is_named_by_its_address(url, port, use_tls, use_ssl):
    options = mailers(url)["default"]["OPTIONS"]
    assert (options["host"], options["port"]) == ("mail.example", port)
    assert (options["use_tls"], options["use_ssl"]) == (use_tls, use_ssl)
    assert (options["username"], options["password"]) == ("sender", "a@b")


def test_mail_may_go_to_a_folder():
    assert mailers("file:///var/mail/brandboard")["default"]["OPTIONS"] == {"file_path": "/var/mail/brandboard"}


@pytest.mark.parametrize(
    "url", ["mail.example", "imap://mail.example", "smtp://", "file:", "smtp:mail.example", "log:"]
)
def test_anything_else_is_refused_without_repeating_it(url):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL is not the address") as refusal:
        mailers(url)
    assert url not in str(refusal.value).split(" Write ")[0]


def test_without_a_server_the_log_says_that_nothing_is_sent_and_holds_no_link(settings, caplog):
    settings.MAILERS = mailers("")
    link = "http://localhost:8000/password-reset/MQ/" + "x" * 90 + "/"
    assert send_mail("A link", f"Here:\n{link}\n", None, ["dora@example.com"]) == 0
    assert "EMAIL_URL is not set" in caplog.text
    assert "password-reset" not in caplog.text
    assert "dora" not in caplog.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://brandboard.example.com", "https://brandboard.example.com"),
        ("https://brandboard.example.com/", "https://brandboard.example.com"),
        ("http://localhost:8001", "http://localhost:8001"),
    ],
)
def test_links_begin_with_the_base_address(settings, text, expected):
    settings.BASE_URL = base_url(text)
    assert link("/invitation/x/") == f"{expected}/invitation/x/"


@pytest.mark.parametrize("text", ["brandboard.example.com", "ftp://x", "https://", "https://x/path", "https://x/?q=1"])
def test_what_is_not_the_address_of_a_site_is_refused(text):
    with pytest.raises(ValueError, match="BASE_URL is not the address of a site"):
        base_url(text)
