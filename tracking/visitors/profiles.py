"""Profiles: who a visitor is to a program, by a random cookie of the domain that links lead through.

Each program knows the cookie by another id, so that no brand can follow a visitor through another's. A browser that
sends Global Privacy Control gets no cookie: its profile is made for one step alone.
"""

import base64
import hashlib
import re
import secrets
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse

COOKIE = "bb_visitor"
SECONDS = 400 * 24 * 3600  # the longest that browsers keep a cookie
_WRITTEN = re.compile("[A-Z2-7]{26}")


class Profile(NamedTuple):
    """The id by which a program's steps are kept, and the cookie to keep, "" for none. It is known where the browser
    sent the cookie.
    """

    id: str
    cookie: str
    is_known: bool


def profile_of(request: HttpRequest, program_id: int) -> Profile:
    """The visitor's profile, a new one where the request brings none."""
    if request.META.get("HTTP_SEC_GPC") == "1":
        return Profile(_random(), "", is_known=False)
    sent = request.COOKIES.get(COOKIE, "")
    if _WRITTEN.fullmatch(sent):
        return Profile(_for_program(sent, program_id), sent, is_known=True)
    cookie = _random()
    return Profile(_for_program(cookie, program_id), cookie, is_known=False)


def keep_profile(response: HttpResponse, request: HttpRequest, profile: Profile) -> None:
    """Have the browser keep the profile's cookie. Over https it is sent from other sites' pages too, where the browser
    lets it; over http only by following a link.
    """
    if profile.cookie:
        is_secure = request.is_secure()
        response.set_cookie(
            COOKIE, profile.cookie, max_age=SECONDS, httponly=True, secure=is_secure,
            samesite="None" if is_secure else "Lax",
        )  # fmt: skip


def _random() -> str:
    return _written(secrets.token_bytes(16))


def _for_program(cookie: str, program_id: int) -> str:
    return _written(hashlib.blake2s(f"{program_id} {cookie}".encode(), digest_size=16).digest())


def _written(number: bytes) -> str:
    return base64.b32encode(number).decode().rstrip("=")
