"""Where mail goes: EMAIL_URL as Django's MAILERS."""

from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

BACKENDS = "django.core.mail.backends"
PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


def mailers(url: str) -> dict[str, dict[str, Any]]:
    """Return Django's form of a mail address of the server: smtp, smtp+tls (STARTTLS), smtps, file:///folder, console:.

    A mail server that does not answer is given up after ten seconds.
    """
    parts = urlsplit(url)
    if parts.scheme == "console":
        return {"default": {"BACKEND": f"{BACKENDS}.console.EmailBackend"}}
    if parts.scheme == "file" and parts.path:
        return {"default": {"BACKEND": f"{BACKENDS}.filebased.EmailBackend", "OPTIONS": {"file_path": parts.path}}}
    if parts.scheme not in PORTS or not parts.hostname:
        raise ImproperlyConfigured(
            "EMAIL_URL is no address of a mail server. Write smtp+tls://user:password@host:587, smtps://…, smtp://…, "
            "file:///folder or console:"
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
