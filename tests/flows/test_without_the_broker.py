"""The broker is down while orders come in: they are accepted at once, and priced when it is back."""

import json
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator

import pytest

from servers.home import PROJECT
from tests.flows.dashboard import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def web_without_broker(product_environment: dict[str, str]) -> Iterator[str]:
    """The product's own web server on this test's database, its broker where nobody listens. The address of it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**product_environment, "REDIS_URL": "redis://127.0.0.1:1/0"}
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
               "--no-ws", "config.wsgi:application"]  # fmt: skip
    web = subprocess.Popen(command, cwd=PROJECT, env=environment)
    address = f"http://127.0.0.1:{port}"
    until(lambda: _answers(f"{address}/healthz"), bool)
    yield address
    web.terminate()
    web.wait(20)


def test_orders_are_taken_and_priced_by_the_sweep(dashboard, shop, terms, web_without_broker, celery_worker, clock):
    dashboard.publish(terms, "First terms.")
    for number in range(4):
        answer = _post(web_without_broker + shop.url, shop.order(f"A-{number}"), shop.headers)
        assert answer["Status"] == "QUEUED"
    assert "Why this pays £15.00" in dashboard.action("A-3")


def _post(url: str, body: dict[str, str], headers: dict[str, str]) -> dict[str, str]:
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {**headers, "Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        assert response.status == 200
        return dict(json.load(response))


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False
