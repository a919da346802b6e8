"""The cast: a brand and its team, and who administers another. Of `kept` they are made once for the tests of a file."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

__all__ = ["alice", "apart", "bob", "brand", "charlie", "erin", "frank", "kept"]

TEAM = {"alice": "ADMINISTRATOR", "erin": "EDITOR", "frank": "FINANCE", "bob": "VIEWER"}


def make_brand() -> Any:
    """Program 1000 of Anvils Ltd: pounds, London time."""
    from tests.factories import make_account, make_program  # noqa: PLC0415 (models need Django to be set up)

    return make_program(id=1000, account=make_account(name="Anvils Ltd", sid="BB-ANVILS"), name="Anvils")


def make_member(name: str, brand: Any) -> Any:
    """Somebody of the brand's team."""
    from tests.factories import make_user  # noqa: PLC0415

    return make_user(username=name, program=brand, role=TEAM[name])


def session_of(user: Any) -> str:
    """The key of a new session of the user, with the row that a log-in leaves, and without its sixteen queries."""
    from django.conf import settings  # noqa: PLC0415
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: PLC0415
    from django.contrib.sessions.backends.base import VALID_KEY_CHARS  # noqa: PLC0415
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415
    from django.contrib.sessions.models import Session  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415
    from django.utils.crypto import get_random_string  # noqa: PLC0415

    said = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[-1],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    ends = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    row = Session(get_random_string(32, VALID_KEY_CHARS), SessionStore().encode(said), ends)
    row.save(force_insert=True)
    return row.session_key


def make_charlie() -> Any:
    """Administers another brand's account, with program 2000."""
    from tests.factories import make_account, make_program, make_user  # noqa: PLC0415

    rival = make_program(id=2000, account=make_account(name="Rivets Ltd", sid="BB-RIVETS"), name="Rivets")
    return make_user(username="charlie", program=rival, role="ADMINISTRATOR")


@pytest.fixture(scope="module")
def kept(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """Everybody, in a transaction around all tests of a file. A file, or a conftest, that imports the fixtures of this
    module has them in place of those that are made for each test, and may make more rows in fixtures of a module.
    """
    from django.db import transaction  # noqa: PLC0415

    with django_db_blocker.unblock(), transaction.atomic():
        brand = make_brand()
        yield {"brand": brand, "charlie": make_charlie(), **{name: make_member(name, brand) for name in TEAM}}
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def apart(kept: dict[str, Any], db: None) -> None:
    """What a test writes is undone after it; what is kept is there before."""


@pytest.fixture(scope="module")
def brand(kept: dict[str, Any]) -> Any:
    return kept["brand"]


@pytest.fixture(scope="module")
def alice(kept: dict[str, Any]) -> Any:
    return kept["alice"]


@pytest.fixture(scope="module")
def erin(kept: dict[str, Any]) -> Any:
    return kept["erin"]


@pytest.fixture(scope="module")
def frank(kept: dict[str, Any]) -> Any:
    return kept["frank"]


@pytest.fixture(scope="module")
def bob(kept: dict[str, Any]) -> Any:
    return kept["bob"]


@pytest.fixture(scope="module")
def charlie(kept: dict[str, Any]) -> Any:
    return kept["charlie"]
