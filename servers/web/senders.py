"""Authenticates the sender of a large body before it is read, so that a stranger fills neither memory nor disk."""

import base64
import binascii
from importlib import import_module
from typing import Any


def is_known(environ: dict[str, Any]) -> bool:
    """Tell whether a request has the session of a logged-in user, or a valid API token. The view still decides what
    either may do. Raises the database's errors.
    """
    from django.db import close_old_connections  # noqa: PLC0415 (all of it needs the settings)

    try:
        return _has_token(environ) or _has_session(environ)
    finally:
        close_old_connections()


def _has_token(environ: dict[str, Any]) -> bool:
    scheme, _, text = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() == "bearer":
        from accounts.api_tokens import bearer_in_force  # noqa: PLC0415

        return bearer_in_force(text.strip()) is not None
    if scheme.lower() != "basic":
        return False
    try:
        sid, _, secret = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return False
    from accounts.api_tokens import token_in_force  # noqa: PLC0415

    return "\0" not in sid and token_in_force(sid, secret) is not None


def _has_session(environ: dict[str, Any]) -> bool:
    from django.conf import settings  # noqa: PLC0415
    from django.contrib.auth import get_user  # noqa: PLC0415
    from django.http import HttpRequest, parse_cookie  # noqa: PLC0415

    key = parse_cookie(environ.get("HTTP_COOKIE", "")).get(settings.SESSION_COOKIE_NAME)
    if not key:
        return False
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return get_user(request).is_authenticated
