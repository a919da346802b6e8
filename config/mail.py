"""Where mail goes: EMAIL_URL as Django's MAILERS."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

log = structlog.get_logger(__name__)

BACKENDS = "django.core.mail.backends"
PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


class UnsentBackend(BaseEmailBackend):
    """Sends nothing, and logs that: a mail's content, such as a link to a new password, is not logged."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for mail in email_messages:
            log.warning("mail is not sent, since EMAIL_URL is not set", subject=mail.subject)
        return 0


def mailers(url: str) -> dict[str, dict[str, Any]]:
    """Return Django's form of a mail address of the server: smtp, smtp+tls (STARTTLS), smtps, file:///folder.

    Without an address nothing is sent.    A mail server that does not answer times out after ten seconds.
    """
    parts = urlsplit(url)
    if not url:
        return {"default": {"BACKEND": "config.mail.UnsentBackend"}}
    if parts.scheme == "file" and parts.path:
        return {"default": {"BACKEND": f"{BACKENDS}.filebased.EmailBackend", "OPTIONS": {"file_path": parts.path}}}
    if parts.scheme not in PORTS or not parts.hostname:
        raise ImproperlyConfigured(
            "EMAIL_URL is not the address of a mail server. Write smtp+tls://user:password@host:587, smtps://…, "
            "smtp://… or file:///folder"
        )
    options = {
        "host": parts.hostname,
        "port": parts.port or PORTS[parts.scheme],
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_tls": parts.scheme == "smtp+tls",
        "use_ssl": parts.scheme == "smtps",
        "timeout": 10,
    }
    return {"default": {"BACKEND": f"{BACKENDS}.smtp.EmailBackend", "OPTIONS": options}}
