"""Bodies as programs and proxies send them, over a socket to the product's own web server."""

import contextlib
import gzip
import json
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest

from servers.home import PROJECT
from tests.flows.dashboard import until
from tracking.models import Conversion, Upload

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def port(product_environment: dict[str, str]) -> Iterator[int]:
    """Where the product's own web server listens, on this test's database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    served = ["servers.web", "config.wsgi:application", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command = [sys.executable, "-m", *served]
    # With DEBUG pages link style sheets that were not collected.
    web = subprocess.Popen(command, cwd=PROJECT, env={**product_environment, "DEBUG": "1"})
    until(lambda: _answers(f"http://127.0.0.1:{port}/healthz"), bool)
    yield port
    web.terminate()
    web.wait(20)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def chunks(body: bytes, size: int = 7) -> bytes:
    """The body in chunks, as HTTP/1.1 sends one whose length is not known."""
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts) + b"0\r\n\r\n"


def ask(port: int, method: str, path: str, body: bytes, **headers: str) -> tuple[int, str, str]:
    """Send a request as it is; status, headers and body of the answer."""
    named = {"Host": f"127.0.0.1:{port}", "Connection": "close", **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in named.items())
    with socket.create_connection(("127.0.0.1", port), timeout=30) as sock:
        sock.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode())
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it may be answered before all of it came
            sock.sendall(body)
        answer = b""
        while chunk := sock.recv(65_536):
            answer += chunk
    head_of_answer, _, content = answer.decode().partition("\r\n\r\n")
    return int(head_of_answer.split()[1]), head_of_answer, content


def in_chunks(port: int, path: str, body: bytes, size: int = 7, **headers: str) -> tuple[int, str, str]:
    return ask(port, "POST", path, chunks(body, size), Transfer_Encoding="chunked", **headers)


def test_an_order_that_comes_in_chunks_is_taken(dashboard, shop, port):
    order = {**shop.order("C-1"), "Note": "x" * 200}
    status, _, answer = in_chunks(
        port, shop.url, json.dumps(order).encode(), Content_Type="application/json", **shop.headers
    )
    assert (status, json.loads(answer)["Status"]) == (200, "QUEUED")
    form = "&".join(f"{name}={value}" for name, value in shop.order("C-2", EventDate="NOW").items()).encode()
    status, _, answer = in_chunks(
        port, shop.url, form, Content_Type="application/x-www-form-urlencoded", **shop.headers
    )
    assert status == 200, answer
    assert sorted(Conversion.objects.values_list("order_id", flat=True)) == ["C-1", "C-2"]


def test_a_body_in_chunks_is_bounded_as_one_with_a_length_is(dashboard, shop, port):
    body = json.dumps({**shop.order("C-1"), "Note": "x" * 6 * 1024**2}).encode()
    headers = {"Content_Type": "application/json", **shop.headers}
    chunked = in_chunks(port, shop.url, body, 1024**2, **headers)
    measured = ask(port, "POST", shop.url, body, Content_Length=str(len(body)), **headers)
    assert (chunked[0], measured[0]) == (413, 413)
    assert chunked[2] == measured[2]
    assert not Conversion.objects.exists()


def test_a_long_list_of_customers_is_taken_from_a_token_of_either_kind(dashboard, shop, port):
    bearer = {"Authorization": f"Bearer {shop.secret}"}
    strange = {"Authorization": f"Bearer {shop.secret}x"}
    body = json.dumps({"key": "C-1", "email": "x" * 100_000}).encode()
    sent = {"Content_Type": "application/json", "Content_Length": str(len(body))}
    assert ask(port, "POST", "/v1/customers", body, **sent, **bearer)[0] == 422
    assert ask(port, "POST", "/v1/customers", body, **sent, **strange)[0] == 413
    tags = f"/Advertisers/{shop.sid}/CustomerTags"
    body = b'{"Name": "VIP"}'
    status, _, answer = ask(port, "POST", tags, body, Content_Length=str(len(body)), Content_Type="application/json",
                            **shop.headers)  # fmt: skip
    assert status == 201
    body = json.dumps({"CustomerIds": [f"customer-{number}" for number in range(10_000)]}).encode()
    sent = {"Content_Type": "application/json", "Content_Length": str(len(body))}
    for method in ("POST", "DELETE"):
        status, _, content = ask(port, method, json.loads(answer)["CustomersUri"], body, **sent, **shop.headers)
        assert (status, len(json.loads(content)["NotFound"])) == (200, 10_000)


@pytest.mark.parametrize("is_chunked", [True, False], ids=["in chunks", "with a length"])
def test_a_body_whose_sender_goes_away_is_not_taken_for_the_whole(dashboard, shop, port, is_chunked):
    # A form shows no end of its own: one in chunks that is cut cannot be told from a whole one.
    kind = "application/json" if is_chunked else "application/x-www-form-urlencoded"
    order = shop.order("C-1", EventDate="NOW")
    body = (json.dumps(order) if is_chunked else "&".join(f"{name}={value}" for name, value in order.items())).encode()
    head = "".join(f"{name}: {value}\r\n" for name, value in {**shop.headers, "Content-Type": kind}.items())
    framed = "Transfer-Encoding: chunked" if is_chunked else f"Content-Length: {len(body)}"
    sent = f"POST {shop.url} HTTP/1.1\r\nHost: localhost\r\n{head}{framed}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", port), timeout=30) as sock:
        sock.sendall(sent + (chunks(body[:-1], len(body)).removesuffix(b"0\r\n\r\n") if is_chunked else body[:-1]))
        time.sleep(0.5)
    status, _, _ = in_chunks(port, shop.url, body.replace(b"C-1", b"C-2"), **shop.headers, Content_Type=kind)
    assert status == 200
    assert list(Conversion.objects.values_list("order_id", flat=True)) == ["C-2"]


def test_a_packed_body_is_answered_415(dashboard, shop, port):
    body = gzip.compress(json.dumps(shop.order("C-1")).encode())
    headers = {"Content_Encoding": "gzip", "Content_Length": str(len(body))}
    status, _, answer = ask(port, "POST", shop.url, body, Content_Type="application/json", **headers, **shop.headers)
    assert status == 415
    assert json.loads(answer)["Message"] == "Send the body uncompressed: Content-Encoding: gzip is not supported."
    status, head, answer = ask(port, "POST", "/log-in/", body, **headers)
    assert status == 415
    assert "Send the body uncompressed: Content-Encoding: gzip is not supported." in answer
    assert "text/plain" in head


def test_a_page_takes_a_form_and_a_file_that_come_in_chunks(dashboard, port):
    session = dashboard.client.cookies["sessionid"].value
    page = "/p/1000/transactions/uploads/"
    status, head, content = ask(port, "GET", page, b"", Cookie=f"sessionid={session}")
    assert status == 200
    cookie = re.search(r"(?i)set-cookie: csrftoken=([^;]+)", head)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', content)
    file = "OrderId,EventTypeCode\n" + "A1,SALE\n" * 20_000
    fields = {"csrfmiddlewaretoken": token[1], "kind": "CONVERSIONS"}
    parts = [
        f'--cut\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    ]
    parts.append(f'--cut\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n{file}\r\n--cut--\r\n')
    body = "".join(parts).encode()
    sent = {
        "Content_Type": "multipart/form-data; boundary=cut",
        "Cookie": f"sessionid={session}; csrftoken={cookie[1]}",
    }
    for cut in (body[:-1_000], body[:-4]):
        assert in_chunks(port, f"{page}new/", cut, 10_000, **sent)[0] == 400
    assert not Upload.objects.exists()
    status, head, content = in_chunks(port, f"{page}new/", body, 10_000, **sent)
    assert status == 302, content[:2_000]
    assert bytes(Upload.objects.get().content).decode() == file
