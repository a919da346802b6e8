"""Servers for the tests that need them. The first to ask starts them, the last to end stops them."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection

from config import embedded
from config.home import PROJECT


@pytest.fixture(scope="session")
def servers() -> Iterator[None]:
    """PostgreSQL and Valkey of the tests' own home, or those that DATABASE_URL and REDIS_URL name."""
    embedded.attach()
    yield
    embedded.leave()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(servers: None, django_db_modify_db_settings: None) -> None:
    """Have PostgreSQL up before pytest-django makes its database."""


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
