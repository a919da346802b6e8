"""The basic settings: one database engine, durable, and a closed content policy."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from servers.home import PROJECT


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
@pytest.mark.django_db
def test_the_database_is_durable(setting: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {setting}")
        assert cursor.fetchone() == ("on",)


@pytest.mark.django_db
def test_the_health_page_asks_the_database(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_every_answer_forbids_scripts_from_elsewhere(client: Client) -> None:
    policy = client.get("/healthz")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("hosts", "host", "status"),
    [
        ("", "localhost", 200),
        ("", "127.0.0.1:8000", 200),
        ("", "brand.example", 400),
        ("brand.example", "brand.example", 200),
        ("brand.example", "localhost", 400),
    ],
)
def test_localhost_is_a_name_of_the_product_only_where_none_is_set(hosts: str, host: str, status: int) -> None:
    script = """
import sys, django
django.setup()
from django.test import Client

from servers.home import PROJECT
answers = [Client(headers={"host": sys.argv[1]}).get(path).status_code for path in ("/password-reset/", "/healthz")]
print(*answers)
"""
    environment = {**os.environ, "ALLOWED_HOSTS": hosts, "DJANGO_SETTINGS_MODULE": "config.settings", "DEBUG": "1"}
    command = [sys.executable, "-c", script, host]
    answer = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)
    # Supervisors request it by a machine's address.
    assert answer.stdout == f"{status} 200\n", answer.stderr


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
@pytest.mark.django_db
def test_machines_ask_by_an_address(client: Client, settings: Any, path: str) -> None:
    settings.ALLOWED_HOSTS = ["brand.example"]
    assert client.get(path, headers={"host": "10.0.0.7"}).status_code in (200, 503)
    assert client.get("/log-in/", headers={"host": "10.0.0.7"}).status_code == 400
