"""Servers for the tests that need them, and the cast: brand, alice (administers), erin (edits), frank
(does its finance), bob (reads), charlie (administers another brand).

The first test to ask starts the servers, the last to end stops them.
"""

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from servers import embedded
from servers.home import PROJECT
from tests import cast

# The time of an example depends more on other work of the machine than on our code.
hypothesis_settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("busy")

# Begun first, in this order: one file that makes the tables, and two that compute without them meanwhile; then tests so
# long that one worker would run alone at the end, and tests that wait for processes more than they compute, so that
# others can compute meanwhile.
LONG = (
    "tests/browser/test_every_page", "tests/engine/test_attribution_properties.py", "tests/test_patterns.py",
    "tests/fuzz/", "tests/browser/test_every", "tests/rig/", "tests/servers/", "tests/browser/",
    "tests/tracking/test_workers.py", "tests/tracking/test_tag_act_deaths.py", "tests/flows/",
    "tests/isolation/test_addresses.py", "tests/proof/", "tests/tracking/test_any_order.py",
    "tests/engine/test_plan_properties.py",
)  # fmt: skip


def pytest_configure() -> None:
    """Look for no garbage while every test is imported: nearly all of it stays."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Look for garbage from here on, but not in what was imported: a million objects each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20)
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have the long files begun first. Within a file nothing changes its place."""
    items.sort(key=lambda item: next((place for place, name in enumerate(LONG) if item.nodeid.startswith(name)), 99))


@pytest.fixture(scope="session")
def servers() -> Iterator[None]:
    """PostgreSQL and Valkey of the tests' own home, or those that DATABASE_URL (a superuser's) and REDIS_URL name."""
    embedded.attach()
    if not os.environ.get("DATABASE_URL"):
        _let_make_databases()
    yield
    embedded.leave()


def _let_make_databases() -> None:
    """The product's role owns its database alone; in the tests' home it makes others, and empties them."""
    import psycopg  # noqa: PLC0415 (tests of the engine run without it)

    with psycopg.connect(embedded.superusers_url(), autocommit=True) as superuser:
        superuser.execute("SELECT pg_advisory_lock(1)")  # workers of pytest-xdist would change one row at once
        superuser.execute("ALTER ROLE brandboard CREATEDB")
        superuser.execute("GRANT SET ON PARAMETER session_replication_role TO brandboard")


@pytest.fixture(scope="session")
def tables(servers: None, django_db_blocker: Any) -> dict[str, str]:
    """A variable that names the copy of a database with every table; none where DATABASE_URL names the server."""
    if os.environ.get("DATABASE_URL"):
        return {}  # it would be left behind there
    from tests.tables import COPY, copy_of_tables  # noqa: PLC0415 (tests of the engine run without Django)

    with django_db_blocker.unblock():
        return {COPY: str(copy_of_tables())}


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tables: dict[str, str], django_db_modify_db_settings: None) -> None:
    """Have PostgreSQL up, and in it what to copy, before pytest-django makes its database."""
    if tables:
        from tests.tables import TEMPLATE  # noqa: PLC0415

        connection.settings_dict["TEST"]["TEMPLATE"] = TEMPLATE


@pytest.fixture
def product_environment(servers: None, db: None) -> dict[str, str]:
    """The environment in which a process of the product meets this test's database and broker."""
    database = connection.settings_dict
    host = f"host={database['HOST']} " if database["HOST"] else ""
    port = f"port={database['PORT']} " if database["PORT"] else ""
    password = f"password={database['PASSWORD']} " if database["PASSWORD"] else ""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"{host}{port}{password}user={database['USER']} dbname={database['NAME']}",
        "REDIS_URL": settings.REDIS_URL,
    }


@pytest.fixture
def celery_worker(transactional_db: None, product_environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A real worker on this test's database and broker. Only for tests whose rows are committed."""
    import redis  # noqa: PLC0415 (tests of the engine run without it)

    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--concurrency=1", "--loglevel=WARNING"]
    worker = subprocess.Popen(command, cwd=PROJECT, env=product_environment, start_new_session=True)
    yield worker
    worker.terminate()
    try:
        worker.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(worker.pid, 9)
        worker.wait()


@pytest.fixture
def clock(product_environment: dict[str, str], tmp_path: Path) -> Iterator[None]:
    """Celery's beat, which runs the sweeps: a task that was lost on a busy machine is enqueued again."""
    command = [sys.executable, "-m", "celery", "-A", "config", "beat", "--loglevel", "WARNING", "--pidfile=",
               "--schedule", str(tmp_path / "beat")]  # fmt: skip
    beat = subprocess.Popen(command, cwd=PROJECT, env=product_environment, start_new_session=True)
    yield
    beat.terminate()
    beat.wait(20)


@pytest.fixture
def brand(db: None) -> Any:
    """Program 1000 of Anvils Ltd: pounds, London time."""
    return cast.make_brand()


@pytest.fixture
def alice(brand: Any) -> Any:
    """Administers the brand's account, as its first user, with the rights of editors."""
    return cast.make_member("alice", brand)


@pytest.fixture
def erin(brand: Any) -> Any:
    """Edits the brand's program."""
    return cast.make_member("erin", brand)


@pytest.fixture
def frank(brand: Any) -> Any:
    """Does the brand's finance."""
    return cast.make_member("frank", brand)


@pytest.fixture
def bob(brand: Any) -> Any:
    """Sees the brand's program and changes nothing."""
    return cast.make_member("bob", brand)


@pytest.fixture
def charlie(db: None) -> Any:
    """Administers another brand's account, with program 2000."""
    return cast.make_charlie()


@pytest.fixture
def client_of() -> Callable[[Any], Any]:
    """A browser in which the user is signed in: `client_of(alice).get(…)`."""
    from django.test import Client  # noqa: PLC0415

    def sign_in(user: Any) -> Client:
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = cast.session_of(user)
        return client

    return sign_in
