"""The web server with an application that echoes, as its clients meet it: by bytes on a socket."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest

from servers.home import PROJECT


class Answer(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        return dict(self.headers).get(name)

    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """One connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.settimeout(30)
        self.file = self.socket.makefile("rb")

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answer(self, *, has_body: bool = True) -> Answer | None:
        """The next answer; None where the connection is closed without one."""
        try:
            line = self.file.readline()
        except ConnectionResetError:
            return None
        if not line:
            return None
        headers = []
        while (field := self.file.readline()) not in (b"\r\n", b""):
            name, _, value = field.decode().partition(":")
            headers.append((name.lower(), value.strip()))
        length = int(dict(headers).get("content-length") or 0)
        return Answer(int(line.split()[1]), headers, self.file.read(length) if has_body else b"")

    def ask(self, data: bytes, **options: bool) -> Answer:
        self.send(data)
        answer = self.answer(**options)
        assert answer is not None, "the connection was closed"
        return answer

    def is_closed(self) -> bool:
        """Whether the server has closed it, or does so before the socket's patience ends."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def close(self) -> None:
        self.file.close()
        self.socket.close()


@contextmanager
def serving(application: str, **variables: str) -> "Iterator[int]":
    """The web server of the product with an application, and short patience."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "servers.web", application, "--port", str(port), "--workers", "2"],
        cwd=PROJECT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **variables},
    )
    try:
        end = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                assert server.poll() is None
                assert time.monotonic() < end
                time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving("tests.servers.web.echo:application", WEB_HEADER_SECONDS="2", WEB_BODY_SECONDS="3") as number:
        yield number


@pytest.fixture
def client(port: int) -> Iterator[Client]:
    client = Client(port)
    yield client
    client.close()
