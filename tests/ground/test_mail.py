"""EMAIL_URL, in the words that docs/operations.md uses."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import send_mail

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


def test_mail_may_go_to_a_folder_or_to_the_log():
    assert mailers("file:///var/mail/brandboard")["default"]["OPTIONS"] == {"file_path": "/var/mail/brandboard"}
    assert mailers("log:")["default"]["BACKEND"] == "config.mail.LogBackend"


@pytest.mark.parametrize("url", ["mail.example", "imap://mail.example", "smtp://", "file:", "smtp:mail.example"])
def test_anything_else_is_refused_without_repeating_it(url):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL is no address") as refusal:
        mailers(url)
    assert url not in str(refusal.value).split(" Write ")[0]


def test_without_a_server_the_log_says_what_would_have_been_sent(settings, caplog):
    settings.MAILERS = mailers("log:")
    link = "http://localhost:8000/password-reset/MQ/" + "x" * 90 + "/"
    assert send_mail("A link", f"Here:\n{link}\n", None, ["dora@example.com"]) == 1
    assert link in caplog.text  # whole, to be copied
    assert "EMAIL_URL is not set" in caplog.text
