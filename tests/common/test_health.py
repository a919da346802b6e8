"""What supervisors and balancers are told, with every server up and with each one gone."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from common.observability import counters
from servers.home import PROJECT

GONE = "postgresql://brandboard@localhost:9/none?connect_timeout=1"
# Asks both pages in a process of its own, which can be pointed at servers that are not there.
ASK = """
import django
django.setup()
from django.test import Client
for path in ("/healthz", "/readyz", "/readyz?of=web", "/metrics"):
    answer = Client().get(path, headers={"host": "localhost"})
    print(path, answer.status_code, *answer.content.decode().replace(": ", "=").split("\\n")[:4])
"""


@pytest.fixture
def broker_away(settings, monkeypatch):
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    counters.made_clients.cache_clear()
    yield
    counters.made_clients.cache_clear()


def ask(environment: dict[str, str], **changes: str) -> list[str]:
    command = [sys.executable, "-c", ASK]
    answer = subprocess.run(command, cwd=PROJECT, env={**environment, **changes}, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.splitlines()


def test_a_process_that_answers_is_alive_without_asking_anybody(client: Client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_it_is_ready_when_the_servers_answer_and_no_migration_is_missing(
    client: Client, db, django_assert_max_num_queries
):
    with django_assert_max_num_queries(5):  # two of them of the transaction around
        answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (200, b"database: ok\nmigrations: ok\nbroker: ok\n")


def test_a_missing_migration_makes_it_unready_and_one_of_a_later_release_does_not(client: Client, db):
    recorder = MigrationRecorder(connection)
    recorder.record_applied("tracking", "9999_of_the_next_release")
    assert client.get("/readyz").status_code == 200
    recorder.record_unapplied("tracking", "0001_initial")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"database: ok\nmigrations: missing\nbroker: ok\n")


def test_without_the_broker_only_what_needs_it_is_unready(client: Client, db, broker_away):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"database: ok\nmigrations: ok\nbroker: away\n")
    assert client.get("/readyz?of=web").status_code == 200


def test_without_the_database_it_is_alive_and_not_ready_and_says_no_more(product_environment):
    health, ready, web, metrics = ask(product_environment, DATABASE_URL=GONE)
    assert health.startswith("/healthz 200 ok")
    assert ready.strip() == "/readyz 503 database=away migrations=away broker=ok"
    assert web.startswith("/readyz?of=web 503")
    assert metrics.startswith("/metrics 200")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_nobody_learns_what_it_is_made_of(client: Client, db, path):
    answer = client.get(path)
    words = answer.content.decode() + str(dict(answer.headers))
    for secret in ("django", "postgres", "valkey", "redis", settings.REDIS_URL, str(os.environ["BRANDBOARD_HOME"])):
        assert secret not in words.lower()
