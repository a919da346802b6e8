"""Bodies of requests as programs and proxies send them: in chunks without a length, or packed."""

import tempfile
from collections.abc import Callable, Iterable
from typing import IO, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

WITH_BODY = {"POST", "PUT", "PATCH", "DELETE"}
LARGEST_FORM = 66 * 1024**2  # bytes: a file of the largest size that is kept (program/files/sent.py), and its fields
IN_MEMORY = 1024**2
CHUNK = 64 * 1024
PACKED = "Send the body as it is: a body with Content-Encoding: {} is not read."

type Environ = dict[str, Any]
type Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class WholeBodies:
    """Sees to it that a body is read as it was sent: all of it, or not at all.

    Django reads nothing of a body without a length (Transfer-Encoding: chunked, HTTP/2). Such a one is read here, up to
    a byte more than may be sent: what is too large is then refused as if its length had been sent. Of a body with a
    length that ends before it, because its sender has gone, Django would take the part for the whole.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("CONTENT_LENGTH"):
            environ["wsgi.input"] = Whole(environ["wsgi.input"])
        elif environ["REQUEST_METHOD"] in WITH_BODY and environ.get("wsgi.input_terminated"):  # else it may never end
            environ["wsgi.input"], length = _read(environ)
            environ["CONTENT_LENGTH"] = str(length)
        return self.application(environ, start_response)


class Whole:
    """A stream of which never more is asked for than its sender said there is."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.readline = stream.readline

    def read(self, size: int) -> bytes:
        """So many bytes. Raises OSError where the stream ends before, which Django passes on."""
        data = self._stream.read(size)
        while len(data) < size:
            more = self._stream.read(size - len(data))
            if not more:
                raise CutOff
            data += more
        return data


class CutOff(OSError):
    """The sender has gone before all of the body had come."""


def _limit(environ: Environ) -> int:
    return LARGEST_FORM if _has_files(environ) else settings.DATA_UPLOAD_MAX_MEMORY_SIZE or LARGEST_FORM


def _has_files(environ: Environ) -> bool:
    return str(environ.get("CONTENT_TYPE", "")).lower().startswith("multipart/form-data")


def _read(environ: Environ) -> tuple[IO[bytes] | Whole, int]:
    """A copy of the body, on disk where it is large, and its length; of one over the limit, a byte more than that.

    The server does not tell an end from a sender that has gone. A form with files shows its end itself, and is not read
    where that is missing; so is JSON, which is none where it is cut.
    """
    body = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (gone with the request)
    stream, limit, length, end = environ["wsgi.input"], _limit(environ), 0, b""
    while length <= limit and (chunk := stream.read(min(CHUNK, limit + 1 - length))):
        length += body.write(chunk)
        end = (end + chunk)[-100:]
    body.seek(0)
    if _has_files(environ) and length <= limit and not end.rstrip().endswith(b"--"):
        return Whole(body), length + 1  # whoever reads it finds that it was cut
    return body, length


def encoding_of(request: HttpRequest) -> str:
    """How the body is packed; "" where it is as it is."""
    encoding = str(request.META.get("HTTP_CONTENT_ENCODING", "")).strip().lower()
    return "" if encoding == "identity" else encoding


class PackedBodyMiddleware:
    """Answers 415 to a packed body, which would be read as nonsense; the API answers in its own form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        encoding = encoding_of(request)
        if encoding and request.method in WITH_BODY and not request.path.startswith("/Advertisers/"):
            return HttpResponse(PACKED.format(encoding[:40]), status=415, content_type="text/plain; charset=utf-8")
        return self.get_response(request)
