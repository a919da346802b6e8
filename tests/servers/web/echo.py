"""A WSGI application that echoes its request, in the ways in which Django answers."""

import json
import os
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any


class Streaming:
    """As Django's StreamingHttpResponse."""

    streaming = True

    def __init__(self, parts: Iterable[bytes]) -> None:
        self.parts = parts

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.parts)


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if path == "/cookies":
        start("200 OK", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Content-Length", "2")])
        return [b"ok"]
    if path == "/not-modified":
        start("304 Not Modified", [("ETag", '"7"')])
        return []
    if path == "/long":
        start("200 OK", [("Content-Type", "text/plain")])
        return Streaming(b"%d" % (number % 10) * 100_000 for number in range(100))
    if path == "/short":
        start("200 OK", [("Content-Type", "text/plain")])
        return Streaming([b"one ", b"two"])
    if path == "/slow":
        time.sleep(0.5)
    if path == "/pid":
        start("200 OK", [])
        return [str(os.getpid()).encode()]
    if path == "/hang":
        threading.Event().wait()
    if path == "/freeze":
        re.match("(a+)+$", "a" * 60 + "b")
    if path == "/broken":
        raise ValueError("broken")
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    told = {name: value for name, value in environ.items() if isinstance(value, str)}
    answer = json.dumps({**told, "body": len(body), "begins": body[:20].decode("latin-1")}).encode()
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))])
    return [answer]
