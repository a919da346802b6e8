"""What the web server hands to Django, and what it makes of the answers."""

import base64
import socket
import threading
import time

import pytest

from tests.servers.web.conftest import Client, serving

HEAD = b"Host: shop.example\r\n"


def post(path: bytes, body: bytes, more: bytes = b"") -> bytes:
    return b"POST %s HTTP/1.1\r\n%s%sContent-Length: %d\r\n\r\n%s" % (path, HEAD, more, len(body), body)


def test_a_request_comes_as_wsgi_has_it(client: Client) -> None:
    told = client.ask(b"GET /a%20b/%C3%A9?q=%20x HTTP/1.1\r\n" + HEAD + b"X-Two: 1\r\nX-Two: 2\r\n\r\n").json()
    assert told["REQUEST_METHOD"] == "GET"
    assert told["PATH_INFO"].encode("latin-1").decode() == "/a b/é"
    assert told["QUERY_STRING"] == "q=%20x"
    assert told["HTTP_HOST"] == "shop.example"
    assert told["HTTP_X_TWO"] == "1,2"
    assert told["REMOTE_ADDR"] == "127.0.0.1"
    assert told["SERVER_PROTOCOL"] == "HTTP/1.1"
    assert told["wsgi.url_scheme"] == "http"
    assert "CONTENT_LENGTH" not in told


def test_cookies_of_several_headers_are_one(client: Client) -> None:
    told = client.ask(b"GET / HTTP/1.1\r\n" + HEAD + b"Cookie: a=1\r\nCookie: b=2\r\n\r\n").json()
    assert told["HTTP_COOKIE"] == "a=1; b=2"


def test_a_header_with_an_underscore_does_not_pass_for_one_with_a_hyphen(client: Client) -> None:
    told = client.ask(b"GET / HTTP/1.1\r\n" + HEAD + b"X_Forwarded_For: 10.0.0.1\r\n\r\n").json()
    assert "HTTP_X_FORWARDED_FOR" not in told
    told = client.ask(b"GET / HTTP/1.1\r\n" + HEAD + b"X-Forwarded-For: 10.0.0.2\r\n\r\n").json()
    assert told["HTTP_X_FORWARDED_FOR"] == "10.0.0.2"


def test_a_connection_is_kept_and_an_old_client_s_is_not(client: Client, port: int) -> None:
    assert client.ask(post(b"/", b"one")).json()["body"] == 3
    assert client.ask(post(b"/", b"three")).json()["body"] == 5
    old = Client(port)
    told = old.ask(b"GET / HTTP/1.0\r\n\r\n").json()
    assert (told["SERVER_PROTOCOL"], told["SERVER_PORT"]) == ("HTTP/1.0", str(port))
    assert old.is_closed()
    old.close()


def test_a_body_in_chunks_has_the_length_that_came(client: Client) -> None:
    head = b"POST / HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    told = client.ask(head + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n").json()
    assert (told["CONTENT_LENGTH"], told["body"], told["begins"]) == ("5", 5, "abcde")


def test_a_body_is_waited_for_by_the_client_that_asks_first(client: Client) -> None:
    client.send(b"POST / HTTP/1.1\r\n" + HEAD + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n")
    assert client.file.readline() == b"HTTP/1.1 100 Continue\r\n"
    assert client.file.readline() == b"\r\n"
    assert client.ask(b"abc").json()["body"] == 3


def test_every_cookie_is_set(client: Client) -> None:
    answer = client.ask(b"GET /cookies HTTP/1.1\r\n" + HEAD + b"\r\n")
    assert [value for name, value in answer.headers if name == "set-cookie"] == ["a=1", "b=2"]


def test_head_and_not_modified_have_no_body(client: Client) -> None:
    head = client.ask(b"HEAD /cookies HTTP/1.1\r\n" + HEAD + b"\r\n", has_body=False)
    assert (head.status, head.header("content-length")) == (200, "2")
    head = client.ask(b"HEAD /long HTTP/1.1\r\n" + HEAD + b"\r\n", has_body=False)
    assert head.status == 200
    same = client.ask(b"GET /not-modified HTTP/1.1\r\n" + HEAD + b"\r\n")
    assert (same.status, same.header("etag"), same.body) == (304, '"7"', b"")
    assert client.ask(b"GET /cookies HTTP/1.1\r\n" + HEAD + b"\r\n").body == b"ok"


def test_streamed_answers_arrive_whole(client: Client) -> None:
    assert client.ask(b"GET /short HTTP/1.1\r\n" + HEAD + b"\r\n").body == b"one two"
    long = client.ask(b"GET /long HTTP/1.1\r\n" + HEAD + b"\r\n")
    assert long.body == b"".join(b"%d" % (number % 10) * 100_000 for number in range(100))


def test_an_application_that_fails_is_500(client: Client) -> None:
    assert client.ask(b"GET /broken HTTP/1.1\r\n" + HEAD + b"\r\n").status == 500


def test_requests_sent_one_behind_the_other_are_answered_in_their_order(client: Client) -> None:
    client.send(post(b"/slow", b"first") + post(b"/", b"second!"))
    answers = [client.answer(), client.answer()]
    assert [answer.json()["body"] for answer in answers if answer] == [5, 7]


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /" + b"a" * 17_000 + b" HTTP/1.1\r\n" + HEAD + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + HEAD + b"X: " + b"a" * 17_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: " + b"a" * 17_000 + b"\r\n\r\n", 431),
        (b"GET /" + b"%0A" * 2_001 + b" HTTP/1.1\r\n" + HEAD + b"\r\n", 414),
        (b"NONSENSE\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n" + HEAD + b"Content-Length: x\r\n\r\n", 400),
    ],
    ids=["long line", "long header", "long host", "long path", "nonsense", "no length"],
)
def test_what_is_no_request_or_too_long_is_refused_plainly(client: Client, request_: bytes, status: int) -> None:
    assert client.ask(request_).status == status
    assert client.is_closed()


@pytest.mark.parametrize("length", [5 * 1024**2 + 1, 70 * 1024**2, 10**30])
def test_a_body_that_is_announced_too_large_is_refused_before_it_comes(client: Client, length: int) -> None:
    answer = client.ask(b"POST /p/1/ HTTP/1.1\r\n" + HEAD + b"Content-Length: %d\r\n\r\n" % length)
    assert answer.status == (413 if length < 10**20 else 400)
    assert client.is_closed()


@pytest.mark.parametrize(
    "more",
    [
        b"",
        b"Cookie: other=1\r\n",
        b"Authorization: Bearer x\r\n",
        b"Authorization: Basic ?\r\n",
        b"Authorization: Basic " + base64.b64encode(b"\xff:x") + b"\r\n",
    ],
)
@pytest.mark.parametrize("path", [b"/log-in/", b"/p/1/transactions/uploads/new/"])
def test_a_stranger_s_large_body_is_refused_before_it_is_read(client: Client, path: bytes, more: bytes) -> None:
    answer = client.ask(b"POST %s HTTP/1.1\r\n%s%sContent-Length: 65537\r\n\r\n" % (path, HEAD, more))
    assert answer.status == 413
    assert b"signed in" in answer.body
    assert client.is_closed()


def test_a_stranger_s_large_body_in_chunks_is_refused_when_it_is_large(client: Client) -> None:
    head = b"POST / HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    chunk = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
    assert client.ask(head + chunk * 2 + b"0\r\n\r\n").json()["body"] == 65_536
    assert client.ask(head + chunk * 3).status == 413


def test_the_api_is_refused_in_its_own_form(client: Client) -> None:
    answer = client.ask(b"POST /Advertisers/X/Conversions HTTP/1.1\r\n" + HEAD + b"Content-Length: 9999999\r\n\r\n")
    assert answer.status == 413
    assert answer.json()["Status"] == "ERROR"


def test_a_body_that_does_not_come_is_given_up_and_others_are_answered_meanwhile(client: Client, port: int) -> None:
    slow = [Client(port) for _ in range(60)]
    for each in slow:
        each.send(b"POST / HTTP/1.1\r\n" + HEAD + b"Content-Length: 200\r\n\r\n" + b"x" * 10)
    began = time.monotonic()
    assert client.ask(post(b"/", b"me")).json()["body"] == 2
    assert time.monotonic() - began < 2
    answers = [each.answer() for each in slow]
    assert {answer and answer.status for answer in answers} == {408}
    assert 2 < time.monotonic() - began < 15
    assert all(each.is_closed() for each in slow)
    for each in slow:
        each.close()


def test_headers_that_do_not_come_and_silence_are_given_up(port: int) -> None:
    clients = [Client(port) for _ in range(20)]
    for number, each in enumerate(clients):
        each.send(b"GET / HTTP/1.1\r\nHost" if number % 2 else b"")
    began = time.monotonic()
    assert all(each.is_closed() for each in clients)
    assert 1 < time.monotonic() - began < 15
    for each in clients:
        each.close()


def test_whoever_does_not_read_an_answer_holds_no_thread(client: Client, port: int) -> None:
    deaf = []
    for _ in range(40):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", port))
        connection.sendall(b"GET /long HTTP/1.1\r\n" + HEAD + b"\r\n")
        deaf.append(connection)
    time.sleep(1)
    began = time.monotonic()
    assert client.ask(post(b"/", b"me")).json()["body"] == 2
    assert time.monotonic() - began < 2
    for connection in deaf:
        connection.close()


def test_whoever_leaves_amid_an_answer_disturbs_nobody(client: Client, port: int) -> None:
    for path in (b"/slow", b"/long"):
        leaving = Client(port)
        leaving.send(b"GET %s HTTP/1.1\r\n%s\r\n" % (path, HEAD))
        time.sleep(0.1)
        leaving.close()
    assert client.ask(post(b"/", b"me")).json()["body"] == 2


def test_a_request_under_way_is_answered_before_the_server_ends() -> None:
    with serving("tests.servers.web.echo:application") as port:
        client = Client(port)
        client.ask(post(b"/", b"it runs"))
        client.send(post(b"/slow", b"late"))
        time.sleep(0.2)
    answer = client.answer()
    assert answer is not None
    assert answer.json()["body"] == 4
    client.close()


def test_many_requests_at_once_are_all_answered(port: int) -> None:
    lengths: list[int] = []

    def ask(number: int) -> None:
        one = Client(port)
        lengths.append(one.ask(post(b"/slow", b"x" * number)).json()["body"])
        one.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(lengths) == list(range(40))
