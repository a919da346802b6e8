"""From granian's event loop to Django and back: RSGI outside, WSGI inside, and a thread only for a whole request."""

import asyncio
import sys
from collections.abc import Callable, Iterable
from functools import lru_cache
from tempfile import SpooledTemporaryFile
from typing import Any

import structlog
from granian.rsgi import ProtocolClosed

from common.observability.counters import METHODS, count
from common.web.errors import API, RETRY_AFTER, is_outage
from servers.supervision import liveness
from servers.web import limits
from servers.web.balance import Balance
from servers.web.bodies import BUSY, Bodies, Rejected
from servers.web.threads import Busy, Threads

AWAY = "A server that this needs is not answering. Nothing was stored; send it again shortly."
LONG_PATH = f"The address is too long: at most {limits.PATH_LETTERS:,} characters before its query."
BROKEN = "Something went wrong on our side; it has been logged."
PART = 256 * 1024  # bytes of a long answer that are sent at a time
NO_BODY = (204, 304)

log = structlog.get_logger(__name__)

type Headers = list[tuple[str, str]]
type Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Gateway:
    """One for each web process."""

    def __init__(self, application: Application, balance: Balance) -> None:
        self.application, self.balance = application, balance

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called by granian in each process, before it takes connections."""
        self.threads = Threads(limits.THREADS, loop)
        self.bodies = Bodies(self.threads)
        self.balance.watch(loop)
        self._tell_that_it_lives(loop)

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        """Answer one request."""
        environ = environ_of(scope)
        try:
            if len(environ["PATH_INFO"]) > limits.PATH_LETTERS:
                raise Rejected(414, LONG_PATH)
            if "CONTENT_LENGTH" in environ or "HTTP_TRANSFER_ENCODING" in environ:
                await self.bodies.read(environ, proto)
            rest = await self.threads.run(self._answer, environ, proto, self.balance.answer())
            if rest is not None:
                await _send(proto, *rest)
        except Rejected as rejected:
            _refuse(proto, environ, rejected.status, rejected.words)
        except Busy:
            _refuse(proto, environ, 503, BUSY)
        except ProtocolClosed:
            pass  # the client is gone
        except Exception as error:
            if is_outage(error):
                log.warning("a request could not be answered", reason=str(error))
                _refuse(proto, environ, 503, AWAY)
            else:
                log.exception("a request could not be answered")
                _refuse(proto, environ, 500, BROKEN)
        finally:
            environ["wsgi.input"].close()

    def _answer(self, environ: dict[str, Any], proto: Any, is_last: bool) -> tuple[int, Headers, Any] | None:
        """Run Django, in a thread, and answer; an answer too long for memory is returned, to be sent by the event loop.

        So neither a slow sender nor a slow reader holds a thread.
        """
        status, headers = 500, []

        def start(line: str, fields: Headers, error: Any = None) -> None:
            nonlocal status, headers
            status, headers = int(line[:3]), [*fields, ("connection", "close")] if is_last else fields

        response = self.application(environ, start)
        try:
            if environ["REQUEST_METHOD"] == "HEAD" or status in NO_BODY:
                proto.response_empty(status, headers)
            elif getattr(response, "streaming", False):
                return _gathered(proto, status, headers, response)
            else:
                proto.response_bytes(status, headers, b"".join(response))
        finally:
            if hasattr(response, "close"):
                response.close()
        return None

    def _tell_that_it_lives(self, loop: asyncio.AbstractEventLoop) -> None:
        if self.threads.are_moving():
            liveness.beat()
        loop.call_later(liveness.EVERY, self._tell_that_it_lives, loop)


def environ_of(scope: Any) -> dict[str, Any]:
    """A request as PEP 3333 has it. Names with an underscore are dropped: they could be mistaken for others with a
    hyphen.
    """
    host, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": _bytes(scope.path),
        "QUERY_STRING": _bytes(scope.query_string),
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": "HTTP/1.0" if scope.http_version in ("1", "1.0") else "HTTP/1.1",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": _Nothing(),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for header, value in scope.headers.items():
        name = _variable(header)
        if name in environ:
            environ[name] += f"; {value}" if name == "HTTP_COOKIE" else f",{value}"
        elif name:
            environ[name] = value
    return environ


class _Nothing:
    """The body of a request that has none."""

    def read(self, size: int = -1) -> bytes:
        return b""

    readline = read

    def close(self) -> None:
        pass


@lru_cache(maxsize=256)
def _variable(header: str) -> str:
    if "_" in header:
        return ""
    name = header.upper().replace("-", "_")
    return name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"


def _bytes(text: str) -> str:
    """A text as its original bytes, each as one character."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("latin-1")


def _gathered(proto: Any, status: int, headers: Headers, parts: Iterable[bytes]) -> tuple[int, Headers, Any] | None:
    file: Any = SpooledTemporaryFile(limits.IN_MEMORY)  # noqa: SIM115 (a long one is sent, then closed, elsewhere)
    try:
        file.writelines(parts)
        size = file.tell()
        headers = [field for field in headers if field[0].lower() != "content-length"]
        headers.append(("content-length", str(size)))
        file.seek(0)
        if size > limits.IN_MEMORY:
            return status, headers, file
        proto.response_bytes(status, headers, file.read())
    except BaseException:
        file.close()
        raise
    file.close()
    return None


async def _send(proto: Any, status: int, headers: Headers, file: Any) -> None:
    """Send a long answer as fast as it is read; aborted where the client reads nothing for a while."""
    with file:
        transport = proto.response_stream(status, headers)
        try:
            while part := file.read(PART):
                async with asyncio.timeout(limits.WRITE_SECONDS):
                    await transport.send_bytes(part)
        except TimeoutError:
            return  # shorter than its Content-Length, so the connection is closed


def _refuse(proto: Any, environ: dict[str, Any], status: int, words: str) -> None:
    """Answer without Django, and close the connection: what may still arrive on it is not read."""
    method = environ["REQUEST_METHOD"]
    count("brandboard_requests", "(refused)", method if method in METHODS else "OTHER", str(status))
    log.info("request_refused", code=status, request=f"{method} {environ['PATH_INFO']}", reason=words)
    headers = [("connection", "close"), *(RETRY_AFTER.items() if status == 503 else ())]
    kind, text = "text/plain; charset=utf-8", f"{words}\n"
    if environ["PATH_INFO"].startswith(API):
        kind, text = "application/json", f'{{"Status": "ERROR", "Message": "{words}"}}'
    proto.response_str(status, [*headers, ("content-type", kind)], text)
