"""Strangers who would stop the product for everybody, while others ask for pages: none waits for two seconds."""

import base64
import contextlib
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.attacks import ATTACKS, under, wait_for_answers
from common.observability.log_files import LIMIT
from servers.home import PROJECT
from tests.servers.stranded import SET_UP, Stranded, running
from tests.servers.test_supervision import of
from tests.servers.web.conftest import Client


@pytest.fixture(scope="module")
def product(environment: dict[str, str], tables: dict[str, str]) -> Iterator[Stranded]:
    command = [sys.executable, "manage.py", "shell", "--no-imports", "--verbosity=0", "-c", SET_UP]
    made = subprocess.run(
        command, cwd=PROJECT, env={**environment, **tables}, check=True, capture_output=True, text=True
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with running(environment, port) as runner:
        yield Stranded(runner, port, made.stdout)


def port_of(product: Stranded) -> int:
    return int(product.address.rpartition(":")[2])


@pytest.mark.parametrize("name", ATTACKS)
def test_nobody_waits_for_two_seconds_while_strangers_attack(product: Stranded, home: Path, name: str) -> None:
    processes = of(home, "servers.web")
    with under(ATTACKS[name], port_of(product)):
        for address, waited in wait_for_answers(port_of(product), tries=20).items():
            assert waited.unanswered == 0, address
            *others, worst = sorted(waited.times)  # one may have met what else a busy machine does
            assert others[-1] < 2, (address, others[-5:])
            assert worst < 10, address
    assert of(home, "servers.web") == processes
    assert (home / "log" / "web.log").stat().st_size < LIMIT


def form(product: Stranded, path: str, size: int, headers: str) -> bytes:
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    body = part + b"a" * (size - len(part) - 9) + b"\r\n--x--\r\n"
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {len(body)}\r\n"
    return head.encode() + b"Content-Type: multipart/form-data; boundary=x\r\n\r\n" + body


@pytest.mark.parametrize(
    ("path", "size", "who", "statuses"),
    [
        ("/p/1000/transactions/uploads/new/", 6_000_000, "session", {200, 302, 403, 422}),
        ("/p/1000/transactions/uploads/new/", 6_000_000, "", {413}),
        ("/p/1000/transactions/uploads/new/", 6_000_000, "somebody else's", {413}),
        ("/p/1000/transactions/uploads/new/", 70_000_000, "session", {413}),
        ("/p/1000/transactions/", 6_000_000, "session", {413}),
        ("/p/1000/transactions/", 100_000, "session", {403, 404, 405}),
        ("/Advertisers/BB-ANVILS/Conversions", 100_000, "token", {415}),
        ("/Advertisers/BB-ANVILS/Conversions", 100_000, "", {413}),
        ("/Advertisers/BB-ANVILS/Conversions", 6_000_000, "token", {413}),
    ],
)
def test_large_bodies_are_taken_of_people_and_shops_that_are_known_where_files_belong(
    product: Stranded, path: str, size: int, who: str, statuses: set[int]
) -> None:
    wrong = (
        "Cookie: sessionid=abcdefghijklmnopqrstuvwxyz012345\r\nAuthorization: Basic "
        + base64.b64encode(b"a:b").decode()
    )
    headers = {
        "session": f"Cookie: {product.session['Cookie']}\r\n",
        "token": f"Authorization: {product.credentials['Authorization']}\r\n",
        "somebody else's": f"{wrong}\r\n",
        "": "",
    }[who]
    client = Client(port_of(product))
    data = form(product, path, size, headers)
    with contextlib.suppress(OSError):  # it was refused before all of it was sent
        client.send(data[:200_000] if statuses == {413} else data)
    answer = client.answer()
    assert answer is not None
    assert answer.status in statuses, answer.body[:300]
    client.close()


def test_the_addresses_that_take_files_are_those_of_the_two_views() -> None:
    from django.urls import reverse  # noqa: PLC0415

    from servers.web.limits import TAKE_FILES  # noqa: PLC0415

    for name, arguments in (("tracking:upload_create", [1000]), ("contracts:group_import", [1000, 7])):
        assert TAKE_FILES.fullmatch(reverse(name, args=arguments)), name
    for name, arguments in (("tracking:upload_list", [1000]), ("contracts:group_file_list", [1000, 7]), ("login", [])):
        assert not TAKE_FILES.fullmatch(reverse(name, args=arguments)), name
